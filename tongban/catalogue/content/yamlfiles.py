"""YAML as this platform reads and writes it: a small, strict dialect with line numbers.

Only `true` and `false` are booleans (so that a key `on` stays a word), numbers have no leading
zero (so that the code "01" stays a code), dates and times are text until a schema reads them,
and a key stands once. Anchors, aliases and tags are refused: what a file says, it says in place.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from unicodedata import east_asian_width

import yaml

from tongban.kernel.yamltext import RESOLVERS, QuickLoader

PartPath = tuple[str | int, ...]

_PLAIN = re.compile(
    "[\n\\x20-\\x7e\\xa0-\\u2027\\u202a-\\ud7ff\\ue000-\\ufefe\\uff00-\\ufffd\\U00010000-\\U0010ffff]*"
)

SHORT_LINE = 80
"""How wide the plain values of a one-line mapping may be; a Chinese character counts two."""


class BadYaml(ValueError):  # noqa: N818 -- named like the other faults of content
    """A file that is not in this dialect; `line` counts from 1."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line = line
        self.what = what


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers: dict[str, Any] = {}


class _Dumper(yaml.SafeDumper):
    yaml_implicit_resolvers: dict[str, Any] = {}

    def represent(self, data: Any) -> None:
        """Write the outermost level of a file in block style, however short it is."""
        node = self.represent_data(data)
        if isinstance(node, yaml.CollectionNode):
            node.flow_style = False
        self.serialize(node)

    def ignore_aliases(self, data: Any) -> bool:
        return True


for _tag, _pattern, _first in RESOLVERS:
    _Loader.add_implicit_resolver(_tag, _pattern, _first)
    _Dumper.add_implicit_resolver(_tag, _pattern, _first)

# Other readers of YAML take these words and codes for something else: they are written in quotes.
_Dumper.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(yes|no|on|off|y|n)$", re.IGNORECASE), list("yYnNoO")
)
_Dumper.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^[-+]?[0-9][0-9_]*$"), list("-+0123456789")
)


@dataclass(frozen=True, slots=True)
class Document:
    """A file's data and the line of each of its parts."""

    data: Any
    lines: Mapping[PartPath, int]
    head: tuple[str, ...]
    inner_comment: int | None

    def line(self, path: PartPath) -> int:
        """Return the line of the part, or of the nearest part around it that is written."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read(text: str) -> Document:
    """Read one document. Raises BadYaml with the line of the first fault."""
    try:
        node = _composed(text)
        _refuse_shortcuts(text)
        head, inner = _comments(text)
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        raise BadYaml(mark.line + 1 if mark else 1, str(fault.problem or fault)) from None
    except yaml.YAMLError as fault:
        raise BadYaml(1, str(fault)) from None
    if node is None:
        raise BadYaml(1, "the file is empty")
    lines: dict[PartPath, int] = {}
    data = _plain(node, (), lines)
    return Document(data, lines, head, inner)


def _composed(text: str) -> yaml.Node | None:
    try:
        return yaml.compose(text, Loader=QuickLoader)
    except yaml.YAMLError:
        # The slow one says in the same words on every platform what is wrong.
        return yaml.compose(text, Loader=_Loader)


def write(data: Any, head: tuple[str, ...] = ()) -> str:
    """Write a document in the one form; `head` are its comments.

    Block style, no folded lines; only a list or a mapping of plain values that fits on a line
    stands on one, so that a diff shows one line for one fact.
    """
    body = yaml.dump(
        data,
        Dumper=_Dumper,
        allow_unicode=True,
        default_flow_style=False,
        sort_keys=False,
        width=1_000_000,
        indent=2,
    )
    return "".join(f"{line}\n" for line in head) + body


def _mapping(dumper: yaml.SafeDumper, data: dict[str, Any]) -> yaml.MappingNode:
    short = _is_short([part for pair in data.items() for part in pair])
    return dumper.represent_mapping("tag:yaml.org,2002:map", data.items(), flow_style=short)


def _sequence(dumper: yaml.SafeDumper, data: list[Any]) -> yaml.SequenceNode:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=_is_short(data))


def _is_short(parts: list[Any]) -> bool:
    if any(isinstance(part, dict | list) or "\n" in str(part) for part in parts):
        return False
    return sum(_width(str(part)) + 2 for part in parts) <= SHORT_LINE


def _width(text: str) -> int:
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def _text_style(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    if not _PLAIN.fullmatch(text):
        # Only in double quotes are unusual breaks and control characters written as escapes.
        style = '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _number(dumper: yaml.SafeDumper, number: float) -> yaml.ScalarNode:
    whole = number == int(number)
    kind = "int" if whole else "float"
    text = str(int(number)) if whole else f"{number:.10f}".rstrip("0")
    return dumper.represent_scalar(f"tag:yaml.org,2002:{kind}", text)


_Dumper.add_representer(str, _text_style)
_Dumper.add_representer(dict, _mapping)
_Dumper.add_representer(list, _sequence)
_Dumper.add_representer(float, _number)


def _refuse_shortcuts(text: str) -> None:
    # Scanning is slow, and hardly a file has one of these characters at all.
    if not set("&*!") & set(text):
        return
    for token in yaml.scan(text, Loader=_Loader):
        if isinstance(token, yaml.AnchorToken | yaml.AliasToken | yaml.TagToken):
            line = token.start_mark.line + 1
            raise BadYaml(line, "anchors, aliases and tags are not used in content")


def _plain(node: yaml.Node, path: PartPath, lines: dict[PartPath, int]) -> Any:
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return dict(_pairs(node, path, lines))
    if isinstance(node, yaml.SequenceNode):
        return [_plain(part, (*path, i), lines) for i, part in enumerate(node.value)]
    return _scalar(node)


def _pairs(
    node: yaml.MappingNode, path: PartPath, lines: dict[PartPath, int]
) -> Iterator[tuple[str, Any]]:
    seen: set[str] = set()
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise BadYaml(line, "a key must be a word")
        key = str(key_node.value)
        if key in seen:
            raise BadYaml(line, f"the key {key!r} stands twice")
        seen.add(key)
        value = _plain(value_node, (*path, key), lines)
        lines[(*path, key)] = line
        yield key, value


def _scalar(node: yaml.Node) -> Any:
    text = str(node.value)
    kind = node.tag.rpartition(":")[2]
    if kind == "null":
        return None
    if kind == "bool":
        return text == "true"
    if kind == "int":
        return int(text)
    if kind == "float":
        return float(text)
    return text


def _comments(text: str) -> tuple[tuple[str, ...], int | None]:
    """Return the comment lines at the head, and the line of the first comment further down."""
    rows = text.splitlines()
    first = next((i for i, row in enumerate(rows) if row.strip() and row[0] != "#"), len(rows))
    head = tuple(row for row in rows[:first] if row.startswith("#"))
    if not any("#" in row for row in rows[first:]):
        return head, None
    spans = [
        (token.start_mark.index, token.end_mark.index)
        for token in yaml.scan(text, Loader=_Loader)
        if isinstance(token, yaml.ScalarToken)
    ]
    start = sum(len(row) + 1 for row in rows[:first])
    covered = bytearray(len(text) + 1)
    for begin, end in spans:
        covered[begin:end] = b"\x01" * (end - begin)
    for index in range(start, len(text)):
        if text[index] == "#" and not covered[index]:
            return head, text.count("\n", 0, index) + 1
    return head, None
