"""The list of orders about requests (督办单): each with its level and how it rose."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tongban.doors.desk import pages
from tongban.doors.desk.build.clocks import deadline
from tongban.doors.desk.build.filters import filter_field
from tongban.doors.desk.build.queues import keys, sidebar
from tongban.doors.desk.build.tickets import level_name, levels_told, trigger_name
from tongban.doors.desk.build.words import department_name, state_tag
from tongban.doors.parts import Cell, Column, Empty, Field, Pager, Row, Table, Tag
from tongban.doors.texts import say
from tongban.hotline import queries as hotline
from tongban.hotline.states import ORDER
from tongban.people.queries import departments

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tongban.doors.visits import KnownVisit
    from tongban.hotline.queries import OrderLine, WantedOrders


def orders_page(
    request: KnownVisit, lines: Sequence[OrderLine], wanted: WantedOrders, *, size: int
) -> pages.TicketsPage:
    """Orders with their filters; ``lines`` holds one more where there is a next page."""
    is_centre = hotline.is_of_centre(request.actor)
    shown = lines[:size]
    named = {"level": wanted.level, "unit": wanted.unit}
    # An address without a state asks for what stands.
    asked = {"state": wanted.state, **{name: value for name, value in named.items() if value}}
    after = {"before": shown[-1].number} if len(lines) > size else {}
    first = f"?{urlencode(asked)}" if request.GET.get("before") else ""
    return pages.TicketsPage(
        queues=sidebar(request),
        keys=keys(),
        title=_("督办清单"),
        count="",
        fields=tuple(_filters(wanted, is_centre=is_centre)),
        table=Table(
            title=_("督办清单"),
            columns=(
                Column(_("诉求")), Column(_("承办单位")), Column(_("督办的情形")),
                Column(_("形式"), "tag"), Column(_("状态"), "tag"), Column(_("最迟答复"), "tag"),
                Column(_("升级经过")),
            ),
            rows=tuple(_row(one, request, is_centre=is_centre) for one in shown),
            empty=Empty(
                _("没有督办单"), _("没有签收、逾期和重办的诉求会在这里督办。"), icon="tick"
            ),
            pager=Pager(first=first, next=f"?{urlencode({**asked, **after})}" if after else ""),
        ),
    )  # fmt: skip


def _filters(wanted: WantedOrders, *, is_centre: bool) -> list[Field]:
    states = [
        (hotline.STANDING, _("没有销号的")),
        *((state.value, _(ORDER.title(state.value))) for state in ORDER.states),
    ]
    levels = [(one["code"], say(one["name"])) for one in hotline.content()["levels"]]
    fields = [
        filter_field("level", _("形式"), levels, wanted.level),
        filter_field("state", _("状态"), states, wanted.state),
    ]
    if is_centre:
        units = [(one.code, say(one.name)) for one in departments()]
        fields.insert(0, filter_field("unit", _("承办单位"), units, wanted.unit))
    return fields


def _row(line: OrderLine, request: KnownVisit, *, is_centre: bool) -> Row:
    # The centre works on an order at its ticket, a unit at the order itself.
    number = line.of_number if is_centre else line.number
    return Row(
        (
            Cell(line.title, reverse("desk-proceeding", args=[number]), line.number),
            Cell(department_name(line.unit)),
            Cell(trigger_name(line.trigger)),
            Cell(Tag(level_name(line.level), "late" if len(line.levels) > 1 else "plain")),
            Cell(state_tag("ticket_order", line.state)),
            _due(line, request.now),
            Cell(levels_told(line.levels) if len(line.levels) > 1 else ""),
        ),
        key=line.number,
    )


def _due(line: OrderLine, now: datetime) -> Cell:
    if line.due_at is None:
        return Cell(None)
    limit = deadline(line.due_at, line.region, now)
    return Cell(limit.tag, note=date_format(limit.day))
