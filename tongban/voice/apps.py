"""Django wiring of the voice room."""

from django.apps import AppConfig


class VoiceConfig(AppConfig):
    """The voice room as a Django app."""

    name = "tongban.voice"
    label = "voice"
    default_auto_field = "django.db.models.BigAutoField"
