"""The pages of commitments: a check after a decision, and the public list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from tongban.cases.states.checks import CHECK_LIFE
from tongban.catalogue.queries import package_version
from tongban.doors.citizen import guides, pages
from tongban.doors.parts import Cell, Column, Empty, Fact, Field, Row, Table, Tag
from tongban.doors.texts import clock, in_words, say
from tongban.kernel.clocks import ClockState
from tongban.people.queries import parties

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tongban.cases.models import Letter
    from tongban.cases.queries.checks import CheckPage
    from tongban.doors.parts import Tone
    from tongban.kernel.refusals import BadInput
    from tongban.people.queries import PartyView

_TONES: dict[str, Tone] = {
    "due": "calm", "correcting": "you", "fulfilled": "done", "breached": "late",
}  # fmt: skip
_FATES = {"signed": "履行中", "withdrawn": "已撤回", "fulfilled": "已履行", "breached": "承诺不实"}


def check_page(one: CheckPage, no: BadInput | None) -> pages.CommitmentCheckPage:
    """The check as the holder sees it, with the field to report where that is open."""
    p = one.proceeding
    facts = [
        Fact(_("核查编号"), p.number, is_code=True),
        Fact(_("核查部门"), guides.department_names().get(p.department, p.department)),
        Fact(_("来自办件"), one.case.number, is_code=True),
    ]
    if one.row.finding:
        facts.append(Fact(_("核查结果"), one.row.finding))
    if p.facts.get("report"):
        facts.append(Fact(_("您的报告"), p.facts["report"]))
    running = [c for c in one.clocks if c.reading.state is ClockState.RUNNING]
    field = None
    if "report_corrected" in one.open_verbs:
        field = Field(
            name="report",
            label=_("怎样改正的"),
            kind="longtext",
            required=True,
            max_length=1000,
            error=in_words(no.problems[0].sentence) if no else "",
        )
    return pages.CommitmentCheckPage(
        name=say(one.item.name),
        number=p.number,
        state=Tag(_(CHECK_LIFE.title(p.state)), _TONES[p.state]),
        clock=clock(running[0]) if running else None,
        facts=tuple(facts),
        words=tuple(line for letter in one.letters for line in letter.words),
        report=field,
        action=f"/my/checks/{p.number}/",
    )


def published_page(found: Sequence[Letter]) -> pages.PublishedCreditPage:
    """The commitments of enterprises and persons, natural persons masked, newest first."""
    names = parties({one.proceeding.party_id for one in found})
    departments = guides.department_names()
    return pages.PublishedCreditPage(
        table=Table(
            title=_("告知承诺公示"),
            rows=tuple(_row(one, names, departments) for one in found),
            empty=Empty(_("还没有以告知承诺方式办理的许可。")),
            columns=(
                Column(_("承诺人")),
                Column(_("事项")),
                Column(_("部门")),
                Column(_("承诺日期")),
                Column(_("履行情况")),
            ),
        )
    )


def _row(one: Letter, names: Mapping[int, PartyView], departments: Mapping[str, str]) -> Row:
    case = one.proceeding
    whose = names[case.party_id]
    item = package_version(case.version_id).compiled.item(case.facts["item"])
    masked = f"{whose.name[:1]}**" if whose.kind == "natural" else whose.name
    return Row(
        (
            Cell(masked),
            Cell(say(item.name)),
            Cell(departments.get(case.department, case.department)),
            Cell(date_format(localtime(one.signed_at), "DATE_FORMAT")),
            Cell(_(_FATES[one.state])),
        )
    )
