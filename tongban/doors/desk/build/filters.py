"""The filters above a list of the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tongban.doors.parts import Field, Option

if TYPE_CHECKING:
    from collections.abc import Sequence


def filter_field(name: str, label: str, options: Sequence[tuple[str, str]], value: str) -> Field:
    """One filter: its options as value and text, and what is chosen; nothing means all."""
    return Field(
        name=name,
        id=f"list-{name}",
        label=label,
        kind="choice",
        required=False,
        value=value,
        options=tuple(Option(code, text, chosen=code == value) for code, text in options),
    )
