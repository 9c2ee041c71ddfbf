"""NetBox's configuration in tests: servers of their own on this machine alone, and no word to anybody."""

from os import environ

ALLOWED_HOSTS = ["127.0.0.1"]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": "127.0.0.1",
        "PORT": environ["PGPORT"],
        "USER": environ["PGUSER"],
        "PASSWORD": environ["PGPASSWORD"],
        "NAME": environ["PGDATABASE"],
        # A connection that its database was copied or dropped beneath is made anew.
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }
}
if environ["NETBOX_VERSION"].startswith("4.2."):
    DATABASE = DATABASES["default"]
REDIS = {
    name: {
        "HOST": "127.0.0.1",
        "PORT": int(environ["REDIS_PORT"]),
        "PASSWORD": environ["PGPASSWORD"],
        "DATABASE": number,
    }
    for number, name in enumerate(["tasks", "caching"])
}
SECRET_KEY = "only for tests " * 5
API_TOKEN_PEPPERS = {1: "only for tests " * 5}
ISOLATED_DEPLOYMENT = True
CENSUS_REPORTING_ENABLED = False
