"""The open verbs as forms."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from tongban.catalogue.queries import opinions
from tongban.doors.desk.pages import VerbForm
from tongban.doors.parts import Field, Option, Problem
from tongban.doors.texts import in_words, say
from tongban.kernel.refusals import BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tongban.cases.queries.phrases import Phrase
    from tongban.doors.desk.build.tried import Tried
    from tongban.doors.desk.forms import Input, Verb
    from tongban.doors.parts import FieldKind

_CHOICES = frozenset(
    {
        "target", "officer", "companion", "procedure", "result", "department", "way", "chair",
        "view", "inspector", "ground", "forum", "relief", "fault", "pick",
    }
)  # fmt: skip
_KINDS: dict[str, FieldKind] = {
    "longtext": "longtext", "text": "text", "integer": "integer", "file": "file",
    "date": "date",
}  # fmt: skip
_SCANS = ".pdf,.jpg,.jpeg,.png"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A verb that is open for this officer now.

    ``step`` is the step that it is about, ``about`` tells the forms of one verb apart, ``title``
    stands in for the verb's. The ready opinions are those of ``opinions_of``, else of ``step``.
    ``is_first`` has the key, and opens by itself where the verb is the main one; ``opens`` opens
    any other. ``values`` are what stands in its fields. ``check`` is the address that says what
    is wrong with a text before it goes out.
    """

    verb: Verb
    step: str = ""
    about: str = ""
    title: str = ""
    opinions_of: tuple[str, ...] = ()
    item: str = ""
    choices: Mapping[str, tuple[Option, ...]] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    lines: tuple[str, ...] = ()
    opens: bool = False
    is_first: bool = True
    check: str = ""


def verb_forms(
    number: str,
    offers: Sequence[Offer],
    tried: Tried | None,
    phrases: Sequence[Phrase] | None = None,
) -> tuple[VerbForm, ...]:
    """A form for each offer; what was refused stands in its form with what was typed.

    ``phrases`` are those that the officer keeps for himself, None where none are kept.
    """
    return tuple(_form(number, offer, tried, phrases) for offer in offers)


def form_id(offer: Offer) -> str:
    """The id of the form of an offer, unique on its page."""
    return f"do-{offer.verb.name}" + (f"-{offer.step}" if offer.verb.per_step else "")


def place_of(offers: Sequence[Offer], tried: Tried) -> str:
    """The id of the form in which something was refused; empty where it is not offered now."""
    return next((form_id(o) for o in offers if tried.is_for(o.verb, o.step)), "")


def _form(
    number: str, offer: Offer, tried: Tried | None, phrases: Sequence[Phrase] | None
) -> VerbForm:
    verb = offer.verb
    mine = tried if tried and tried.is_for(verb, offer.step) else None
    here = form_id(offer)
    asked = [one for one in verb.inputs if one.kind != "hidden" and _is_asked(one, offer)]
    fields = tuple(_field(one, here, offer, mine) for one in asked)
    is_bad_input = mine is not None and isinstance(mine.refusal, BadInput)
    opened = mine is not None if tried else offer.opens or (offer.is_first and verb.main)
    title = offer.title or _(verb.title)
    return VerbForm(
        id=here,
        title=f"{title} · {offer.about}" if offer.about else title,
        button=_(verb.title),
        action=reverse("desk-act", args=[number, verb.name]),
        fields=fields,
        own_opinions=own_opinions(phrases or (), offer.opinions_of or (offer.step,), verb.outcome),
        keeps=phrases is not None and bool(offer.step or verb.step),
        opinions=_opinions(offer),
        opinions_for=next((f"{here}-{one.name}" for one in verb.inputs if one.has_opinions), ""),
        hidden=(("step", offer.step),) if verb.asks_step else (),
        note=_note(verb),
        lines=offer.lines,
        grave=verb.grave,
        main=verb.main and offer.is_first,
        key=verb.key if offer.is_first else "",
        is_open=opened,
        is_tried=mine is not None,
        check=offer.check,
        has_files=bool(verb.files),
        problems=_problems(mine, fields) if is_bad_input and mine else (),
    )


def _note(verb: Verb) -> str:
    """What stands above the form, with the days that the content gives."""
    said = _(verb.note) if verb.note else ""
    return said % verb.values() if verb.values else said


def _is_asked(one: Input, offer: Offer) -> bool:
    """Companions are asked for only where the step takes several officers."""
    return one.kind != "companion" or bool(offer.choices.get("companion"))


def own_opinions(phrases: Sequence[Phrase], steps: Sequence[str], outcome: str) -> tuple[str, ...]:
    """What the officer keeps for these steps and this outcome."""
    return tuple(one.text for one in phrases if one.step in steps and one.outcome == outcome)


def _opinions(offer: Offer) -> tuple[str, ...]:
    if not any(one.has_opinions for one in offer.verb.inputs):
        return ()
    steps = offer.opinions_of or (offer.step,)
    found = [one for s in steps for one in opinions(s, offer.verb.outcome, offer.item)]
    return tuple(say(one.text) for one in found)


def _field(one: Input, here: str, offer: Offer, mine: Tried | None) -> Field:
    given = offer.choices.get(one.name if one.kind == "pick" else one.kind, ())
    chosen = next((o.value for o in given if o.chosen), "")
    value = mine.data.get(one.name, "") if mine else chosen or offer.values.get(one.name, "")
    options = tuple(Option(o.value, o.label, o.help, chosen=o.value == value) for o in given)
    return Field(
        name=one.name,
        id=f"{here}-{one.name}",
        label=_(one.label),
        kind="choice" if one.kind in _CHOICES else _KINDS[one.kind],
        value=value,
        # Companions are asked for only where the step takes several officers.
        required=one.required or one.kind == "companion",
        help=_(one.help) if one.help else "",
        error=mine.error(one.name) if mine else "",
        options=options,
        accept=_SCANS if one.kind == "file" else "",
        max_length=None if one.kind in _CHOICES | {"file"} else one.most,
    )


def _problems(mine: Tried, fields: Sequence[Field]) -> tuple[Problem, ...]:
    """Every problem with a way to its field; those of no field by their sentence alone."""
    assert isinstance(mine.refusal, BadInput)  # noqa: S101 -- the caller has looked
    keys = {one.name: one.key for one in fields}
    found = tuple(
        Problem(in_words(p.sentence), keys.get(p.path, "")) for p in mine.refusal.problems
    )
    return found or (Problem(in_words(mine.refusal.sentence)),)
