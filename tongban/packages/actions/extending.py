"""The joint limit, extended once by the head of the government (行政许可法 42(2))."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tongban.cases.rules import need_extendable, need_text
from tongban.engine.actions import Act
from tongban.packages.states import PackageState

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.kernel.actors import Actor

BASIS = "行政许可法第四十二条第二款"


def extend_application(
    *, package_id: int, reason: str, approval: str, by: Actor, now: datetime
) -> None:
    """Extend the joint limit by the days of the content, once, before it has passed.

    The head of the lead department enters the ``approval`` of the head of the government, with
    its document number; the applicant is told the reason. Raises NotExtendable, BadInput.
    """
    reason = need_text("reason", reason, "请写明延长期限的理由，申请人会看到。")
    approval = need_text("approval", approval, "请写明本级人民政府负责人的批准和文号。")
    with Act(by=by, now=now) as act:
        package = act.lock(package_id)
        clock = package.clocks.get("joint")
        specs = {spec.name: spec for spec in package.law.specs(package)}
        days = specs["joint"].extension if "joint" in specs else 0
        if package.state == PackageState.ACCEPTED:
            due = clock.due_at if clock else None
            need_extendable(
                is_provided=clock is not None and days > 0,
                is_used=clock is not None and clock.ledger.extended_at is not None,
                is_over=due is not None and due <= now,
                number=package.number,
            )
        told = {"days": days, "reason": reason, "approval": approval}
        act.move(package, "extend_joint", basis=BASIS, body=told)
