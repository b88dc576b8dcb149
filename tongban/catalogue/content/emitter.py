"""The one form of a content file: the same facts always give the same bytes."""

from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from tongban.catalogue.content.answers import AnswerSheet
from tongban.catalogue.content.citizens import Citizens
from tongban.catalogue.content.city import (
    City,
    ClockTemplate,
    Department,
    GlossaryEntry,
    Hall,
    Opinion,
    Parameter,
    StaffMember,
)
from tongban.catalogue.content.forms import ElementGroup, LicenceType, Material
from tongban.catalogue.content.hotline import Hotline
from tongban.catalogue.content.items import Item
from tongban.catalogue.content.packages import Package
from tongban.catalogue.content.trades import Trade
from tongban.catalogue.content.yamlfiles import read, write

KINDS: dict[str, Any] = {
    "city.yaml": City,
    "parameters.yaml": dict[str, Parameter],
    "clocks.yaml": tuple[ClockTemplate, ...],
    "hotline.yaml": Hotline,
    "elements/*.yaml": ElementGroup,
    "materials.yaml": tuple[Material, ...],
    "licences/*.yaml": LicenceType,
    "items/*.yaml": Item,
    "packages/*.yaml": Package,
    "trades/*.yaml": Trade,
    "answers/*.yaml": AnswerSheet,
    "places/departments.yaml": tuple[Department, ...],
    "places/halls.yaml": tuple[Hall, ...],
    "places/staff.yaml": tuple[StaffMember, ...],
    "places/citizens.yaml": Citizens,
    "opinions.yaml": tuple[Opinion, ...],
    "glossary.yaml": tuple[GlossaryEntry, ...],
}
"""Which schema reads which file of a content folder."""

_CONDITION_KEYS = ("field", "op", "value", "parameter", "text")


class CommentWouldBeLost(ValueError):  # noqa: N818 -- named like the other faults of content
    """A comment stands below the head of a file, where the one form has no place for it."""

    def __init__(self, line: int) -> None:
        super().__init__(f"a comment at line {line} would be lost")
        self.line = line


def emit(kind: Any, value: Any, head: tuple[str, ...] = ()) -> str:
    """Write a value of a schema: keys in the schema's order, defaults left out."""
    data = TypeAdapter(kind).dump_python(value, mode="json", by_alias=True, exclude_defaults=True)
    return write(_ordered(data), head)


def reformat(kind: Any, text: str) -> str:
    """Write the text of a content file in the one form.

    Raises CommentWouldBeLost, BadYaml, or pydantic's ValidationError.
    """
    document = read(text)
    if document.inner_comment is not None:
        raise CommentWouldBeLost(document.inner_comment)
    return emit(kind, TypeAdapter(kind).validate_python(document.data), document.head)


def content_files(root: Path) -> list[tuple[Path, Any]]:
    """List the YAML files of a content folder with their schemas."""
    return [(path, kind) for glob, kind in KINDS.items() for path in sorted(root.glob(glob))]


def _ordered(data: Any) -> Any:
    if isinstance(data, list):
        return [_ordered(part) for part in data]
    if not isinstance(data, dict):
        return data
    if "field" in data and "op" in data:
        data = {key: data[key] for key in sorted(data, key=_condition_rank)}
    return {key: _ordered(value) for key, value in data.items()}


def _condition_rank(key: str) -> int:
    return _CONDITION_KEYS.index(key) if key in _CONDITION_KEYS else len(_CONDITION_KEYS)
