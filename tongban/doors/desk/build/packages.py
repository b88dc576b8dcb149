"""The page of a whole application, for the window that accepts and delivers once."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongban.cases.queries.phrases import own_phrases
from tongban.doors.desk import pages
from tongban.doors.desk.build.answers import documents
from tongban.doors.desk.build.clocks import deadline_glance, nearest
from tongban.doors.desk.build.history import Teller, target_name
from tongban.doors.desk.build.queues import keys, sidebar
from tongban.doors.desk.build.tried import notice_of
from tongban.doors.desk.build.verbs import Offer, place_of, verb_forms
from tongban.doors.desk.build.words import department_name, moment, state_tag, step_name
from tongban.doors.desk.forms import verbs_of
from tongban.doors.parts import Fact, Link, Tag
from tongban.doors.texts import clock, say
from tongban.doors.values import shown
from tongban.engine.queries import steps_of, visible_to
from tongban.packages.states import LIFE
from tongban.records.queries import entries_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tongban.cases.models import Requirement
    from tongban.doors.desk.build.tried import Tried
    from tongban.doors.visits import KnownVisit
    from tongban.packages.queries import Lane, PackagePage
    from tongban.records.events import JournalEntry

# What a department tells the window without telling the applicant yet.
_TOLD_TO_THE_WINDOW = frozenset({"raise_requirement", "clear_requirement"})


def package_page(request: KnownVisit, page: PackagePage, tried: Tried | None) -> pages.PackagePage:
    """Every item on its lane, what the departments require, what the window may do."""
    p, progress = page.proceeding, page.progress
    ids = [lane.case_id for lane in progress.lanes]
    entries = [e for es in entries_of("proceeding", [p.pk, *ids]).values() for e in es]
    steps = steps_of(ids)
    teller = Teller.of(
        page.compiled,
        {lane.case_id: page.compiled.item(lane.item_code) for lane in progress.lanes},
        entries,
        package=p.pk,
        people={
            *(r.raised_by for r in page.requirements),
            *(s.assignee_id for found in steps.values() for s in found if s.assignee_id),
        },
    )
    offers = tuple(_offers(page))
    own = [e for e in entries if e.stream_id == p.pk]
    place = place_of(offers, tried) if tried else ""
    refused = notice_of(tried, own, teller, place=place) if tried else None
    return pages.PackagePage(
        queues=sidebar(request, page.open_steps[0].queue if page.open_steps else ""),
        keys=keys(),
        number=p.number,
        title=say(progress.package_name),
        next=reverse("desk-next", args=[p.number]),
        party=progress.party_name,
        state=state_tag("package", p.state),
        glances=(_turn(page), deadline_glance(progress.clocks), _done(progress.lanes)),
        clocks=tuple(clock(c) for c in progress.clocks),
        facts=tuple(_facts(page)),
        verbs=verb_forms(p.number, offers, tried, own_phrases(request.actor) if offers else ()),
        refused=refused,
        kept=tried.kept if tried and not place else (),
        idle="" if offers or LIFE.is_final(p.state) else _idle(page),
        requirements=tuple(_requirements(page, teller)),
        empty_requirements=_empty_requirements(page),
        notice=_notice(page, own, teller),
        lanes=tuple(_lanes(request, page, steps, teller)),
        delivery=tuple(_delivery(page)),
        documents=documents(p.pk, p.number),
        history=teller.tell(e for e in entries if _is_told(e, p.pk)),
    )


def _is_told(entry: JournalEntry, package: int) -> bool:
    return entry.stream_id == package or entry.public or entry.verb in _TOLD_TO_THE_WINDOW


# What may be done


def _waiting(page: PackagePage) -> list[Requirement]:
    """What the departments require and the applicant has not been told."""
    return [r for r in page.requirements if not r.notified_at]


def _offers(page: PackagePage) -> Iterator[Offer]:
    verbs = verbs_of("package")
    waiting = _waiting(page)
    for name in verbs:
        if name not in page.open_verbs or (name == "ask_correction" and not waiting):
            continue
        # While something is missing the notice comes first, acceptance would be refused.
        is_first = name != "accept" or not waiting
        yield Offer(verb=verbs[name], step=verbs[name].step, lines=_lines(name, page),
                    is_first=is_first, opens=name == "ask_correction")  # fmt: skip


def _lines(name: str, page: PackagePage) -> tuple[str, ...]:
    """What exactly will be told or handed over."""
    if name == "ask_correction":
        return tuple(
            f"{_item_name(page, r)} · "
            + _("%(about)s：%(told)s")
            % {"about": target_name(page.compiled, r.target), "told": r.problem}
            for r in _waiting(page)
        )
    if name == "accept" and _waiting(page):
        return (_("各部门还有补正要求没有告知，现在不能受理。"),)
    if name == "deliver":
        return tuple(
            _("%(about)s：%(told)s") % {"about": say(lane.item_name), "told": _(lane.state_title)}
            for lane in page.progress.lanes
        )
    return ()


def _item_name(page: PackagePage, line: Requirement) -> str:
    lanes = page.progress.lanes
    return say(next(one.item_name for one in lanes if one.case_id == line.proceeding_id))


# What must be seen first


def _turn(page: PackagePage) -> pages.Glance:
    label, state = _("轮到谁"), page.proceeding.state
    if LIFE.is_final(state):
        return pages.Glance(label=label, value=_("已经结束"))
    role = {step.queue.rpartition(".")[2] for step in page.open_steps}
    steps = _("、").join(step_name(step.code, None) for step in page.open_steps)
    if page.open_verbs:
        return pages.Glance(label=label, value=_("您"), note=steps, tone="you")
    if role == {"applicant"}:
        return pages.Glance(label=label, value=_("申请人"), note=steps)
    if state == "accepted":
        names = [
            say(lane.department_name) for lane in page.progress.lanes if lane.turn == "government"
        ]
        other = _("第三方或公众") if page.progress.turn == "third" else _("系统")
        value = _("、").join(dict.fromkeys(names)) or other
        return pages.Glance(label=label, value=value, note=_("并联办理"))
    window = _("%(department)s窗口") % {"department": department_name(page.proceeding.department)}
    return pages.Glance(label=label, value=window, note=steps)


def _done(lanes: Sequence[Lane]) -> pages.Glance:
    done = sum(lane.turn == "none" and lane.state != "waiting" for lane in lanes)
    counted = Counter(lane.state_title for lane in lanes)
    note = _("、").join(f"{_(title)} {n}" for title, n in counted.items())
    tone = "done" if done == len(lanes) else "plain"
    return pages.Glance(
        label=_("办结事项"), value=f"{done} / {len(lanes)}", note=note,
        tone="done" if tone == "done" else "plain",
    )  # fmt: skip


def _idle(page: PackagePage) -> str:
    if page.proceeding.state == "correction":
        return _("已发出补正告知，等待申请人一次补齐。")
    return _("现在不需要您办理。")


def _facts(page: PackagePage) -> Iterator[Fact]:
    p = page.proceeding
    yield Fact(_("申请编号"), p.number, is_code=True)
    yield Fact(_("牵头部门"), department_name(p.department))
    yield Fact(_("提交（即收件）"), moment(p.opened_at))
    if p.accepted_at:
        yield Fact(_("受理"), moment(p.accepted_at))
    if p.ended_at:
        yield Fact(_("办结"), moment(p.ended_at))


# The items


def _lanes(
    request: KnownVisit, page: PackagePage, steps: Mapping[int, Sequence[Any]], teller: Teller
) -> Iterator[pages.DeskLane]:
    ids = [lane.case_id for lane in page.progress.lanes]
    mine = set(visible_to(request.actor).filter(id__in=ids).values_list("id", flat=True))
    raised = Counter(r.proceeding_id for r in page.requirements)
    for lane in page.progress.lanes:
        found = nearest(lane.clocks)
        n = raised[lane.case_id]
        yield pages.DeskLane(
            name=say(lane.item_name),
            department=say(lane.department_name),
            number=lane.number,
            href=reverse("desk-proceeding", args=[lane.number]) if lane.case_id in mine else "",
            state=state_tag("case", lane.state),
            steps=tuple(_steps(page, lane, steps[lane.case_id], teller)),
            note=_lane_note(lane),
            clock=clock(found) if found else None,
            requirements=_raised(lane, n),
            has_requirements=bool(n),
            licence=Link(_("查验证照"), reverse("verify-one", args=[lane.licence]))
            if lane.licence
            else None,
        )


def _steps(page: PackagePage, lane: Lane, steps: Sequence[Any], teller: Teller) -> Iterator[str]:
    item = page.compiled.item(lane.item_code)
    for step in steps:
        if step.state == "open":
            who = teller.name(step.assignee_id) or _("待分办")
            yield _("%(step)s（%(who)s）") % {"step": step_name(step.code, item), "who": who}


def _lane_note(lane: Lane) -> str:
    if lane.waits_for:
        names = _("、").join(say(name) for name in lane.waits_for)
        return _("等待前面的事项办完：%(names)s") % {"names": names}
    if lane.cancelled_because is not None:
        return _("因“%(name)s”未通过而取消") % {"name": say(lane.cancelled_because)}
    if lane.decision is not None:
        return lane.decision.reasons or (_("系统自动") if lane.decision.is_automatic else "")
    return ""


def _raised(lane: Lane, n: int) -> str:
    if n:
        return ngettext("%(n)s 项补正要求", "%(n)s 项补正要求", n) % {"n": n}
    return _("未提出补正要求") if lane.state == "received" else ""


# Correction and delivery


def _requirements(page: PackagePage, teller: Teller) -> Iterator[pages.Requirement]:
    lanes = {lane.case_id: lane for lane in page.progress.lanes}
    if page.progress.notice is not None:
        return
    for line in page.requirements:
        lane = lanes[line.proceeding_id]
        who = " ".join((say(lane.department_name), teller.name(line.raised_by)))
        yield pages.Requirement(
            item=say(lane.item_name),
            about=target_name(page.compiled, line.target),
            problem=line.problem,
            remedy=line.remedy,
            clause=line.clause,
            state=Tag(_("待告知"), "soon"),
            who=who.strip(),
            at=line.raised_at,
        )


def _empty_requirements(page: PackagePage) -> str:
    if page.proceeding.state != "received" or page.progress.notice is not None:
        return ""
    return _("各部门还没有提出补正要求。提出后在这里汇总，由您一次性告知申请人。")


def _notice(
    page: PackagePage, entries: Sequence[JournalEntry], teller: Teller
) -> pages.CorrectionNotice | None:
    notice = page.progress.notice
    if notice is None:
        return None
    sent = next((e for e in entries if e.verb == "ask_correction"), None)
    facts = [Fact(_("发出"), moment(notice.sent_at))]
    if sent is not None:
        facts.append(Fact(_("发出人"), teller.who(sent)))
    answered = moment(notice.supplied_at) if notice.supplied_at else _("尚未补齐")
    facts.append(Fact(_("申请人补齐"), answered))
    is_done = notice.supplied_at is not None
    state = Tag(_("已补齐"), "done") if is_done else Tag(_("已告知申请人"), "you")
    lines = tuple(
        pages.Requirement(
            item=say(line.item_name),
            about=say(line.target_name),
            problem=line.problem,
            remedy=line.remedy,
            clause=line.clause,
            state=state,
        )
        for line in notice.lines
    )
    return pages.CorrectionNotice(facts=tuple(facts), lines=lines)


def _delivery(page: PackagePage) -> Iterator[Fact]:
    """How the applicant wants the results; told to the window when they are due."""
    if page.proceeding.state not in ("done", "delivered"):
        return
    answers: dict[str, Any] = {}
    for file in page.files.values():
        answers |= {k: v for k, v in file.answers.items() if k.startswith("delivery.")}
    for one in page.compiled.fields:
        if one.code in answers:
            yield Fact(say(one.name), shown(one, answers[one.code]))
