"""System checks that need every room."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import Error, register

from tongban.catalogue.content.loader import faults_of_rooms
from tongban.config.content import FILES


@register
def live_content_can_be_read(app_configs: Any, **kwargs: Any) -> list[Error]:
    """What rooms read for themselves is sound before anybody calls, rates or is told anything."""
    return [
        Error(str(fault), id="content.E001") for fault in faults_of_rooms(settings.CONTENT, FILES)
    ]
