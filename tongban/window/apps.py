"""Django wiring of the window room."""

from django.apps import AppConfig


class WindowConfig(AppConfig):
    """The window room as a Django app."""

    name = "tongban.window"
    label = "window"
    default_auto_field = "django.db.models.BigAutoField"
