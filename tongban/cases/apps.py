"""Django wiring of the cases room."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """The cases room as a Django app."""

    name = "tongban.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"
