"""Reads of the engine. `visible_to` is the one predicate for who sees what."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from tongban.catalogue.queries import calendar
from tongban.engine import rules
from tongban.engine.models import NO_DEADLINE, AssignmentDay, Clock, Step
from tongban.engine.models import Proceeding as Proceeding  # noqa: PLC0414 -- doors name the row that a query answers
from tongban.engine.states import KINDS, StepParty
from tongban.kernel.clocks import ClockSpec, Ledger, Reading, Suspension, due, read_ledger
from tongban.kernel.numbers import normalise_number
from tongban.kernel.refusals import NotFound
from tongban.kernel.worktime import CITY_ZONE
from tongban.people.models import Party
from tongban.people.queries import contact_of
from tongban.people.states import Role
from tongban.records.queries import entries_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tongban.kernel.actors import Actor
    from tongban.kernel.worktime import Calendar
    from tongban.people.queries import Contact
    from tongban.records.events import JournalEntry


WATCHING = frozenset({"head", "supervisor"})
"""Roles that see all that lies with their department, whether a step waits for them or not."""


def visible_to(actor: Actor) -> QuerySet[Proceeding]:
    """Every proceeding that this person may see; lists, counts and searches all start here.

    A citizen sees what belongs to a party that he may act for; a guardian nothing that the child
    keeps to itself (``facts.shown_party``: it may speak of the guardian). An officer sees what
    has, or had, a step in the queue of one of his posts, inside that post's region; the head and
    the supervisor of a department see all of it in theirs. Everybody else sees nothing.
    """
    if actor.kind == "citizen":
        found = Proceeding.objects.filter(party_id__in=actor.acts_for)
        hidden = Q(party_id__in=actor.wards, facts__has_key=rules.SHOWN_PARTY)
        return found.exclude(hidden) if actor.wards else found
    if actor.kind != "staff" or not actor.posts:
        return Proceeding.objects.none()
    worked = Step.objects.filter(_posts(actor), proceeding_id=OuterRef("id"))
    return Proceeding.objects.filter(Exists(worked) | _watched(actor))


def _posts(actor: Actor) -> Q:
    """What lies in a queue of the actor, inside the region of that post."""
    queues: dict[str, set[str]] = {}
    for queue, prefix in actor.posts:
        queues.setdefault(prefix, set()).add(queue)
    return reduce(
        or_, (Q(queue__in=sorted(q), region__startswith=p) for p, q in sorted(queues.items())), Q()
    )


def _watched(actor: Actor) -> Q:
    """What lies with a department that the actor heads or supervises, in that post's region."""
    watched = Q(pk__in=[])
    for queue, prefix in sorted(actor.posts):
        department, _, role = queue.rpartition(".")
        if role in WATCHING:
            watched |= Q(department=department, region__startswith=prefix)
    return watched


def access_proceeding(actor: Actor, number: str, *, kind: str | None = None) -> Proceeding:
    """The proceeding of that number, if this person may see it.

    Existence and permission are one answer: NotFound for both.
    """
    found = visible_to(actor).filter(number=normalise_number(number))
    if kind is not None:
        found = found.filter(kind=kind)
    one = found.first()
    if one is None:
        raise NotFound("没有找到这个办件，或您无权查看。请核对编号后再试。")
    return one


def address_of(party_id: int, number: str = "") -> Contact | None:
    """Where a party is told of the proceeding of that number; None where it cannot be.

    Of what a child keeps to itself no guardian hears: then only an address of its own counts.
    """
    found = contact_of(party_id, own=True)
    if found is not None or _is_kept(number):
        return found
    return contact_of(party_id)


def _is_kept(number: str) -> bool:
    kept = Proceeding.objects.filter(number=number, facts__has_key=rules.SHOWN_PARTY)
    return bool(number) and kept.exists()


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One line of the inbox: an open step and the proceeding that it belongs to."""

    step_id: int
    step_code: str
    queue: str
    assignee_id: int | None
    opened_at: datetime
    rank_at: datetime
    proceeding_id: int
    number: str
    kind: str
    state: str
    facts: Mapping[str, Any]
    version_id: int
    party_name: str
    region: str

    @property
    def cursor(self) -> str:
        """Where the next page starts."""
        return f"{self.rank_at.isoformat()}~{self.step_id}"

    @property
    def due_at(self) -> datetime | None:
        """The nearest deadline, None where none is known."""
        return None if self.rank_at == NO_DEADLINE else self.rank_at


_INBOX = """
SELECT s.id, s.code, s.queue, s.assignee_id, s.opened_at, s.rank_at, p.id, p.number, p.kind,
       p.state, p.facts::text, p.version_id, party.name, p.region
FROM engine_step s
JOIN engine_proceeding p ON p.id = s.proceeding_id
JOIN people_party party ON party.id = p.party_id
WHERE s.state = 'open' AND s.id IN (
    SELECT t.id FROM unnest(%(queues)s::text[], %(regions)s::text[]) AS q (queue, region)
    CROSS JOIN LATERAL (
        SELECT i.id FROM engine_step i
        WHERE i.state = 'open' AND i.whose <> 'elsewhere' AND i.queue = q.queue
          AND i.region LIKE q.region
          AND (i.assignee_id IS NULL OR i.assignee_id = ANY(%(me)s::bigint[]) OR %(colleagues)s)
          AND (NOT %(mine)s OR i.assignee_id = ANY(%(me)s::bigint[]))
          AND (i.rank_at, i.id) > (%(rank)s::timestamptz, %(after)s)
        ORDER BY i.rank_at, i.id
        LIMIT %(limit)s) t)
ORDER BY s.rank_at, s.id
LIMIT %(limit)s
"""


def inbox(
    actor: Actor,
    *,
    queue: str | None = None,
    only_mine: bool = False,
    with_colleagues: bool = False,
    cursor: str = "",
    limit: int = 50,
) -> list[InboxRow]:
    """Open steps of the actor's queues, nearest deadline first; keyset pages by ``cursor``.

    What a department's own system works on waits for nobody here and is left out.
    """
    posts = [post for post in sorted(actor.posts) if queue in (None, post[0])]
    who = {"me": _myself(actor), "colleagues": with_colleagues, "mine": only_mine}
    return _rows(_INBOX, actor, posts, who, cursor=cursor, limit=limit)


def following(actor: Actor, number: str) -> str:
    """The number of what the actor may work on after this proceeding, else the first; or none.

    A number that he may not see is as one that is not there.
    """
    step = (
        Step.objects.filter(_posts(actor), proceeding__number=number, state="open")
        .exclude(whose=StepParty.ELSEWHERE)
        .order_by("-rank_at", "-id")
        .first()
        if actor.posts
        else None
    )
    after = f"{step.rank_at.isoformat()}~{step.pk}" if step else ""
    rows = inbox(actor, cursor=after, limit=1) or inbox(actor, limit=2)
    return next((row.number for row in rows if row.number != number), "")


def _myself(actor: Actor) -> list[int]:
    """His account, and those of the colleagues for whom he stands in."""
    return [actor.id, *sorted(actor.stands_for)]


def watched(
    actor: Actor, *, queue: str | None = None, cursor: str = "", limit: int = 50
) -> list[InboxRow]:
    """Open steps of the departments that the actor heads or supervises, whoever holds them.

    He sees what lies with his department; a step that it lends to another one's case he does not.
    """
    posts = [post for post in _watched_posts(actor) if queue in (None, post[0])]
    who = {"me": _myself(actor), "colleagues": True, "mine": False}
    return _rows(_WATCHED, actor, posts, who, cursor=cursor, limit=limit)


_WATCHED = _INBOX.replace(
    "        ORDER BY i.rank_at",
    "          AND EXISTS (SELECT 1 FROM engine_proceeding w WHERE w.id = i.proceeding_id"
    " AND w.department = split_part(q.queue, '.', 1))\n        ORDER BY i.rank_at",
)


def _watched_posts(actor: Actor) -> list[tuple[str, str]]:
    """The queues of every role in the departments that the actor watches, with his regions."""
    if actor.kind != "staff":
        return []
    found = {
        (f"{department}.{role}", prefix)
        for department, word, prefix in (
            (*queue.rpartition(".")[::2], prefix) for queue, prefix in actor.posts
        )
        if word in WATCHING
        for role in Role
        if role not in WATCHING
    }
    return sorted(found)


def _rows(
    statement: str,
    actor: Actor,
    posts: Sequence[tuple[str, str]],
    who: Mapping[str, Any],
    *,
    cursor: str,
    limit: int,
) -> list[InboxRow]:
    if actor.kind != "staff" or not posts:
        return []
    rank, after = _cursor(cursor)
    reach = {
        "queues": [held for held, _ in posts],
        "regions": [f"{prefix}%" for _, prefix in posts],
    }
    with connection.cursor() as c:
        c.execute(statement, {**reach, **who, "rank": rank, "after": after, "limit": limit})
        return [_inbox_row(row) for row in c.fetchall()]


_START = datetime(1, 1, 1, tzinfo=UTC)


def _cursor(text: str) -> tuple[datetime, int]:
    """The place after which a page starts; a damaged cursor starts at the beginning."""
    moment, _, after = text.partition("~")
    try:
        return datetime.fromisoformat(moment), int(after)
    except ValueError:
        return _START, 0


def _inbox_row(row: Sequence[Any]) -> InboxRow:
    values = dict(zip(InboxRow.__slots__, row, strict=True))
    return InboxRow(**{**values, "facts": json.loads(values["facts"])})


@dataclass(frozen=True, slots=True)
class QueueLoad:
    """How full a queue is: open steps, those that I hold, those that nobody holds, overdue ones.

    ``late``, ``due`` until midnight and ``new`` since midnight count what the list without
    colleagues shows, in a watched queue everything.
    """

    open: int
    mine: int
    free: int
    late: int
    due: int = 0
    new: int = 0

    @property
    def for_me(self) -> int:
        """What I may work on."""
        return self.mine + self.free


def queue_loads(actor: Actor, now: datetime) -> dict[str, QueueLoad]:
    """How full each of the actor's queues is, within the region of that post; one query."""
    if actor.kind != "staff" or not actor.posts:
        return {}
    held = Q(assignee_id=None) | Q(assignee_id__in=_myself(actor))
    return _loads(Step.objects.filter(_posts(actor)), actor, held, now)


def watched_loads(actor: Actor, now: datetime) -> dict[str, QueueLoad]:
    """How full each queue of the departments is that the actor heads or supervises; one query."""
    posts = _watched_posts(actor)
    if not posts:
        return {}
    reach = reduce(
        or_,
        (
            Q(
                queue=queue,
                region__startswith=prefix,
                proceeding__department=queue.rpartition(".")[0],
            )
            for queue, prefix in posts
        ),
    )
    return _loads(Step.objects.filter(reach), actor, Q(), now)


def _loads(steps: QuerySet[Step], actor: Actor, shown: Q, now: datetime) -> dict[str, QueueLoad]:
    start, end = _today(now)
    rows = (
        steps.filter(state="open")
        .exclude(whose=StepParty.ELSEWHERE)
        .values_list("queue")
        .annotate(
            open=Count("id"),
            mine=Count("id", filter=Q(assignee_id__in=_myself(actor))),
            free=Count("id", filter=Q(assignee_id=None)),
            late=Count("id", filter=shown & Q(rank_at__lte=now)),
            due=Count("id", filter=shown & Q(rank_at__gt=now, rank_at__lte=end)),
            new=Count("id", filter=shown & Q(opened_at__gte=start)),
        )
        .order_by("queue")
    )
    return {queue: QueueLoad(*numbers) for queue, *numbers in rows}


def _today(now: datetime) -> tuple[datetime, datetime]:
    """The two midnights around a moment, in the city's time."""
    start = now.astimezone(CITY_ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    return start, start + timedelta(days=1)


def done_today(actor: Actor, now: datetime) -> int:
    """How many steps this officer has closed since midnight; one query."""
    start, _ = _today(now)
    done = Step.objects.filter(state="done", assignee_id=actor.id, closed_at__gte=start)
    return done.count()


def held_steps(accounts: Iterable[int]) -> dict[int, int]:
    """How many open steps each of these officers holds; one query."""
    rows = Step.objects.filter(state="open", assignee_id__in=set(accounts))
    counted = rows.values_list("assignee_id").annotate(n=Count("id")).order_by()
    return {account: n for account, n in counted if account is not None}


def search(actor: Actor, text: str, *, limit: int = 20) -> list[Proceeding]:
    """Proceedings by number or by the applicant's name, inside what the actor may see.

    Two queries, each with an index of its own: with both conditions in one, every proceeding of
    the city is read.
    """
    wanted = text.strip()
    if not wanted:
        return []
    seen = visible_to(actor).select_related("party").order_by("-id")
    ways = [seen.filter(party_id__in=Party.objects.filter(name=wanted).values("id"))]
    if start := normalise_number(wanted):
        # Every number starts with nothing: blanks and marks alone look for no number.
        ways.append(seen.filter(number__startswith=start))
    found = {one.id: one for way in ways for one in way[:limit]}
    return sorted(found.values(), key=lambda one: one.id, reverse=True)[:limit]


@dataclass(frozen=True, slots=True)
class ClockReading:
    """A clock with its spec and how it stands now."""

    spec: ClockSpec
    reading: Reading


def clocks_of(proceeding: Proceeding, now: datetime) -> list[ClockReading]:
    """How every started clock of a proceeding stands, with its why."""
    rows = {c.name: c for c in Clock.objects.filter(proceeding_id=proceeding.id)}
    return readings(proceeding, rows, now)


def readings(
    proceeding: Proceeding, rows: Mapping[str, Clock], now: datetime
) -> list[ClockReading]:
    """Readings from clock rows that the caller has already loaded."""
    days = calendar(proceeding.region)
    return [
        ClockReading(spec, read_ledger(spec, ledger_of(rows[spec.name]), days, now))
        for spec in KINDS[proceeding.kind].specs(proceeding)
        if spec.name in rows
    ]


def ledger_of(row: Clock) -> Ledger:
    """The ledger that a clock row stores."""
    stretches = tuple(Suspension.from_data(s) for s in row.suspensions)
    return Ledger(row.started_at, row.stopped_at, stretches, row.pauses, row.extended_at)


def steps_of(proceeding_ids: Sequence[int]) -> dict[int, list[Step]]:
    """Every step of some proceedings, by proceeding, in the order of opening."""
    found: dict[int, list[Step]] = {i: [] for i in proceeding_ids}
    for step in Step.objects.filter(proceeding_id__in=proceeding_ids).order_by("id"):
        found[step.proceeding_id].append(step)
    return found


def clock_rows(proceeding_ids: Sequence[int]) -> dict[int, dict[str, Clock]]:
    """Every clock of some proceedings, by proceeding and name; one query."""
    found: dict[int, dict[str, Clock]] = {i: {} for i in proceeding_ids}
    for row in Clock.objects.filter(proceeding_id__in=proceeding_ids):
        found[row.proceeding_id][row.name] = row
    return found


@dataclass(frozen=True, slots=True)
class Segment:
    """How long one step took, in working minutes of the city's office hours (C6)."""

    code: str
    queue: str
    whose: str
    opened_at: datetime
    closed_at: datetime | None
    working_minutes: int
    outcome: str


def segments(proceeding: Proceeding, steps: Sequence[Step], now: datetime) -> list[Segment]:
    """Segment timing (环节分段计时): government, applicant and third party apart."""
    days = calendar(proceeding.region)
    return [
        Segment(
            s.code,
            s.queue,
            s.whose,
            s.opened_at,
            s.closed_at,
            days.working_minutes_between(s.opened_at, s.closed_at or now),
            s.outcome,
        )
        for s in steps
    ]


def numbered(numbers: Iterable[str]) -> list[Proceeding]:
    """Proceedings by number, for what is public about them: kind, pinned version and item."""
    found = Proceeding.objects.filter(number__in=list(numbers))
    return list(found.only("number", "kind", "version_id", "facts"))


def assignment_day(day: date) -> AssignmentDay | None:
    """The commitment of a day, with its secret once it is revealed."""
    return AssignmentDay.objects.filter(day=day).first()


def assignment_log(day: date) -> dict[str, Any]:
    """The public log of a day: commitment, draws, and the secret once it is revealed.

    Officers appear by account id only; anybody can replay the draws with the secret.
    """
    row = assignment_day(day)
    if row is None:
        raise NotFound("这一天没有随机分办记录。")
    with connection.cursor() as c:
        c.execute(
            "SELECT e.body -> 'draws' FROM records_entry e WHERE e.stream = 'proceeding'"
            " AND e.verb IN ('assign', 'reassign') AND e.body ->> 'day' = %s ORDER BY e.id",
            [day.isoformat()],
        )
        draws = [line for (lines,) in c.fetchall() for line in _parsed(lines)]
    return {
        "day": day.isoformat(),
        "commitment": row.commitment,
        "draws": draws,
        "secret": bytes(row.secret).hex() if row.revealed_at else None,
    }


def _parsed(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def parent_id_of(proceeding_id: int) -> int | None:
    """The parent of a proceeding; None for one without, or that does not exist."""
    return Proceeding.objects.filter(id=proceeding_id).values_list("parent_id", flat=True).first()


# The audit of the clocks


@dataclass(frozen=True, slots=True)
class ClockDifference:
    """Where the index of a clock is not what the journal says."""

    number: str
    clock: str
    what: str
    stored: str
    computed: str


_AUDIT_BATCH = 500


def audit_clocks() -> Iterator[ClockDifference]:
    """Recompute every clock of every proceeding from the journal; answers each difference.

    Nothing of what `Act` keeps is trusted: ledger, due day and next firing are folded anew from
    the entries and compared with the rows (ARCHITECTURE decision 6).
    """
    after = 0
    while batch := list(Proceeding.objects.filter(id__gt=after).order_by("id")[:_AUDIT_BATCH]):
        ids = [p.id for p in batch]
        rows, told = clock_rows(ids), entries_of("proceeding", ids)
        for proceeding in batch:
            yield from _audit(proceeding, rows[proceeding.id], told[proceeding.id])
        after = ids[-1]


def _audit(
    proceeding: Proceeding, rows: Mapping[str, Clock], told: Sequence[JournalEntry]
) -> Iterator[ClockDifference]:
    days = calendar(proceeding.region)
    specs = {spec.name: spec for spec in KINDS[proceeding.kind].specs(proceeding)}
    for name in sorted({*specs, *rows}):
        computed = _computed(specs[name], told, days) if name in specs else _NO_CLOCK
        stored = _stored(rows[name]) if name in rows else _NO_CLOCK
        for what in _AUDITED:
            if stored[what] != computed[what]:
                yield ClockDifference(
                    proceeding.number, name, what, str(stored[what]), str(computed[what])
                )


_AUDITED = (
    "started_at", "stopped_at", "suspensions", "pauses", "extended_at", "due_at", "not_before",
    "next_fire_at", "next_fire_level",
)  # fmt: skip
_NO_CLOCK: Mapping[str, Any] = {
    **dict.fromkeys(_AUDITED), "suspensions": (), "pauses": 0, "next_fire_level": "",
}  # fmt: skip


def _stored(row: Clock) -> dict[str, Any]:
    ledger = ledger_of(row)
    return {name: getattr(row, name) for name in _AUDITED} | {"suspensions": ledger.suspensions}


def _computed(spec: ClockSpec, told: Sequence[JournalEntry], days: Calendar) -> Mapping[str, Any]:
    ledger, last = rules.replay_clock(spec, told)
    if last is None:
        return _NO_CLOCK
    limit = due(spec, ledger, days)
    following = rules.next_firing(spec, ledger, days, after=last.after, now=last.at)
    return {
        "started_at": ledger.started_at,
        "stopped_at": ledger.stopped_at,
        "suspensions": ledger.suspensions,
        "pauses": ledger.pauses,
        "extended_at": ledger.extended_at,
        "due_at": limit.at,
        "not_before": limit.not_before,
        "next_fire_at": following.at if following else None,
        "next_fire_level": following.level if following else "",
    }


def children_of(parent_ids: Sequence[int]) -> list[Proceeding]:
    """The children of some proceedings, the oldest first; one query."""
    return list(Proceeding.objects.filter(parent_id__in=parent_ids).order_by("id"))


def siblings_of(proceeding: Proceeding) -> list[int]:
    """The ids of all children of the same parent, this one included."""
    return list(
        Proceeding.objects.filter(parent_id=proceeding.parent_id)
        .order_by("id")
        .values_list("id", flat=True)
    )
