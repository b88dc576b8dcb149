"""Kept answers in words, as every door shows them: no codes, no bare units."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.utils import formats
from django.utils.translation import gettext as _

from tongban.doors.texts import say
from tongban.doors.units import number, unit_words

if TYPE_CHECKING:
    from tongban.catalogue.rules import CompiledField

_NUMBERS = frozenset({"integer", "decimal", "money"})


def shown(one: CompiledField, value: object) -> str:
    """A kept value in the reader's language; empty for none."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    names = {option.code: say(option.name) for option in one.options}
    if isinstance(value, list | tuple):
        return _("、").join(names.get(str(part), str(part)) for part in value)
    if one.kind == "date":
        return _day(str(value))
    if one.kind in _NUMBERS:
        unit = unit_words(one.unit) if one.unit else _("元") if one.kind == "money" else ""
        text = number(value) if isinstance(value, float) else str(value)
        return f"{text} {unit}".strip()
    return names.get(str(value), str(value))


def _day(text: str) -> str:
    try:
        return formats.date_format(date.fromisoformat(text), "DATE_FORMAT")
    except ValueError:
        return text
