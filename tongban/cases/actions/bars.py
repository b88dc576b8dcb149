"""Who cheats on what concerns public safety or health may not apply for it again for a time."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from tongban.cases import rules
from tongban.cases.actions.route import item_of
from tongban.cases.models import Bar
from tongban.catalogue.queries import parameters
from tongban.engine.actions import Act
from tongban.engine.rules import require
from tongban.kernel.refusals import BadInput, NotFound
from tongban.kernel.worktime import add_months, city_date

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.kernel.actors import Actor


class Ground(StrEnum):
    """Why somebody is barred."""

    FALSE = "false"  # hid facts or gave false material (78)
    FRAUD = "fraud"  # got the licence by fraud or bribery (79)


_ARTICLES = {Ground.FALSE: "行政许可法第七十八条", Ground.FRAUD: "行政许可法第七十九条"}
_PARAMETERS = {Ground.FALSE: "barred_years_false", Ground.FRAUD: "barred_years_fraud"}


def bar_applicant(*, case_id: int, ground: Ground, reason: str, by: Actor, now: datetime) -> None:
    """Bar the applicant of a case from the same item for the years of the content (78, 79).

    By the head of the department, with the facts; the applicant is told of his remedies. Raises
    BadInput for an item that does not concern public safety, or without the reason.
    """
    reason = rules.need_text("reason", reason, "请写明隐瞒、虚假或者欺骗的事实和证据。")
    with Act(by=by, now=now) as act:
        case = act.lock(case_id)
        require(by, case, "head")
        item = item_of(case)
        if not item.safety_basis:
            sentence = "本事项不直接关系公共安全、人身健康、生命财产安全，不适用这项决定。"
            raise BadInput.at("ground", "unfit", sentence)
        if Bar.objects.filter(proceeding_id=case.id, lifted_at=None).exists():
            raise BadInput.at("ground", "barred-already", "已经就本件作出过这项决定。")
        on = city_date(now)
        years = int(parameters(on)[_PARAMETERS[ground]][-1][1])
        until = add_months(on, 12 * years)
        Bar.objects.create(
            proceeding_id=case.id, party_id=case.party_id, item_code=item.code, ground=ground,
            reason=reason, until=until, imposed_by=by.id, imposed_at=now,
        )  # fmt: skip
        told = {
            "item": item.code, "ground": ground, "years": years, "until": until.isoformat(),
            "reason": reason,
        }  # fmt: skip
        act.record(case, "bar", basis=_ARTICLES[ground], body=told)


def lift_bar(*, case_id: int, reason: str, by: Actor, now: datetime) -> None:
    """Take a bar back, for instance after a review: the head says why. Raises NotFound."""
    reason = rules.need_text("reason", reason, "请写明撤销的理由，例如复议决定的文号。")
    with Act(by=by, now=now) as act:
        case = act.lock(case_id)
        require(by, case, "head")
        lifted = Bar.objects.filter(proceeding_id=case.id, lifted_at=None).update(lifted_at=now)
        if not lifted:
            raise NotFound("本件没有生效的不得再次申请的决定。")
        act.record(case, "lift_bar", body={"item": case.facts["item"], "reason": reason})
