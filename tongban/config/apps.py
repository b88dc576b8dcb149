"""The wiring as a Django app: when it is ready, every room is, and reactions can be connected."""

from django.apps import AppConfig

from tongban.config import wiring


class ConfigConfig(AppConfig):
    """The room `config`."""

    name = "tongban.config"
    label = "config"

    def ready(self) -> None:
        wiring.import_reactions()
