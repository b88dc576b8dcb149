"""The page of an emergency: what is spoken of, who was told, who knows, what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from tongban.doors.desk.build.sheets import Sheet, sheet_page
from tongban.doors.desk.build.words import moment
from tongban.doors.parts import Fact, Link
from tongban.doors.texts import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tongban.doors.desk import pages
    from tongban.doors.desk.build.tried import Tried
    from tongban.doors.visits import KnownVisit
    from tongban.relay.queries import Alarm, IncidentPage


def incident_page(request: KnownVisit, page: IncidentPage, tried: Tried | None) -> pages.SidePage:
    """An emergency as this officer sees it."""
    shown = Sheet(
        proceeding=page.proceeding, verbs=page.open_verbs, clocks=page.clocks,
        title=f"{_('紧急事件')} · {say(page.alarm.kind)}", facts=_facts(page.alarm),
        told=_told(page.alarm), is_mine=bool(page.open_verbs),
    )  # fmt: skip
    return sheet_page(request, shown, tried)


def _facts(alarm: Alarm) -> Iterator[Fact]:
    yield Fact(_("编号"), alarm.incident, is_code=True)
    way = Link(_("打开"), reverse("desk-ticket", args=[alarm.number]))
    yield Fact(_("工单编号"), alarm.number, is_code=True, change=way if alarm.is_visible else None)
    yield Fact(_("发现时间"), moment(alarm.raised_at))
    yield Fact(_("通知过几位值班人"), str(alarm.told))
    for label, at, by in (
        (_("签收"), alarm.acknowledged_at, alarm.by), (_("报告时间"), alarm.reported_at, ""),
    ):  # fmt: skip
        if at is not None:
            yield Fact(label, f"{moment(at)} {by}".strip())


def _told(alarm: Alarm) -> Iterator[Fact]:
    yield Fact(_("诉求"), alarm.text)
    where = alarm.place or say(alarm.region)
    for label, text in (
        (_("地点"), where), (_("签收时说的"), alarm.note), (_("处置情况"), alarm.report),
    ):  # fmt: skip
        if text:
            yield Fact(label, text)
