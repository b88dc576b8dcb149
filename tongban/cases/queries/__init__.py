"""Reads of cases: what an officer sees of one case, and the lines that packages put together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tongban.cases.models import Bar, CaseFile, Decision, Early, Opinion, Owed, Requirement
from tongban.cases.queries.early import early_for
from tongban.cases.queries.sides import (
    SideLine,
    SidePage,
    chairs_for,
    open_hearing,
    side_line,
    side_page,
    side_verbs,
    sides_of,
    statement_by_token,
    statement_token,
)
from tongban.cases.queries.urging import URGING, may_urge, urge_share
from tongban.cases.rules import blocks_grant, elsewhere
from tongban.cases.rules import retold as retold
from tongban.cases.rules.redoing import DECIDED
from tongban.cases.states import (
    DEBT_LIFE,
    LIFE,
    RECORDED,
    SIDES,
    SPECIAL_LIFE,
    CaseState,
    DebtState,
    SpecialState,
)
from tongban.cases.states.sides import OFFICERS
from tongban.catalogue.queries import package_version
from tongban.engine.models import Proceeding
from tongban.engine.queries import (
    ClockReading,
    Segment,
    children_of,
    clock_rows,
    clocks_of,
    readings,
    segments,
    steps_of,
)
from tongban.engine.rules import may_do, may_take
from tongban.kernel.refusals import NotFound
from tongban.kernel.worktime import city_date
from tongban.people.queries import officers_for

__all__ = [
    "URGING",
    "Answer",
    "CasePage",
    "DecisionLine",
    "SideLine",
    "SidePage",
    "SpecialLine",
    "accepted_before",
    "bar_of",
    "barred_until",
    "case_by_id",
    "case_page",
    "chairs_for",
    "child_named",
    "companions_for",
    "decisions_of",
    "files_of",
    "item_of",
    "last_opinion",
    "may_urge",
    "open_hearing",
    "open_requirements",
    "open_verbs",
    "side_line",
    "side_page",
    "side_verbs",
    "sides_of",
    "specials_of",
    "statement_by_token",
    "statement_token",
    "system_of",
    "urge_share",
]

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date, datetime

    from tongban.catalogue.rules.compiled import (
        CompiledItem,
        CompiledPackage,
        CompiledProcedure,
        CompiledStep,
    )
    from tongban.engine.models import Step
    from tongban.kernel.actors import Actor
    from tongban.people.queries import Officer

# Verbs that need an open step of their own besides the role.
_STEP_VERBS: dict[str, Callable[[str], bool]] = {
    "pass_step": lambda code: (
        code not in ("decide", "human_review", "intake_check", "notice_objection")
    ),
    "start_special": lambda code: code not in ("human_review", "intake_check"),
    "return_acceptance": lambda code: code not in ("human_review", "intake_check"),
    "hear_interested": lambda code: code not in ("human_review", "intake_check"),
    "ask_opinion": lambda code: code not in ("human_review", "intake_check"),
    "return_step": lambda code: code not in ("human_review", "intake_check"),
    "grant": lambda code: code == "decide",
    "grant_at_once": lambda code: code == "decide",
    "deny": lambda code: code == "decide",
}

# What is done with a step that stands beside the route.
_BESIDE_STEPS = {
    "human_review": ("confirm_review",),
    "notice_objection": ("uphold_objection", "reject_objection"),
    "wrong_acceptance": ("uphold_acceptance", "refuse_acceptance"),
}

# A special procedure and a debt are worked on with their case, the others on pages of their own.
_OTHER_SIDES = tuple(kind for kind in SIDES if kind not in ("special", "debt"))
_MAY_EXTEND = DEBT_LIFE.move(DebtState.OWED, "extend_debt").roles
_MAY_CONCLUDE = SPECIAL_LIFE.move(SpecialState.RUNNING, "conclude_special").roles

TITLES = {**RECORDED, **{move.verb: move.title for move in LIFE.moves}}


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer that the item consumes, with where it came from."""

    element: str
    value: Any
    source: Any


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """A decision as it is shown."""

    result: str
    reasons: str
    is_automatic: bool
    explanation: Sequence[Mapping[str, Any]]
    decided_at: datetime
    decided_by: int


@dataclass(frozen=True, slots=True)
class CasePage:
    """All that the desk shows of one case: only what its item consumes."""

    proceeding: Proceeding
    item: CompiledItem
    compiled: CompiledPackage
    answers: tuple[Answer, ...]
    materials: tuple[Mapping[str, Any], ...]
    clocks: tuple[ClockReading, ...]
    segments: tuple[Segment, ...]
    open_steps: tuple[Step, ...]
    opinions: tuple[Opinion, ...]
    requirements: tuple[Requirement, ...]
    decision: DecisionLine | None
    specials: tuple[SpecialLine, ...]
    sides: tuple[SideLine, ...]
    debt: DebtLine | None
    open_verbs: tuple[str, ...]
    wants_human: bool
    early: tuple[Early, ...]


def item_of(proceeding: Proceeding) -> CompiledItem:
    """The item of a case as pinned at filing."""
    return package_version(proceeding.version_id).compiled.item(proceeding.facts["item"])


def case_page(actor: Actor, proceeding: Proceeding, now: datetime) -> CasePage:
    """The page of a case that `engine.queries.access_proceeding` has let this actor see."""
    compiled = package_version(proceeding.version_id).compiled
    file = CaseFile.objects.get(proceeding_id=proceeding.id)
    steps = steps_of([proceeding.id])[proceeding.id]
    clocks = clocks_of(proceeding, now)
    verbs = open_verbs(actor, proceeding, steps)
    return CasePage(
        proceeding=proceeding,
        item=compiled.item(file.item_code),
        compiled=compiled,
        answers=tuple(
            Answer(one.code, file.answers[one.code], file.sources.get(one.code))
            for one in compiled.fields
            if one.code in file.answers
        ),
        materials=tuple(file.materials),
        clocks=tuple(clocks),
        segments=tuple(segments(proceeding, steps, now)),
        open_steps=tuple(s for s in steps if s.state == "open"),
        opinions=tuple(Opinion.objects.filter(proceeding_id=proceeding.id).order_by("id")),
        requirements=tuple(Requirement.objects.filter(proceeding_id=proceeding.id).order_by("id")),
        decision=decisions_of([proceeding.id]).get(proceeding.id),
        specials=tuple(specials_of([proceeding.id], now)[proceeding.id]),
        sides=tuple(sides_of([proceeding.id], now, kinds=_OTHER_SIDES)[proceeding.id]),
        debt=_debt(proceeding, now),
        open_verbs=verbs + (("urge",) if may_urge(actor, proceeding, steps, clocks, now) else ()),
        wants_human=file.wants_human,
        early=tuple(
            early_for(proceeding.party_id, compiled, [file], city_date(now)).get(file.pk, ())
        ),
    )


def _debt(case: Proceeding, now: datetime) -> DebtLine | None:
    """The debt of a case; nothing is asked where nothing was ever owed."""
    if item_of(case).deficiency is None:
        return None
    return debts_of([case.pk], now).get(case.pk)


def open_verbs(actor: Actor, proceeding: Proceeding, steps: Iterable[Step]) -> tuple[str, ...]:
    """What this actor may do with the case now, in the order of the machine's table."""
    mine = [s for s in steps if s.state == "open" and may_take(actor, proceeding, s)]
    verbs = []
    for move in LIFE.open_moves(proceeding.state):
        if not any(may_do(actor, proceeding, role) for role in move.roles):
            continue
        needs = _STEP_VERBS.get(move.verb)
        if needs is None or any(needs(s.code) for s in mine):
            verbs.append(move.verb)
    item = item_of(proceeding)
    if actor.kind == "staff" and elsewhere(item, proceeding.facts, proceeding.state):
        return ()
    waiting = _waiting(proceeding)
    lives = {one.life for one in item.procedures}
    if "start_special" in verbs and "hearing" in lives - waiting:
        verbs.append("tell_hearing")
    unfit = _unfit(item, lives, waiting, proceeding)
    if proceeding.facts.get("owed") and any(may_do(actor, proceeding, r) for r in _MAY_EXTEND):
        verbs.append("extend_debt")
    verbs = [verb for verb in verbs if verb not in unfit]
    if "special" in waiting and any(may_do(actor, proceeding, r) for r in _MAY_CONCLUDE):
        verbs += ["assign_inspectors", "conclude_special"]
    for step in mine:
        verbs += _BESIDE_STEPS.get(step.code, ())
    beside = (*_barring(actor, proceeding, item), *_redoing(actor, proceeding))
    return (*dict.fromkeys(verbs), *_joining(actor, proceeding), *beside)


def _joining(actor: Actor, proceeding: Proceeding) -> list[str]:
    """To join the visit that several departments make together."""
    is_called = proceeding.state == CaseState.ACCEPTED and "visit" in proceeding.facts
    works = is_called and any(may_do(actor, proceeding, role) for role in OFFICERS)
    return ["join_visit"] if works else []


def _redoing(actor: Actor, proceeding: Proceeding) -> list[str]:
    """What the head does about a decision that was set aside, with the old case and the new."""
    if not may_do(actor, proceeding, "head"):
        return []
    facts, redo = proceeding.facts, proceeding.facts.get("redo")
    if proceeding.state in DECIDED and not facts.get("set_aside"):
        return ["set_aside"]
    if proceeding.state == CaseState.ACCEPTED and redo and not redo["free"]:
        return [] if redo.get("new_grounds") else ["state_new_grounds"]
    return []


def _barring(actor: Actor, proceeding: Proceeding, item: CompiledItem) -> list[str]:
    """What the head may do about cheating: with a case that has ended, once."""
    has_ended = proceeding.state in ("granted", "denied", "terminated", "refused")
    if not has_ended or not item.safety_basis or not may_do(actor, proceeding, "head"):
        return []
    return ["lift_bar" if bar_of(proceeding.pk) else "bar"]


def _unfit(
    item: CompiledItem, lives: set[str], waiting: set[str], proceeding: Proceeding
) -> set[str]:
    """The verbs that the state has and this case has not: by its item, or by what it waits for."""
    unfit = {"grant" if item.licence is None else "grant_at_once"}
    if item.extension is None:
        unfit.add("extend")
    if proceeding.state == "accepted":
        # Offered by the step of the window, not by the role alone.
        unfit |= {"uphold_acceptance", "refuse_acceptance"}
    if proceeding.facts.get("returned"):
        unfit.add("return_acceptance")
    if "told" not in lives:
        unfit.add("start_special")
    if blocks_grant(proceeding.facts, item) or proceeding.facts.get("proofs"):
        unfit |= {"grant", "grant_at_once"}
    if any(SIDES[kind].holds_decision for kind in waiting):
        unfit |= {"grant", "grant_at_once", "deny"}
    return unfit


def _waiting(proceeding: Proceeding) -> set[str]:
    """The kinds of what goes on below a case; nothing is asked where there is nothing."""
    if not proceeding.open_children:
        return set()
    below = children_of([proceeding.pk])
    return {one.kind for one in below if one.ended_at is None and one.kind in SIDES}


def accepted_before(case_id: int) -> str:
    """The number of an undecided case of the same item that was accepted earlier; else empty."""
    case = Proceeding.objects.get(id=case_id)
    earlier = Proceeding.objects.filter(
        kind="case",
        department=case.department,
        region=case.region,
        state="accepted",
        facts__item=case.facts["item"],
        accepted_at__lt=case.accepted_at,
    )
    return earlier.order_by("accepted_at", "id").values_list("number", flat=True).first() or ""


def barred_until(party_id: int, item_code: str) -> date | None:
    """Until when a party is barred from an item; None where nothing bars it."""
    found = Bar.objects.filter(party_id=party_id, item_code=item_code, lifted_at=None)
    return found.order_by("-until").values_list("until", flat=True).first()


def bar_of(case_id: int) -> Bar | None:
    """The bar that was imposed with a case and is in force; None where there is none."""
    return Bar.objects.filter(proceeding_id=case_id, lifted_at=None).first()


def case_by_id(case_id: int) -> Proceeding | None:
    """A case for the house's own work, whoever may see it; None for any other proceeding."""
    file = CaseFile.objects.select_related("proceeding").filter(proceeding_id=case_id).first()
    return file.proceeding if file else None


def system_of(proceeding: Proceeding) -> str:
    """The department's own system that works on a case now; empty while it is worked on here."""
    return elsewhere(item_of(proceeding), proceeding.facts, proceeding.state)


def decisions_of(proceeding_ids: Sequence[int]) -> dict[int, DecisionLine]:
    """The decisions of some cases; one query."""
    return {
        d.proceeding_id: DecisionLine(
            d.result, d.reasons, d.is_automatic, d.explanation, d.decided_at, d.decided_by
        )
        for d in Decision.objects.filter(proceeding_id__in=proceeding_ids)
    }


def files_of(proceeding_ids: Sequence[int]) -> dict[int, CaseFile]:
    """The files of some cases; one query."""
    return CaseFile.objects.in_bulk(list(proceeding_ids))


def open_requirements(proceeding_ids: Sequence[int]) -> list[Requirement]:
    """Requirements that wait for the one notice, or for the applicant's supply."""
    return list(
        Requirement.objects.filter(proceeding_id__in=proceeding_ids, cleared_at=None).order_by(
            "id"
        )
    )


def companions_for(step: CompiledStep, region: str, *, on: date) -> list[Officer]:
    """Who may do a step together with its officer: reviewers and checkers of the department."""
    found = {
        officer.account_id: officer
        for role in ("checker", "reviewer")
        for officer in officers_for(f"{step.department}.{role}", region, on=on)
    }
    return [found[account] for account in sorted(found)]


@dataclass(frozen=True, slots=True)
class SpecialLine:
    """A special procedure of a case: what, how long it was said to take, and how it stands."""

    id: int
    number: str
    procedure: CompiledProcedure
    days: int
    officers: int
    inspectors: tuple[int, ...]
    is_open: bool
    finding: str
    opened_at: datetime
    ended_at: datetime | None
    clock: ClockReading


def specials_of(case_ids: Sequence[int], now: datetime) -> dict[int, list[SpecialLine]]:
    """The special procedures of some cases, by case, the oldest first; two queries."""
    found: dict[int, list[SpecialLine]] = {case_id: [] for case_id in case_ids}
    specials = [p for p in children_of(case_ids) if p.kind == "special"]
    rows = clock_rows([p.id for p in specials])
    for one in specials:
        item = package_version(one.version_id).compiled.item(one.facts["item"])
        told = next(c for c in readings(one, rows[one.id], now) if c.spec.name == "special")
        found[one.parent_id or 0].append(
            SpecialLine(
                id=one.id,
                number=one.number,
                procedure=item.procedure(one.facts["procedure"]),
                days=one.facts["days"],
                officers=one.facts.get("officers", 1),
                inspectors=tuple(one.facts.get("inspectors", ())),
                is_open=one.ended_at is None,
                finding=one.facts.get("finding", ""),
                opened_at=one.opened_at,
                ended_at=one.ended_at,
                clock=told,
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class DebtLine:
    """What is owed after a deficient acceptance of a case, and how its time stands."""

    id: int
    number: str
    owed: tuple[str, ...]
    paid: tuple[str, ...]
    state: str
    opened_at: datetime
    ended_at: datetime | None
    clock: ClockReading
    version_id: int
    may_extend: bool

    @property
    def is_open(self) -> bool:
        """Whether something is still waited for."""
        return self.ended_at is None


def debts_of(case_ids: Sequence[int], now: datetime) -> dict[int, DebtLine]:
    """The debts of some cases, by case; three queries."""
    debts = [p for p in children_of(case_ids) if p.kind == "debt"]
    ids = [p.id for p in debts]
    rows = clock_rows(ids)
    materials: dict[int, list[Owed]] = {i: [] for i in ids}
    for row in Owed.objects.filter(proceeding_id__in=ids).order_by("id"):
        materials[row.proceeding_id].append(row)
    found = {}
    for one in debts:
        clock = readings(one, rows[one.id], now)[0]
        rule = item_of(one).deficiency
        found[one.parent_id or 0] = DebtLine(
            id=one.id,
            number=one.number,
            owed=tuple(m.material for m in materials[one.id] if m.paid_at is None),
            paid=tuple(m.material for m in materials[one.id] if m.paid_at is not None),
            state=one.state,
            opened_at=one.opened_at,
            ended_at=one.ended_at,
            clock=clock,
            version_id=one.version_id,
            may_extend=bool(
                one.ended_at is None
                and rule is not None
                and rule.extension is not None
                and rows[one.id]["debt"].extended_at is None
            ),
        )
    return found


def child_named(case_id: int, number: str) -> int:
    """The id of a special procedure or debt of this case by its number. Raises NotFound."""
    for one in children_of([case_id]):
        if one.number == number:
            return one.pk
    raise NotFound("没有找到这项特别程序或容缺后补。请刷新页面后再试。")


def last_opinion(proceeding_id: int, step_code: str) -> str:
    """What the officer wrote last when closing that step; empty where nobody did."""
    found = Opinion.objects.filter(proceeding_id=proceeding_id, step_code=step_code)
    return found.order_by("-id").values_list("text", flat=True).first() or ""
