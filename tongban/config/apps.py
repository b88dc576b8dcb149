"""The wiring as a Django app, so that its system checks run."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "tongban.config"
    label = "config"
