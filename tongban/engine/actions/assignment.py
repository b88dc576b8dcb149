"""Auditable random assignment (办件随机分配): committed in the morning, revealed after close.

Whoever has the published log of a day and its revealed secret can recompute every draw with
`engine.rules.replay`. The weights follow the load that the log itself states.
"""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q

from tongban.engine import rules
from tongban.engine.actions.act import Act, Locked, StepRow
from tongban.engine.models import AssignmentDay, Step
from tongban.engine.states import StepParty
from tongban.kernel.actors import SYSTEM, Actor
from tongban.kernel.refusals import BadInput, NotAllowed, Refusal
from tongban.kernel.worktime import city_date
from tongban.people.queries import officers_for
from tongban.people.states import Role
from tongban.records.actions import append
from tongban.records.events import NewEntry
from tongban.records.queries import city_now

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime


class NobodyToAssign(Refusal):
    """The officer named for a step does not hold its queue."""

    code = "nobody-to-assign"


def ensure_assignment_day(day: date, *, now: datetime) -> AssignmentDay:
    """The day's commitment, made and published in the journal at first use. Idempotent."""
    secret = secrets.token_bytes(32)
    row, is_new = AssignmentDay.objects.get_or_create(
        day=day,
        defaults={
            "commitment": rules.commitment_of(secret),
            "secret": secret,
            "published_at": now,
        },
    )
    if is_new:
        append(
            [
                NewEntry(
                    stream="assignment",
                    stream_id=day.toordinal(),
                    verb="commit",
                    body={"day": day.isoformat(), "commitment": row.commitment},
                    public=True,
                )
            ],
            by=SYSTEM,
            now=now,
        )
    return row


def reveal_secrets(now: datetime) -> int:
    """Publish the secrets of the days that are over, so that anybody can replay them."""
    over = AssignmentDay.objects.filter(revealed_at=None, day__lt=city_date(now)).order_by("day")
    for row in over:
        row.revealed_at = now
        row.save(update_fields=["revealed_at"])
        append(
            [
                NewEntry(
                    stream="assignment",
                    stream_id=row.day.toordinal(),
                    verb="reveal",
                    body={"day": row.day.isoformat(), "secret": bytes(row.secret).hex()},
                    public=True,
                )
            ],
            by=SYSTEM,
            now=now,
        )
    return len(over)


def keep_assignment_days(now: datetime) -> int:
    """Publish today's commitment in the morning and the secrets of the days that are over."""
    ensure_assignment_day(city_date(now), now=now)
    return reveal_secrets(now)


def assign_open_steps(proceeding_id: int, *, now: datetime, excluded: Iterable[int] = ()) -> int:
    """Draw an officer for each open step that nobody holds; answers how many were given.

    What a department's own system works on is given to nobody.

    ``excluded`` are accounts with a conflict of interest. A step without candidates stays in
    its queue, where every holder of the queue sees it. A worker that comes when the secret of
    ``now``'s day is public already draws with the secret of the city's present day.
    """
    day = ensure_assignment_day(city_date(now), now=now)
    if day.revealed_at is not None:
        now = city_now()
        day = ensure_assignment_day(city_date(now), now=now)
    with Act(by=SYSTEM, now=now) as act:
        proceeding = act.lock(proceeding_id)
        waiting = [
            s
            for s in proceeding.steps
            if s.is_open and s.assignee_id is None and s.whose != StepParty.ELSEWHERE
        ]
        draws = []
        if not proceeding.is_ended:
            draws = [d for s in waiting if (d := _draw(day, proceeding, s, set(excluded)))]
        if not draws:
            act.drop()
            return 0
        for step, line in draws:
            act.assign(step, line["officer"])
        act.move(
            proceeding,
            "assign",
            public=False,
            body={
                "day": day.day.isoformat(),
                "draws": [line for _, line in draws],
            },
        )
    return len(draws)


def _draw(
    day: AssignmentDay,
    proceeding: Locked,
    step: StepRow,
    excluded: set[int],
    given: Mapping[int, int] | None = None,
) -> tuple[StepRow, dict[str, Any]] | None:
    away = excluded | rules.excluded_from(proceeding.facts, step.code)
    officers = [
        o.account_id
        for o in officers_for(step.queue, proceeding.region, on=day.day)
        if o.account_id not in away
    ]
    if not officers:
        return None
    loads = dict(
        Step.objects.filter(state="open", assignee_id__in=officers)
        .values_list("assignee_id")
        .annotate(n=Count("id"))
    )
    # What this very action has given away already is not in the table yet.
    more = given or {}
    candidates = [rules.Candidate(a, loads.get(a, 0) + more.get(a, 0)) for a in sorted(officers)]
    seed = rules.seed_for(bytes(day.secret), proceeding.number, step.code)
    drawn = rules.draw(seed, candidates)
    return step, {
        "number": proceeding.number,
        "step": step.code,
        "officer": drawn.account_id,
        "candidates": [[c.account_id, c.load] for c in candidates],
    }


@dataclass(frozen=True, slots=True)
class HandedOver:
    """How many steps went to colleagues, and how many nobody else may be given."""

    moved: int
    left: int


_AT_ONCE = 50


def hand_over_steps(
    *, from_account: int, to_account: int | None, reason: str, by: Actor, now: datetime
) -> HandedOver:
    """Move all open steps of somebody to one colleague, or by draw to several; by the head.

    Each proceeding has an entry of its own. Batches of some dozens are one transaction each: a
    worker that dies leaves whole batches behind, and the same call goes on with the rest. What
    lies with other departments stays. Raises BadInput without a reason, NotAllowed for anybody
    but a head.
    """
    if not reason.strip():
        raise BadInput.at("reason", "missing", "请写明移交的理由。")
    reach = _headed_by(by)
    moved, stuck = 0, set[int]()
    while batch := _held_by(from_account, reach, without=stuck):
        done = _hand_over(batch, from_account, to_account, reason.strip(), by, now)
        moved += len(done)
        stuck |= {step_id for _, step_id in batch if step_id not in done}
    return HandedOver(moved, len(stuck))


def _headed_by(by: Actor) -> Q:
    """The proceedings of the departments that he heads, each in the region of that post."""
    posts = [(q.rpartition(".")[0], p) for q, p in by.posts if q.endswith(f".{Role.HEAD}")]
    if not posts:
        raise NotAllowed("只有本部门负责人可以移交在办环节。")
    reach = Q()
    for department, prefix in posts:
        reach |= Q(proceeding__department=department, proceeding__region__startswith=prefix)
    return reach


def _held_by(account: int, reach: Q, *, without: set[int]) -> list[tuple[int, int]]:
    """Proceeding and step of the next batch: no proceeding twice, so that each has one entry."""
    held = Step.objects.filter(reach, state="open", assignee_id=account).exclude(id__in=without)
    rows = held.order_by("proceeding_id", "id").values_list("proceeding_id", "id")
    first: dict[int, int] = {}
    for proceeding_id, step_id in rows[:_AT_ONCE]:
        first.setdefault(proceeding_id, step_id)
    return list(first.items())


def _hand_over(
    batch: Sequence[tuple[int, int]],
    account: int,
    to_account: int | None,
    reason: str,
    by: Actor,
    now: datetime,
) -> set[int]:
    """Move one batch; the steps that went to somebody."""
    day = ensure_assignment_day(city_date(now), now=now)
    given: Counter[int] = Counter()
    done = set()
    with Act(by=by, now=now) as act:
        act.lock_all([proceeding_id for proceeding_id, _ in batch])
        for proceeding_id, step_id in batch:
            proceeding = act.lock(proceeding_id)
            step = next((s for s in proceeding.steps if s.id == step_id and s.is_open), None)
            if step is None or step.assignee_id != account:
                continue
            told = _heir(day, proceeding, step, to_account, given)
            if told is None:
                continue
            done.add(step_id)
            given[told["to"]] += 1
            act.assign(step, told["to"])
            body = {"step": step.code, "from": account, "reason": reason, **told}
            act.move(proceeding, "reassign", body=body, public=False)
        if not done:
            act.drop()
    return done


def _heir(
    day: AssignmentDay,
    proceeding: Locked,
    step: StepRow,
    to_account: int | None,
    given: Mapping[int, int],
) -> dict[str, Any] | None:
    """Who gets a step: the one who was named, or whoever is drawn; None where nobody may."""
    away = {step.assignee_id or 0}
    if to_account is None:
        drawn = _draw(day, proceeding, step, away, given)
        if drawn is None:
            return None
        return {"to": drawn[1]["officer"], "day": day.day.isoformat(), "draws": [drawn[1]]}
    found = officers_for(step.queue, proceeding.region, on=day.day)
    fit = {one.account_id for one in found} - away
    fit -= rules.excluded_from(proceeding.facts, step.code)
    return {"to": to_account} if to_account in fit else None


def reassign_step(
    *, proceeding_id: int, step_code: str, to_account: int, reason: str, by: Actor, now: datetime
) -> None:
    """Hand a step to a named colleague; the head of the department gives the reason."""
    with Act(by=by, now=now) as act:
        proceeding = act.lock(proceeding_id)
        step = proceeding.open_step(step_code)
        colleagues = (
            {o.account_id for o in officers_for(step.queue, proceeding.region, on=city_date(now))}
            - {step.assignee_id}
            - rules.excluded_from(proceeding.facts, step.code)
            if step
            else set()
        )
        if step is None or to_account not in colleagues or not reason.strip():
            raise NobodyToAssign(
                "改派需要选择同一岗位的在岗同事，并写明理由。", facts={"step": step_code}
            )
        told = {
            "step": step_code,
            "from": step.assignee_id,
            "to": to_account,
            "reason": reason.strip(),
        }
        act.assign(step, to_account)
        act.move(proceeding, "reassign", body=told, public=False)
