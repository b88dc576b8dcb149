"""Numbers and units in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

if TYPE_CHECKING:
    from tongban.catalogue.rules.compiled import Evidenced

_WORDS = {
    "m2": gettext_noop("平方米"),
    "m3": gettext_noop("立方米"),
    "m": gettext_noop("米"),
    "person": gettext_noop("人"),
    "seat": gettext_noop("个座位"),
    "floor": gettext_noop("层"),
    "CNY": gettext_noop("元"),
    "percent": "%",
    "month": gettext_noop("个月"),
    "year": gettext_noop("年"),
    "MB": "MB",
}


def unit_words(unit: str) -> str:
    """What stands behind a number with this unit; the unit itself where it is unknown."""
    return _(_WORDS[unit]) if unit in _WORDS else unit


def number(value: float) -> str:
    """A number without the zeros that say nothing: 0.5, 7."""
    return f"{value:g}"


def plural_of(value: float) -> int:
    """The number by which words are chosen: a part of one is many in English, as is none."""
    return 1 if value == 1 else 2


def days(value: float, unit: str = "workday") -> str:
    """A length of time in words: 当场 for none, 5 个工作日, 20 日."""
    if value == 0:
        return _("当场")
    shown = {"n": number(value)}
    plural = plural_of(value)
    if unit == "workday":
        return ngettext("%(n)s 个工作日", "%(n)s 个工作日", plural) % shown
    if unit == "day":
        return ngettext("%(n)s 日", "%(n)s 日", plural) % shown
    if unit == "month":
        return ngettext("%(n)s 个月", "%(n)s 个月", plural) % shown
    return f"{number(value)} {unit_words(unit)}"


def length(one: Evidenced) -> str:
    """An evidenced length of time in words."""
    return days(one.value, one.unit)


def bytes_words(size: int) -> str:
    """The size of a file: 640 KB, 1.2 MB."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} KB"
    return f"{size / 1_000_000:.1f}".removesuffix(".0") + " MB"
