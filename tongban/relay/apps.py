"""Django wiring of the relay room."""

from django.apps import AppConfig


class RelayConfig(AppConfig):
    """The relay room as a Django app."""

    name = "tongban.relay"
    label = "relay"
    default_auto_field = "django.db.models.BigAutoField"
