"""Django wiring of the engine."""

from django.apps import AppConfig


class EngineConfig(AppConfig):
    """The engine as a Django app."""

    name = "tongban.engine"
    label = "engine"
    default_auto_field = "django.db.models.BigAutoField"
