"""Django wiring of the packages room."""

from django.apps import AppConfig


class PackagesConfig(AppConfig):
    """The packages room as a Django app."""

    name = "tongban.packages"
    label = "packages"
    default_auto_field = "django.db.models.BigAutoField"
