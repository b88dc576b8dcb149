"""A bad review is put right: contact, verification, reply, callback, and what may go otherwise."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ratings.lives import invitation, rectification, said
from tongban.engine.models import Step
from tongban.kernel.refusals import BadInput, MoveNotAllowed, NotAllowed, NotFound
from tongban.kernel.worktime import start_of_day
from tongban.notices.models import Message
from tongban.ratings import actions
from tongban.ratings.models import Review
from tongban.ratings.queries import mended_of, voices
from tongban.ratings.rules import NotTwoPersons, is_second_round

NOTE = "电话联系，评价人说窗口让他跑了两次"


def head(life):
    return life.house.actor("zhou.head")


def han(life):
    return life.house.actor("han.supervisor")


def zhong(life):
    return life.house.actor("zhong.head")


def do(life, verb, by, **words):
    verb(rectification_id=rectification(life).pk, by=by, now=life.house.now, **words)
    life.house.rest()


def replied(life, answer="已经改为一次告知"):
    do(life, actions.contact_evaluator, head(life), note=NOTE)
    do(life, actions.verify_review, head(life), finding="情况属实")
    do(life, actions.reply_evaluator, head(life), answer=answer)


def state(life):
    return rectification(life).proceeding.state


def told(life):
    return [m.key for m in Message.objects.filter(kind="evaluation").order_by("id")]


def test_a_bad_review_is_put_right_and_the_person_hears_of_it(life):
    said(life, 5, text="让我跑了两次", tags=["many-trips"], real_name=True)
    assert state(life) == "open"

    replied(life)
    do(life, actions.satisfied_at_callback, han(life), note="评价人表示已解决")

    assert state(life) == "closed"
    assert told(life) == ["rating_opened", "rating_replied", "rating_closed"]


def test_the_unit_and_no_evaluator_is_the_party_of_the_rectification(life):
    said(life, 4)

    assert rectification(life).proceeding.party.name == "乌鲁木齐市市场监督管理局"
    assert Step.objects.get(proceeding=rectification(life).proceeding_id).queue.endswith(".head")


def test_nobody_looks_for_whoever_gave_no_name(life):
    said(life, 4)

    with pytest.raises(NotAllowed):
        do(life, actions.contact_evaluator, head(life), note=NOTE)
    do(life, actions.verify_review, head(life), finding="情况属实")
    assert state(life) == "rectifying"


def test_a_named_evaluator_is_spoken_to_before_anything_is_found(life):
    said(life, 4, real_name=True)

    with pytest.raises(BadInput):
        do(life, actions.verify_review, head(life), finding="情况属实")


def test_a_stranger_puts_nothing_right(life):
    said(life, 4)

    with pytest.raises(NotAllowed):
        do(life, actions.verify_review, life.house.actor("ma.reviewer"), finding="属实")
    with pytest.raises(NotAllowed):
        do(life, actions.verify_review, han(life), finding="属实")


def test_whoever_is_not_satisfied_is_handled_again_once(life):
    said(life, 5, real_name=True)
    replied(life)
    with pytest.raises(BadInput):
        do(life, actions.settle_callback, han(life), note="不满意")

    actions.answer_callback(
        invitation=invitation(life), is_solved=False, note="还是一样", now=life.house.now
    )
    life.house.rest()
    assert state(life) == "rectifying"
    do(life, actions.reply_evaluator, head(life), answer="已经当面说明")
    with pytest.raises(BadInput):
        do(life, actions.handle_again, han(life), note="仍不满意")
    do(life, actions.settle_callback, han(life), note="已经解释，评价人仍不满意")

    assert state(life) == "closed"
    assert rectification(life).satisfied is False


def test_a_malicious_review_is_excluded_by_two_persons_of_another_body(life):
    said(life, 5)
    do(life, actions.appeal_review, head(life), grounds="同日连续恶意评价，附记录")
    do(life, actions.propose_exclusion, han(life), reason="核对监控，评价人没有办过这件事")
    assert Review.objects.get().weight == 1, "it counts until the second person agrees"

    with pytest.raises(NotAllowed):
        do(life, actions.confirm_exclusion, han(life), reason="同意")
    do(life, actions.confirm_exclusion, zhong(life), reason="核对无误")

    row = Review.objects.get()
    assert (state(life), row.weight, row.is_excluded) == ("excluded", 0, True)
    assert told(life)[-1] == "rating_excluded"


def test_an_appeal_without_ground_goes_back_to_the_unit(life):
    said(life, 5)
    do(life, actions.appeal_review, head(life), grounds="评价人误点")

    do(life, actions.dismiss_appeal, han(life), reason="没有证据")

    assert state(life) == "rectifying"


def test_the_second_person_may_think_otherwise(life):
    said(life, 5)
    do(life, actions.appeal_review, head(life), grounds="评价人误点")
    do(life, actions.propose_exclusion, han(life), reason="像是误点")

    do(life, actions.overrule_exclusion, zhong(life), reason="评价人确认不是误点")

    assert state(life) == "rectifying"
    assert Review.objects.get().weight == 1


def test_a_complex_matter_gets_fifteen_days_once_and_with_approval(life):
    said(life, 4)
    do(life, actions.verify_review, head(life), finding="涉及系统改造")
    do(life, actions.ask_time, head(life), reason="系统改造需要两周")
    with pytest.raises(BadInput):
        do(life, actions.ask_time, head(life), reason="还要")

    do(life, actions.grant_time, han(life))

    clocks = {c.name: c for c in rectification(life).proceeding.clock_set.all()}
    assert clocks["rating_rectify"].stopped_at is not None
    assert clocks["rating_complex"].stopped_at is None
    assert "rating_more_time" in told(life)


def test_what_is_late_is_supervised(life):
    said(life, 5, real_name=True)

    life.house.go("2026-09-14 10:00")

    assert rectification(life).proceeding.facts["late"] == ["rating_contact"]


def test_nothing_is_answered_twice(life):
    said(life, 4)
    do(life, actions.verify_review, head(life), finding="属实")
    do(life, actions.reply_evaluator, head(life), answer="已改")

    with pytest.raises((MoveNotAllowed, NotAllowed, Exception)):
        do(life, actions.reply_evaluator, head(life), answer="再改")


def test_the_rated_unit_is_no_judge_of_itself(life, house):
    said(life, 5)
    do(life, actions.appeal_review, head(life), grounds="误点")
    both = replace(han(life), departments=han(life).departments | {"market-regulation"})
    with pytest.raises(NotTwoPersons):
        do(life, actions.propose_exclusion, both, reason="误点")


def test_nobody_is_said_to_be_satisfied_who_said_nothing(life):
    """Whoever gave no name is not called back: he answers himself, or the days go by."""
    said(life, 4)
    do(life, actions.verify_review, head(life), finding="属实")
    do(life, actions.reply_evaluator, head(life), answer="已改")
    with pytest.raises((NotAllowed, NotFound)):
        do(life, actions.satisfied_at_callback, han(life), note="满意")

    life.house.go("2026-09-12 10:30")

    row = rectification(life)
    assert (row.proceeding.state, row.satisfied) == ("closed", None)
    assert "late" not in row.proceeding.facts
    found = mended_of(date(2026, 9, 1), date(2026, 10, 1))
    assert (found.done, found.called, found.satisfied_rate) == (1, 0, None)


def test_a_named_evaluator_who_does_not_answer_is_neither_satisfied_nor_not(life):
    said(life, 4, real_name=True)
    replied(life)

    do(life, actions.not_reached, han(life), note="三次电话无人接听")

    assert (state(life), rectification(life).satisfied) == ("closed", None)


def test_nobody_of_the_unit_grants_himself_time_or_calls_back_for_himself(life):
    both = replace(han(life), departments=han(life).departments | {"market-regulation"})
    said(life, 4, real_name=True)
    do(life, actions.contact_evaluator, head(life), note=NOTE)
    do(life, actions.verify_review, head(life), finding="属实")
    do(life, actions.ask_time, head(life), reason="系统改造")
    with pytest.raises(NotTwoPersons):
        do(life, actions.grant_time, both)
    do(life, actions.reply_evaluator, head(life), answer="已改")
    with pytest.raises(NotTwoPersons):
        do(life, actions.satisfied_at_callback, both, note="满意")


def test_what_was_excluded_was_not_put_right(life):
    said(life, 5)
    do(life, actions.appeal_review, head(life), grounds="同日连续恶意评价，附记录")
    do(life, actions.propose_exclusion, han(life), reason="核对监控")
    do(life, actions.confirm_exclusion, zhong(life), reason="核对无误")

    found = mended_of(date(2026, 9, 1), date(2026, 10, 1))

    assert (found.due, found.done, found.excluded, found.rate) == (0, 0, 1, None)


def test_the_unit_is_not_late_where_the_administration_is(life):
    said(life, 4, real_name=True)
    replied(life)
    life.house.go("2026-09-21 10:30")
    do(life, actions.satisfied_at_callback, han(life), note="已解决")

    assert rectification(life).proceeding.facts["late"] == ["rating_callback"]
    assert mended_of(date(2026, 9, 1), date(2026, 10, 1)).in_time == 1


def closed(life, level=5, **more):
    """A bad review that was put right, as the person said then."""
    said(life, level, real_name=True, **more)
    replied(life)
    do(life, actions.satisfied_at_callback, han(life), note="评价人表示已解决")
    return rectification(life)


def test_a_bad_second_review_after_the_end_is_put_right_a_second_time_and_once(life):
    first = closed(life, text="让我跑了两次")
    life.house.go("2026-09-21 10:30")
    said(life, 4, text="还是要跑两次", real_name=True)

    second = rectification(life)
    assert (second.earlier_id, second.proceeding.state) == (first.pk, "open")
    assert second.review.turn == 1
    assert told(life)[-1] == "rating_reopened"
    actions.open_rectification(review_id=second.review_id, now=life.house.now)
    actions.open_rectification(review_id=first.review_id, now=life.house.now)
    assert rectification(life).pk == second.pk, "heard twice it opens nothing more"

    replied(life, answer="已经取消第二次到场")
    with pytest.raises(BadInput):
        do(life, actions.handle_again, han(life), note="仍不满意")
    do(life, actions.settle_callback, han(life), note="已经当面说明，仍不满意")
    assert state(life) == "closed"


def test_a_matter_in_its_second_round_counts_once(life):
    closed(life)
    september = (date(2026, 9, 1), date(2026, 10, 1))
    assert (mended_of(*september).due, mended_of(*september).done) == (1, 1)
    life.house.go("2026-09-21 10:30")
    said(life, 4, real_name=True)

    found = mended_of(*september)
    assert (found.due, found.done, found.called, found.satisfied) == (1, 0, 0, 0)
    since, until = (start_of_day(day) for day in september)
    assert voices(since, until).bad == 1


def test_a_good_second_review_after_the_end_opens_nothing(life):
    first = closed(life)
    said(life, 1)

    assert rectification(life).pk == first.pk


def test_what_is_said_while_it_is_handled_belongs_to_that_handling(life):
    said(life, 5)
    do(life, actions.verify_review, head(life), finding="属实")
    said(life, 4, text="还没有人改")

    assert (state(life), rectification(life).rounds) == ("rectifying", 0)
    assert rectification(life).earlier_id is None


def test_a_bad_second_review_of_the_answer_says_that_it_is_not_solved(life):
    said(life, 5)
    do(life, actions.verify_review, head(life), finding="属实")
    do(life, actions.reply_evaluator, head(life), answer="已改")
    said(life, 5, text="没有改")

    row = rectification(life)
    assert (row.proceeding.state, row.rounds, row.earlier_id) == ("rectifying", 1, None)
    actions.open_rectification(review_id=Review.objects.latest("pk").pk, now=life.house.now)
    assert rectification(life).rounds == 1, "heard twice it is no second answer"


def test_a_second_review_of_what_was_excluded_is_handled_too(life):
    """It counts, so that it must be put right like any other."""
    said(life, 5)
    do(life, actions.appeal_review, head(life), grounds="误点")
    do(life, actions.propose_exclusion, han(life), reason="核对监控")
    do(life, actions.confirm_exclusion, zhong(life), reason="核对无误")
    said(life, 5, text="不是误点")

    row = rectification(life)
    assert (row.proceeding.state, row.rounds, row.review.weight) == ("open", 0, 1)


@given(
    handled=st.integers(1, 3),
    review=st.integers(1, 3),
    gap=st.none() | st.integers(-3, 3),
)
def test_only_what_is_written_after_the_end_is_a_second_round(handled, review, gap):
    rated_at = datetime(2026, 9, 7, tzinfo=UTC)
    ended_at = None if gap is None else rated_at + timedelta(days=gap)

    found = is_second_round(handled, ended_at, review, rated_at)

    assert found == (handled != review and gap is not None and gap <= 0)
