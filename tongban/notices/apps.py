"""Django wiring of the room of notices."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Notices as a Django app."""

    name = "tongban.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"
