"""The verbs of an application for one thing."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson
from django.db import IntegrityError

from tongban.cases import actions as cases
from tongban.cases.models import Requirement
from tongban.cases.rules import NoticeSentAlready, RequirementsOpen, facts_of
from tongban.cases.states import CaseState
from tongban.catalogue.queries import package_version
from tongban.catalogue.rules import variant_of
from tongban.engine.actions import Act, Locked, NewProceeding
from tongban.engine.states import StepParty
from tongban.kernel.actors import SYSTEM, Actor
from tongban.kernel.refusals import NotAllowed
from tongban.kernel.worktime import city_date
from tongban.packages import rules
from tongban.packages.models import Application, CorrectionNotice, ShareLink
from tongban.packages.states import PackageState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from tongban.catalogue.rules.compiled import CompiledItem, CompiledPackage

PREFIX = "YJS"
ACCEPTANCE_BASIS = "行政许可法第三十二条第一款第五项"
DEEMED_BASIS = "行政许可法第三十二条第一款第四项"


@dataclass(frozen=True, slots=True)
class Submission:
    """An application that has passed every check, ready to be filed as a whole.

    ``facts`` are those of the situation, each {value, source, as_of}. ``chosen`` are item
    codes; ``answers``, ``sources`` and ``materials`` belong to the one form
    and the one set, and each case gets the slice that its item consumes.
    """

    version_id: int
    chosen: tuple[str, ...]
    party_id: int
    region: str
    key: str
    answers: Mapping[str, Any]
    sources: Mapping[str, Any]
    materials: Sequence[Mapping[str, Any]]
    facts: Mapping[str, Any] = field(default_factory=dict)
    promise: Mapping[str, Any] = field(default_factory=dict)
    wants_human: bool = False


@dataclass(frozen=True, slots=True)
class Filed:
    """What the applicant gets at once: the number of the whole."""

    proceeding_id: int
    number: str
    is_new: bool


def _filed_before(account_id: int, key: str) -> Filed | None:
    found = (
        Application.objects.filter(account_id=account_id, idempotency_key=key)
        .values_list("proceeding_id", "proceeding__number")
        .first()
    )
    return Filed(found[0], found[1], is_new=False) if found else None


def submit(*, submission: Submission, by: Actor, now: datetime) -> Filed:
    """File the whole or nothing; the same key of the same account answers the first filing.

    Online submission is receipt: the acceptance clock of 行政许可法 32(4) starts now. Raises
    NotAllowed if the actor may not act for the party.
    """
    if submission.party_id not in by.acts_for:
        raise NotAllowed("您没有代该主体办事的授权。请先取得授权，或换用本人身份申请。")
    try:
        with Act(by=by, now=now) as act:
            package = _file(act, submission)
    except IntegrityError:
        before = _filed_before(by.id, submission.key)
        if before is None:
            raise
        return before
    return Filed(package.id, package.number, is_new=True)


def _file(act: Act, submission: Submission) -> Locked:
    compiled = package_version(submission.version_id).compiled
    on = city_date(act.now)
    filings = [_filing(compiled, code, submission, on) for code in submission.chosen]
    at_once = all(f.item.acceptance == "on_submit" for f in filings)
    package, *opened = act.open(
        [
            NewProceeding(
                kind="package",
                prefix=PREFIX,
                region=submission.region,
                department=compiled.lead_department,
                party_id=submission.party_id,
                version_id=submission.version_id,
                state=PackageState.ACCEPTED if at_once else PackageState.RECEIVED,
                facts={"package": compiled.code, **submission.promise},
                open_children=len(filings),
            ),
            *(
                cases.new_case(
                    f,
                    region=submission.region,
                    party_id=submission.party_id,
                    version_id=submission.version_id,
                )
                for f in filings
            ),
        ]
    )
    act.also(
        _APPLICATION,
        [
            package.id,
            act.by.id,
            submission.key,
            compiled.code,
            orjson.dumps(submission.facts).decode(),
            orjson.dumps(submission.promise).decode(),
        ],
    )
    act.begin(
        package,
        "submit_accepted" if at_once else "submit",
        body={"package": compiled.code, "items": list(submission.chosen)},
    )
    if at_once:
        package.accepted_at = act.now
    else:
        act.open_step(package, "acceptance", role="window")
    cases.file_cases_in(act, opened, filings)
    return package


_APPLICATION = (
    "INSERT INTO packages_application (proceeding_id, account_id, idempotency_key,"
    " package_code, facts, promise) VALUES (%s, %s, %s, %s, %s::jsonb, %s::jsonb)"
)


def _filing(
    compiled: CompiledPackage, code: str, submission: Submission, on: date
) -> cases.Filing:
    item = compiled.item(code)
    chosen = set(submission.chosen)
    return cases.Filing(
        item=item,
        answers={k: submission.answers[k] for k in item.field_codes if k in submission.answers},
        sources={k: submission.sources[k] for k in item.field_codes if k in submission.sources},
        materials=[m for m in submission.materials if m["material"] in item.material_codes],
        waits=any(edge.item in chosen for edge in item.depends_on),
        accepted=item.acceptance == "on_submit",
        wants_human=submission.wants_human,
        facts=_case_facts(compiled, item, submission, on),
    )


def _case_facts(
    compiled: CompiledPackage, item: CompiledItem, submission: Submission, on: date
) -> dict[str, Any]:
    """What a case takes along: the facts that its item looks at, and its variant of limits."""
    known = {k: submission.facts[k] for k in item.facts_needed if k in submission.facts}
    facts: dict[str, Any] = {"known": known} if known else {}
    variant = variant_of(compiled, item, facts_of(facts), on) if item.variants else None
    if variant is not None:
        facts["variant"] = item.variants.index(variant)
    if submission.wants_human:
        facts["human"] = True
    return facts


def _children(act: Act, package: Locked, *states: CaseState) -> list[Locked]:
    return [case for case in act.children_of(package) if case.state in states]


def accept_application(*, package_id: int, by: Actor, now: datetime) -> None:
    """Accept once for all departments: every received item goes to its department.

    Refused while a department's requirement is open: tell the applicant instead.
    """
    with Act(by=by, now=now) as act:
        package = act.lock(package_id, family=True)
        received = _children(act, package, CaseState.RECEIVED)
        open_lines = Requirement.objects.filter(
            proceeding_id__in=[c.id for c in received], cleared_at=None
        ).count()
        if open_lines:
            raise RequirementsOpen(
                f"各部门还有 {open_lines} 项补正要求没有处理，请先发出补正告知或请部门撤销要求。",
                facts={"number": package.number, "open": open_lines},
            )
        _accept_in(act, package, "accept", effective_at=None)


def _accept_in(act: Act, package: Locked, verb: str, *, effective_at: datetime | None) -> None:
    act.close_steps(package, verb)
    basis = ACCEPTANCE_BASIS if verb == "accept" else DEEMED_BASIS
    act.move(package, verb, effective_at=effective_at, basis=basis)
    package.accepted_at = effective_at or act.now
    for case in _children(act, package, CaseState.RECEIVED):
        cases.accept_in(act, case, verb, effective_at=effective_at)


def deem_accepted_in(act: Act, package: Locked, clock: str) -> None:
    """Expiry of the acceptance clock: accepted from the day of receipt (行政许可法 32(4))."""
    act.lock_all([package.id], family=True)
    effective = package.clocks[clock].ledger.started_at
    _accept_in(act, package, "deem_accept", effective_at=effective)


def ask_correction(*, package_id: int, by: Actor, now: datetime) -> None:
    """Send the one notice that carries what every department misses (行政许可法 32(4)).

    Refused a second time, and refused while nothing is missing.
    """
    with Act(by=by, now=now) as act:
        package = act.lock(package_id, family=True)
        if CorrectionNotice.objects.filter(proceeding_id=package.id).exists():
            raise NoticeSentAlready(
                "补正告知只能发出一次，本件已经告知过。请受理，或依法作出决定。",
                facts={"number": package.number},
                basis=DEEMED_BASIS,
            )
        lines = _notice_lines(act, package, now)
        act.close_steps(package, "ask_correction")
        act.move(package, "ask_correction", basis=DEEMED_BASIS, body={"lines": len(lines)})
        act.open_step(package, "supply", role="applicant", whose=StepParty.APPLICANT)
        CorrectionNotice.objects.create(
            proceeding_id=package.id, lines=lines, sent_at=now, sent_by=by.id
        )


def _notice_lines(act: Act, package: Locked, now: datetime) -> list[dict[str, str]]:
    by_id = {case.id: case for case in act.children_of(package)}
    found = Requirement.objects.filter(
        proceeding_id__in=list(by_id), cleared_at=None, notified_at=None
    ).order_by("id")
    lines = [
        {
            "item": by_id[r.proceeding_id].facts["item"],
            "number": by_id[r.proceeding_id].number,
            "target": r.target,
            "problem": r.problem,
            "clause": r.clause,
            "remedy": r.remedy,
        }
        for r in found
    ]
    if not lines:
        raise rules.NothingToCorrect(
            "还没有部门提出补正要求，不能发出空的补正告知。", facts={"number": package.number}
        )
    found.update(notified_at=now)
    package.facts = {**package.facts, "noticed": True}
    return lines


@dataclass(frozen=True, slots=True)
class Supply:
    """What the applicant gives for one item after the notice."""

    item: str
    answers: Mapping[str, Any] = field(default_factory=dict)
    materials: Sequence[Mapping[str, Any]] = ()

    @property
    def targets(self) -> frozenset[str]:
        """Element and material codes that this supply answers."""
        return frozenset(self.answers) | {m["material"] for m in self.materials}


def supply_correction(
    *, package_id: int, supplies: Sequence[Supply], by: Actor, now: datetime
) -> None:
    """Answer the notice, all lines at once; the acceptance clock of the second round starts.

    Raises SupplyIncomplete naming what the notice still misses; what was uploaded stays with
    the applicant's materials.
    """
    given = {s.item: s for s in supplies}
    with Act(by=by, now=now) as act:
        package = act.lock(package_id, family=True)
        notice = CorrectionNotice.objects.filter(proceeding_id=package.id).first()
        left = rules.missing_targets(
            notice.lines if notice else (), {s.item: s.targets for s in supplies}
        )
        if left:
            raise rules.SupplyIncomplete(
                f"补正告知中还有 {len(left)} 项没有补齐，请补齐后一次提交。",
                facts={"number": package.number, "missing": left},
            )
        act.close_steps(package, "supplied")
        act.move(package, "supply", body={"items": sorted(given)})
        act.open_step(package, "acceptance", role="window")
        CorrectionNotice.objects.filter(proceeding_id=package.id).update(supplied_at=now)
        for case in act.children_of(package):
            supply = given.get(case.facts["item"])
            if supply is not None:
                cases.supply_in(act, case, answers=supply.answers, materials=supply.materials)
                Requirement.objects.filter(proceeding_id=case.id, cleared_at=None).update(
                    cleared_at=now
                )


def lapse_correction_in(act: Act, package: Locked, clock: str) -> None:
    """The applicant's time to correct is over: the window is told and decides what follows.

    Deeming the application withdrawn needs a basis in the city's own law (domain §0.7); without
    one the procedure goes on and ends with a decision that carries reasons and remedies.
    """
    if package.open_step("correction_lapsed") is None:
        act.open_step(package, "correction_lapsed", role="window")
    act.record(package, "clock_expired", body={"clock": clock, "owner": "applicant"})


def resume_application(*, package_id: int, by: Actor, now: datetime) -> None:
    """Go on without the supply after its time is over; the departments decide with reasons."""
    with Act(by=by, now=now) as act:
        package = act.lock(package_id, family=True)
        if package.open_step("correction_lapsed") is None:
            raise rules.NothingToCorrect(
                "补正期限还没有届满，请等待申请人补正。", facts={"number": package.number}
            )
        act.close_steps(package, "resumed")
        act.move(package, "resume")
        act.open_step(package, "acceptance", role="window")
        Requirement.objects.filter(
            proceeding_id__in=[c.id for c in act.children_of(package)], cleared_at=None
        ).update(cleared_at=now)


def child_ended_in(act: Act, package: Locked, case: Locked) -> None:
    """The join: count an ended item, and finish the whole with the last one."""
    told = {"item": case.facts["item"], "number": case.number, "state": case.state}
    if package.open_children == 0:
        act.move(package, "finish", body=told)
        act.cancel_steps(package, "finished")
        act.open_step(package, "delivery", role="window")
    elif not act.has_entry(package):
        act.move(package, "item_ended", body=told)


def advance_dependants(*, package_id: int, now: datetime) -> int:
    """Start what is ready and cancel what cannot come any more; answers how many. Idempotent."""
    changed = 0
    while step := _advance_once(package_id, now):
        changed += step
    return changed


def _advance_once(package_id: int, now: datetime) -> int:
    with Act(by=SYSTEM, now=now) as act:
        package = act.lock(package_id, family=True)
        compiled = package_version(package.version_id).compiled
        children = act.children_of(package)
        by_item = {case.facts["item"]: case for case in children}
        states = {code: case.state for code, case in by_item.items()}
        ready = []
        for case in _children(act, package, CaseState.WAITING):
            verdict = rules.readiness(compiled.item(case.facts["item"]).depends_on, states)
            if verdict.cancelled_by is not None:
                because = by_item[verdict.cancelled_by]
                cases.cancel_in(act, case, because=because, reason=str(because.state))
                return 1
            if verdict.may_start:
                ready.append(case)
        for case in ready:
            _start(act, package, case)
        if not ready:
            act.drop()
        return len(ready)


def _start(act: Act, package: Locked, case: Locked) -> None:
    item = cases.item_of(case)
    accepted = package.accepted_at is not None or item.acceptance == "on_submit"
    cases.start_in(act, case, accepted=accepted)


def withdraw_application(*, package_id: int, by: Actor, now: datetime) -> None:
    """Withdraw everything that is not decided yet; what was decided stays decided."""
    with Act(by=by, now=now) as act:
        package = act.lock(package_id, family=True)
        act.cancel_steps(package, "withdrawn")
        act.move(package, "withdraw")
        for case in _children(
            act, package, CaseState.WAITING, CaseState.RECEIVED, CaseState.ACCEPTED
        ):
            cases.withdraw_in(act, case)


def deliver_results(*, package_id: int, receiver: str, by: Actor, now: datetime) -> None:
    """Hand over everything at the window, once; the receiver's name is the proof of delivery."""
    with Act(by=by, now=now) as act:
        package = act.lock(package_id)
        act.close_steps(package, "delivered")
        act.move(
            package,
            "deliver",
            private={"receiver": receiver} if receiver.strip() else None,
            basis="行政许可法第四十四条",
        )


def collect_results(*, package_id: int, by: Actor, now: datetime) -> None:
    """The applicant takes the results online; opening them is the proof of delivery."""
    with Act(by=by, now=now) as act:
        package = act.lock(package_id)
        act.close_steps(package, "collected")
        act.move(package, "collect", basis="行政许可法第四十四条")


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def share_progress(*, package_id: int, by: Actor, now: datetime) -> str:
    """Make a read-only link; answers its token, which is not stored."""
    token = secrets.token_urlsafe(24)
    with Act(by=by, now=now) as act:
        package = act.lock(package_id)
        if package.party_id not in by.acts_for:
            raise NotAllowed("只有申请人可以分享办理进度。")
        ShareLink.objects.create(
            proceeding_id=package.id, token_hash=_token_hash(token), created_at=now
        )
        act.record(package, "share", public=False)
    return token


def revoke_shares(*, package_id: int, by: Actor, now: datetime) -> None:
    """End every read-only link of an application."""
    with Act(by=by, now=now) as act:
        package = act.lock(package_id)
        if package.party_id not in by.acts_for:
            raise NotAllowed("只有申请人可以停止分享。")
        ShareLink.objects.filter(proceeding_id=package.id, revoked_at=None).update(revoked_at=now)
        act.record(package, "unshare", public=False)
