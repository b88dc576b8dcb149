"""Django wiring of the reading room."""

from django.apps import AppConfig


class ReadingConfig(AppConfig):
    """The reading room as a Django app."""

    name = "tongban.reading"
    label = "reading"
    default_auto_field = "django.db.models.BigAutoField"
