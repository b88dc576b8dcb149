"""The verbs of calls that end in an answer of the knowledge base, or at the owner of a guide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.city.anew import publish_anew
from tongban.catalogue.queries import find_answers
from tongban.engine.models import Step
from tongban.kernel.worktime import city_date
from tongban.people.models import Account
from tongban.people.queries import officers_for
from tongban.upkeep import actions, rules
from tongban.upkeep.models import Answer, Element, Report
from tongban.upkeep.states import ANSWER, ELEMENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.journeys.calls import CallJourney
    from tongban.kernel.actors import Actor


def rows_of(journey: CallJourney, unit: Any) -> Iterator[tuple[str, str, list[str]]]:
    """What came of the call beside its ticket: its answer, its task about a guide."""
    assert journey.call is not None
    for answer in Answer.objects.select_related("proceeding").filter(source=journey.call.number):
        state = ANSWER.title(answer.proceeding.state)
        words = [state, f"第{answer.number}版" if answer.number else ""]
        yield answer.proceeding.number, f"- 知识条目〔{unit(answer.unit)}〕{answer.title}：", words
    for report in Report.objects.select_related("element__proceeding").filter(
        number=journey.call.number
    ):
        one = report.element
        words = [ELEMENT.title(one.proceeding.state), f"{one.count}人反映"]
        yield one.proceeding.number, f"- 指南要素〔{unit(one.unit)}〕{one.element}：", words


def taken(journey: CallJourney, row: Any) -> Actor:
    """Whoever works on the open step of a row."""
    step = Step.objects.filter(proceeding_id=row.pk, state="open").first()
    assert step is not None
    account = step.assignee_id or officers_for(step.queue, "650100")[0].account_id
    return journey.house.actor(Account.objects.get(pk=account).login)


def _answer(journey: CallJourney) -> Answer:
    assert journey.call is not None
    return Answer.objects.get(source=journey.call.number)


def write(
    journey: CallJourney, by: Actor, title: str, questions: str, text: str, basis: str
) -> None:
    row = _answer(journey)
    written = rules.Written(title, questions.replace("｜", "\n"), text, basis, {})
    actions.submit_answer(
        answer_id=row.pk, written=written, by=taken(journey, row), now=journey.now
    )


def on_answer(action: Any, *names: str) -> Any:
    def run(journey: CallJourney, by: Actor, *words: str) -> None:
        row = _answer(journey)
        given = dict(zip(names, words, strict=True))
        action(answer_id=row.pk, **given, by=taken(journey, row), now=journey.now)

    return run


def write_again(journey: CallJourney, by: Actor) -> None:
    """The author would approve what he wrote himself."""
    row = _answer(journey)
    assert row.author_id is not None
    author = journey.house.actor(Account.objects.get(pk=row.author_id).login)
    actions.approve_answer(answer_id=row.pk, by=author, now=journey.now)


def revise(journey: CallJourney, by: Actor) -> None:
    actions.revise_answer(answer_id=_answer(journey).pk, by=by, now=journey.now)


def retire(journey: CallJourney, by: Actor, reason: str) -> None:
    actions.retire_answer(answer_id=_answer(journey).pk, reason=reason, by=by, now=journey.now)


def on_element(action: Any, name: str) -> Any:
    def run(journey: CallJourney, by: Actor, text: str) -> None:
        assert journey.call is not None
        row = Element.objects.get(reports__number=journey.call.number)
        action(element_id=row.pk, **{name: text}, by=taken(journey, row), now=journey.now)

    return run


def new_version(journey: CallJourney, by: Actor) -> None:
    """The guide is published anew, its owner's item with it."""
    publish_anew("small-eatery-registration", journey.now)


def found(journey: CallJourney, text: str) -> list[str]:
    """What the knowledge base answers to a question."""
    hits = find_answers(text, city_date(journey.now), 1)
    if not hits:
        return ["? 没有现成的答案"]
    one = hits[0][1]
    version = f"第{one.version}版，" if one.version else ""
    behind = f"{one.unit_name.say('zh')}，{version}{one.updated} 更新，{one.basis}"
    return [f"? {one.text.say('zh')}（{behind}）"]


VERBS: dict[str, Any] = {
    "write-answer": write,
    "approve-own": write_again,
    "approve-answer": on_answer(actions.approve_answer),
    "return-answer": on_answer(actions.return_answer, "reason"),
    "publish-answer": on_answer(actions.publish_answer),
    "send-back-answer": on_answer(actions.send_back_answer, "reason"),
    "revise-answer": revise,
    "retire-answer": retire,
    "element-changed": on_element(actions.change_element, "text"),
    "element-stays": on_element(actions.keep_element, "reason"),
    "new-version": new_version,
}
