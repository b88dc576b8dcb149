"""System checks of the voice room."""

from __future__ import annotations

from typing import Any

import yaml
from django.core.checks import Error, register
from pydantic import ValidationError

from tongban.voice.queries import voice


@register
def menu_can_be_read(app_configs: Any, **kwargs: Any) -> list[Error]:
    """The menu can be read before anybody calls."""
    try:
        voice()
    except (OSError, ValidationError, yaml.YAMLError) as error:
        return [Error(f"content/voice.yaml: {error}", id="voice.E001")]
    return []
