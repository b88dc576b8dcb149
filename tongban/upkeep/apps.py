"""Django wiring of the upkeep room."""

from django.apps import AppConfig


class UpkeepConfig(AppConfig):
    """The upkeep room as a Django app."""

    name = "tongban.upkeep"
    label = "upkeep"
    default_auto_field = "django.db.models.BigAutoField"
