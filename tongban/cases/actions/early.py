"""Early intervention (提前介入): departments answer in writing before anything is applied for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tongban.cases import rules
from tongban.cases.models import Early
from tongban.cases.queries.early import offers_early
from tongban.cases.states.early import EARLY_PREFIX, EARLY_STEP, EarlyState
from tongban.catalogue.queries import package_in_force
from tongban.engine.actions import Act, NewProceeding
from tongban.kernel.refusals import BadInput, NotAllowed
from tongban.kernel.worktime import city_date

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class EarlyQuestion:
    """What somebody wants to know about an item before applying for it, and for which project."""

    package: str
    item: str
    project: str
    question: str


def ask_early(*, asked: EarlyQuestion, party_id: int, by: Actor, now: datetime) -> str:
    """Ask the department of an item before the application; answers the number.

    It is neither receipt nor acceptance: no clock of the law starts. Raises NotAllowed for whoever
    does not act for the party, BadInput where the package is not open to it.
    """
    if by.kind != "citizen" or party_id not in by.acts_for:
        raise NotAllowed("只能为自己或者您代办的单位申请提前介入。")
    project = rules.need_text("project", asked.project, "请填写项目代码。")
    question = rules.need_text("question", asked.question, "请写明想提前了解什么。")
    published = package_in_force(asked.package, city_date(now))
    codes = {item.code for item in published.compiled.items}
    if not offers_early(published.compiled.code, city_date(now)) or asked.item not in codes:
        raise BadInput.at("item", "unknown", "请选择可以提前介入的事项。")
    item = published.compiled.item(asked.item)
    with Act(by=by, now=now) as act:
        row = act.open(
            [
                NewProceeding(
                    kind="early",
                    prefix=EARLY_PREFIX,
                    region=published.compiled.region,
                    department=item.department,
                    party_id=party_id,
                    version_id=published.version_id,
                    state=EarlyState.ASKED,
                    facts={"item": item.code, "project": project},
                )
            ]
        )[0]
        act.begin(row, "ask_early", body={"item": item.code, "project": project})
        act.open_step(row, EARLY_STEP, role="reviewer")
        act.also(
            "INSERT INTO cases_early (proceeding_id, item_code, project, question, answer)"
            " VALUES (%s, %s, %s, %s, '')",
            [row.id, item.code, project, question],
        )
    return row.number


def answer_early(*, early_id: int, answer: str, by: Actor, now: datetime) -> None:
    """Answer in writing; the answer stands, with its day, beside the later application."""
    answer = rules.need_text("answer", answer, "请写明答复意见，申请人会原样看到。")
    with Act(by=by, now=now) as act:
        early = act.lock(early_id)
        act.close_steps(early, "answered")
        act.move(early, "answer_early", body={"item": early.facts["item"], "reason": answer})
        Early.objects.filter(proceeding_id=early.id).update(
            answer=answer, answered_by=by.id, answered_at=now
        )
