"""Acceptance: once for all departments, or by law when nobody has said a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tongban.cases import actions as cases
from tongban.cases.models import Requirement
from tongban.cases.rules import RequirementsOpen
from tongban.cases.states import CaseState
from tongban.engine.actions import Act, Locked
from tongban.kernel.refusals import worded
from tongban.packages.actions.fees import need_paid
from tongban.payments.states import WhenDue

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.kernel.actors import Actor


ACCEPTANCE_BASIS = "行政许可法第三十二条第一款第五项"
DEEMED_BASIS = "行政许可法第三十二条第一款第四项"


def children_in(act: Act, package: Locked, *states: CaseState) -> list[Locked]:
    return [case for case in act.children_of(package) if case.state in states]


def accept_application(*, package_id: int, by: Actor, now: datetime) -> None:
    """Accept once for all departments: every received item goes to its department.

    Refused while a department's requirement is open: tell the applicant instead; and while a fee
    is unpaid that content lets come first.
    """
    with Act(by=by, now=now) as act:
        package = act.lock(package_id, family=True)
        need_paid(package.id, WhenDue.BEFORE_ACCEPTANCE)
        received = children_in(act, package, CaseState.RECEIVED)
        open_lines = Requirement.objects.filter(
            proceeding_id__in=[c.id for c in received], cleared_at=None
        ).count()
        if open_lines:
            raise RequirementsOpen(
                worded(
                    "各部门还有 {n} 项补正要求没有处理，请先发出补正告知或请部门撤销要求。",
                    n=open_lines,
                ),
                facts={"number": package.number, "open": open_lines},
            )
        _accept_in(act, package, "accept", effective_at=None)


def _accept_in(act: Act, package: Locked, verb: str, *, effective_at: datetime | None) -> None:
    act.close_steps(package, verb)
    basis = ACCEPTANCE_BASIS if verb == "accept" else DEEMED_BASIS
    act.move(package, verb, effective_at=effective_at, basis=basis)
    package.accepted_at = effective_at or act.now
    for case in children_in(act, package, CaseState.RECEIVED):
        cases.accept_in(act, case, verb, effective_at=effective_at)


def deemed_accepted_in(act: Act, package: Locked, clock: str) -> None:
    """Expiry of the acceptance clock: accepted from the day of receipt (行政许可法 32(4))."""
    act.lock_all([package.id], family=True)
    effective = package.clocks[clock].ledger.started_at
    _accept_in(act, package, "deem_accept", effective_at=effective)
