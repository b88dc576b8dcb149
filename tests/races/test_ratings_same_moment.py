"""Two at one review in the same second, on real commits: counted once, excluded by two persons."""

import pytest

from tests.ratings.lives import finished, invitation, rectification, said
from tongban.kernel.refusals import Refusal
from tongban.ratings import actions
from tongban.ratings.models import Change, Review, Tally
from tongban.ratings.rules import Rating
from tongban.records.models import Entry
from tongban.records.queries import export_lines
from tongban.records.rules.verification import verify


@pytest.fixture
def life(own_city):
    return finished(own_city)


def refused(results):
    found = [one for one in results if isinstance(one, Exception)]
    assert all(isinstance(one, Refusal) and one.sentence for one in found), found
    return found


def test_one_visit_rated_four_times_at_once_counts_once(life, race):
    row, now = invitation(life), life.house.now

    def say(level):
        rating = Rating(level=level, channel="mobile", device=f"phone{level}")
        return lambda: actions.rate(invitation=row, rating=rating, now=now)

    results = race(*[say(level) for level in (1, 2, 4, 5)])

    # One is the rating, one the one time that somebody may rate again; the last said counts.
    assert len(refused(results)) == 2
    assert sorted(Review.objects.values_list("turn", flat=True)) == [0, 1]
    assert Entry.objects.filter(stream="review", verb="rate").count() == 1
    assert Entry.objects.filter(stream="review", verb="rate_again").count() == 1
    life.house.rest()
    while actions.fold_changes():
        pass
    assert Change.objects.count() == 0
    assert sum(Tally.objects.filter(grain="D", level__gt=0).values_list("n", flat=True)) == 1
    assert verify(export_lines(now=now)).holds


def test_two_workers_that_fold_at_once_count_everything_once(life, race):
    said(life, 2)

    race(actions.fold_changes, actions.fold_changes, actions.fold_changes)

    assert sum(Tally.objects.filter(grain="D", level__gt=0).values_list("n", flat=True)) == 1


def test_a_callback_is_settled_one_way(life, race):
    said(life, 5, text="让我跑了两次", real_name=True)
    head, han, now = (
        life.house.actor("zhou.head"),
        life.house.actor("han.supervisor"),
        life.house.now,
    )
    pk = rectification(life).pk
    for verb, words in (
        (actions.contact_evaluator, {"note": "电话联系，评价人说窗口让他跑了两次"}),
        (actions.verify_review, {"finding": "情况属实"}),
        (actions.reply_evaluator, {"answer": "已经改为一次告知"}),
    ):
        verb(rectification_id=pk, by=head, now=now, **words)
        life.house.rest()

    results = race(
        lambda: actions.satisfied_at_callback(
            rectification_id=pk, note="表示已解决", by=han, now=now
        ),
        lambda: actions.handle_again(rectification_id=pk, note="表示未解决", by=han, now=now),
    )

    assert len(refused(results)) == 1
    assert rectification(life).proceeding.state in {"closed", "rectifying"}
    assert verify(export_lines(now=now)).holds
