"""Django wiring of the citizen's door."""

from django.apps import AppConfig


class CitizenConfig(AppConfig):
    """The citizen's door as a Django app; it has no tables."""

    name = "tongban.doors.citizen"
    label = "citizen"
