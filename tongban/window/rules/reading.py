"""What a machine has read on a document, as proposals for fields; a clerk confirms each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tongban.kernel.identifiers import is_mobile, normalise, parse_id_number, parse_uscc
from tongban.kernel.names import name_problems, normalise_name
from tongban.kernel.refusals import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tongban.window.states import Line

LEAST_SURE = 0.6
_TOKEN = re.compile(r"[0-9A-Za-z]{11,18}")
# Whatever stands between year, month and day.
_DAY = re.compile(r"(\d{4})\D{1,3}(\d{1,2})\D{1,3}(\d{1,2})(?!\d)")
_AFTER_LABEL = re.compile(r"^[\s:：]*(.+)$")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A field that may be filled: its element, its kind and the words it is called by."""

    code: str
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A value for a field, with the line on which it was read."""

    code: str
    value: str
    line: str


def propose(lines: Iterable[Line], fields: Sequence[Wanted]) -> list[Proposal]:
    """At most one proposal for each field: numbers by their check character, words by label.

    Only lines that the machine is sure enough of count. A value that stands behind the label of
    its field comes before one that merely has the right shape.
    """
    read = [one.text.strip() for one in lines if one.sure >= LEAST_SURE and one.text.strip()]
    found: dict[str, Proposal] = {}
    for field in fields:
        for value, line in (*_labelled(field, read), *_shaped(field, read)):
            found.setdefault(field.code, Proposal(field.code, value, line))
    return list(found.values())


def _labelled(field: Wanted, read: Sequence[str]) -> Iterator[tuple[str, str]]:
    if field.kind in ("choice", "multichoice", "boolean"):
        return
    # 法定代表人（经营者） is 法定代表人 on one paper and 经营者 on another.
    labels = [one for one in re.split(r"[（）]", field.label) if one]
    for line in read:
        label = next((one for one in (field.label, *labels) if line.startswith(one)), "")
        rest = _AFTER_LABEL.match(line[len(label) :]) if label else None
        if rest is None:
            continue
        value = _valued(field.kind, rest.group(1).strip())
        if value:
            yield value, line


def _shaped(field: Wanted, read: Sequence[str]) -> Iterator[tuple[str, str]]:
    if field.kind not in ("id_number", "uscc", "phone"):
        return
    for line in read:
        for token in _TOKEN.findall(line.replace(" ", "")):
            if _valued(field.kind, token):
                yield normalise(token), line


def _valued(kind: str, text: str) -> str:
    """The text as a value of that kind, empty where it is none."""
    if kind == "date":
        day = _DAY.search(text)
        return f"{day[1]}-{int(day[2]):02}-{int(day[3]):02}" if day else ""
    if kind in ("integer", "decimal", "money"):
        number = re.search(r"\d+(?:\.\d+)?", text.replace(",", ""))
        return number.group() if number else ""
    if kind == "phone":
        return text if is_mobile(normalise(text)) else ""
    if kind in ("id_number", "uscc"):
        return normalise(text) if _is_code(kind, normalise(text)) else ""
    if kind == "name":
        # A camera sees some other dot between the parts of a name.
        return "" if name_problems(normalise_name(text)) else normalise_name(text)
    return text


def _is_code(kind: str, text: str) -> bool:
    try:
        if kind == "uscc":
            parse_uscc(text)
        else:
            parse_id_number(text)
    except BadInput:
        return False
    return True
