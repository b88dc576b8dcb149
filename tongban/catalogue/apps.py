"""Django wiring of the catalogue."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """The catalogue as a Django app."""

    name = "tongban.catalogue"
    label = "catalogue"
    default_auto_field = "django.db.models.BigAutoField"
