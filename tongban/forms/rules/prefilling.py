"""What is known already is filled in, with its source shown; what an authority says is locked.

Order of sources: the answers to the situation questions (they decided which items apply), then
the source that the content names (licence, real-name record, shared data), then what is computed
from other answers, then what the person answered last time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from tongban.forms.rules.values import Value, check_value, same_value
from tongban.kernel.identifiers import is_id_number, parse_id_number

if TYPE_CHECKING:
    from datetime import date

    from tongban.catalogue.rules.compiled import CompiledField, CompiledSource
    from tongban.kernel.conditions import Fact

Texts = Mapping[str, str]

GUIDE = "guide"
REMEMBERED = "remembered"
LABELS: Mapping[str, Texts] = MappingProxyType(
    {
        GUIDE: {
            "zh": "您在情形引导中的回答",
            "en": "Your answer in the guide",
            "ug": "يېتەكلەش سوئاللىرىدىكى جاۋابىڭىز",
        },
        REMEMBERED: {
            "zh": "您上次填写",
            "en": "What you filled in last time",
            "ug": "ئالدىنقى قېتىم تولدۇرغىنىڭىز",
        },
        "licence": {
            "zh": "您的电子证照",
            "en": "Your e-licence",
            "ug": "ئېلېكترونلۇق كىنىشكىڭىز",
        },
        "person": {
            "zh": "您的实名信息",
            "en": "Your real-name record",
            "ug": "ھەقىقىي ئىسىم ئۇچۇرىڭىز",
        },
        "share": {
            "zh": "部门共享数据",
            "en": "Data shared by departments",
            "ug": "تارماقلار ئورتاقلاشقان سانلىق مەلۇمات",
        },
        "derived": {
            "zh": "表中的其他内容",
            "en": "Other answers on this form",
            "ug": "جەدۋەلدىكى باشقا مەزمۇن",
        },
        "typed": {
            "zh": "平台已有信息",
            "en": "Known to the platform",
            "ug": "سۇپىدا بار ئۇچۇر",
        },
    }
)
# A person's telephone and the address of a shop may well differ from what a record says.
EDITABLE_KINDS = frozenset({"phone", "address", "longtext"})
AUTHORITIES = frozenset({"licence", "person", "share"})


@dataclass(frozen=True, slots=True)
class Prefilled:
    """A value that is filled in, where it comes from and as of when; locked ones stay."""

    value: Value
    source_key: str
    source_label: Texts
    as_of: date | None
    locked: bool


def source_key(source: CompiledSource) -> str:
    """The stable word of a source: ``licence:business-licence.name``, ``person:phone``…"""
    if source.kind == "licence":
        return f"licence:{source.licence}.{source.field}"
    if source.kind == "share":
        return f"share:{source.resource}.{source.field}".rstrip(".")
    if source.kind == "person":
        return f"person:{source.field}"
    return f"derived:{source.rule}" if source.kind == "derived" else source.kind


def prefill(
    form_fields: Iterable[CompiledField],
    facts: Mapping[str, Fact],
    *,
    on: date,
    answered: Mapping[str, Fact] = MappingProxyType({}),
    remembered: Mapping[str, Fact] = MappingProxyType({}),
) -> dict[str, Prefilled]:
    """What can be filled in, by element.

    ``facts`` are what licences, the real-name record and shared data say, ``answered`` the
    answers to the situation questions, ``remembered`` the answers of last time, each by element.
    A value that would not pass the field's own check is left out: the person types it.
    """
    found: dict[str, Prefilled] = {}
    fields = list(form_fields)
    for field in fields:
        prefilled = (
            _answered(field, answered.get(field.code), facts.get(field.code), on)
            or _stated(field, facts.get(field.code), on)
            or _remembered(field, remembered.get(field.code), on)
        )
        if prefilled is not None:
            found[field.code] = prefilled
    for field in fields:
        if field.code not in found and field.source.kind == "derived":
            derived = _derived(field, found, on)
            if derived is not None:
                found[field.code] = derived
    return found


def _fit(field: CompiledField, value: object, on: date) -> Value | None:
    """The value in its kept form if it passes; names of options count as their codes."""
    if field.kind == "choice":
        value = next((o.code for o in field.options if o.name.zh == value), value)
    kept, problems = check_value(field, value, on=on)
    return None if problems else kept


def _answered(
    field: CompiledField, answer: Fact | None, known: Fact | None, on: date
) -> Prefilled | None:
    if answer is None:
        return None
    value = _fit(field, answer.value, on)
    if value is None:
        return None
    if known is not None and same_value(known.value, answer.value):
        stated = _stated(field, known, on)
        if stated is not None:
            return replace(stated, locked=stated.locked or field.kind not in EDITABLE_KINDS)
    return Prefilled(value, GUIDE, LABELS[GUIDE], answer.as_of, locked=True)


def _stated(field: CompiledField, fact: Fact | None, on: date) -> Prefilled | None:
    if fact is None:
        return None
    value = _fit(field, fact.value, on)
    if value is None:
        return None
    kind, key = field.source.kind, source_key(field.source)
    if field.granted is not None and kind == "typed":
        # What would be typed is known only from a licence that somebody lets the applicant use.
        kind, key = "licence", f"granted:{field.granted.licence}.{field.granted.field}"
    label: Texts = {"zh": fact.source} if fact.source else LABELS[kind]
    locked = kind in AUTHORITIES and field.kind not in EDITABLE_KINDS
    return Prefilled(value, key, label, fact.as_of, locked)


def _remembered(field: CompiledField, fact: Fact | None, on: date) -> Prefilled | None:
    if fact is None or field.source.kind != "typed":
        return None
    value = _fit(field, fact.value, on)
    if value is None:
        return None
    return Prefilled(value, REMEMBERED, LABELS[REMEMBERED], fact.as_of, locked=False)


def _derived(field: CompiledField, known: Mapping[str, Prefilled], on: date) -> Prefilled | None:
    rule = DERIVED.get(field.source.rule)
    values = [known[code].value for code in field.source.of if code in known]
    if rule is None or len(values) != len(field.source.of):
        return None
    value = _fit(field, rule(*values), on)
    if value is None:
        return None
    return Prefilled(value, source_key(field.source), LABELS["derived"], None, locked=False)


def _born_on(id_number: Value) -> str | None:
    text = str(id_number)
    return parse_id_number(text).born_on.isoformat() if is_id_number(text) else None


def _sex(id_number: Value) -> str | None:
    text = str(id_number)
    return parse_id_number(text).sex.value if is_id_number(text) else None


def _same(value: Value) -> Value:
    """What holds unless the person says otherwise: whoever applies is often the one in charge."""
    return value


DERIVED: Mapping[str, Callable[..., object]] = {
    "birth_date": _born_on,
    "sex": _sex,
    "same_as": _same,
}
"""The rules that content may name under ``from: derived``."""
