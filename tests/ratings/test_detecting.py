"""What detectors find of what was planted, and what becomes of a flag."""

import ast
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from tests.ratings.lives import forged, invitation, said, visited
from tongban.kernel.actors import SYSTEM
from tongban.kernel.refusals import BadInput, NotFound
from tongban.kernel.worktime import city_date
from tongban.people.models import Party
from tongban.ratings import queries
from tongban.ratings.actions import detect_day, fold_changes, rate, settle_flags
from tongban.ratings.actions.simulating import Plan, simulate
from tongban.ratings.models import Flag, Invitation, Review, Tally
from tongban.ratings.queries import figures_of, month_of, ratings
from tongban.ratings.rules import NotTwoPersons, RatedAlready, Rating, Signals, immediate, planting
from tongban.records.models import Entry

PLAIN = {"level": 1}


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
        ({"at_counter": True, "seconds": None}, "F2"),
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
    good = said(life, 1, channel="tablet", seconds=60, staff_session=True)
    assert (good.weight, good.has_flag) == (0, True)
    assert (rates(life).total, rates(life).held) == (0, 1)

    again = said(life, 5, channel="tablet", seconds=60, staff_session=True)

    assert (again.weight, again.has_flag, again.turn) == (1, True, 1)
    assert (rates(life).total, rates(life).held, rates(life).bad) == (1, 0, 1)


def test_what_was_checked_and_is_genuine_counts(life):
    said(life, 1, channel="tablet", seconds=60, staff_session=True)
    han = life.house.actor("han.supervisor")
    flag = Flag.objects.get()
    with pytest.raises(NotFound):
        settle_flags(
            flag_ids=[flag.pk], holds=False, reason="看过", by=life.house.actor("zhou.head"),
            now=life.house.now,
        )  # fmt: skip

    settle_flags(
        flag_ids=[flag.pk], holds=False, reason="看过监控，本人操作", by=han, now=life.house.now
    )

    assert Review.objects.get().weight == 1
    assert (rates(life).total, rates(life).held) == (1, 0)
    with pytest.raises(NotFound):
        settle_flags(flag_ids=[flag.pk], holds=True, reason="又", by=han, now=life.house.now)


def test_what_was_cheating_never_counts(life):
    said(life, 2, staff_session=True)
    han = life.house.actor("han.supervisor")

    settle_flags(
        flag_ids=[Flag.objects.get().pk],
        holds=True,
        reason="窗口人员代评",
        by=han,
        now=life.house.now,
    )

    assert rates(life).total == 0
    assert rates(life).held == 0, "nothing waits any more"
    assert rates(life).participation == 0.0, "nobody spoke"


def test_several_are_settled_with_one_reason_or_none_is(life):
    flags = [one.pk for one in forged(life, 3)]
    han, now = life.house.actor("han.supervisor"), life.house.now
    with pytest.raises(NotFound):
        settle_flags(flag_ids=[*flags, 999], holds=False, reason="看过", by=han, now=now)
    with pytest.raises(BadInput):
        settle_flags(flag_ids=[], holds=False, reason="看过", by=han, now=now)
    own = replace(han, departments=han.departments | {"market-regulation"})
    with pytest.raises(NotTwoPersons):
        settle_flags(flag_ids=flags, holds=False, reason="看过", by=own, now=now)
    assert not Flag.objects.exclude(settled_at=None).exists()

    assert settle_flags(flag_ids=flags, holds=False, reason="看过监控", by=han, now=now) == 3

    assert set(Flag.objects.values_list("reason", "holds")) == {("看过监控", False)}
    assert Entry.objects.filter(stream="review", verb="settle_flag").count() == 3
    assert (rates(life).total, rates(life).held) == (3, 0)


def test_whoever_is_asked_in_one_month_and_speaks_in_the_next_is_one_of_those_asked(life):
    """Without it the month of the answer had more voices than people who were asked."""
    life.house.go("2026-09-30 23:50")
    visited(life, "late")
    asked = rates(life).invited
    life.house.go("2026-10-01 00:10")
    row = Invitation.objects.get(number="late")
    rate(invitation=row, rating=Rating(level=1, channel="mobile"), now=life.house.now)

    september = figures_of("all", date(2026, 9, 1), date(2026, 10, 1))[""]
    october = figures_of("all", date(2026, 10, 1), date(2026, 11, 1))[""]
    assert (september.invited, september.heard, september.total) == (asked, 1, 0)
    assert (october.invited, october.heard, october.total) == (0, 0, 1)
    assert october.participation is None
    assert fold_changes() > 0
    assert figures_of("all", date(2026, 9, 1), date(2026, 10, 1))[""] == september


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
    said(life, 5, text="太慢")

    entry = Entry.objects.get(stream="review", verb="rate")
    assert (entry.actor_kind, entry.actor_id) == ("citizen", 0)
    assert "太慢" not in str(entry.body)


@pytest.mark.slow
def test_how_much_of_what_is_planted_is_found_is_a_finding(house):
    """Who cheats is found in part, the bold more than the timid, and honest people are suspected.

    The figures are those of this plan and seed: the borders say how far they may drift before
    somebody should ask why.
    """
    house.go("2026-09-14 10:30")

    outcome = simulate(plan=Plan(days=14, units=12, per_day=4, seed=7), now=house.now)

    found = {code: one["detection"] for code, one in outcome["cheats"].items()}
    # One device: the first five of a day are within the rule. Who waits before he taps, or signs
    # out first, leaves no trace of F2 or F3; invented visits hide between real ones (F8).
    borders = {
        "F1": (0.45, 0.65), "F2": (0.25, 0.45), "F3": (0.4, 0.6), "F4": (0.9, 1.0),
        "F5": (0.75, 0.95), "F8": (0.1, 0.3),
    }  # fmt: skip
    assert {code: low <= found[code] <= high for code, (low, high) in borders.items()} == (
        dict.fromkeys(borders, True)
    ), found
    for code in ("F1", "F2", "F3"):
        assert outcome["cheats"][code]["timid"] < outcome["cheats"][code]["bold"]
    assert 0.02 < outcome["false_alarm_rate"] < 0.07, "agents, quick hands, common praise"
    assert outcome["honest"] > 500


def _dice(seed):
    return Random(seed)  # noqa: S311 -- a simulation


def test_what_is_planted_knows_no_threshold():
    """The planting reads neither the rules nor the detectors: a finding must not find itself."""
    source = ast.parse(Path(planting.__file__).read_text(encoding="utf-8"))
    known = {node.module for node in ast.walk(source) if isinstance(node, ast.ImportFrom)}

    assert {one for one in known if one.startswith("tongban")} == {"tongban.ratings.states"}
    timid, bold = (
        {
            n: len(list(planting.cheating_day(_dice(n), "unit", cheat, 40, "copied")))
            for n in range(40)
        }
        for cheat in (planting.Detector.F1, planting.Detector.F4)
    )
    limit = ratings().detector("F1").values["per_day"]
    least = ratings().detector("F4").values["least"]
    assert min(timid.values()) <= limit < max(timid.values()), "on both sides of the rule"
    assert min(bold.values()) < least < max(bold.values())


def test_a_window_that_floods_every_day_does_not_raise_its_own_limit(life):
    """The bursts of before stood in the mean of which a burst is told: a second one was missed."""
    people = list(Party.objects.order_by("pk").values_list("pk", flat=True)[:2])
    found = []
    for back, count in ((6, 2), (5, 2), (4, 40), (3, 40), (2, 40)):
        day = life.house.now - timedelta(days=back)
        for n in range(count):
            row = visited(life, f"{back}-{n}", party_id=people[n % 2])
            how = Rating(level=1, channel="mobile", device=f"{back}-{n}")
            rate(invitation=row, rating=how, now=day)
        found.append(detect_day(day=city_date(day), by=SYSTEM, now=life.house.now))

    assert found == [0, 0, 40, 40, 40]


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
