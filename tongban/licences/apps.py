"""Django wiring of the licences room."""

from django.apps import AppConfig


class LicencesConfig(AppConfig):
    """The licences room as a Django app."""

    name = "tongban.licences"
    label = "licences"
    default_auto_field = "django.db.models.BigAutoField"
