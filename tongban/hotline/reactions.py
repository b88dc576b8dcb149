"""The kinds of proceedings of the hotline, and what follows when something happens to one."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.conf import settings
from procrastinate.contrib.django import app

from tongban.catalogue.queries import part
from tongban.engine.actions import assign_open_steps
from tongban.engine.states import Kind, Named, register
from tongban.hotline import actions, rules, sql
from tongban.hotline.queries import TELL_APP, app_of, told_of
from tongban.hotline.rules import held_until
from tongban.hotline.states import HOT, ORDER, TASK, TICKET
from tongban.kernel.worktime import CITY_ZONE, city_date
from tongban.notices.actions import send_message
from tongban.notices.queries import word
from tongban.people.queries import department
from tongban.records.events import FedEntry, subscribe
from tongban.records.queries import city_now

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tongban.hotline.queries import Told
    from tongban.kernel.clocks import ClockSpec


@lru_cache(maxsize=32)
def _of_ticket(version_id: int) -> tuple[ClockSpec, ...]:
    lengths = {name: one["limit"] for name, one in part(version_id)["clocks"].items()}
    return rules.ticket_clocks(lengths)


@lru_cache(maxsize=2048)
def _of_task(
    version_id: int,
    kind: str,
    urgency: str,
    domain: str,
    round_no: int,
    *,
    silent: bool,
    held_for: int,
) -> Any:
    limits = rules.task_limits(
        part(version_id),
        kind=kind,
        urgency=urgency,
        domain=domain,
        again=round_no > 1,
        silent=silent,
        held_for=held_for,
    )
    return rules.task_clocks(limits)


@lru_cache(maxsize=128)
def _of_order(version_id: int, level: str) -> tuple[ClockSpec, ...]:
    return rules.order_clocks(part(version_id), level)


def _task_specs(task: Named) -> tuple[ClockSpec, ...]:
    facts = task.facts
    found: tuple[ClockSpec, ...] = _of_task(
        task.version_id,
        facts["type"],
        facts["urgency"],
        facts["domain"],
        int(facts["round"]),
        silent=bool(facts.get("silent")),
        held_for=int(facts.get("hold_days", 0)),
    )
    return found


TICKET_KIND = register(
    Kind(
        name="ticket",
        machine=TICKET,
        specs=lambda ticket: _of_ticket(ticket.version_id),
        expiries={"close_unreached": actions.close_unreached_in},
        on_ended_before_children=actions.end_children_in,
    )
)
TASK_KIND = register(
    Kind(
        name="ticket_task",
        machine=TASK,
        specs=_task_specs,
        expiries={
            "note_refused": actions.note_refused_in,
            "note_overdue": actions.note_overdue_in,
            "end_hold": actions.end_hold_in,
        },
    )
)
ORDER_KIND = register(
    Kind(
        name="ticket_order",
        machine=ORDER,
        specs=lambda order: _of_order(order.version_id, str(order.facts["level"])),
        expiries={"raise_unanswered": actions.raise_unanswered_in},
    )
)


@lru_cache(maxsize=32)
def _of_issue(version_id: int) -> tuple[ClockSpec, ...]:
    return rules.issue_clocks(part(version_id)["clocks"]["answer_alarm"]["limit"])


HOT_KIND = register(
    Kind(name="hot_issue", machine=HOT, specs=lambda issue: _of_issue(issue.version_id))
)


def dispatch(entry: FedEntry) -> None:
    """A request came in: where the guess is sure enough it goes to its unit without a person."""
    actions.dispatch_by_itself(ticket_id=entry.stream_id, now=entry.at)


def tell_urged(entry: FedEntry) -> None:
    """A caller urges: the unit that has the request sees it on its desk."""
    remark = str(entry.body.get("remark", ""))
    actions.tell_urged(ticket_id=entry.stream_id, remark=remark, now=entry.at)


def assign(entry: FedEntry) -> None:
    """A task came to a unit: one of its officers is drawn."""
    assign_open_steps(entry.stream_id, now=entry.at)


def answer_members(entry: FedEntry) -> None:
    """A reply went out: those whose requests are handled with this one get it too."""
    actions.answer_members(ticket_id=entry.stream_id, now=entry.at)


def free_members(entry: FedEntry) -> None:
    """A request ended without a reply: those that were to be answered with it go their own way."""
    actions.free_members(ticket_id=entry.stream_id, now=entry.at)


def close_solved(entry: FedEntry) -> None:
    """A caller said by himself that it is solved: nothing is left for the centre to do."""
    if entry.actor_kind == "citizen":
        actions.close_solved(ticket_id=entry.stream_id, now=entry.at)


subscribe("hotline.solved", close_solved, verbs={"call_back"}, streams={"proceeding"})
subscribe("hotline.dispatch", dispatch, verbs={"receive"}, streams={"proceeding"})
subscribe("hotline.urged", tell_urged, verbs={"urge"}, streams={"proceeding"})
subscribe("hotline.assign", assign, verbs={"task_out"}, streams={"proceeding"})
subscribe(
    "hotline.members",
    answer_members,
    verbs={"pass_reply", "answer_directly"},
    streams={"proceeding"},
)
subscribe(
    "hotline.free",
    free_members,
    verbs={"withdraw", "merge", "refuse", "transfer"},
    streams={"proceeding"},
)


# Hot issues


def find_issue(entry: FedEntry) -> None:
    """A request came in, or was put elsewhere: it is compared with those near it."""
    actions.find_issue(ticket_id=entry.stream_id, now=entry.at)


def mind_issue(entry: FedEntry) -> None:
    """An issue has grown: the centre is alarmed where that is unusual, the unit is ordered."""
    actions.mind_issue(issue_id=entry.stream_id, now=entry.at)
    actions.order_about_issue(issue_id=entry.stream_id, now=entry.at)


def mind_caller(entry: FedEntry) -> None:
    """Somebody asks again, or a unit got it only now: too often calls for an order."""
    actions.order_about_caller(ticket_id=entry.stream_id, now=entry.at)


def answer_late(entry: FedEntry) -> None:
    """A request joined one that has its reply already: its caller gets it at once."""
    actions.answer_together(ticket_id=entry.stream_id, now=entry.at)


subscribe(
    "hotline.hot",
    find_issue,
    verbs={"receive", "classify", "correct_place"},
    streams={"proceeding"},
)
subscribe(
    "hotline.mind",
    mind_issue,
    verbs={"become_hot", "take_in", "gather", "join_newcomers"},
    streams={"proceeding"},
)
subscribe("hotline.caller", mind_caller, verbs={"receive", "dispatch"}, streams={"proceeding"})


def mind_rounds(entry: FedEntry) -> None:
    """A request is handled anew: where that is the second time, its unit is ordered."""
    actions.order_about_rounds(ticket_id=entry.stream_id, now=entry.at)


subscribe("hotline.rounds", mind_rounds, verbs={"rehandle"}, streams={"proceeding"})
subscribe("hotline.late", answer_late, verbs={"merge"}, streams={"proceeding"})


# What callers hear of it. Units hear of orders and tasks on their desks.

_MESSAGES = {
    "receive": "ticket_received",
    "answer_directly": "ticket_answered",
    "refuse": "ticket_refused",
    "transfer": "ticket_transferred",
    "dispatch": "ticket_dispatched",
    "designate": "ticket_dispatched",
    "grant_extension": "ticket_extended",
    "grant_hold": "ticket_held",
    "hold_ended": "ticket_resumed",
    "pass_reply": "ticket_replied",
    "answer_together": "ticket_replied",
    "rehandle": "ticket_rehandled",
    "close": "ticket_closed",
    "merge": "ticket_merged",
}
_OUTCOMES = frozenset({"solved", "partly", "unsolved", "unreached"})


def tell(entry: FedEntry) -> None:
    """Tell whoever asked where the request is, by when something happens and what he can do."""
    told = told_of(entry.stream_id, entry.at)
    if told is None or told.is_for_nobody or _is_of_helper(entry, told):
        return
    send_message(
        party_id=told.party_id,
        key=_key(entry, told),
        params={**_always(told), **_of_entry(told, entry.body)},
        dedup=_once(entry, told),
        now=entry.at,
        proceeding=told.number,
    )


_OF_ONE_UNIT = frozenset({"grant_extension", "grant_hold", "hold_ended"})


def _is_of_helper(entry: FedEntry, told: Told) -> bool:
    """Whether more time or a hold was given to a helping unit: who answers is bound as before."""
    if entry.verb not in _OF_ONE_UNIT or told.task is None:
        return False
    return bool(entry.body.get("unit") != told.task.unit)


def _key(entry: FedEntry, told: Told) -> str:
    """The message about a happening; what is closed against its caller's word says why.

    Whoever is hidden is not told to wait for a call: his unit does not know him.
    """
    if entry.verb in {"dispatch", "designate"} and told.ticket.hides_caller:
        return "ticket_dispatched_hidden"
    if entry.verb == "close" and entry.body.get("reason"):
        return "ticket_closed_because"
    return _MESSAGES[entry.verb]


def _once(entry: FedEntry, told: Told) -> str:
    """What is told once: a reply to requests that are handled together, to each caller once."""
    if entry.verb not in {"pass_reply", "answer_together"}:
        return f"entry/{entry.id}"
    lead = told.ticket.lead or told.ticket
    return f"reply/{lead.pk}/{sha256(told.ticket.reply.encode()).hexdigest()[:16]}"


def _always(told: Told) -> dict[str, Any]:
    task, ticket = told.task, told.ticket
    return {
        "number": told.number,
        "about": ticket.title,
        "unit": dict(department(task.unit if task else ticket.proceeding.department).name),
        "due": (told.due if task else told.dispatch_due) or word("unknown_day"),
        "reply": ticket.reply,
        "plan": task.plan if task else "",
        "until": (held_until(task.proceeding.facts) if task else None) or word("unknown_day"),
        "lead": ticket.lead.proceeding.number if ticket.lead else "",
    }


def _of_entry(told: Told, body: Mapping[str, Any]) -> dict[str, Any]:
    """What only some messages say: why, the right way, the other line, how it ended."""
    hotline = part(told.ticket.proceeding.version_id)
    found: dict[str, Any] = {"reasons": str(body.get("reason") or "")}
    for one in hotline["refusals"]:
        if one["code"] == body.get("reason"):
            found = {"reasons": one["name"], "way": _way(told.ticket.reply, one["way"])}
    for one in hotline["lines"]:
        if one["code"] == body.get("line"):
            found |= {"line": one["name"], "phone": one["number"]}
    if told.task is not None and not found["reasons"]:
        found["reasons"] = told.task.reason
    outcome = str(body.get("outcome", ""))
    found["outcome"] = word(f"ticket_{outcome if outcome in _OUTCOMES else 'silent'}")
    return found


def _way(said: str, usual: Mapping[str, str]) -> Mapping[str, str] | str:
    """The way that the operator named; the content's own in every language where it is that."""
    return usual if said == usual["zh"] else said


subscribe("hotline.messages", tell, verbs=set(_MESSAGES), streams={"proceeding"})


def tell_app(entry: FedEntry) -> None:
    """A request that came from an app of others has moved: the app is told, signed, once."""
    found = app_of(entry.stream_id)
    if found is None:
        return
    client, one = found
    if not settings.OPEN311_CLIENTS.get(client, {}).get("webhook"):
        return
    happening: dict[str, str | int] = {
        "key": f"entry/{entry.id}",
        "position": entry.position,
        "number": one.number,
        "status": "closed" if one.is_closed else "open",
        "notes": one.reply or one.state_title,
        "at": entry.at.isoformat(),
    }
    app.configure_task(TELL_APP).defer(client=client, happening=dict(happening))


subscribe("hotline.apps", tell_app, verbs=set(TICKET.verbs), streams={"proceeding"})


def note_changed(entry: FedEntry) -> None:
    """Something of a ticket has changed: the figures of its days before today are not as kept."""
    # What reactions write late bears the moment of its cause: the day is over by the city's clock.
    sql.note_changed(entry.stream_id, city_date(city_now()), CITY_ZONE.key)


subscribe(
    "hotline.figures",
    note_changed,
    verbs={*TICKET.verbs, *TASK.verbs, *ORDER.verbs},
    streams={"proceeding"},
)
