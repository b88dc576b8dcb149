"""The page of a proceeding that is neither an application nor a request: one sheet."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from tongban.catalogue.queries import packages_in_force
from tongban.doors.desk import pages
from tongban.doors.desk.build.clocks import deadline_glance
from tongban.doors.desk.build.history import Teller
from tongban.doors.desk.build.queues import keys, sidebar
from tongban.doors.desk.build.tried import notice_of
from tongban.doors.desk.build.verbs import Offer, place_of, verb_forms
from tongban.doors.desk.build.words import department_name, state_tag
from tongban.doors.desk.forms import verbs_of
from tongban.doors.texts import clock
from tongban.kernel.clocks import ClockState
from tongban.kernel.worktime import city_date
from tongban.records.queries import entries_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tongban.doors.desk.build.tried import Tried
    from tongban.doors.parts import Fact
    from tongban.doors.visits import KnownVisit
    from tongban.engine.queries import ClockReading, Proceeding


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What the pages of answers, of elements of guides and of emergencies differ in.

    ``told`` is what it is about, ``is_mine`` says whose turn it is.
    """

    proceeding: Proceeding
    title: str
    verbs: Sequence[str]
    clocks: Sequence[ClockReading]
    facts: Iterator[Fact]
    told: Iterator[Fact]
    is_mine: bool
    values: Mapping[str, str] = field(default_factory=dict)


def sheet_page(request: KnownVisit, shown: Sheet, tried: Tried | None) -> pages.SidePage:
    """The page of one proceeding of that kind."""
    p = shown.proceeding
    entries = entries_of("proceeding", [p.pk])[p.pk]
    # What is told here names nothing of a package: any will do.
    any_package = packages_in_force(city_date(request.now))[0].compiled
    teller = replace(Teller.of(any_package, {}, entries), kinds={p.pk: p.kind})
    known = verbs_of(p.kind)
    offers = tuple(
        Offer(verb=verb, values=shown.values)
        for name, verb in known.items()
        if name in shown.verbs
    )
    place = place_of(offers, tried) if tried else ""
    running = [c for c in shown.clocks if c.reading.state is ClockState.RUNNING]
    turn = pages.Glance(
        label=_("轮到谁"), value=_("您") if shown.is_mine else department_name(p.department),
        tone="you" if shown.is_mine else "plain",
    )  # fmt: skip
    return pages.SidePage(
        queues=sidebar(request),
        keys=keys(),
        number=p.number,
        title=shown.title,
        party=department_name(p.department),
        state=state_tag(p.kind, p.state),
        glances=(turn, deadline_glance(running)),
        clocks=tuple(clock(c) for c in running),
        facts=tuple(shown.facts),
        verbs=verb_forms(p.number, offers, tried),
        refused=notice_of(tried, entries, teller, place=place) if tried else None,
        kept=tried.kept if tried and not place else (),
        idle="" if offers else _("现在不需要您办理。"),
        told=tuple(shown.told),
        history=teller.tell(entries),
    )
