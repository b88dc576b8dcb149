"""Django wiring of the hotline room."""

from django.apps import AppConfig


class HotlineConfig(AppConfig):
    """The hotline room as a Django app."""

    name = "tongban.hotline"
    label = "hotline"
    default_auto_field = "django.db.models.BigAutoField"
