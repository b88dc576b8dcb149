"""The texts that a program is told its words and numbers in, read quickly.

Only `true` and `false` are booleans (so that a key `on` stays a word), numbers have no leading
zero (so that the code "01" stays a code), dates and times are text until a schema reads them.
"""

import re
from typing import Any

import yaml

RESOLVERS = (
    ("tag:yaml.org,2002:null", re.compile(r"^(null|~|)$"), ["n", "~", ""]),
    ("tag:yaml.org,2002:bool", re.compile(r"^(true|false)$"), ["t", "f"]),
    ("tag:yaml.org,2002:int", re.compile(r"^[-+]?(0|[1-9][0-9]*)$"), list("-+0123456789")),
    (
        "tag:yaml.org,2002:float",
        re.compile(r"^[-+]?(0|[1-9][0-9]*)\.[0-9]+$"),
        list("-+0123456789"),
    ),
)
"""What an unquoted word stands for; anything else is text."""

# The one in C is ten times as quick; a platform without it has the other.
_InC: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class QuickLoader(_InC):  # type: ignore[misc]  # -- which of them it is, is known when it runs
    """PyYAML's safe reader, told what unquoted words stand for."""

    yaml_implicit_resolvers: dict[str, Any] = {}


for _tag, _pattern, _first in RESOLVERS:
    QuickLoader.add_implicit_resolver(_tag, _pattern, _first)


def read_yaml(text: str) -> Any:
    """What a YAML text says, as plain values. Raises yaml.YAMLError."""
    return yaml.load(text, Loader=QuickLoader)  # noqa: S506 -- a safe loader
