"""System checks of the ratings room."""

from __future__ import annotations

from typing import Any

import yaml
from django.core.checks import Error, register
from pydantic import ValidationError

from tongban.ratings.queries import ratings


@register
def rules_can_be_read(app_configs: Any, **kwargs: Any) -> list[Error]:
    """The rules of reviews are there before anybody is asked for one."""
    try:
        ratings()
    except (OSError, ValidationError, yaml.YAMLError) as error:
        return [Error(f"content/ratings.yaml: {error}", id="ratings.E001")]
    return []
