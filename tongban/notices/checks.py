"""System checks of the room of notices."""

from __future__ import annotations

from typing import Any

import yaml
from django.core.checks import Error, register
from pydantic import ValidationError

from tongban.notices.queries import messages


@register
def messages_can_be_read(app_configs: Any, **kwargs: Any) -> list[Error]:
    """The words of every message are there before the first is sent."""
    try:
        messages()
    except (OSError, ValidationError, yaml.YAMLError) as error:
        return [Error(f"content/messages.yaml: {error}", id="notices.E001")]
    return []
