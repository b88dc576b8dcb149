"""System checks of the relay room."""

from __future__ import annotations

from typing import Any

import yaml
from django.core.checks import Error, register
from pydantic import ValidationError

from tongban.relay.queries import relay


@register
def relay_can_be_read(app_configs: Any, **kwargs: Any) -> list[Error]:
    """The roster can be read before anybody calls."""
    try:
        relay()
    except (OSError, ValidationError, yaml.YAMLError) as error:
        return [Error(f"content/relay.yaml: {error}", id="relay.E001")]
    return []
