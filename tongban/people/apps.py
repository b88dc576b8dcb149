"""Django wiring of the room of people."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """People as a Django app; `people.Account` is the user model."""

    name = "tongban.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"
