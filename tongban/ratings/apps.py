"""Django wiring of the ratings room."""

from django.apps import AppConfig


class RatingsConfig(AppConfig):
    """The ratings room as a Django app."""

    name = "tongban.ratings"
    label = "ratings"
    default_auto_field = "django.db.models.BigAutoField"
