"""The page of a question before the application: what is asked, by whom, for which project."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from tongban.doors.desk import pages
from tongban.doors.desk.build.history import Teller
from tongban.doors.desk.build.queues import keys, sidebar
from tongban.doors.desk.build.tried import notice_of
from tongban.doors.desk.build.verbs import Offer, place_of, verb_forms
from tongban.doors.desk.build.words import department_name, moment, state_tag
from tongban.doors.desk.forms import verbs_of
from tongban.doors.parts import Fact
from tongban.doors.texts import say
from tongban.people.queries import party, staff_names
from tongban.records.queries import entries_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tongban.cases.queries.early import EarlyPage
    from tongban.doors.desk.build.tried import Tried
    from tongban.doors.visits import KnownVisit


def early_page(request: KnownVisit, page: EarlyPage, tried: Tried | None) -> pages.ProceedingPage:
    """The question, the answer, and the verb for whoever may answer."""
    p = page.proceeding
    entries = entries_of("proceeding", [p.pk])[p.pk]
    teller = replace(Teller.of(page.compiled, {}, entries), kinds={p.pk: "early"})
    known = verbs_of("early")
    offers = tuple(Offer(verb=known[name]) for name in page.open_verbs if name in known)
    place = place_of(offers, tried) if tried else ""
    return pages.ProceedingPage(
        queues=sidebar(request),
        keys=keys(),
        number=p.number,
        title=_("提前介入：%(name)s") % {"name": say(page.item.name)},
        party=party(p.party_id).name,
        state=state_tag("early", p.state),
        parent=None,
        glances=(_turn(p.state),),
        clocks=(),
        facts=tuple(_facts(page)),
        verbs=verb_forms(p.number, offers, tried),
        refused=notice_of(tried, entries, teller, place=place) if tried else None,
        kept=tried.kept if tried and not place else (),
        idle="" if offers else _("现在不需要您办理。"),
        history=teller.tell(entries),
    )


def _turn(state: str) -> pages.Glance:
    if state == "asked":
        note = _("提前介入不计算办理期限")
        return pages.Glance(label=_("轮到谁"), value=_("审查岗位"), note=note, tone="you")
    return pages.Glance(label=_("轮到谁"), value=_("已经结束"))


def _facts(page: EarlyPage) -> Iterator[Fact]:
    p, row = page.proceeding, page.row
    yield Fact(_("编号"), p.number, is_code=True)
    yield Fact(_("项目代码"), row.project, is_code=True)
    yield Fact(_("答复部门"), department_name(p.department))
    yield Fact(_("提出"), moment(p.opened_at))
    yield Fact(_("想提前了解什么"), row.question)
    if row.answered_at is not None:
        name = staff_names([row.answered_by or 0]).get(row.answered_by or 0, "")
        yield Fact(_("答复意见"), row.answer)
        yield Fact(_("答复"), f"{name} · {moment(row.answered_at)}")
