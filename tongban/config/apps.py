"""The wiring as a Django app, so that its system checks run."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The room `config`."""

    name = "tongban.config"
    label = "config"
