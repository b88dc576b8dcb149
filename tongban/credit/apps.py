"""Django wiring of the credit room."""

from django.apps import AppConfig


class CreditConfig(AppConfig):
    """The credit room as a Django app."""

    name = "tongban.credit"
    label = "credit"
    default_auto_field = "django.db.models.BigAutoField"
