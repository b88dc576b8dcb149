"""Auditable random assignment (办件随机分配): committed in the morning, revealed after close.

Whoever has the published log of a day and its revealed secret can recompute every draw with
`engine.rules.replay`. The weights follow the load that the log itself states.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from django.db.models import Count

from tongban.engine import rules
from tongban.engine.actions.act import Act, Locked, StepRow
from tongban.engine.models import AssignmentDay, Step
from tongban.engine.states import StepParty
from tongban.kernel.actors import SYSTEM, Actor
from tongban.kernel.refusals import Refusal
from tongban.kernel.worktime import city_date
from tongban.people.queries import officers_for
from tongban.records.actions import append
from tongban.records.events import NewEntry
from tongban.records.queries import city_now

if TYPE_CHECKING:
    from collections.abc import Iterable
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
    day: AssignmentDay, proceeding: Locked, step: StepRow, excluded: set[int]
) -> tuple[StepRow, dict[str, Any]] | None:
    officers = [
        o.account_id
        for o in officers_for(step.queue, proceeding.region, on=day.day)
        if o.account_id not in excluded
    ]
    if not officers:
        return None
    loads = dict(
        Step.objects.filter(state="open", assignee_id__in=officers)
        .values_list("assignee_id")
        .annotate(n=Count("id"))
    )
    candidates = [rules.Candidate(a, loads.get(a, 0)) for a in sorted(officers)]
    seed = rules.seed_for(bytes(day.secret), proceeding.number, step.code)
    drawn = rules.draw(seed, candidates)
    return step, {
        "number": proceeding.number,
        "step": step.code,
        "officer": drawn.account_id,
        "candidates": [[c.account_id, c.load] for c in candidates],
    }


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
