"""The page of a credit record, for the head of the department that recorded it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tongban.catalogue.queries import package_version
from tongban.credit.states import LIFE
from tongban.doors.desk import pages
from tongban.doors.desk.build.clocks import deadline_glance
from tongban.doors.desk.build.history import Teller
from tongban.doors.desk.build.queues import keys, sidebar
from tongban.doors.desk.build.tried import notice_of
from tongban.doors.desk.build.verbs import Offer, place_of, verb_forms
from tongban.doors.desk.build.words import department_name, state_tag
from tongban.doors.desk.forms import verbs_of
from tongban.doors.parts import Fact
from tongban.doors.texts import clock, say
from tongban.kernel.clocks import ClockState
from tongban.people.queries import party
from tongban.records.queries import entries_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tongban.credit.queries import RecordLine, RecordPage
    from tongban.doors.desk.build.tried import Tried
    from tongban.doors.visits import KnownVisit


def record_page(
    request: KnownVisit, page: RecordPage, tried: Tried | None
) -> pages.ProceedingPage:
    """What is on record, what the person says about it, and the answer."""
    p, line = page.proceeding, page.line
    entries = entries_of("proceeding", [p.pk])[p.pk]
    compiled = package_version(p.version_id).compiled
    teller = replace(Teller.of(compiled, {}, entries), kinds={p.pk: "credit"})
    offers = tuple(Offer(verb=v) for n, v in verbs_of("credit").items() if n in line.open_verbs)
    place = place_of(offers, tried) if tried else ""
    running = [c for c in page.clocks if c.reading.state is ClockState.RUNNING]
    return pages.ProceedingPage(
        queues=sidebar(request),
        keys=keys(),
        number=p.number,
        title=say(line.name),
        party=party(p.party_id).name,
        state=state_tag("credit", p.state),
        glances=(
            _turn(line),
            deadline_glance(running),
            pages.Glance(label=_("影响到"), value=date_format(line.until, "DATE_FORMAT")),
        ),
        clocks=tuple(clock(c) for c in running),
        facts=tuple(_facts(line)),
        verbs=verb_forms(p.number, offers, tried),
        refused=notice_of(tried, entries, teller, place=place) if tried else None,
        kept=tried.kept if tried and not place else (),
        idle="" if offers or LIFE.is_final(p.state) else _("现在不需要您办理。"),
        history=teller.tell(entries),
    )


def _turn(line: RecordLine) -> pages.Glance:
    label = _("轮到谁")
    if line.state != "objected":
        return pages.Glance(label=label, value=_("没有待办"))
    return pages.Glance(label=label, value=_("部门负责人"), note=_("答复异议"), tone="you")


def _facts(line: RecordLine) -> Iterator[Fact]:
    yield Fact(_("记录编号"), line.number, is_code=True)
    yield Fact(_("来自办件"), line.case_number, is_code=True)
    yield Fact(_("记录部门"), department_name(line.department))
    yield Fact(_("记录日期"), date_format(line.noted_on, "DATE_FORMAT"))
    yield Fact(_("公示"), _("已公示") if line.is_published else _("不公示"))
    yield Fact(_("事由"), line.reason or say(line.text))
    if line.objection:
        yield Fact(_("当事人的异议"), line.objection)
    if line.answer:
        yield Fact(_("答复"), line.answer)
