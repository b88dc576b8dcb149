"""The page of early intervention (提前介入): what was asked and answered, and the form to ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from tongban.cases.states.early import EARLY_LIFE
from tongban.doors.citizen.guides import department_names
from tongban.doors.parts import Fact, Field, Link, Option, Tag
from tongban.doors.texts import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tongban.cases.queries.early import EarlyPage
    from tongban.catalogue.queries import PublishedPackage
    from tongban.kernel.refusals import BadInput

LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with its answer."""

    title: str
    state: Tag
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyDesk:
    """Everything asked before the application of one package, and the form for more."""

    name: str
    back: Link
    asked: tuple[Asked, ...]
    fields: tuple[Field, ...]


def page(
    published: PublishedPackage,
    asked: Iterable[EarlyPage],
    parties: Mapping[int, str],
    typed: Mapping[str, str],
    no: BadInput | None,
) -> EarlyDesk:
    """The page with what was typed and what was refused."""
    faults = {one.path: _(one.sentence) for one in no.problems} if no else {}
    return EarlyDesk(
        name=say(published.compiled.name),
        back=Link(say(published.compiled.name), f"/packages/{published.compiled.slug}/"),
        asked=tuple(_asked(one) for one in asked),
        fields=tuple(_fields(published, parties, typed, faults)),
    )


def _asked(one: EarlyPage) -> Asked:
    p, row = one.proceeding, one.row
    facts = [
        Fact(_("编号"), p.number, is_code=True),
        Fact(_("项目代码"), row.project, is_code=True),
        Fact(_("答复部门"), department_names().get(p.department, p.department)),
        Fact(_("您的问题"), row.question),
    ]
    if row.answered_at is not None:
        day = date_format(localtime(row.answered_at), "DATE_FORMAT")
        facts.append(Fact(_("%(day)s 书面答复") % {"day": day}, row.answer))
    tone = "done" if row.answered_at else "calm"
    state = Tag(_(EARLY_LIFE.title(p.state)), "done" if tone == "done" else "calm")
    return Asked(say(one.item.name), state, tuple(facts))


def _fields(
    published: PublishedPackage,
    parties: Mapping[int, str],
    typed: Mapping[str, str],
    faults: Mapping[str, str],
) -> list[Field]:
    items = [(item.code, say(item.name)) for item in published.compiled.items if not item.internal]
    whose = [(str(party), name) for party, name in parties.items()]
    return [
        _choice("party", _("哪个单位"), whose, typed, faults),
        _choice("item", _("哪个事项"), items, typed, faults),
        Field(
            name="project", label=_("项目代码"), kind="text", required=True, max_length=40,
            value=typed.get("project", ""), error=faults.get("project", ""),
        ),
        Field(
            name="question", label=_("想提前了解什么"), kind="longtext", required=True,
            max_length=LONGEST, value=typed.get("question", ""),
            error=faults.get("question", ""),
        ),
    ]  # fmt: skip


def _choice(
    name: str,
    label: str,
    known: list[tuple[str, str]],
    typed: Mapping[str, str],
    faults: Mapping[str, str],
) -> Field:
    value = typed.get(name, "")
    options = tuple(Option(code, words, chosen=code == value) for code, words in known)
    return Field(
        name=name, label=label, kind="choice", required=True, value=value, options=options,
        error=faults.get(name, ""),
    )  # fmt: skip
