"""Fields of the one form: from what the content says to what the page shows, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.utils.translation import gettext as _

from tongban.doors.parts import Field, Option, Source
from tongban.doors.texts import named, say
from tongban.doors.units import number, unit_words
from tongban.doors.values import shown
from tongban.forms.rules import same_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.http import QueryDict

    from tongban.catalogue.rules import CompiledField
    from tongban.doors.parts import FieldKind
    from tongban.forms.rules import Prefilled

YES, NO = "yes", "no"
GUIDE = "guide"
# Names of hidden inputs: which lists were shown (an empty one posts nothing), and which answers
# of two devices were shown side by side.
LISTS, CHOSEN = "_lists", "_chosen"
_KINDS: dict[str, FieldKind] = {"multichoice": "multi"}
_AUTOCOMPLETE = {"name": "name", "phone": "tel"}


def posted(value: object) -> str:
    """A kept value as a form posts it."""
    if isinstance(value, bool):
        return YES if value else NO
    return "" if value is None else str(value)


def source_of(known: Prefilled) -> Source:
    """Where a value that was filled in comes from; licences and records by their own names."""
    label = known.source_label
    return Source(say(label) if len(label) > 1 else named(_(label["zh"])), known.as_of)


def field_of(
    one: CompiledField,
    *,
    required: bool,
    may_be_required: bool = False,
    answers: Mapping[str, Any],
    known: Prefilled | None,
    disputed: Iterable[Any] = (),
    error: str = "",
) -> Field:
    """One field with its answer so far: what was typed, else what is known."""
    typed = one.code in answers
    value = answers[one.code] if typed else known.value if known else None
    same = known is not None and (not typed or _says_the_same(value, known.value))
    chosen = {posted(part) for part in (value if isinstance(value, list | tuple) else [value])}
    locked = is_settled(one, answers, known)
    return Field(
        name=one.code,
        label=say(one.name),
        kind=_KINDS.get(one.kind) or cast("FieldKind", one.kind),
        value="" if isinstance(value, list | tuple) else posted(value),
        help=say(one.help),
        example=one.example,
        error=error,
        required=required,
        may_be_required=may_be_required,
        readonly=locked,
        options=_options(one, chosen),
        source=source_of(known) if known and same else None,
        kept=shown(one, known.value) if known and not same else "",
        kept_from=source_of(known).name if known and not same else "",
        disputed=_("”或“").join(shown(one, other) for other in disputed),
        unit=unit_words(one.unit) if one.unit else _("元") if one.kind == "money" else "",
        minimum=_limit(one.min),
        maximum=_limit(one.max),
        max_length=one.max_length if one.kind in {"text", "longtext", "address"} else None,
        autocomplete=_AUTOCOMPLETE.get(one.kind, "") if one.code.startswith("applicant.") else "",
    )


def _limit(limit: float | str | None) -> str:
    if limit is None:
        return ""
    return limit if isinstance(limit, str) else number(limit)


def _options(one: CompiledField, chosen: set[str]) -> tuple[Option, ...]:
    if one.kind == "boolean":
        return (
            Option(YES, _("是"), chosen=YES in chosen),
            Option(NO, _("否"), chosen=NO in chosen),
        )
    return tuple(
        Option(option.code, say(option.name), say(option.help), option.code in chosen)
        for option in one.options
    )


def is_settled(one: CompiledField, answers: Mapping[str, Any], known: Prefilled | None) -> bool:
    """Whether an answer comes from a register or the questions and cannot be changed here."""
    if known is None or not known.locked:
        return False
    return one.code not in answers or _says_the_same(answers[one.code], known.value)


def _says_the_same(typed: object, known: object) -> bool:
    """Whether what was typed comes to what is known; a page posts truth as "yes"."""
    return same_value(typed, known) or (isinstance(known, bool) and typed == posted(known))


def patch_of(
    fields: Iterable[CompiledField],
    data: QueryDict,
    answers: Mapping[str, Any],
    known: Mapping[str, Prefilled],
) -> dict[str, Any]:
    """What a post changes: typed values that differ from what the page showed."""
    lists = set(data.getlist(LISTS))
    patch: dict[str, Any] = {}
    for one in fields:
        if one.kind == "multichoice":
            if one.code not in lists and one.code not in data:
                continue
            value: Any = data.getlist(one.code)
        elif one.code in data:
            value = data[one.code]
        else:
            continue
        filled = known.get(one.code)
        before = answers.get(one.code, filled.value if filled else None)
        if _differs(value, before):
            patch[one.code] = value
    return patch


def _differs(value: Any, before: Any) -> bool:
    if isinstance(before, list | tuple):
        return sorted(value) != sorted(str(part) for part in before)
    return bool(value != posted(before))
