"""Django wiring of the documents room."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """The documents room as a Django app."""

    name = "tongban.documents"
    label = "documents"
    default_auto_field = "django.db.models.BigAutoField"
