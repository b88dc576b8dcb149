"""System checks of the upkeep room."""

from __future__ import annotations

from typing import Any

import yaml
from django.core.checks import Error, register
from pydantic import ValidationError

from tongban.upkeep.queries import upkeep


@register
def rules_can_be_read(app_configs: Any, **kwargs: Any) -> list[Error]:
    """The rules of upkeep are there before anything is kept up."""
    try:
        upkeep()
    except (OSError, ValidationError, yaml.YAMLError) as error:
        return [Error(f"content/upkeep.yaml: {error}", id="upkeep.E001")]
    return []
