"""The pages of credit records: one's own, and those that are published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tongban.doors.citizen import guides, pages
from tongban.doors.parts import Cell, Column, Empty, Fact, Field, Row, Table, Tag
from tongban.doors.texts import in_words, say
from tongban.people.queries import parties

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from tongban.credit.queries import RecordLine
    from tongban.kernel.refusals import BadInput


def _day(on: date) -> str:
    return date_format(on, "DATE_FORMAT")


def credit_page(found: Sequence[RecordLine], refused: Mapping[str, BadInput]) -> pages.CreditPage:
    """What is on record, the newest first, each with what it bars and how to object."""
    names = parties({one.party_id for one in found})
    departments = guides.department_names()
    return pages.CreditPage(
        records=tuple(
            _record(one, names[one.party_id].name, departments, refused.get(one.number))
            for one in found
        ),
        action="/my/credit/",
    )


def _record(
    one: RecordLine, whose: str, departments: Mapping[str, str], no: BadInput | None
) -> pages.CreditLine:
    facts = [
        Fact(_("记录编号"), one.number, is_code=True),
        Fact(_("关于"), whose),
        Fact(_("来自办件"), one.case_number, is_code=True),
        Fact(_("记录部门"), departments.get(one.department, one.department)),
        Fact(_("记录日期"), _day(one.noted_on)),
        Fact(_("影响到"), _("%(day)s：期间不能使用容缺受理和告知承诺") % {"day": _day(one.until)}),
        Fact(_("公示"), _("已公示") if one.is_published else _("不公示")),
    ]
    if one.objection:
        facts.append(Fact(_("您的异议"), one.objection))
    if one.answer:
        facts.append(Fact(_("答复"), one.answer))
    field = None
    if "object" in one.open_verbs and not one.is_over:
        field = Field(
            name="reason",
            id=f"reason-{one.number}",
            label=_("认为记录有误的事实和理由"),
            kind="longtext",
            required=True,
            max_length=1000,
            error=in_words(no.problems[0].sentence) if no else "",
        )
    return pages.CreditLine(
        number=one.number,
        name=say(one.name),
        text=one.reason or say(one.text),
        state=_state(one),
        facts=tuple(facts),
        objection=field,
    )


def _state(one: RecordLine) -> Tag:
    if one.is_over and one.state == "standing":
        return Tag(_("已到期"), "plain")
    tones = {"standing": "late", "objected": "soon", "lifted": "done", "repaired": "done"}
    return Tag(_(one.state_title), tones[one.state])  # type: ignore[arg-type]  # -- words of Tone


def published_page(found: Sequence[RecordLine]) -> pages.PublishedCreditPage:
    """The published records that stand: natural persons masked, enterprises by name."""
    names = parties({one.party_id for one in found})
    departments = guides.department_names()
    rows = tuple(
        Row(
            (
                Cell(_masked(names[one.party_id].name, names[one.party_id].kind)),
                Cell(say(one.name)),
                Cell(departments.get(one.department, one.department)),
                Cell(_day(one.noted_on)),
                Cell(_day(one.until)),
            )
        )
        for one in found
    )
    return pages.PublishedCreditPage(
        table=Table(
            title=_("承诺履约公示"),
            rows=rows,
            empty=Empty(_("现在没有公示中的记录。")),
            columns=(
                Column(_("当事人")),
                Column(_("事由")),
                Column(_("记录部门")),
                Column(_("记录日期")),
                Column(_("公示到")),
            ),
        )
    )


def _masked(name: str, kind: str) -> str:
    return f"{name[:1]}**" if kind == "natural" else name
