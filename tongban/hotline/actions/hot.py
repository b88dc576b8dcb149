"""Hot issues: found among requests, alarming, handled together, everybody answered once."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q

from tongban.engine.actions import Act, Locked, NewProceeding
from tongban.engine.states import StepParty
from tongban.hotline import rules, sql
from tongban.hotline.actions.centre import supervise_in
from tongban.hotline.actions.intake import merge_in, need_units, send_all_in
from tongban.hotline.actions.offices import (
    content_of,
    need_kind,
    note,
    region_of,
    version_now,
)
from tongban.hotline.models import Hot, Order, Ticket
from tongban.hotline.queries import content, node_of, unit_here
from tongban.hotline.queries.hot import (
    TO_JOIN,
    calls_of,
    heard,
    heard_all,
    measure,
    near,
    sample_of,
    untold_of,
    usual_of,
)
from tongban.hotline.rules import hot
from tongban.hotline.states import HotState, TicketState
from tongban.kernel.actors import SYSTEM
from tongban.kernel.numbers import normalise_number
from tongban.kernel.refusals import BadInput, worded
from tongban.people.actions import caller_party

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from tongban.hotline.rules.hot import Heard, Measure, Usual
    from tongban.kernel.actors import Actor

HOT_PREFIX = "RD"
COUNTED = 1_000
"""So many of the latest calls of an issue make its heat: older ones have cooled anyhow."""
COOLED_AT_ONCE = 200
_STILL_ANSWERED = (TicketState.HANDLING, TicketState.CHECKING, TicketState.CALLBACK)


# Found among requests


def find_issue(*, ticket_id: int, now: datetime) -> str:
    """Put a request where it belongs: "joined" an issue, "founded" one with others, or "".

    The same request again changes nothing; where its domain was corrected it leaves an issue that
    it does not fit any more. Two requests at the same moment make one issue: whoever comes second
    waits, and sees it.
    """
    _leave_where_misplaced(ticket_id, now)
    with Act(by=SYSTEM, now=now) as act:
        ticket = _comparable(ticket_id)
        if ticket is None:
            act.drop()
            return ""
        by = measure()
        new = heard(ticket)
        around = near(new, by)
        samples = sample_of(hot.issues_near(around))
        placed = hot.place(new, around, samples, by)
        if placed.joins is not None and _take_in(act, placed.joins, [new], by):
            return "joined"
        if placed.founds:
            founders = [*(one for one in around if one.id in placed.founds), new]
            usual = usual_of(founders, by)
            if placed.is_placed or placed.callers >= usual.limit:
                _found(act, founders, usual, by)
                return "founded"
        act.drop()
    return ""


def _leave_where_misplaced(ticket_id: int, now: datetime) -> None:
    """Let a request whose domain was corrected leave an issue of another; leads stay."""
    found = Ticket.objects.select_related("hot", "proceeding").filter(
        pk=ticket_id, hot__closed_at=None, hot__isnull=False, lead=None
    )
    one = found.first()
    if one is None or one.hot is None or _above(one.domain) == _above(one.hot.domain):
        return
    with suppress(rules.NotTogether):
        leave_out(issue_id=one.hot.pk, number=one.proceeding.number, by=SYSTEM, now=now)


def _above(domain: str) -> str:
    return hot.beside(domain) or domain


def _comparable(ticket_id: int) -> Ticket | None:
    """The ticket under the lock of its place, where it is to be compared at all."""
    ticket = Ticket.objects.filter(pk=ticket_id).first()
    if ticket is None or not ticket.domain or ticket.type in content()["hot"]["apart"]:
        return None
    sql.hold_place(ticket.region[:6], _above(ticket.domain))
    ticket.refresh_from_db()
    is_gone = ticket.proceeding.state in {TicketState.WITHDRAWN, TicketState.TRANSFERRED}
    return None if ticket.hot_id is not None or is_gone else ticket


def _found(act: Act, founders: Sequence[Heard], usual: Usual, by: Measure) -> None:
    some = sorted(founders, key=lambda one: one.id)
    hotline = content_of()
    domain, region = hot.domain_of(some), hot.region_of(some)
    node, place = node_of(domain, version_now()), hot.place_of(some)
    name = str(node.name["zh"]) if node else domain
    title = hot.title_of(place, name)
    new = NewProceeding(
        kind="hot_issue",
        prefix=HOT_PREFIX,
        region=region,
        department=str(hotline["centre"]),
        party_id=caller_party(""),
        version_id=version_now(),
        state=HotState.WATCHING,
        facts={"title": title[:80], "domain": domain},
    )
    issue = act.open([new])[0]
    act.begin(issue, "become_hot", body={"tickets": len(some)}, public=False)
    _show_to_the_line(act, issue)
    heat = _heat([(one.caller, one.at) for one in some], act.now, by)
    act.also(
        _INSERT,
        [
            issue.id, region, domain, title[:80], place[:80],
            "|".join(hot.words_of([one.text for one in some])),
            len(some), heat.callers, heat.today, heat.warmth, usual.mean, usual.limit, some[0].at,
            some[-1].at,
        ],
    )  # fmt: skip
    _join(act, issue, some)


_INSERT = (
    "INSERT INTO hotline_hot (proceeding_id, region, domain, title, place, words, tickets_count,"
    ' callers, callers_today, warmth, usual, "limit", first_at, last_at, alarm_of)'
    " VALUES (%s, %s, %s, %s, %s, string_to_array(%s, '|'), %s, %s, %s, %s, %s, %s, %s, %s, 0)"
)


def _join(act: Act, issue: Locked, some: Sequence[Heard]) -> None:
    ids = ",".join(str(one.id) for one in some)
    statement = "UPDATE hotline_ticket SET hot_id = %s WHERE proceeding_id = ANY(%s::bigint[])"
    act.also(statement, [issue.id, f"{{{ids}}}"])


def _show_to_the_line(act: Act, issue: Locked) -> None:
    """The centre sees an issue from its first moment; nobody has to work on it yet."""
    for role in ("window", "checker", "decider"):
        act.open_step(issue, f"watch_{role}", role=role, whose=StepParty.ELSEWHERE)


def _take_in(act: Act, issue_id: int, some: Sequence[Heard], by: Measure) -> bool:
    """Let requests belong to a locked issue within an action; False where it has ended."""
    issue = act.lock(issue_id)
    if issue.is_ended:
        return False
    act.move(issue, "take_in", body={"tickets": [one.id for one in some]}, public=False)
    _join(act, issue, some)
    _reckon(act, issue.id, some, by)
    return True


@dataclass(frozen=True, slots=True)
class _Heat:
    callers: float
    today: float
    warmth: float


def _heat(calls: Sequence[tuple[int, datetime]], now: datetime, by: Measure) -> _Heat:
    since = now - timedelta(hours=by.alarm_hours)
    heat = max(hot.heat_of(calls, now, by), 1e-6)
    return _Heat(
        hot.people_of([caller for caller, _ in calls], by.nameless),
        hot.people_of([caller for caller, at in calls if at > since], by.nameless),
        hot.warmth_of(heat, now, by.half_life),
    )


def _reckon(
    act: Act, issue_id: int, more: Sequence[Heard], by: Measure, less: Sequence[int] = ()
) -> None:
    """Count an issue anew with these requests and without those."""
    gone = {*less, *(one.id for one in more)}
    found = Ticket.objects.filter(hot_id=issue_id).exclude(pk__in=gone)
    calls = [*calls_of(found, COUNTED), *((one.caller, one.at) for one in more)]
    known = found.count()
    heat = _heat(calls, act.now, by)
    last = max((at for _, at in calls), default=act.now)
    act.also(
        "UPDATE hotline_hot SET tickets_count = %s, callers = greatest(%s, CASE WHEN %s THEN"
        " callers ELSE 0 END), callers_today = %s, warmth = %s, last_at = %s"
        " WHERE proceeding_id = %s",
        [
            known + len(more), heat.callers, known > COUNTED, heat.today, heat.warmth, last,
            issue_id,
        ],
    )  # fmt: skip


# Heat and alarms


def mind_issue(*, issue_id: int, now: datetime) -> bool:
    """Alarm where more people speak of it than is usual, once at each step; warm up what cooled.

    Asked after every request that joins. Answers whether anything happened.
    """
    by = measure()
    latest = Hot.objects.filter(pk=issue_id).values_list("last_at", flat=True).first()
    if latest is None:
        return False
    # A worker that catches up finds calls that came after the entry it reads.
    with Act(by=SYSTEM, now=max(now, latest)) as act:
        issue = act.lock(issue_id)
        # Whoever changes the row holds the issue: it is read after the lock.
        row = Hot.objects.filter(pk=issue_id).first()
        if row is not None and issue.state in _ALARMING and _rings(row, by):
            _alarm(act, issue, row)
            return True
        if row is not None and issue.state == HotState.COOLED and _is_warm(row, now, by):
            act.move(issue, "warm_up", public=False)
            return True
        act.drop()
    return False


_ALARMING = frozenset({HotState.WATCHING, HotState.ALARMED, HotState.GATHERED})


def _rings(row: Hot, by: Measure) -> bool:
    usual = hot.Usual(row.usual, row.limit)
    return hot.alarms(row.callers_today, usual, row.alarm_of, by.again)


def _is_warm(row: Hot, now: datetime, by: Measure) -> bool:
    return hot.heat_from(row.warmth, now, by.half_life) >= by.warm


def _alarm(act: Act, issue: Locked, row: Hot) -> None:
    """The duty officer finds it on his desk; a step that is open there already stays."""
    verb = "alarm" if issue.state == HotState.WATCHING else "alarm_again"
    body = {"callers": row.callers_today, "usual": round(row.usual, 2), "limit": row.limit}
    act.move(issue, verb, body=body, public=False)
    if issue.open_step("hot_alarm") is None:
        act.open_step(issue, "hot_alarm", role="checker")
    act.also(
        "UPDATE hotline_hot SET alarmed_at = coalesce(alarmed_at, %s), alarm_of = %s"
        " WHERE proceeding_id = %s",
        [act.now, row.callers_today, issue.id],
    )


def cool_issues(now: datetime) -> int:
    """Let fade what nobody speaks of any more; answers how many.

    What alarmed and was never dealt with stays until somebody says something about it.
    """
    by = measure()
    cold = hot.warmth_of(by.cooled, now, by.half_life)
    states = (HotState.WATCHING, HotState.GATHERED)
    found = Hot.objects.filter(closed_at=None, warmth__lt=cold, proceeding__state__in=states)
    ids = list(found.order_by("warmth").values_list("pk", flat=True)[:COOLED_AT_ONCE])
    for one in ids:
        with Act(by=SYSTEM, now=now) as act:
            issue = act.lock(one)
            # A call may have joined since: whoever changes the row holds the issue.
            is_cold = Hot.objects.filter(pk=one, warmth__lt=cold).exists()
            if is_cold and issue.state == HotState.WATCHING:
                act.move(issue, "fade", public=False)
                _end(act, issue)
            elif is_cold and issue.state == HotState.GATHERED:
                act.move(issue, "cool_down", public=False)
            else:
                act.drop()
    return len(ids)


def _end(act: Act, issue: Locked) -> None:
    act.cancel_steps(issue, "ended")
    act.also("UPDATE hotline_hot SET closed_at = %s WHERE proceeding_id = %s", [act.now, issue.id])


# Handled together


def gather_issue(*, issue_id: int, unit: str = "", by: Actor, now: datetime) -> int:
    """Handle the requests of an issue together (合并办理); answers how many were merged.

    They go under the oldest that a unit has already, else the oldest that waits, which is
    dispatched to ``unit`` or the one that the content names. What has been answered already stays
    as it is. Raises NotTogether where nothing is left to be handled.
    """
    with Act(by=by, now=now) as act:
        ids = _lock_family(act, issue_id)
        issue = need_kind(act.lock(issue_id), "hot_issue")
        lead, others = _members(act, issue, ids)
        body = {"lead": lead.number, "tickets": len(others) + 1}
        act.move(issue, "gather", body=body, public=False)
        _close_alarm(act, issue, "gathered")
        if lead.state == TicketState.RECEIVED:
            _dispatch(act, lead, unit)
        for one in others:
            merge_in(act, one, lead)
        _lead(act, issue, lead)
    return len(others)


def join_newcomers(*, issue_id: int, by: Actor, now: datetime) -> int:
    """Merge what has come since the issue was gathered, under its lead; answers how many.

    Where the lead has ended, the oldest newcomer becomes the lead of those after it.
    """
    with Act(by=by, now=now) as act:
        ids = _lock_family(act, issue_id)
        issue = need_kind(act.lock(issue_id), "hot_issue")
        row = Hot.objects.get(pk=issue_id)
        lead, others = _members(act, issue, ids, row.lead_id)
        if not others and lead.id == row.lead_id:
            raise rules.NotTogether("没有新来的诉求需要并入。")
        body = {"lead": lead.number, "tickets": len(others)}
        act.move(issue, "join_newcomers", body=body, public=False)
        _close_alarm(act, issue, "joined")
        if lead.state == TicketState.RECEIVED:
            _dispatch(act, lead, "")
        for one in others:
            merge_in(act, one, lead)
        _lead(act, issue, lead)
    return len(others)


def _lock_family(act: Act, issue_id: int) -> frozenset[int]:
    """Lock an issue and its requests with their tasks in the one order; answers which those are.

    Whoever locks a request before its issue, and whoever locks them the other way round, would
    wait for each other.
    """
    found = Ticket.objects.filter(hot_id=issue_id).filter(
        Q(lead=None, proceeding__state__in=TO_JOIN) | Q(lead=None, members__isnull=False)
    )
    leads = Hot.objects.filter(pk=issue_id).values_list("lead_id", flat=True)
    ids = frozenset(found.values_list("pk", flat=True)) | {one for one in leads if one}
    act.lock_all([issue_id, *ids], family=True)
    return ids


def _members(
    act: Act, issue: Locked, locked: frozenset[int], lead_id: int | None = None
) -> tuple[Locked, list[Locked]]:
    """The lead and those that can go under it, of those that are locked."""
    found = Ticket.objects.filter(hot_id=issue.id, lead=None, pk__in=locked)
    joining = found.filter(proceeding__state__in=TO_JOIN)
    ids = list(joining.order_by("pk").values_list("pk", flat=True))
    own = list(found.filter(members__isnull=False).order_by("pk").values_list("pk", flat=True))
    lead = act.lock(lead_id, family=True) if lead_id in locked and lead_id else None
    if lead is None or lead.is_ended or lead.state == TicketState.MERGED:
        lead = _best(act, [*dict.fromkeys([*own, *ids])])
    others = [act.lock(one) for one in ids if one != lead.id and one not in own]
    return lead, [one for one in others if one.state in TO_JOIN]


def _best(act: Act, ids: Sequence[int]) -> Locked:
    """Whoever leads others already, else the oldest that a unit has, else the oldest."""
    some = [act.lock(one) for one in ids]
    open_ones = [one for one in some if not one.is_ended and one.state != TicketState.MERGED]
    at_work = [one for one in open_ones if one.state != TicketState.RECEIVED]
    if not open_ones:
        raise rules.NotTogether("这个热点没有还在办理的诉求，不需要合并办理。")
    return (at_work or open_ones)[0]


def _dispatch(act: Act, lead: Locked, unit: str) -> None:
    node = node_of(lead.facts["domain"], lead.version_id)
    chosen = unit or (unit_here(node, region_of(lead)) if node else "")
    if not chosen:
        raise BadInput.at(
            "unit", "missing", "请选择承办单位：这个类别没有指定单位，需要人工确定。"
        )
    need_units(chosen)
    act.move(lead, "dispatch", body={"unit": chosen, "with": []})
    act.close_steps(lead, "dispatched")
    send_all_in(act, lead, chosen)


def _lead(act: Act, issue: Locked, lead: Locked) -> None:
    act.also("UPDATE hotline_hot SET lead_id = %s WHERE proceeding_id = %s", [lead.id, issue.id])


def _close_alarm(act: Act, issue: Locked, outcome: str) -> None:
    """The question is answered, whoever of the centre answered it."""
    step = issue.open_step("hot_alarm")
    if step is not None:
        act.close_step(step, outcome)


def add_to_issue(*, ticket_id: int, issue_id: int, by: Actor, now: datetime) -> None:
    """Let a request belong to an issue because the operator hears that it does (归入热点).

    Where its requests are handled together already, this one is merged at once.
    """
    with Act(by=by, now=now) as act:
        row = Hot.objects.filter(pk=issue_id).first()
        lead_id = row.lead_id if row else None
        act.lock_all([issue_id, ticket_id, *([lead_id] if lead_id else [])], family=True)
        issue = need_kind(act.lock(issue_id), "hot_issue")
        ticket = need_kind(act.lock(ticket_id), "ticket")
        mine = Ticket.objects.get(pk=ticket_id)
        if mine.hot_id not in (None, issue.id):
            raise rules.NotTogether("这个诉求已经属于另一个热点，请先移出。")
        if mine.hot_id is None:
            _take_in(act, issue.id, [heard(mine)], measure())
        lead = act.lock(lead_id) if lead_id else None
        joins = lead is not None and not lead.is_ended and ticket.state in TO_JOIN
        if joins and lead is not None and ticket.id != lead.id:
            merge_in(act, ticket, lead)
        elif mine.hot_id is not None:
            act.drop()


def leave_out(*, issue_id: int, number: str, by: Actor, now: datetime) -> None:
    """A request is about something else: it leaves the issue and goes its own way (移出热点)."""
    with Act(by=by, now=now) as act:
        found = Ticket.objects.filter(
            hot_id=issue_id, proceeding__number=normalise_number(number)
        ).first()
        act.lock_all([issue_id, *([found.pk] if found else [])])
        issue = need_kind(act.lock(issue_id), "hot_issue")
        if found is None:
            raise BadInput.at("number", "unknown", "这个编号的诉求不在这个热点里。")
        if Ticket.objects.filter(lead_id=found.pk, proceeding__ended_at=None).exists():
            raise rules.NotTogether("主单下面还有并入的诉求，不能移出。")
        ticket = act.lock(found.pk)
        act.move(issue, "leave_out", body={"ticket": ticket.number}, public=False)
        if ticket.state == TicketState.MERGED:
            act.move(ticket, "take_apart")
            act.open_step(ticket, "dispatch", role="window")
            note(act, ticket, lead_id=None)
        note(act, ticket, hot_id=None)
        _reckon(act, issue_id, (), measure(), [ticket.id])


def set_aside(*, issue_id: int, reason: str, by: Actor, now: datetime) -> None:
    """Say why an alarm is no issue to be handled together (不作热点办理)."""
    reason = rules.need_text("reason", reason, "请写明不作热点办理的理由。", 1000)
    with Act(by=by, now=now) as act:
        issue = need_kind(act.lock(issue_id), "hot_issue")
        act.move(issue, "set_aside", body={"reason": reason}, public=False)
        _close_alarm(act, issue, "set_aside")
        _end(act, issue)


def close_issue(*, issue_id: int, reason: str = "", by: Actor, now: datetime) -> None:
    """Close an issue when everybody has been answered (热点销号).

    Raises NotTogether with the number of those who wait for an answer still.
    """
    with Act(by=by, now=now) as act:
        issue = need_kind(act.lock(issue_id), "hot_issue")
        waiting = untold_of(issue_id)
        if waiting:
            raise rules.NotTogether(
                worded("还有 {n} 个诉求没有答复，不能销号。", n=waiting),
                instead=("请先答复或者移出这些诉求。",),
            )
        act.move(issue, "close_issue", body={"reason": rules.clean(reason)[:1000]}, public=False)
        _end(act, issue)


# Orders that an issue calls for (督办)


def order_about_issue(*, issue_id: int, now: datetime) -> bool:
    """Order the unit that handles an issue of which too many speak, once (domain-04 §5.5)."""
    trigger = _trigger("hot")
    since = now - timedelta(hours=float(trigger["hours"]))
    calls = Ticket.objects.filter(hot_id=issue_id, received_at__gt=since)
    row = Hot.objects.filter(pk=issue_id).first()
    if row is None or calls.count() < int(trigger["most"]):
        return False
    callers = [caller for caller, _ in calls_of(calls, COUNTED)]
    people = hot.people_of(callers, measure().nameless)
    if people < int(trigger["most"]):
        return False
    if Order.objects.filter(ticket__hot_id=issue_id, trigger="hot").exists():
        return False
    return _order(calls.filter(lead=None), row.lead_id, "hot", now)


def order_about_caller(*, ticket_id: int, now: datetime) -> bool:
    """Order the unit where one caller had to speak of the same thing too often, once."""
    ticket = Ticket.objects.select_related("caller").filter(pk=ticket_id).first()
    if ticket is None or not ticket.domain or heard(ticket).caller == hot.NOBODY:
        return False
    trigger = _trigger("same_caller")
    since = ticket.received_at - timedelta(hours=float(trigger["hours"]))
    mine = Ticket.objects.filter(
        caller_id=ticket.caller_id, domain=ticket.domain, received_at__gt=since
    ).order_by("-pk")
    new, by = heard(ticket), measure()
    same = [
        one.id
        for one in heard_all(list(mine[:50]))
        if one.id == ticket.pk or hot.same_matter(new, one, 1.0, by.like) >= by.alike
    ]
    if len(same) < int(trigger["most"]):
        return False
    if Order.objects.filter(ticket_id__in=same, trigger="same_caller").exists():
        return False
    return _order(Ticket.objects.filter(pk__in=same), None, "same_caller", now)


def _trigger(code: str) -> Mapping[str, float]:
    found: Mapping[str, float] = next(one for one in content()["triggers"] if one["code"] == code)
    return found


def _order(found: QuerySet[Ticket], lead_id: int | None, trigger: str, now: datetime) -> bool:
    """An order about the lead, else the oldest of these that a unit has."""
    tickets = found.exclude(unit="").filter(proceeding__state__in=_STILL_ANSWERED)
    one = lead_id or tickets.order_by("pk").values_list("pk", flat=True).first()
    if one is None:
        return False
    with Act(by=SYSTEM, now=now) as act:
        ticket = act.lock(one, family=True)
        unit = Ticket.objects.values_list("unit", flat=True).get(pk=one)
        is_open = ticket.state in _STILL_ANSWERED and bool(unit)
        if not is_open or not supervise_in(act, ticket, unit, trigger):
            act.drop()
            return False
    return True
