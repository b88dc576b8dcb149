"""Django wiring of the operator's door."""

from django.apps import AppConfig


class LineConfig(AppConfig):
    """The operator's door as a Django app; it has no tables."""

    name = "tongban.doors.line"
    label = "line"
