"""The texts that a program is told its words and numbers in, read quickly."""

from typing import Any

import yaml

# The one in C is ten times as quick; a platform without it has the other.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(text: str) -> Any:
    """What a YAML text says, as plain values. Raises yaml.YAMLError."""
    return yaml.load(text, Loader=_LOADER)  # noqa: S506 -- safe loaders, both of them
