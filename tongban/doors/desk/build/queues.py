"""The list of queues beside every page, and the keys below it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from tongban.catalogue.queries import trades
from tongban.doors.desk.build.words import queue_name
from tongban.doors.desk.pages import Key, Queue, QueueGroup
from tongban.doors.texts import say
from tongban.engine.queries import WATCHING, QueueLoad, queue_loads, watched_loads
from tongban.hotline.queries import content as hotline_content
from tongban.hotline.queries import is_of_centre
from tongban.licences.queries import more_time_for
from tongban.licences.queries.comprehensive import count_open_reports
from tongban.relay.queries import may_watch
from tongban.upkeep.queries import units_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tongban.doors.visits import KnownVisit


def inbox_href(**query: str | None) -> str:
    """The address of the inbox with the parts of the query that say something."""
    said = {name: value for name, value in query.items() if value}
    return reverse("desk-inbox") + (f"?{urlencode(said)}" if said else "")


def keys() -> tuple[Key, ...]:
    """What the keyboard does on every page of the desk; a page adds the keys of its own verbs."""
    return (
        Key("/", _("查找")),
        Key("j k", _("上下选择")),
        Key("Enter", _("打开")),
        Key("g", _("回收件箱")),
        Key("Esc", _("离开输入框")),
    )


def loads_of(request: KnownVisit) -> dict[str, QueueLoad]:
    """How full the queues are in which this officer works; his watching posts have none."""
    loads = queue_loads(request.actor, request.now)
    return {
        queue: loads.get(queue, QueueLoad(0, 0, 0, 0))
        for queue in sorted(request.actor.queues)
        if queue.rpartition(".")[2] not in WATCHING
    }


def sidebar(request: KnownVisit, current: str = "") -> tuple[QueueGroup, ...]:
    """The queues beside a page that is not the inbox; ``current`` is the one it belongs to."""
    return queue_groups(request, loads_of(request), current, watching=False)


def queue_groups(
    request: KnownVisit, loads: Mapping[str, QueueLoad], current: str | None, *, watching: bool
) -> tuple[QueueGroup, ...]:
    """My queues by department, then what lies with the departments that I watch."""
    groups = []
    if loads:
        everything = Queue(
            _("全部待办"),
            inbox_href(),
            sum(load.for_me for load in loads.values()),
            current is None and not watching,
            any(load.late for load in loads.values()),
        )
        groups.append(
            QueueGroup(_("我的工作台"), (everything, _together(request), *_letters(request)))
        )
    groups += _by_department(loads, None if watching else current, watch="")
    if WATCHING & request.actor.roles:
        groups += _watched(request, current if watching else None, is_all=watching and not current)
    return (*groups, *_hotline(request), _arranging(request))


def _hotline(request: KnownVisit) -> Iterator[QueueGroup]:
    """The lists of the hotline: for its centre, and for whoever heads a unit."""
    is_centre = is_of_centre(request.actor)
    if not is_centre and not WATCHING & request.actor.roles:
        return
    here, special = reverse("desk-tickets"), request.GET.get("special", "")
    is_here = request.path == here
    links = []
    if is_centre and "window" in request.actor.roles:
        links.append(Queue(_("接听来电"), reverse("line-call")))
    name = _("12345 工单") if is_centre else _("本单位承办的诉求")
    links.append(Queue(name, here, is_current=is_here and not special))
    if is_centre:
        links += [
            Queue(say(one["name"]), f"{here}?special={one['code']}",
                  is_current=is_here and special == one["code"])
            for one in hotline_content()["specials"]
        ]  # fmt: skip
    orders = reverse("desk-orders")
    links.append(Queue(_("督办清单"), orders, is_current=request.path == orders))
    hots = reverse("desk-hots")
    links.append(Queue(_("热点问题"), hots, is_current=request.path.startswith(hots)))
    if is_centre or may_watch(request.actor):
        alarms = reverse("desk-incidents")
        is_here = request.path.startswith(alarms)
        links.append(Queue(_("紧急事件"), alarms, is_current=is_here))
    figures = reverse("desk-ticket-figures")
    links.append(Queue(_("办理指标"), figures, is_current=request.path == figures))
    yield QueueGroup(_("12345 热线"), tuple(links))


def _together(request: KnownVisit) -> Queue:
    """Several cases at once, where that is safe; counted on its own page."""
    here = reverse("desk-batch")
    return Queue(_("批量办理"), here, is_current=request.path == here)


def _arranging(request: KnownVisit) -> QueueGroup:
    """What belongs to no queue: who holds which post and is away."""
    here = reverse("desk-posts")
    posts = Queue(_("岗位和休假"), here, is_current=request.path == here)
    watches = request.actor.supervises or "head" in request.actor.roles
    links = (_exchange(request), _ratings(request)) if watches else ()
    return QueueGroup(_("岗位"), (posts, *_answers(request), *links))


def _answers(request: KnownVisit) -> Iterator[Queue]:
    """The answers' desk, for whoever writes or checks answers."""
    if units_of(request.actor) or is_of_centre(request.actor):
        here = reverse("desk-answers")
        yield Queue(_("知识库和办事指南"), here, is_current=request.path == here)


def _ratings(request: KnownVisit) -> Queue:
    here = reverse("desk-ratings")
    return Queue(_("好差评"), here, is_current=request.path.startswith(here))


def _exchange(request: KnownVisit) -> Queue:
    here = reverse("desk-exchange")
    return Queue(_("部门业务系统和上报"), here, is_current=request.path == here)


def _letters(request: KnownVisit) -> Iterator[Queue]:
    """What people wrote after scanning a code, for departments that lead a trade."""
    leading = {trade.lead_department for trade in trades()}
    if leading & request.actor.departments:
        waiting = count_open_reports(request.actor)
        here = request.path.startswith(reverse("desk-reports"))
        yield Queue(_("群众扫码反映"), reverse("desk-reports"), waiting, here)
    if any(queue.endswith((".decider", ".head")) for queue in request.actor.queues):
        asked = len(more_time_for(request.actor))
        if asked:
            here = request.path.startswith(reverse("desk-more-times"))
            yield Queue(_("开工延期申请"), reverse("desk-more-times"), asked, here)


def _by_department(
    loads: Mapping[str, QueueLoad], current: str | None, *, watch: str
) -> Iterator[QueueGroup]:
    found: dict[str, list[Queue]] = {}
    for queue, load in sorted(loads.items()):
        owner, role = queue_name(queue)
        href = inbox_href(queue=queue, watch=watch)
        count = load.open if watch else load.for_me
        found.setdefault(owner, []).append(
            Queue(role, href, count, queue == current, bool(load.late))
        )
    for owner, queues in found.items():
        title = _("%(name)s（在办）") % {"name": owner} if watch else owner
        yield QueueGroup(title, tuple(queues))


def _watched(request: KnownVisit, current: str | None, *, is_all: bool) -> list[QueueGroup]:
    loads = watched_loads(request.actor, request.now)
    everything = Queue(
        _("本部门在办"),
        inbox_href(watch="1"),
        sum(load.open for load in loads.values()),
        is_all,
        any(load.late for load in loads.values()),
    )
    mine = QueueGroup(_("我负责或监督的"), (everything,))
    return [mine, *_by_department(loads, current, watch="1")]
