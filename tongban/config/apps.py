"""The wiring as a Django app: when it is ready, every room is, and reactions can be connected."""

from django.apps import AppConfig

from tongban.config import wiring


class ConfigConfig(AppConfig):
    """The room `config`."""

    name = "tongban.config"
    label = "config"

    def ready(self) -> None:
        from tongban.config import checks  # noqa: F401 -- registers itself

        wiring.import_reactions()
