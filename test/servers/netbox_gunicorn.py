"""What gunicorn is told in its file alone: there a version that does not know a setting passes over it."""

control_socket_disable = True
