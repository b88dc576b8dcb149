"""Django wiring of the exchange room."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """The exchange room as a Django app."""

    name = "tongban.exchange"
    label = "exchange"
    default_auto_field = "django.db.models.BigAutoField"
