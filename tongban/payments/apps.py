"""Django wiring of the room of payments."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """Payments as a Django app."""

    name = "tongban.payments"
    label = "payments"
    default_auto_field = "django.db.models.BigAutoField"
