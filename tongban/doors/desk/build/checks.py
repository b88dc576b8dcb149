"""The page of a check after a decision: what was promised, what was found, what may be done."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from tongban.cases.queries.checks import fit_companions
from tongban.catalogue.queries import package_version
from tongban.doors.desk import pages
from tongban.doors.desk.build.clocks import deadline_glance
from tongban.doors.desk.build.history import Teller
from tongban.doors.desk.build.queues import keys, sidebar
from tongban.doors.desk.build.tried import notice_of
from tongban.doors.desk.build.verbs import Offer, place_of, verb_forms
from tongban.doors.desk.build.words import department_name, moment, state_tag
from tongban.doors.desk.forms import verbs_of
from tongban.doors.parts import Fact, Link, Option
from tongban.doors.texts import clock, say
from tongban.engine.queries import visible_to
from tongban.kernel.clocks import ClockState
from tongban.people.queries import party, staff_names
from tongban.records.queries import entries_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tongban.cases.queries.checks import CheckPage
    from tongban.doors.desk.build.tried import Tried
    from tongban.doors.visits import KnownVisit
    from tongban.kernel.actors import Actor


def check_page(request: KnownVisit, page: CheckPage, tried: Tried | None) -> pages.ProceedingPage:
    """The letter word for word, the findings so far, the verbs of this officer."""
    p = page.proceeding
    entries = entries_of("proceeding", [p.pk])[p.pk]
    compiled = package_version(p.version_id).compiled
    teller = replace(Teller.of(compiled, {}, entries), kinds={p.pk: "check"})
    offers = tuple(_offers(request, page))
    place = place_of(offers, tried) if tried else ""
    running = [c for c in page.clocks if c.reading.state is ClockState.RUNNING]
    return pages.ProceedingPage(
        queues=sidebar(request),
        keys=keys(),
        number=p.number,
        title=_("承诺核查：%(name)s") % {"name": say(page.item.name)},
        party=party(p.party_id).name,
        state=state_tag("check", p.state),
        parent=_case(request.actor, page),
        glances=(_turn(p.state), deadline_glance(running)),
        clocks=tuple(clock(c) for c in running),
        facts=tuple(_facts(page)),
        verbs=verb_forms(p.number, offers, tried),
        refused=notice_of(tried, entries, teller, place=place) if tried else None,
        kept=tried.kept if tried and not place else (),
        idle="" if offers else _("现在不需要您办理。"),
        history=teller.tell(entries),
    )


def _offers(request: KnownVisit, page: CheckPage) -> Iterator[Offer]:
    p = page.proceeding
    others = tuple(
        Option(str(one.account_id), one.name)
        for one in fit_companions(p.department, p.region, request.now)
        if one.account_id != request.actor.id
    )
    for name, verb in verbs_of("check").items():
        if name in page.open_verbs:
            yield Offer(verb=verb, choices={"companion": others})


def _case(actor: Actor, page: CheckPage) -> Link | None:
    if not visible_to(actor).filter(id=page.case.pk).exists():
        return None
    return Link(page.case.number, reverse("desk-proceeding", args=[page.case.number]))


def _turn(state: str) -> pages.Glance:
    label = _("轮到谁")
    if state == "due":
        return pages.Glance(label=label, value=_("核查岗位"), note=_("上门核查"), tone="you")
    if state == "correcting":
        return pages.Glance(label=label, value=_("当事人"), note=_("限期改正"))
    return pages.Glance(label=label, value=_("已经结束"))


def _facts(page: CheckPage) -> Iterator[Fact]:
    p, row = page.proceeding, page.row
    yield Fact(_("核查编号"), p.number, is_code=True)
    yield Fact(_("来自办件"), page.case.number, is_code=True)
    yield Fact(_("核查部门"), department_name(p.department))
    for letter in page.letters:
        yield Fact(_("承诺内容"), "；".join(letter.words))
        yield Fact(_("签署"), moment(letter.signed_at))
    if row.finding:
        names = staff_names({row.by_account or 0, *row.with_accounts} - {0})
        yield Fact(_("最近一次核查"), row.finding)
        yield Fact(_("核查人员"), _("、").join(names.values()))
    if p.facts.get("report"):
        yield Fact(_("当事人报告的改正"), p.facts["report"])
