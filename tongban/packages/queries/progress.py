"""Reads of applications: progress like a parcel, my applications, the desk's page of the whole."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tongban.cases import queries as cases
from tongban.cases.queries.early import early_for, offers_early
from tongban.cases.rules import applies, urged
from tongban.cases.rules.visits import site_step
from tongban.cases.states import LIFE as CASE_LIFE
from tongban.cases.states import SIDES
from tongban.catalogue.queries import package_version
from tongban.engine.models import Clock, Proceeding, Step
from tongban.engine.queries import (
    ClockReading,
    access_proceeding,
    clock_rows,
    readings,
    steps_of,
    visible_to,
)
from tongban.engine.rules import may_do
from tongban.engine.states import StepParty
from tongban.kernel.clocks import ClockState
from tongban.kernel.refusals import NotFound
from tongban.kernel.worktime import city_date
from tongban.packages.models import Application, Consignment, CorrectionNotice, ShareLink
from tongban.packages.queries.signing import waited_for
from tongban.packages.rules import act_name, root_of
from tongban.packages.states import LIFE, RECORDED, PackageState, SignatureState
from tongban.people.queries import citizen_names, departments, parties, party
from tongban.records.queries import entries_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date, datetime

    from tongban.cases.models import CaseFile, Early, Requirement
    from tongban.cases.queries import DebtLine, DecisionLine, SideLine, SpecialLine
    from tongban.catalogue.rules.compiled import CompiledItem, CompiledPackage, Words
    from tongban.kernel.actors import Actor
    from tongban.records.events import JournalEntry


@dataclass(frozen=True, slots=True)
class LaneStep:
    """One step of an item as the applicant sees it: no names of officers."""

    code: str
    name: Any
    state: str
    whose: str
    opened_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Lane:
    """One item of an application, on its way through its department.

    ``act`` is what is granted or denied (行政许可, 备案, 登记 …), as its document calls it;
    ``internal`` items are checks between departments that the applicant need not know of.
    ``specials`` are its special procedures (行政许可法 45), ``hearings`` its hearings (47),
    ``debt`` is what was promised for after the acceptance (容缺受理);
    ``ended_because`` is the reason why its department ended it before a decision; ``set_aside``
    the document that set its decision aside, and the number under which it is handled again;
    ``proofs`` what it waits for since the commitment was left; ``goes_general`` that an objection
    ended the simple way of the package at ``package_slug``;
    ``early`` what its department had answered before the application, with the moments.
    """

    case_id: int
    number: str
    item_code: str
    item_name: Any
    act: str
    internal: bool
    department_code: str
    department_name: Any
    state: str
    state_title: str
    accepted_at: datetime | None
    turn: str
    clocks: tuple[ClockReading, ...]
    due_at: datetime | None
    remaining: int | None
    steps: tuple[LaneStep, ...]
    specials: tuple[SpecialLine, ...]
    hearings: tuple[SideLine, ...]
    debt: DebtLine | None
    ended_because: str
    decision: DecisionLine | None
    licence: str
    waits_for: tuple[Any, ...]
    cancelled_because: Any | None
    broken_licences: tuple[str, ...]
    open_verbs: tuple[str, ...]
    urged_at: datetime | None
    set_aside: Mapping[str, str]
    early: tuple[tuple[datetime, str], ...]
    proofs: tuple[str, ...]
    goes_general: bool
    package_slug: str


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One line of the one-time notice, with the name of what is meant."""

    item: str
    item_name: Any
    target: str
    target_name: Any
    is_material: bool
    problem: str
    clause: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Notice:
    """The one-time notice and whether it has been answered."""

    sent_at: datetime
    supplied_at: datetime | None
    lines: tuple[NoticeLine, ...]


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """One public line of history; ``guardian`` names who acted as the guardian of the party."""

    at: datetime
    verb: str
    title: str
    item_name: Any | None
    act: str
    basis: str
    body: Mapping[str, Any]
    guardian: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """An application as a whole: whose turn it is, what is left, what has happened."""

    proceeding_id: int
    number: str
    package_code: str
    package_name: Any
    version_id: int
    department_name: Any
    state: str
    state_title: str
    party_id: int
    party_name: str
    opened_at: datetime
    accepted_at: datetime | None
    ended_at: datetime | None
    promised_at: datetime | None
    turn: str
    next_due: datetime | None
    remaining: int | None
    lanes: tuple[Lane, ...]
    clocks: tuple[ClockReading, ...]
    notice: Notice | None
    timeline: tuple[TimelineLine, ...]
    open_verbs: tuple[str, ...]
    facts: Mapping[str, Any]
    waited_for: tuple[tuple[str, Words, SignatureState], ...] = ()


@dataclass(frozen=True, slots=True)
class ItemResult:
    """How one item of an application stands; ``act`` and ``internal`` as in `Lane`."""

    item_name: Any
    act: str
    internal: bool
    state: str


@dataclass(frozen=True, slots=True)
class ApplicationRow:
    """One line of "my things"; ``results`` are its items in the order of filing."""

    proceeding_id: int
    number: str
    package_code: str
    package_name: Any
    state: str
    state_title: str
    party_name: str
    opened_at: datetime
    done: int
    total: int
    turn: str
    due_at: datetime | None
    remaining: int | None
    results: tuple[ItemResult, ...]

    @property
    def cursor(self) -> str:
        """Where the next page starts."""
        return str(self.proceeding_id)


@dataclass(frozen=True, slots=True)
class _Family:
    """Everything that a progress view needs of one application, in a fixed number of queries."""

    package: Proceeding
    children: tuple[Proceeding, ...]
    compiled: CompiledPackage
    steps: Mapping[int, list[Step]]
    clocks: Mapping[int, Mapping[str, Clock]]
    departments: Mapping[str, Any]
    told: Mapping[int, Sequence[JournalEntry]]

    def readings_of(self, proceeding: Proceeding, now: datetime) -> tuple[ClockReading, ...]:
        return tuple(readings(proceeding, self.clocks[proceeding.id], now))


def _family(package: Proceeding) -> _Family:
    children = tuple(Proceeding.objects.filter(parent_id=package.id).order_by("id"))
    ids = [package.id, *(c.id for c in children)]
    compiled = package_version(package.version_id).compiled
    names = {one.code: one.name for one in departments()}
    told = entries_of("proceeding", ids, public_only=True)
    return _Family(package, children, compiled, steps_of(ids), clock_rows(ids), names, told)


def _nearest(clocks: Iterable[ClockReading]) -> tuple[datetime | None, int | None]:
    """The nearest deadline of the running clocks and what is left of it."""
    running = [
        (c.reading.due.at, c.reading.remaining)
        for c in clocks
        if c.reading.state is ClockState.RUNNING and c.reading.due.at is not None
    ]
    return min(running, key=lambda pair: pair[0]) if running else (None, None)


def turn_of(proceeding: Proceeding, steps: Sequence[Step]) -> str:
    """Whose turn it is: government, applicant, third, or none when the life is over."""
    life = LIFE if proceeding.kind == "package" else CASE_LIFE
    if life.is_final(proceeding.state):
        return "none"
    if proceeding.state == PackageState.DONE:
        return "applicant"
    if first := _first_turn(s.whose for s in steps if s.state == "open"):
        return first
    return "none" if proceeding.state == "waiting" else "government"


def _first_turn(whose: Iterable[str]) -> str:
    """Who has something to do comes before those who are only waited for."""
    found = {"government" if one == StepParty.ELSEWHERE else one for one in whose}
    return next((one for one in ("applicant", "government", "third") if one in found), "")


def _turn_of_whole(package: Proceeding, steps: Sequence[Step], turns: Iterable[str]) -> str:
    """Whose turn it is in an application; while its items run it is theirs."""
    if package.state == PackageState.ACCEPTED:
        return _first_turn(turns) or "government"
    return turn_of(package, steps)


def _lane_steps(
    compiled: CompiledPackage, case: Proceeding, steps: Sequence[Step], on: date
) -> list[LaneStep]:
    """The steps that have been opened for this case, and those that its facts leave ahead."""
    item = compiled.item(case.facts["item"])
    names = {step.code: step.name for group in item.route for step in group}
    seen = [
        LaneStep(s.code, names.get(s.code, {}), s.state, s.whose, s.opened_at, s.closed_at)
        for s in steps
        if s.state != "cancelled"
    ]
    if CASE_LIFE.is_final(case.state) or case.state == "producing":
        return seen
    known = {s.code for s in seen}
    ahead = [
        step
        for group in item.route
        for step in group
        if step.code not in known and applies(step.when, case.facts, compiled, on)
    ]
    return seen + [LaneStep(s.code, s.name, "ahead", s.whose, None, None) for s in ahead]


def _lane(
    family: _Family,
    case: Proceeding,
    decision: DecisionLine | None,
    beside: tuple[Sequence[SpecialLine], Sequence[SideLine], DebtLine | None, Sequence[Early]],
    actor: Actor | None,
    now: datetime,
) -> Lane:
    item = family.compiled.item(case.facts["item"])
    steps = family.steps[case.id]
    clocks = family.readings_of(case, now)
    due_at, remaining = _nearest(clocks)
    states = {c.facts["item"]: c.state for c in family.children}
    waits = [
        family.compiled.item(e.item).name
        for e in item.depends_on
        if case.state == "waiting" and states.get(e.item) not in (None, "granted", "not_required")
    ]
    because = case.facts.get("cancelled_because")
    if because:
        because = root_of(because, _cancellations(family.children))
    return Lane(
        case_id=case.id,
        number=case.number,
        item_code=item.code,
        item_name=item.name,
        act=act_name(item.kind, item.name.zh),
        internal=item.internal,
        department_code=item.department,
        department_name=family.departments[item.department],
        state=case.state,
        state_title=CASE_LIFE.title(case.state),
        accepted_at=case.accepted_at,
        turn="applicant" if case.facts.get("owed") else turn_of(case, steps),
        clocks=clocks,
        due_at=due_at,
        remaining=remaining,
        steps=tuple(_lane_steps(family.compiled, case, steps, city_date(now))),
        specials=tuple(beside[0]),
        hearings=tuple(beside[1]),
        debt=beside[2],
        ended_because=_reason(family.told[case.id], "terminate"),
        decision=decision,
        licence=_licence_for(case, actor),
        waits_for=tuple(waits),
        cancelled_because=family.compiled.item(because).name if because else None,
        broken_licences=tuple(case.facts.get("broken", ())),
        open_verbs=_applicant_verbs(case, decision, steps, actor)
        + (("urge",) if actor and cases.may_urge(actor, case, steps, clocks, now) else ()),
        urged_at=urged(case.facts).at,
        set_aside=case.facts.get("set_aside", {}),
        proofs=tuple(case.facts.get("proofs", ())),
        goes_general=bool(case.facts.get("general_way")),
        package_slug=family.compiled.slug,
        early=tuple((one.answered_at, one.answer) for one in beside[3] if one.answered_at),
    )


def _licence_for(case: Proceeding, actor: Actor | None) -> str:
    """The licence of a case, for whoever may open it: an agent of the mother holds no child's."""
    holder = case.facts.get("licence_holder", case.party_id)
    if actor is not None and actor.kind == "citizen" and not actor.may_act_for(holder):
        return ""
    return str(case.facts.get("licence", ""))


def _reason(told: Iterable[JournalEntry], verb: str) -> str:
    """The reason that was written with a verb; empty where it was not done."""
    return next((str(e.body.get("reason", "")) for e in told if e.verb == verb), "")


def _specials(family: _Family, now: datetime) -> Mapping[int, Sequence[SpecialLine]]:
    """The special procedures by case; nothing is asked where history tells of none."""
    had = _began(family, "told")
    return cases.specials_of(had, now) if had else {}


def _hearings(family: _Family, now: datetime) -> Mapping[int, Sequence[SideLine]]:
    """The hearings by case; nothing is asked where history tells of none."""
    had = _began(family, "hearing")
    return cases.sides_of(had, now, kinds=("hearing",)) if had else {}


def _debts(family: _Family, now: datetime) -> Mapping[int, DebtLine]:
    """The debts by case; nothing is asked where the cases' facts and history tell of none."""
    had = [
        one.id
        for one in family.children
        if one.facts.keys() & {"owed", "owed_lapsed"}
        or any(e.verb == "pay_owed" for e in family.told[one.id])
    ]
    return cases.debts_of(had, now) if had else {}


def _early(family: _Family, now: datetime) -> Mapping[int, Sequence[Early]]:
    """What was answered before the application, by case; nothing is asked where none may be."""
    on = city_date(now)
    if not offers_early(family.compiled.code, on):
        return {}
    files = cases.files_of([one.id for one in family.children])
    return early_for(family.package.party_id, family.compiled, list(files.values()), on)


def _began(family: _Family, life: str) -> list[int]:
    """The cases of which history tells that a special procedure of this life began."""
    return [
        case_id
        for case_id, told in family.told.items()
        if any(
            e.verb == "start_special"
            and family.compiled.item(e.body["item"]).procedure(e.body["procedure"]).life == life
            for e in told
        )
    ]


def _applicant_verbs(
    case: Proceeding, decision: DecisionLine | None, steps: Sequence[Step], actor: Actor | None
) -> tuple[str, ...]:
    if actor is None or not may_do(actor, case, "applicant"):
        return ()
    verbs = list(CASE_LIFE.open_verbs(case.state, "applicant"))
    if not case.facts.get("may_leave") and "leave_commitment" in verbs:
        verbs.remove("leave_commitment")
    reviewing = any(s.code == "human_review" and s.state == "open" for s in steps)
    if decision and decision.is_automatic and not reviewing and not case.facts.get("reviewed"):
        verbs.append("ask_human")
    return tuple(verbs)


def _notice(package: Proceeding, compiled: CompiledPackage) -> Notice | None:
    found = CorrectionNotice.objects.filter(proceeding_id=package.id).first()
    if found is None:
        return None
    lines = []
    for line in found.lines:
        name, is_material = target_of(compiled, line["target"])
        lines.append(
            NoticeLine(
                item=line["item"],
                item_name=compiled.item(line["item"]).name,
                target=line["target"],
                target_name=name,
                is_material=is_material,
                problem=line["problem"],
                clause=line["clause"],
                remedy=line["remedy"],
            )
        )
    return Notice(found.sent_at, found.supplied_at, tuple(lines))


def target_of(compiled: CompiledPackage, code: str) -> tuple[Words, bool]:
    """The name of what a line of the notice points at, and whether it is a material."""
    if any(material.code == code for material in compiled.materials):
        return compiled.material(code).name, True
    return compiled.field(code).name, False


_TITLES = {
    **RECORDED,
    **{m.verb: m.title for m in LIFE.moves},
}
_CASE_TITLES = {**cases.TITLES}


def _timeline(family: _Family) -> tuple[TimelineLine, ...]:
    lines = []
    told = sorted((e for es in family.told.values() for e in es), key=lambda e: e.id)
    acted = {entry.actor_id for entry in told if "as_guardian_of" in entry.body}
    names = citizen_names(acted) if acted else {}
    for entry in told:
        is_package = entry.stream_id == family.package.id
        titles = _TITLES if is_package else _CASE_TITLES
        code = entry.body.get("item")
        item = family.compiled.item(code) if code else None
        lines.append(
            TimelineLine(
                at=entry.at,
                verb=entry.verb,
                title=titles.get(entry.verb, entry.verb),
                item_name=item.name if item else None,
                act=act_name(item.kind, item.name.zh) if item else "",
                basis=entry.basis,
                body=entry.body,
                guardian=names.get(entry.actor_id, "") if "as_guardian_of" in entry.body else "",
            )
        )
    return tuple(lines)


def _progress(
    package: Proceeding, actor: Actor | None, party_name: str, now: datetime
) -> Progress:
    family = _family(package)
    decisions = cases.decisions_of([c.id for c in family.children])
    specials, hearings = _specials(family, now), _hearings(family, now)
    debts, early = _debts(family, now), _early(family, now)
    lanes = tuple(
        _lane(
            family,
            case,
            decisions.get(case.id),
            (
                specials.get(case.id, ()),
                hearings.get(case.id, ()),
                debts.get(case.id),
                early.get(case.id, ()),
            ),
            actor,
            now,
        )
        for case in family.children
    )
    clocks = family.readings_of(package, now)
    due_at, remaining = _nearest([*clocks, *(c for lane in lanes for c in lane.clocks)])
    promise = next((c for c in clocks if c.spec.name == "promise"), None)
    may = actor is not None and may_do(actor, package, "applicant")
    unsigned = [case.id for case in family.children if case.facts.get("unsigned")]
    return Progress(
        proceeding_id=package.id,
        number=package.number,
        package_code=family.compiled.code,
        package_name=family.compiled.name,
        version_id=package.version_id,
        department_name=family.departments[package.department],
        state=package.state,
        state_title=LIFE.title(package.state),
        party_id=package.party_id,
        party_name=party_name,
        opened_at=package.opened_at,
        accepted_at=package.accepted_at,
        ended_at=package.ended_at,
        promised_at=promise.reading.due.at if promise else None,
        turn=_turn_of_whole(package, family.steps[package.id], (lane.turn for lane in lanes)),
        next_due=due_at,
        remaining=remaining,
        lanes=lanes,
        clocks=clocks,
        notice=_notice(package, family.compiled),
        timeline=_timeline(family),
        open_verbs=LIFE.open_verbs(package.state, "applicant") if may else (),
        facts=package.facts,
        waited_for=tuple(waited_for(unsigned)) if unsigned else (),
    )


def progress_of(actor: Actor, number: str, now: datetime) -> Progress:
    """The progress of an application that this person may see; NotFound otherwise."""
    package = access_proceeding(actor, number, kind="package")
    return _progress(package, actor, party(package.party_id).name, now)


def filed_by(proceeding_id: int) -> int:
    """The account that filed an application, 0 for none."""
    row = Application.objects.filter(proceeding_id=proceeding_id).values_list("account_id")
    found = row.first()
    return found[0] if found else 0


@dataclass(frozen=True, slots=True)
class Consigned:
    """The last consignment of an application's results; ``outcome`` is empty on the way."""

    carrier: str
    number: str
    posted_at: datetime
    outcome: str


def consignment_of(proceeding_id: int) -> Consigned | None:
    """How the results were sent by post last, None where they were not."""
    row = Consignment.objects.filter(proceeding_id=proceeding_id).order_by("-id").first()
    return Consigned(row.carrier, row.number, row.posted_at, row.outcome) if row else None


def progress_by_token(token: str, now: datetime) -> Progress:
    """The progress behind a read-only link, with the applicant's name masked."""
    hashed = hashlib.sha256(token.encode()).hexdigest()
    link = (
        ShareLink.objects.filter(token_hash=hashed, revoked_at=None)
        .select_related("proceeding")
        .first()
    )
    if link is None:
        raise NotFound("这个链接已失效。请向申请人要新的链接。")
    name = party(link.proceeding.party_id).name
    return _progress(link.proceeding, None, f"{name[:1]}**", now)


def open_shares(package_id: int) -> int:
    """How many read-only links to an application work."""
    return ShareLink.objects.filter(proceeding_id=package_id, revoked_at=None).count()


def applications_of(
    actor: Actor, *, cursor: str = "", limit: int = 20, now: datetime
) -> list[ApplicationRow]:
    """The applications that a citizen may see, newest first; keyset pages by cursor."""
    found = visible_to(actor).filter(kind="package")
    if cursor.isdigit():
        found = found.filter(id__lt=int(cursor))
    packages = list(found.order_by("-id")[:limit])
    ids = [p.id for p in packages]
    names = parties({p.party_id for p in packages})
    children: dict[int, list[Proceeding]] = {i: [] for i in ids}
    found_children = list(Proceeding.objects.filter(parent_id__in=ids).order_by("id"))
    for child in found_children:
        children[child.parent_id or 0].append(child)
    clocks, steps = clock_rows(ids), steps_of([*ids, *(c.id for c in found_children)])
    return [
        _row(p, readings(p, clocks[p.id], now), steps, children[p.id], names[p.party_id].name)
        for p in packages
    ]


def _row(
    package: Proceeding,
    clocks: Sequence[ClockReading],
    steps: Mapping[int, Sequence[Step]],
    children: Sequence[Proceeding],
    party_name: str,
) -> ApplicationRow:
    compiled = package_version(package.version_id).compiled
    due_at, remaining = _nearest(clocks)
    turns = [
        "applicant" if child.facts.get("owed") else turn_of(child, steps[child.id])
        for child in children
    ]
    return ApplicationRow(
        proceeding_id=package.id,
        number=package.number,
        package_code=compiled.code,
        package_name=compiled.name,
        state=package.state,
        state_title=LIFE.title(package.state),
        party_name=party_name,
        opened_at=package.opened_at,
        done=sum(c.ended_at is not None for c in children),
        total=len(children),
        turn=_turn_of_whole(package, steps[package.id], turns),
        due_at=due_at,
        remaining=remaining,
        results=tuple(_result(compiled.item(c.facts["item"]), c) for c in children),
    )


def _result(item: CompiledItem, case: Proceeding) -> ItemResult:
    return ItemResult(item.name, act_name(item.kind, item.name.zh), item.internal, case.state)


@dataclass(frozen=True, slots=True)
class PackagePage:
    """The whole application on the desk of the lead department's window."""

    proceeding: Proceeding
    progress: Progress
    requirements: tuple[Requirement, ...]
    open_steps: tuple[Step, ...]
    open_verbs: tuple[str, ...]
    files: Mapping[int, CaseFile]
    compiled: CompiledPackage


def package_page(actor: Actor, package: Proceeding, now: datetime) -> PackagePage:
    """The desk's page of an application that `access_proceeding` has let this actor see."""
    progress = _progress(package, actor, party(package.party_id).name, now)
    ids = [lane.case_id for lane in progress.lanes]
    steps = steps_of([package.id])[package.id]
    verbs = [
        m.verb
        for m in LIFE.open_moves(package.state)
        if any(may_do(actor, package, role) for role in m.roles)
    ]
    if "resume" in verbs and not any(
        s.code == "correction_lapsed" and s.state == "open" for s in steps
    ):
        verbs.remove("resume")
    if "ask_correction" in verbs and progress.notice is not None:
        verbs.remove("ask_correction")
    if "propose_visit" in verbs and len(site_lanes(progress)) < 2:
        verbs.remove("propose_visit")
    if "cancel_visit" in verbs and not package.facts.get("visit"):
        verbs.remove("cancel_visit")
    return PackagePage(
        proceeding=package,
        progress=progress,
        requirements=tuple(cases.open_requirements(ids)),
        open_steps=tuple(s for s in steps if s.state == "open"),
        open_verbs=tuple(verbs),
        files=cases.files_of(ids),
        compiled=package_version(package.version_id).compiled,
    )


def site_lanes(progress: Progress) -> list[Lane]:
    """The items whose check on site is still to be made."""
    compiled = package_version(progress.version_id).compiled
    return [
        lane
        for lane in progress.lanes
        if lane.state == "accepted"
        for step in [site_step(compiled.item(lane.item_code))]
        if step and not any(s.code == step.code and s.state == "done" for s in lane.steps)
    ]


@dataclass(frozen=True, slots=True)
class Story:
    """What a message or a document about one entry needs to know."""

    package: Proceeding
    case: Proceeding | None
    compiled: CompiledPackage
    item: CompiledItem | None

    @property
    def subject(self) -> Proceeding:
        """The proceeding that the entry tells of."""
        return self.case or self.package


def story_of(proceeding_id: int) -> Story | None:
    """The story around a proceeding, or around the case that it stands below; else None."""
    related = Proceeding.objects.select_related("parent__parent")
    found = related.filter(id=proceeding_id).first()
    if found is not None and found.kind in SIDES:
        found = found.parent
    elif found is not None and found.kind == "check":
        found = related.get(id=found.facts["case"])
    if found is None or found.kind not in ("package", "case"):
        return None
    compiled = package_version(found.version_id).compiled
    if found.kind == "package":
        return Story(found, None, compiled, None)
    package = found.parent or found
    return Story(package, found, compiled, compiled.item(found.facts["item"]))


def due_on(proceeding: Proceeding, *names: str) -> date | None:
    """The due day of the first of these clocks that has one."""
    rows = clock_rows([proceeding.id])[proceeding.id]
    found = {
        one.spec.name: one.reading.due.on
        for one in readings(proceeding, rows, proceeding.opened_at)
    }
    return next((on for name in names if (on := found.get(name)) is not None), None)


def results_of(package: Proceeding) -> list[tuple[CompiledItem, Proceeding]]:
    """The items of an application with their cases, in the order of filing."""
    compiled = package_version(package.version_id).compiled
    children = Proceeding.objects.filter(parent_id=package.id).order_by("id")
    return [(compiled.item(c.facts["item"]), c) for c in children]


def _cancellations(cases: Iterable[Proceeding]) -> dict[str, str]:
    """Which item was cancelled because of which."""
    return {
        c.facts["item"]: c.facts["cancelled_because"]
        for c in cases
        if "cancelled_because" in c.facts
    }


def cancelled_with(package: Proceeding, because: str) -> tuple[CompiledItem, list[CompiledItem]]:
    """The item whose refusal began a chain of cancellations, and everything that ends with it.

    What ended already because of another refused item is not among them.
    """
    because_of = _cancellations(case for _item, case in results_of(package))
    root = root_of(because, because_of)
    ended = dependants_of(package, root)
    compiled = package_version(package.version_id).compiled
    return compiled.item(root), [i for i in ended if root_of(i.code, because_of) in (root, i.code)]


def dependants_of(package: Proceeding, item_code: str) -> list[CompiledItem]:
    """The items of an application that end when this one is refused, in the order of filing."""
    items = [item for item, _case in results_of(package)]
    ended = {item_code}
    while more := [i.code for i in items if i.code not in ended and _ends_with(i, ended)]:
        ended.update(more)
    return [item for item in items if item.code in ended - {item_code}]


def _ends_with(item: CompiledItem, ended: Collection[str]) -> bool:
    return any(edge.item in ended and edge.on_refusal == "cancel" for edge in item.depends_on)


def number_of(package_id: int) -> str:
    """The number of an application."""
    return str(Proceeding.objects.values_list("number", flat=True).get(id=package_id))
