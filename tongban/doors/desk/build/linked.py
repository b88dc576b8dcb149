"""What else was said about the same matter: cases, requests to 12345, reviews, each once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from tongban.doors import reviews
from tongban.doors.desk import pages
from tongban.doors.desk.build.words import department_name, state_tag
from tongban.doors.parts import Cell, Column, Empty, Row, Table, Tag
from tongban.doors.texts import say
from tongban.ratings.queries import linked

if TYPE_CHECKING:
    from tongban.doors.visits import KnownVisit
    from tongban.hotline.queries import TicketLine
    from tongban.ratings.queries import Linked, ReviewLine
    from tongban.ratings.queries.linked import CaseLine

Page = TypeVar("Page", bound=pages.ProceedingPage)
_KINDS = {"package": gettext_noop("一件事申请"), "case": gettext_noop("事项办件")}


def with_linked(request: KnownVisit, page: Page) -> Page:
    """The page with everything else that was said about its matter."""
    return replace(page, linked=linked_tables(request, page.number))


def linked_tables(request: KnownVisit, number: str) -> tuple[Table, ...]:
    """The tables of a matter beside a page of the desk; none where nothing else was said."""
    found = linked(request.actor, number)
    tables = (_cases(found), _tickets(found), _reviews(found))
    return tuple(table for table in tables if table.rows)


def _cases(found: Linked) -> Table:
    return Table(
        title=_("同一件事的办件"),
        columns=(Column(_("编号")), Column(_("部门")), Column(_("状态"), "tag")),
        rows=tuple(map(_case, found.cases)),
        empty=Empty(_("没有")),
    )


def _case(one: CaseLine) -> Row:
    return Row(
        (
            Cell(_(_KINDS[one.kind]), reverse("desk-proceeding", args=[one.number]), one.number),
            Cell(department_name(one.department)),
            Cell(state_tag(one.kind, one.state)),
        ),
        key=one.number,
    )


def _tickets(found: Linked) -> Table:
    return Table(
        title=_("同一件事的 12345 诉求"),
        columns=(
            Column(_("诉求")), Column(_("承办单位")), Column(_("状态"), "tag"),
            Column(_("受理时间"), "time"),
        ),
        rows=tuple(_ticket(one, found) for one in found.tickets),
        empty=Empty(_('没有')),
    )  # fmt: skip


def _ticket(one: TicketLine, found: Linked) -> Row:
    href = reverse("desk-proceeding", args=[one.number]) if one.number in found.open else ""
    return Row(
        (
            Cell(one.title, href, one.number),
            Cell(department_name(one.unit) if one.unit else ""),
            Cell(state_tag("ticket", one.state)),
            Cell(one.received_at),
        ),
        key=one.number,
    )


def _reviews(found: Linked) -> Table:
    return Table(
        title=_("同一件事的评价"),
        columns=(
            Column(_("评价")), Column(_("满意程度"), "tag"), Column(_("责任单位")),
            Column(_("整改"), "tag"), Column(_("时间"), "time"),
        ),
        rows=tuple(_review(one, found) for one in found.reviews),
        empty=Empty(_('没有')),
    )  # fmt: skip


def _review(one: ReviewLine, found: Linked) -> Row:
    is_open = one.rectification in found.open
    href = reverse("desk-proceeding", args=[one.rectification]) if is_open else ""
    words = say(one.name) or reviews.object_name(one.object)
    return Row(
        (
            Cell(words, href, one.rectification or one.number),
            Cell(reviews.level_tag(one.level)),
            Cell(department_name(one.department)),
            Cell(state_tag("rectification", one.state) if one.state else Tag("—")),
            Cell(one.rated_at),
        ),
        key=str(one.id),
    )
