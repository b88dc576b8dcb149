"""Django wiring of the door for programs."""

from django.apps import AppConfig


class OpenapiConfig(AppConfig):
    """The door for programs as a Django app; it has no tables."""

    name = "tongban.doors.openapi"
    label = "openapi"
