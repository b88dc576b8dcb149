"""Django wiring of the room of forms."""

from django.apps import AppConfig


class FormsConfig(AppConfig):
    """Forms as a Django app."""

    name = "tongban.forms"
    label = "forms"
    default_auto_field = "django.db.models.BigAutoField"
