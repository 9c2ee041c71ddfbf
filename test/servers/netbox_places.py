"""NetBox as it is, for any number of databases: /NAME/api/... is NetBox's /api/... on the database NAME."""

import atexit
from os import _exit, environ

from netbox.wsgi import application as netbox

from django.contrib.auth import get_user_model
from django.db import connection

get_user_model().objects.create_superuser("admin", password=environ["PGPASSWORD"])
connection.close()
# Python would take seconds to tidy up all of NetBox before it ends.
atexit.register(_exit, 0)


def application(request, start_response):
    _, place, path = request["PATH_INFO"].split("/", 2)
    request["SCRIPT_NAME"] = "/" + place
    request["PATH_INFO"] = "/" + path
    if connection.settings_dict["NAME"] != place:
        connection.close()
        connection.settings_dict = {**connection.settings_dict, "NAME": place}
    return netbox(request, start_response)
