"""Django wiring of the desk."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """The desk as a Django app; it has no tables."""

    name = "tongban.doors.desk"
    label = "desk"
