"""The inbox: one line for each open step, nearest deadline first; and what a search found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from tongban.doors.desk import pages
from tongban.doors.desk.build.clocks import deadline
from tongban.doors.desk.build.queues import inbox_href, keys, loads_of, queue_groups, sidebar
from tongban.doors.desk.build.words import (
    asked_tag,
    queue_name,
    state_tag,
    step_of_row,
    thing,
    urged_tag,
    who,
)
from tongban.doors.parts import Empty, Pager
from tongban.engine.queries import WATCHING, done_today
from tongban.hotline.rules import times_urged
from tongban.people.queries import staff_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tongban.doors.parts import Tone
    from tongban.doors.visits import KnownVisit
    from tongban.engine.queries import InboxRow, Proceeding, QueueLoad
    from tongban.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class Wanted:
    """What part of the inbox is asked for: a queue or all, whose, mine or my department's."""

    queue: str | None = None
    scope: str = ""
    watch: bool = False
    after: str = ""

    @property
    def query(self) -> dict[str, str]:
        """The parts of the address that say something."""
        parts = {
            "queue": self.queue or "", "scope": self.scope, "watch": "1" if self.watch else "",
        }  # fmt: skip
        return {name: value for name, value in parts.items() if value}


SCOPES = frozenset({"", "mine", "all"})


def wanted(request: KnownVisit) -> Wanted:
    """What the address asks for; what it says wrong means everything.

    Whoever only heads or supervises has no queue of his own and sees his department's at once.
    """
    scope, roles = request.GET.get("scope", ""), request.actor.roles
    watch = bool(request.GET.get("watch")) or roles <= WATCHING
    return Wanted(
        queue=request.GET.get("queue") or None,
        scope=scope if scope in SCOPES else "",
        watch=watch and bool(WATCHING & roles),
        after=request.GET.get("after", ""),
    )


def inbox_page(
    request: KnownVisit, rows: Sequence[InboxRow], asked: Wanted, *, size: int
) -> pages.InboxPage:
    """The inbox with one line more than shown in ``rows`` where there is a next page."""
    shown = rows[:size]
    names = staff_names({r.assignee_id for r in shown if r.assignee_id})
    loads = loads_of(request)
    after = {"after": shown[-1].cursor} if len(rows) > size else {}
    return pages.InboxPage(
        queues=queue_groups(request, loads, asked.queue, watching=asked.watch),
        keys=keys(),
        title=_title(asked),
        tabs=_tabs(asked, loads),
        day=_day(request, loads) if loads and not asked.watch else (),
        lines=tuple(_line(request, row, names) for row in shown),
        pager=Pager(
            first=inbox_href(**asked.query) if asked.after else "",
            next=f"?{urlencode({**asked.query, **after})}" if after else "",
        ),
        empty=_empty(asked, loads),
    )


def _title(asked: Wanted) -> str:
    if asked.queue:
        return " · ".join(queue_name(asked.queue))
    return _("本部门在办") if asked.watch else _("全部待办")


def _tabs(asked: Wanted, loads: Mapping[str, QueueLoad]) -> tuple[pages.Tab, ...]:
    if asked.watch or not loads:
        return ()
    counted = [
        load for queue, load in loads.items() if asked.queue is None or queue == asked.queue
    ]
    numbers = {
        "": sum(load.for_me for load in counted),
        "mine": sum(load.mine for load in counted),
        "all": sum(load.open for load in counted),
    }
    words = {"": _("我可办理的"), "mine": _("分给我的"), "all": _("含同事的")}
    return tuple(
        pages.Tab(
            words[scope],
            inbox_href(queue=asked.queue, scope=scope),
            is_current=scope == asked.scope,
            count=numbers[scope],
        )
        for scope in words
    )


def _day(request: KnownVisit, loads: Mapping[str, QueueLoad]) -> tuple[pages.Glance, ...]:
    """My day in four figures: what is over, what ends today, what came, what I have done."""
    late = sum(load.late for load in loads.values())
    due = sum(load.due for load in loads.values())
    counted: tuple[tuple[str, int, Tone], ...] = (
        (_("已超期"), late, "late" if late else "plain"),
        (_("今天到期"), due, "soon" if due else "plain"),
        (_("今天新到"), sum(load.new for load in loads.values()), "plain"),
        (_("今天办完"), done_today(request.actor, request.now), "plain"),
    )
    return tuple(pages.Glance(label=label, value=str(n), tone=tone) for label, n, tone in counted)


def _empty(asked: Wanted, loads: Mapping[str, QueueLoad]) -> Empty:
    if asked.watch:
        return Empty(_("没有在办的环节"), _("本部门的办件都处理完了。"), icon="tick")
    if not loads:
        return Empty(
            _("您的岗位没有收件队列"),
            _("请用上面的查找框，按编号或申请人查看您有权查看的办件。"),
            icon="search",
        )
    if asked.scope == "mine":
        return Empty(_("没有分给您的办件"), _("可在“我可办理的”里办理还没有分办的。"), icon="tick")
    return Empty(_("没有待办"), _("这里的办件都处理完了。"), icon="tick")


def _line(
    request: KnownVisit,
    row: InboxRow,
    names: Mapping[int, str],
) -> pages.Line:
    due_at = row.due_at
    return pages.Line(
        key=str(row.step_id),
        href=reverse("desk-proceeding", args=[row.number]),
        number=row.number,
        thing=thing(row.version_id, row.kind, row.facts),
        party=who(row.kind, row.party_name),
        received_at=row.opened_at,
        step=step_of_row(row.version_id, row.kind, row.facts, row.step_code),
        deadline=deadline(due_at, row.region, request.now) if due_at else None,
        holder=_holder(request.actor, row.assignee_id, names),
        is_mine=row.assignee_id == request.actor.id,
        urged=urged_tag(times_urged(row.facts)),
        asked=asked_tag(row.kind, row.state, row.facts),
    )


def _holder(actor: Actor, account: int | None, names: Mapping[int, str]) -> str:
    name = names.get(account or 0, "")
    is_stood_for = account in actor.stands_for
    return _("代 %(name)s") % {"name": name} if is_stood_for else name


def found_page(request: KnownVisit, text: str, found: Sequence[Proceeding]) -> pages.InboxPage:
    """Hits of the search."""
    title = _("查找“%(text)s”") % {"text": text} if text else _("查找")
    return pages.InboxPage(
        queues=sidebar(request),
        keys=keys(),
        find=text,
        is_search=True,
        title=title,
        lines=tuple(_hit(p) for p in found),
        pager=Pager(),
        empty=Empty(
            _("没有找到"),
            _("请输入完整的申请人或企业名称，或编号的开头几位。您无权查看的办件不会显示。"),
            icon="search",
        ),
    )


def _hit(p: Proceeding) -> pages.Line:
    return pages.Line(
        key=str(p.pk),
        href=reverse("desk-proceeding", args=[p.number]),
        number=p.number,
        thing=thing(p.version_id, p.kind, p.facts),
        party=who(p.kind, p.party.name),
        received_at=p.opened_at,
        state=state_tag(p.kind, p.state),
    )
