"""The journal as a Django app."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Tables and functions of the journal."""

    name = "tongban.records"
    label = "records"
    verbose_name = "日志"

    def ready(self) -> None:
        from tongban.records import checks  # noqa: F401 -- registers itself
