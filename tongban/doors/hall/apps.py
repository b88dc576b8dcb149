"""Django wiring of the hall's door."""

from django.apps import AppConfig


class HallConfig(AppConfig):
    """The hall's door as a Django app; it has no tables."""

    name = "tongban.doors.hall"
    label = "hall"
