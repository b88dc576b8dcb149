"""What detectors find of what was planted, and what becomes of a flag."""

import pytest

from tests.ratings.lives import finished, invitation, said
from tongban.kernel.actors import SYSTEM
from tongban.kernel.refusals import BadInput, NotFound
from tongban.kernel.worktime import city_date
from tongban.ratings import queries
from tongban.ratings.actions import detect_day, fold_changes, settle_flag
from tongban.ratings.actions.simulating import Plan, simulate
from tongban.ratings.models import Flag, Review, Tally
from tongban.ratings.queries import figures_of, month_of, ratings
from tongban.ratings.rules import RatedAlready, Rating, Signals, immediate

PLAIN = {"level": 1}


@pytest.fixture
def life(own_city):
    return finished(own_city)


def codes(**signals):
    return sorted(immediate(Signals(**{**PLAIN, **signals}), ratings()))


def test_an_ordinary_rating_raises_nothing():
    assert codes() == []
    assert codes(at_counter=True, seconds=60, is_registered=True, others_today=40) == []


@pytest.mark.parametrize(
    ("signals", "code"),
    [
        ({"others_today": 5}, "F1"),
        ({"at_counter": True, "seconds": 9}, "F2"),
        ({"staff_session": True}, "F3"),
        ({"same_text": 2, "text_length": 12}, "F5"),
        ({"is_of_unit": True}, "F7"),
    ],
)
def test_each_rule_has_its_own_detector(signals, code):
    assert codes(**signals) == [code]


def test_thresholds_are_not_met_one_step_before():
    assert codes(others_today=4) == []
    assert codes(at_counter=True, seconds=10) == []
    assert codes(same_text=1, text_length=12) == []
    assert codes(same_text=9, text_length=3) == []
    assert codes(level=5, same_text=9, text_length=12) == []


def rates(life):
    since, until = month_of(city_date(life.house.now))
    return figures_of("all", since, until).get("")


def test_a_flagged_good_review_waits_and_a_flagged_bad_one_counts(life):
    good = said(life, 1, channel="tablet", staff_session=True)
    assert (good.weight, good.has_flag) == (0, True)
    assert (rates(life).total, rates(life).held) == (0, 1)

    again = said(life, 5, channel="tablet", staff_session=True)

    assert (again.weight, again.has_flag, again.turn) == (1, True, 1)
    assert (rates(life).total, rates(life).held, rates(life).bad) == (1, 0, 1)


def test_what_was_checked_and_is_genuine_counts(life):
    said(life, 1, channel="tablet", staff_session=True)
    han = life.house.actor("han.supervisor")
    flag = Flag.objects.get()
    with pytest.raises(NotFound):
        settle_flag(
            flag_id=flag.pk, holds=False, reason="看过", by=life.house.actor("zhou.head"),
            now=life.house.now,
        )  # fmt: skip

    settle_flag(
        flag_id=flag.pk, holds=False, reason="看过监控，本人操作", by=han, now=life.house.now
    )

    assert Review.objects.get().weight == 1
    assert (rates(life).total, rates(life).held) == (1, 0)
    with pytest.raises(NotFound):
        settle_flag(flag_id=flag.pk, holds=True, reason="又", by=han, now=life.house.now)


def test_what_was_cheating_never_counts(life):
    said(life, 2, staff_session=True)
    han = life.house.actor("han.supervisor")

    settle_flag(
        flag_id=Flag.objects.get().pk,
        holds=True,
        reason="窗口人员代评",
        by=han,
        now=life.house.now,
    )

    assert rates(life).total == 0


def test_both_ratings_are_kept_and_the_last_one_counts(life):
    said(life, 2)
    said(life, 4, text="办完才发现少了一张证")

    assert [(r.turn, r.level, r.weight) for r in Review.objects.order_by("turn")] == [
        (0, 2, 0), (1, 4, 1),
    ]  # fmt: skip
    assert (rates(life).total, rates(life).bad) == (1, 1)
    with pytest.raises(RatedAlready):
        said(life, 1)


def test_nobody_rates_twice_after_the_days_are_over(life):
    said(life, 2)
    life.house.go("2026-09-20 10:00")

    with pytest.raises(RatedAlready):
        said(life, 4)


def test_nothing_is_said_for_somebody_who_says_nothing(life):
    with pytest.raises(BadInput):
        said(life, 0)
    assert rates(life).participation == 0.0
    assert rates(life).total == 0


def test_folding_changes_no_figure(life):
    said(life, 2)
    before = rates(life)
    assert fold_changes() > 0

    assert rates(life) == before
    assert fold_changes() == 0
    assert Tally.objects.filter(grain="D", level=2).get().n == 1


def test_the_words_as_written_are_under_the_persons_key_alone(life):
    row = said(life, 5, text="我的电话13812345678")

    assert "13812345678" not in row.text
    assert row.entry_id is not None


def test_whoever_rated_is_not_in_the_journal(life):
    from tongban.records.models import Entry

    said(life, 5, text="太慢")

    entry = Entry.objects.get(stream="review", verb="rate")
    assert (entry.actor_kind, entry.actor_id) == ("citizen", 0)
    assert "太慢" not in str(entry.body)


@pytest.mark.slow
def test_planted_windows_are_found_and_honest_ones_left_alone(own_city):
    own_city.go("2026-09-07 10:30")

    outcome = simulate(plan=Plan(days=8, units=12, per_day=3, seed=7), now=own_city.now)

    # Of F1 the first five ratings of the device are within the rule, of F5 the first two texts.
    assert outcome["detection"] == {
        "F1": 0.75, "F2": 1.0, "F3": 1.0, "F4": 1.0, "F5": 0.9, "F8": 1.0,
    }  # fmt: skip
    assert outcome["false_alarm_rate"] == 0.0
    assert outcome["marked_beside_cheating"] < 40, "of a burst nobody can tell apart"
    assert outcome["honest"] > 200


def test_detectors_of_a_day_raise_each_flag_once(life):
    said(life, 1)
    day = city_date(life.house.now)

    assert detect_day(day=day, by=SYSTEM, now=life.house.now) == 0
    assert queries.reviews_of(life.house.actor("zhou.head"), kind="all")[0].level == 1


def test_a_rating_needs_something_that_was_there(life):
    with pytest.raises(NotFound):
        queries.invitation_by_token("nothing")
    assert invitation(life).rated_at is None
    assert Rating(level=1, channel="web").level == 1
