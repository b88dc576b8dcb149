"""The page of a request to the hotline: for the centre the whole, for a unit its own task."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from tongban.documents.queries import attachments_of
from tongban.doors.desk import pages
from tongban.doors.desk.build.clocks import deadline_glance
from tongban.doors.desk.build.history import Teller, people_in
from tongban.doors.desk.build.queues import keys, sidebar
from tongban.doors.desk.build.tried import notice_of
from tongban.doors.desk.build.verbs import Offer, place_of, verb_forms
from tongban.doors.desk.build.words import (
    EXTENSIONS,
    department_name,
    moment,
    state_tag,
    step_name,
    urged_tag,
    who,
)
from tongban.doors.desk.forms import verbs_of
from tongban.doors.guide_parts import (
    ELEMENT,
    GUIDE,
    element_name,
    element_options,
    guide_name,
    guide_options,
)
from tongban.doors.maps import pin_of, shown
from tongban.doors.parts import Cell, Column, Empty, Fact, Link, Notice, Option, Row, Table, Tag
from tongban.doors.texts import clock, clock_name, in_words, say
from tongban.hotline import queries as hotline
from tongban.hotline.states import UNSURE
from tongban.kernel.clocks import ClockState
from tongban.kernel.identifiers import mask_phone, region_within
from tongban.kernel.worktime import city_date
from tongban.people.queries import departments, officers_for, regions, staff_names
from tongban.records.queries import entries_of
from tongban.upkeep.queries import report_of
from tongban.voice.queries import call_about, may_ring

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tongban.catalogue.rules import CompiledPackage
    from tongban.doors.desk.build.tried import Tried
    from tongban.doors.visits import KnownVisit
    from tongban.engine.queries import ClockReading, Proceeding
    from tongban.hotline.queries import OrderPart, Risen, TaskPart, TicketLine
    from tongban.people.queries import RegionView
    from tongban.records.events import JournalEntry

URGENCIES = {
    "normal": gettext_noop("一般"), "urgent": gettext_noop("紧急"),
    "critical": gettext_noop("特急"),
}  # fmt: skip
CHANNELS = {
    "phone": gettext_noop("电话"), "web": gettext_noop("网页"), "scan": gettext_noop("扫码"),
    "open311": gettext_noop("开放接口"), "voice": gettext_noop("语音导航"),
    "transfer": gettext_noop("其他专线转来"), "platform": gettext_noop("上级平台"),
    "hall": gettext_noop("大厅"),
}  # fmt: skip
OUTCOMES = {
    "solved": gettext_noop("已解决"), "partly": gettext_noop("部分解决"),
    "unsolved": gettext_noop("未解决"), "unreached": gettext_noop("未联系上"),
}  # fmt: skip
LEVELS = {
    "1": gettext_noop("非常满意"), "2": gettext_noop("满意"), "3": gettext_noop("基本满意"),
    "4": gettext_noop("不满意"), "5": gettext_noop("非常不满意"),
}  # fmt: skip
YES_NO = {"yes": gettext_noop("联系过"), "no": gettext_noop("没有联系过")}
# What of the unit's verbs needs the step that one of its officers works on.
_OF_THE_HANDLER = frozenset(
    {"sign", "contact", "note_progress", "ask_return", "ask_extension", "reply"}
)


def ticket_page(
    request: KnownVisit,
    found: Proceeding,
    page: hotline.TicketPage,
    tried: Tried | None,
    *,
    shows_contact: bool = False,
) -> pages.TicketPage:
    """The ticket as this actor sees it; ``found`` is the ticket, or his unit's task or order."""
    view = _View(request, found, page)
    offers = tuple(view.offers())
    if view.is_centre:
        # Of all that may be done to a ticket, what waits comes first; on a phone the rest is far.
        offers = tuple(sorted(offers, key=lambda one: not (one.step or one.verb.main)))
    entries = view.entries()
    teller = view.teller(entries)
    place = place_of(offers, tried) if tried else ""
    ticket, running = page.ticket, view.running()
    forms = verb_forms(found.number, offers, tried)
    return pages.TicketPage(
        queues=sidebar(request),
        keys=keys(),
        number=found.number,
        title=ticket.title,
        party=view.caller_name(),
        state=state_tag(found.kind, found.state),
        parent=view.parent(),
        glances=tuple(view.glances(running)),
        clocks=tuple(clock(one) for one in running),
        facts=tuple(view.facts()),
        notices=tuple(view.notices()),
        verbs=forms,
        next=reverse("desk-next", args=[found.number]),
        refused=notice_of(tried, entries, teller, place=place) if tried else None,
        kept=tried.kept if tried and not place else (),
        idle="" if offers or found.ended_at else view.idle(teller),
        history=teller.tell(entries),
        told=tuple(view.told()),
        tasks=tuple(view.cards()),
        caller=tuple(view.caller()) if shows_contact else (),
        caller_action="" if shows_contact or not page.shows_caller else view.caller_address(),
        caller_note="" if page.shows_caller else _("举报人信息保密，承办单位不能查看。"),
        pictures=tuple(view.pictures()),
        ring=view.ring(),
        call=view.call(),
        related=view.related(),
        map=shown(_("地图：诉求的位置"), pin_of(ticket.longitude, ticket.latitude, ticket.place)),
    )


class TicketTeller(Teller):
    """Tells what happened to a ticket and to what is below it."""

    def who(self, entry: JournalEntry) -> str:
        """Who did it; the citizen of a ticket is whoever asked."""
        return _("诉求人") if entry.actor_kind == "citizen" else super().who(entry)

    def _about(self, same: Sequence[JournalEntry]) -> str:
        kind = self.kinds[same[0].stream_id]
        unit = str(same[0].body.get("unit", ""))
        return department_name(unit) if kind == "ticket" and unit else ""

    def _note(self, entry: JournalEntry) -> str:
        return _("；").join(part for part in _more(self, entry.body) if part)


def teller_of(kinds: Mapping[int, str], names: Mapping[int, str]) -> TicketTeller:
    """Whoever tells what happened to these proceedings of the hotline."""
    # They belong to no package.
    return TicketTeller(cast("CompiledPackage", None), kinds, {}, names)


def _more(teller: Teller, body: Mapping[str, Any]) -> Iterator[str]:
    for line in body.get("draws", ()):
        yield f"{step_name(line['step'], None)} → {teller.name(line['officer'])}"
    if "clock" in body:
        yield clock_name(str(body["clock"]))
    if body.get("with"):
        yield _("协办：%(units)s") % {
            "units": _("、").join(department_name(one) for one in body["with"])
        }
    for name, known in (("outcome", OUTCOMES), ("satisfied", LEVELS)):
        if str(body.get(name) or "") in known:
            yield _(known[str(body[name])])
    if "trigger" in body:
        yield trigger_name(str(body["trigger"]))
    if "level" in body:
        yield level_name(str(body["level"]))
    if body.get("together"):
        yield _("并入本单的另一位诉求人")
    if "into" in body:
        yield str(body["into"])
    yield from (str(body.get(name, "")) for name in ("reason", "text", "note", "remark"))


def trigger_name(code: str) -> str:
    """What makes an order, in words."""
    return next(
        (say(one["name"]) for one in hotline.content()["triggers"] if one["code"] == code), code
    )


def level_name(code: str) -> str:
    """The form of an order, in words."""
    return next(
        (say(one["name"]) for one in hotline.content()["levels"] if one["code"] == code), code
    )


def levels_told(levels: Sequence[Risen]) -> str:
    """Which levels an order had, since when, and what of it nobody did."""
    told = []
    for one in levels:
        words = {"level": level_name(one.level), "at": moment(one.at)}
        by_itself = _("%(at)s %(level)s（逾期未答复，自动升级）")
        told.append((by_itself if one.by_itself else _("%(at)s %(level)s")) % words)
    return _("；").join(told)


def type_name(code: str) -> str:
    """A type of requests in words."""
    return next(
        (say(one["name"]) for one in hotline.content()["types"] if one["code"] == code), code
    )


def special_name(code: str) -> str:
    """A special desk in words; empty for none."""
    return next(
        (say(one["name"]) for one in hotline.content()["specials"] if one["code"] == code), ""
    )


def domain_name(code: str) -> str:
    """A domain with what is above it, in words."""
    named = {one.code: one for one in hotline.domains()}
    return path_of(named[code]) if code in named else _("未归类")


def path_of(node: Any) -> str:
    """The way to a domain: its own name, and in Chinese those above it."""
    own = say(node.name)
    return " / ".join(node.path) if own == node.name["zh"] else own


class _View:
    """One page of a ticket for one actor."""

    def __init__(self, request: KnownVisit, found: Proceeding, page: hotline.TicketPage) -> None:
        self.request, self.found, self.page = request, found, page
        self.ticket = page.ticket
        self.is_centre = found.kind == "ticket"
        self.task = next((t for t in page.tasks if t.proceeding_id == found.pk), None)
        self.order = next((o for o in page.orders if o.proceeding_id == found.pk), None)

    # Whose turn, by when

    def running(self) -> list[ClockReading]:
        part = self.task or self.order
        clocks = self.page.clocks if self.is_centre else (part.clocks if part else ())
        return [one for one in clocks if one.reading.state is not ClockState.STOPPED]

    def glances(self, running: Sequence[ClockReading]) -> Iterator[pages.Glance]:
        unit = self.found.department if not self.is_centre else self.ticket.unit
        yield pages.Glance(
            label=_("承办单位"), value=department_name(unit) if unit else _("还没有派单"),
            note=_("第%(n)s轮") % {"n": self.ticket.round} if self.ticket.round > 1 else "",
        )  # fmt: skip
        yield deadline_glance(running or self._units_clocks())
        urgency = self.ticket.urgency
        yield pages.Glance(
            label=_("紧急程度"), value=_(URGENCIES[urgency]),
            tone="plain" if urgency == "normal" else "late",
        )  # fmt: skip

    def _units_clocks(self) -> list[ClockReading]:
        """Where nothing waits for the centre, it sees until when its units have time."""
        if not self.is_centre:
            return []
        every = (each for task in self.page.tasks for each in task.clocks)
        return [one for one in every if one.reading.state is not ClockState.STOPPED]

    def notices(self) -> Iterator[Notice]:
        """What the unit that works on it hears first: a hold is over, who urges, who agrees."""
        task = self.task
        if task is None or not self._is_at_work():
            return
        if task.is_hold_over:
            text = _("请继续办理；仍然不能解决的，可以再次申请挂账。")
            yield Notice(title=_("挂账已经到期"), text=text, tone="care")
        if task.urged_at is not None:
            told = {"n": task.urged, "at": moment(task.urged_at)}
            title = _("已催办 %(n)s 次，最近一次 %(at)s，请优先办理。") % told
            yield Notice(title=title, tone="care")
        if task.state in ("dispatched", "handling") and not task.may_return:
            title = _("指定办理，不能退单。") if task.is_designated else _("这一单不能再退单。")
            text = _("确有困难的，可以申请延期，或者由单位负责人申请挂账。")
            yield Notice(title=title, text=text)
        if task.extension in ("asked", "endorsed", "declined"):
            title = _("延期申请：%(state)s") % {"state": _(EXTENSIONS[task.extension])}
            yield Notice(title=title, text=task.extension_reason)

    def _is_at_work(self) -> bool:
        return any(of == self.found.pk for of, _step in self.page.steps)

    def parent(self) -> Link | None:
        number = self.page.proceeding.number
        if self.is_centre or hotline.ticket_numbered(self.request.actor, number) is None:
            return None
        return Link(number, reverse("desk-proceeding", args=[number]))

    # What was asked

    def caller_name(self) -> str:
        if not self.page.shows_caller:
            return _("匿名")
        return who("ticket", self.ticket.caller.name)

    def caller_address(self) -> str:
        return reverse("desk-ticket-caller", args=[self.found.number])

    def caller(self) -> Iterator[Fact]:
        ticket = self.ticket
        reach = hotline.reach_of(ticket)
        name = reach.name if reach else ticket.contact_name or ticket.caller.name
        # Who gave a number alone is kept under its mask, which nobody answers to.
        is_named = reach is None or name != mask_phone(reach.phone)
        yield Fact(_("姓名"), name if is_named else _("没有留"))
        if ticket.contact_name and ticket.contact_name != ticket.caller.name:
            yield Fact(_("诉求人"), ticket.caller.name)
        yield Fact(_("联系电话"), reach.phone if reach else _("没有留"))

    def ring(self) -> str:
        """Where the telephone system is asked to ring up whoever asked; empty where it may not."""
        may = self.is_centre and self.found.ended_at is None and may_ring(self.request.actor)
        is_open = may and self.call() is None
        return reverse("desk-ticket-ring", args=[self.found.number]) if is_open else ""

    def call(self) -> int | None:
        """The call about this request that the actor has on the line."""
        if not self.is_centre or not may_ring(self.request.actor):
            return None
        return call_about(self.request.actor.id, self.found.number)

    def pictures(self) -> Iterator[Link]:
        """What its caller sent along, by numbers: the name of a file may be somebody's.

        Of who is hidden a unit is shown pictures, which are kept without what a camera writes into
        them, and no other files, which may say who wrote them.
        """
        for n, one in enumerate(attachments_of([self.ticket.pk]), 1):
            kept = one.material.file
            if self.page.shows_caller or kept.media_type.startswith("image/"):
                address = reverse("desk-ticket-file", args=[self.found.number, kept.pk])
                yield Link(_("附件%(n)s") % {"n": n}, address)

    def told(self) -> Iterator[Fact]:
        ticket = self.ticket
        yield Fact(_("诉求"), ticket.text)
        if ticket.place:
            yield Fact(_("地点"), ticket.place)
        if self.region_name:
            yield Fact(_("所在区域"), self._region())
        yield Fact(_("类型"), type_name(ticket.type))
        yield Fact(_("归口"), domain_name(ticket.domain))
        if ticket.special:
            yield Fact(_("专席"), special_name(ticket.special))
        if self.is_centre and "domain" in ticket.reading:
            yield Fact(_("自动归类"), self._reading(ticket.reading))
        yield from self._guide()
        if ticket.reply and (self.is_centre or self.task):
            yield Fact(_("答复"), ticket.reply)
        if ticket.outcome:
            level = _(LEVELS[str(ticket.satisfied)]) if ticket.satisfied else ""
            words = (_(OUTCOMES[ticket.outcome]), level)
            yield Fact(_("回访"), " · ".join(word for word in words if word))

    def _region(self) -> str:
        """Where it lies; the centre is told between which districts it has to decide."""
        unsure = self.ticket.reading.get(UNSURE)
        if unsure is None or not self.is_centre or self.ticket.region != hotline.city_region():
            return self.region_name
        names = _("、").join(map(self._named, unsure))
        if not names:
            return _("没有确定：标出的位置不在本市，请核对地点后派单")
        return _("没有确定：可能在%(regions)s，请核对地点后派单") % {"regions": names}

    @cached_property
    def guides(self) -> tuple[Option, ...]:
        """The guides that the request may be about; none of one that hides its caller."""
        if not self.is_centre or self.ticket.hides_caller:
            return ()
        return guide_options(self.ticket.text, self.ticket.of_number, self.request.now)

    def _guide(self) -> Iterator[Fact]:
        """Which element of a guide it is about, and the task of its owner."""
        found = report_of(self.page.proceeding.number) if self.guides else None
        if found is None:
            return
        one = found.element
        name = guide_name(one.package, one.item, city_date(self.request.now))
        words = [name, element_name(one.element), _("由系统识别") if found.suggested else ""]
        yield Fact(_("指南要素"), " · ".join(word for word in words if word))
        yield Fact(_("核对任务"), one.proceeding.number, is_code=True)

    def _reading(self, read: Mapping[str, Any]) -> str:
        words = _("%(domain)s，把握 %(sure)s%%，依据：%(words)s")
        return words % {
            "domain": domain_name(str(read.get("domain", ""))),
            "sure": round(100 * float(read.get("confidence", 0))),
            "words": _("、").join(map(str, read.get("reasons", ()))) or _("没有依据"),
        }

    def facts(self) -> Iterator[Fact]:
        ticket = self.ticket
        yield Fact(_("编号"), self.found.number, is_code=True)
        if not self.is_centre:
            yield Fact(_("工单编号"), self.page.proceeding.number, is_code=True)
        yield Fact(_("来源"), _(CHANNELS[ticket.channel]))
        yield Fact(_("受理时间"), moment(ticket.received_at))
        if ticket.of_number and (self.page.shows_caller or not hotline.names_caller(ticket)):
            yield Fact(_("涉及的办件或证照"), ticket.of_number, is_code=True)
        if ticket.hot is not None:
            hot = ticket.hot.proceeding.number
            link = reverse("desk-hot", args=[hot])
            yield Fact(_("所属热点"), hot, change=Link(_("打开"), link))
        if ticket.lead is not None and self.is_centre:
            lead = ticket.lead.proceeding.number
            link = reverse("desk-proceeding", args=[lead])
            yield Fact(_("并入工单"), lead, change=Link(_("打开"), link))

    # What units do

    def cards(self) -> Iterator[pages.TaskCard]:
        for task in self.page.tasks:
            yield pages.TaskCard(
                title=self._title(task),
                state=state_tag("ticket_task", task.state),
                facts=tuple(_task_facts(task)),
                clocks=_running(task.clocks) if self.is_centre else (),
                href=self._way(task.proceeding_id, task.number),
                urged=urged_tag(task.urged),
            )
        for order in self.page.orders:
            yield pages.TaskCard(
                title=_("督办单：%(unit)s") % {"unit": department_name(order.unit)},
                state=state_tag("ticket_order", order.state),
                facts=tuple(_order_facts(order)),
                clocks=_running(order.clocks) if self.is_centre else (),
                href=self._way(order.proceeding_id, order.number),
            )

    def _way(self, proceeding_id: int, number: str) -> str:
        """A unit goes from its task to its orders; the centre works on the ticket itself."""
        if self.is_centre or proceeding_id == self.found.pk:
            return ""
        return reverse("desk-proceeding", args=[number])

    def _title(self, task: TaskPart) -> str:
        name = department_name(task.unit)
        words = [name, "" if task.is_lead else _("协办"), _("指定") if task.is_designated else ""]
        if task.round > 1:
            words.append(_("第%(n)s轮") % {"n": task.round})
        return " · ".join(word for word in words if word)

    def related(self) -> Table | None:
        """Requests handled with this one, and what the same caller asked before."""
        if not self.is_centre:
            return None
        past = hotline.past_of(self.ticket.caller_id, apart_from=self.ticket.pk, limit=5)
        is_known = self.ticket.caller.name != "匿名"
        return lines_table(
            (*self.page.members, *(past if is_known else ())),
            title=_("并入本单的工单和同一诉求人以前的诉求"),
        )

    # What happened

    def entries(self) -> list[JournalEntry]:
        if self.is_centre:
            return list(self.page.timeline)
        own = entries_of("proceeding", [self.found.pk])[self.found.pk]
        return sorted([*self.page.timeline, *own], key=lambda one: one.id)

    def teller(self, entries: Sequence[JournalEntry]) -> TicketTeller:
        kinds = {self.page.proceeding.pk: "ticket", self.found.pk: self.found.kind}
        return teller_of(kinds, staff_names(people_in(entries)))

    # What may be done

    def idle(self, teller: TicketTeller) -> str:
        """Why there is nothing to do here, for somebody who looks for a button."""
        held = sorted(who for of, who in self.page.holders if of == self.found.pk)
        if self.task is not None and self.task.state in ("return_asked", "hold_asked"):
            return _("申请已经提交，等热线中心审核；审核以前不用办理。")
        if not held:
            return _("现在不需要您办理。")
        words = _("这一步由 %(names)s 办理，现在不需要您办理。")
        return words % {"names": _("、").join(map(teller.name, held))}

    def offers(self) -> Iterator[Offer]:
        known = verbs_of(self.found.kind)
        taken: set[str] = set()
        for name, about, step in self._open():
            verb = known[name]
            yield Offer(
                verb=verb,
                step=step,
                about=about,
                opinions_of=("reply_ticket",),
                choices=self._choices(name) or self._levels(name, step),
                values=self._values(name),
                lines=tuple(self._lines(name)),
                is_first=verb.key not in taken,
                check=self._check(name),
            )
            taken.add(verb.key)

    def _check(self, name: str) -> str:
        if name != "reply" or self.task is None or not self.task.is_lead:
            return ""
        return reverse("desk-ticket-check", args=[self.found.number])

    def _open(self) -> Iterator[tuple[str, str, str]]:
        """Verb, what it is about, and the number of the task or order that it is done to."""
        if self.task is not None:
            yield from ((name, "", "") for name in self._of_unit(self.task))
        elif self.order is not None:
            if self.page.holds(self.order.proceeding_id, "order"):
                yield from ((name, "", "") for name in self.order.verbs)
        elif self.is_centre:
            yield from self._of_centre()

    def _of_unit(self, task: TaskPart) -> Iterator[str]:
        for name in verbs_of("ticket_task"):
            if name in task.verbs and self._fits_unit(name, task):
                yield name

    def _fits_unit(self, name: str, task: TaskPart) -> bool:
        if name in _OF_THE_HANDLER and not self.page.holds(task.proceeding_id, "handle"):
            return False
        if name == "ask_return":
            return task.may_return
        if name == "ask_extension":
            return task.extension in ("", "declined") and any(
                one.spec.name == "handle" and one.spec.extension for one in task.clocks
            )
        if name in ("endorse_extension", "decline_extension"):
            return task.extension == "asked"
        return name != "reassign" or bool(self.colleagues())

    def _of_centre(self) -> Iterator[tuple[str, str, str]]:
        for name in verbs_of("ticket"):
            if name in _ABOUT_TASK:
                yield from self._about_tasks(name)
            elif name == "close_order":
                yield from self._orders_to_close()
            elif name == "raise_order":
                yield from self._orders_to_raise()
            elif name in self.page.verbs and self._fits_centre(name):
                yield name, "", ""

    def _about_tasks(self, name: str) -> Iterator[tuple[str, str, str]]:
        step, fits = _ABOUT_TASK[name]
        if name not in self.page.verbs or not self.page.holds(self.found.pk, step):
            return
        for task in self.page.tasks:
            if fits(task):
                yield name, department_name(task.unit), task.number

    def _orders_to_close(self) -> Iterator[tuple[str, str, str]]:
        for order in self.page.orders:
            step = f"order_{order.proceeding_id}"
            if "close_order" in self.page.verbs and self.page.holds(self.found.pk, step):
                yield "close_order", trigger_name(order.trigger), order.number

    def _orders_to_raise(self) -> Iterator[tuple[str, str, str]]:
        for order in self.page.orders:
            if "raise_order" in self.page.verbs and order.may_rise:
                yield "raise_order", trigger_name(order.trigger), order.number

    def _fits_centre(self, name: str) -> bool:
        fits = _FITS_CENTRE.get(name)
        return fits is None or fits(self)

    @property
    def may_designate(self) -> bool:
        """Whether units dispute it, and nobody has been asked to designate one yet."""
        returned = any(task.state == "returned" for task in self.page.tasks)
        return returned and (self.found.pk, "designate") not in self.page.steps

    @property
    def may_lie_elsewhere(self) -> bool:
        """Whether its place may be corrected: before it is sent, or a unit sends it back."""
        asked = any(task.state == "return_asked" for task in self.page.tasks)
        return self.found.state == "received" or asked

    def _lines(self, name: str) -> Iterator[str]:
        if name == "dispatch" and self.page.node is not None:
            unit = hotline.unit_here(self.page.node, self.ticket.region)
            if unit:
                words = _("建议 %(unit)s：归口“%(domain)s”，地点 %(place)s。")
                yield words % {
                    "unit": department_name(unit),
                    "domain": domain_name(self.page.node.code),
                    "place": self.region_name or _("未定"),
                }
            if unit and self.page.node.basis:
                yield _("依据：%(basis)s") % {"basis": in_words(self.page.node.basis)}

    @cached_property
    def regions(self) -> Sequence[RegionView]:
        """Every region, read once for a page."""
        return regions()

    @cached_property
    def region_name(self) -> str:
        """What the place's region is called; empty where none is known."""
        return self._named(self.ticket.region)

    def _named(self, code: str) -> str:
        found = next((one for one in self.regions if one.code == code), None)
        return say(found.name) if found else ""

    def _choices(self, name: str) -> Mapping[str, tuple[Option, ...]]:
        ticket = self.ticket
        if name in ("dispatch", "designate", "add_unit"):
            node = self.page.node
            unit = hotline.unit_here(node, ticket.region) if node else ""
            units = _units()
            none = Option("", _("没有"))
            return {
                "unit": _chosen(units, unit if name != "add_unit" else ""),
                "with_unit": (none, *units),
                "with_unit_2": (none, *units),
            }
        return _FIXED[name](self) if name in _FIXED else {}

    def _values(self, name: str) -> Mapping[str, str]:
        """What stands in a form: the day until which a hold lasts as a rule."""
        if name != "grant_hold":
            return {}
        return {"until": hotline.usual_hold(self.request.now).isoformat()}

    def _levels(self, name: str, step: str) -> Mapping[str, tuple[Option, ...]]:
        """To which levels the order of that number may be raised."""
        order = next((one for one in self.page.orders if one.number == step), None)
        if name != "raise_order" or order is None:
            return {}
        return {"level": tuple(Option(code, level_name(code)) for code in order.may_rise)}

    def classes(self) -> Mapping[str, tuple[Option, ...]]:
        kinds = tuple(Option(one["code"], say(one["name"])) for one in hotline.content()["types"])
        domains = tuple(Option(one.code, path_of(one)) for one in hotline.domains())
        return {
            "kind": _chosen(kinds, self.ticket.type),
            "domain": _chosen(domains, self.ticket.domain),
            "urgency": _chosen(_named(URGENCIES), self.ticket.urgency),
        }

    def places(self) -> tuple[Option, ...]:
        """The regions of the city; none leaves it to what the place says."""
        own = hotline.city_region()
        found = tuple(
            Option(one.code, say(one.name))
            for one in self.regions
            if one.code != own and region_within(one.code, own)
        )
        return (Option("", _("按地点判断")), *found)

    def colleagues(self) -> tuple[Option, ...]:
        p = self.found
        return tuple(
            Option(str(one.account_id), one.name)
            for one in officers_for(
                f"{p.department}.reviewer", p.region, on=city_date(self.request.now)
            )
        )


_FITS_CENTRE: Mapping[str, Callable[[_View], bool]] = {
    "rehandle": lambda view: view.ticket.outcome in ("unsolved", "partly"),
    "confer": lambda view: view.ticket.outcome in ("unsolved", "partly"),
    "close": lambda view: bool(view.ticket.outcome) or view.found.state == "conferring",
    "name_element": lambda view: bool(view.guides),
    "hide_caller": lambda view: not view.ticket.hides_caller,
    "correct_place": lambda view: view.may_lie_elsewhere,
    "ask_designation": lambda view: view.may_designate,
}
_AboutTask = tuple[str, Callable[["TaskPart"], bool]]
# What the centre answers to a unit: the open step of the ticket, and which tasks it is about.
_ABOUT_TASK: Mapping[str, _AboutTask] = {
    "approve_return": ("return", lambda task: task.state == "return_asked"),
    "refuse_return": ("return", lambda task: task.state == "return_asked"),
    "grant_extension": ("extension", lambda task: task.extension == "endorsed"),
    "refuse_extension": ("extension", lambda task: task.extension == "endorsed"),
    "grant_hold": ("hold", lambda task: task.state == "hold_asked"),
    "refuse_hold": ("hold", lambda task: task.state == "hold_asked"),
}
_FIXED: Mapping[str, Callable[[_View], Mapping[str, tuple[Option, ...]]]] = {
    "name_element": lambda view: {GUIDE: view.guides, ELEMENT: element_options()},
    "classify": lambda view: view.classes(),
    "correct_place": lambda view: {"region": view.places()},
    "reassign": lambda view: {"to": view.colleagues()},
    "refuse": lambda _view: {"reason": _coded("refusals")},
    "transfer": lambda _view: {
        "line": tuple(
            Option(one["code"], f"{one['number']} {say(one['name'])}", say(one.get("scope")))
            for one in hotline.content()["lines"]
        )
    },
    "supervise": lambda _view: {"trigger": _coded("triggers")},
    "call_back": lambda _view: {
        "contacted": _named(YES_NO),
        "outcome": _named(OUTCOMES),
        "satisfied": _named(LEVELS),
    },
}


def _coded(part: str) -> tuple[Option, ...]:
    return tuple(Option(one["code"], say(one["name"])) for one in hotline.content()[part])


def _named(words: Mapping[str, str]) -> tuple[Option, ...]:
    return tuple(Option(code, _(name)) for code, name in words.items())


def _chosen(options: Sequence[Option], value: str) -> tuple[Option, ...]:
    return tuple(replace(one, chosen=one.value == value) for one in options)


def _units() -> tuple[Option, ...]:
    return tuple(Option(one.code, say(one.name)) for one in departments())


def _running(clocks: Sequence[ClockReading]) -> tuple[Any, ...]:
    return tuple(clock(one) for one in clocks if one.reading.state is not ClockState.STOPPED)


def _task_facts(task: TaskPart) -> Iterator[Fact]:
    yield Fact(_("编号"), task.number, is_code=True)
    moments = (
        (_("派单"), task.sent_at), (_("签收"), task.signed_at),
        (_("联系诉求人"), task.contacted_at), (_("答复时间"), task.replied_at),
    )  # fmt: skip
    for label, at in moments:
        if at is not None:
            yield Fact(label, moment(at))
    if task.extension:
        yield Fact(_("延期申请"), _(EXTENSIONS[task.extension]))
        yield Fact(_("延期的理由"), task.extension_reason)
    if task.held_until is not None:
        yield Fact(_("挂账至"), date_format(task.held_until))
    for label, text in (
        (_("申请的理由"), task.reason), (_("计划"), task.plan), (_("答复"), task.reply),
    ):  # fmt: skip
        if text:
            yield Fact(label, text)


def _order_facts(order: OrderPart) -> Iterator[Fact]:
    yield Fact(_("编号"), order.number, is_code=True)
    yield Fact(_("督办的情形"), trigger_name(order.trigger))
    yield Fact(_("形式"), level_name(order.level))
    if len(order.levels) > 1:
        yield Fact(_("升级经过"), levels_told(order.levels))
    yield Fact(_("督办的要求"), order.text)
    if order.answer:
        yield Fact(_("答复"), order.answer)


_LINE_TONES = {"critical": "late", "urgent": "soon"}


def lines_table(
    lines: Sequence[TicketLine],
    *,
    title: str,
    kind: str = "ticket",
    empty: Empty | None = None,
    **more: Any,
) -> Table:
    """Tickets, or tasks of a unit, as a list: what, where, with whom, in which state."""
    return Table(
        title=title,
        columns=(
            Column(_("诉求")), Column(_("归口")), Column(_("承办单位")), Column(_("状态"), "tag"),
            Column(_("紧急程度"), "tag"), Column(_("受理时间"), "time"),
        ),
        rows=tuple(_row(one, kind) for one in lines),
        empty=empty or Empty(_("没有"), icon="tick"),
        **more,
    )  # fmt: skip


def _row(line: TicketLine, kind: str) -> Row:
    note = _("%(number)s · 热点") % {"number": line.number} if line.hot else line.number
    if urged := urged_tag(line.urged):
        note = f"{note} · {urged.text}"
    if line.held_until is not None:
        held = _("挂账至 %(day)s") % {"day": date_format(line.held_until)}
        note = f"{note} · {held}"
    tone: Any = _LINE_TONES.get(line.urgency, "plain")
    return Row(
        (
            Cell(line.title, reverse("desk-proceeding", args=[line.number]), note),
            Cell(domain_name(line.domain)),
            Cell(department_name(line.unit) if line.unit else ""),
            Cell(state_tag(kind, line.state)),
            Cell(Tag(_(URGENCIES[line.urgency]), tone)),
            Cell(line.received_at),
        ),
        key=line.number,
    )
