"""Django wiring of the room of notices."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Notices as a Django app."""

    name = "tongban.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tongban.notices import checks  # noqa: F401 -- registers itself
