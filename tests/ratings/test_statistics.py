"""Numbers that cannot be gamed: each property against an oracle written in another way."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import isclose, sqrt

from hypothesis import given
from hypothesis import strategies as st

from tongban.catalogue.content.loader import load_content
from tongban.config.options import CHECKOUT
from tongban.ratings import rules
from tongban.ratings.models import Review
from tongban.ratings.queries import ratings
from tongban.ratings.rules import Counted, Figures

COUNTS = st.integers(0, 5_000)


def roots(good, total, z=rules.statistics.Z95):
    """The Wilson bounds as what they are: the roots p of (p - q)² = z² p (1 - p) / n."""
    share = good / total
    a, b, c = 1 + z * z / total, -2 * share - z * z / total, share * share
    spread = sqrt(max(0.0, b * b - 4 * a * c))
    return (-b - spread) / (2 * a), (-b + spread) / (2 * a)


@given(COUNTS, COUNTS)
def test_the_interval_is_that_of_the_equation_it_solves(good, bad):
    total = good + bad
    found = rules.wilson(good, total)
    if not total:
        assert (found.low, found.high) == (0.0, 1.0)
        return
    low, high = roots(good, total)

    assert isclose(found.low, low, abs_tol=1e-9)
    assert isclose(found.high, high, abs_tol=1e-9)
    assert 0.0 <= found.low <= good / total <= found.high <= 1.0


@given(st.integers(1, 400), st.integers(0, 400))
def test_more_of_the_same_makes_it_narrower(good, bad):
    once, ten = rules.wilson(good, good + bad), rules.wilson(10 * good, 10 * (good + bad))

    assert ten.high - ten.low <= once.high - once.low


ROWS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 50), st.integers(0, 9), st.integers(0, 50))
)


@given(ROWS)
def test_figures_are_the_sums_of_their_rows(rows):
    found = rules.add_up(rows)
    by_level = Counter()
    for level, n, _held, _alone in rows:
        by_level[level] += n
    spoken = sum(by_level[level] for level in range(1, 6))

    assert found.total == spoken
    assert found.good == by_level[1] + by_level[2] + by_level[3]
    assert found.bad == by_level[4] + by_level[5]
    assert found.invited == by_level[0]
    assert found.held == sum(row[2] for row in rows if row[0])
    assert found.heard == sum(row[2] for row in rows if not row[0])
    if spoken:
        assert isclose(found.rate, float(Fraction(found.good, spoken)))
    else:
        assert found.rate is None
    if found.invited:
        assert isclose(found.participation, float(Fraction(found.heard, found.invited)))
    else:
        assert found.participation is None


def figures(good, bad):
    return Figures((good, 0, 0, bad, 0))


BOARD = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=3),
    st.builds(figures, st.integers(0, 3_000), st.integers(0, 300)),
    max_size=12,
)


@given(BOARD, st.integers(1, 100))
def test_a_place_is_given_only_where_nobody_could_be_the_same(found, minimum):
    rows = rules.ranked(found, minimum)

    assert {row.code for row in rows} == set(found)
    for row in rows:
        assert row.is_few == (row.figures.total < minimum or not row.figures.total)
        if row.place is None:
            continue
        better = [o for o in rows if not o.is_few and o.figures.rate > row.figures.rate]
        assert row.place == len(better) + 1
        for other in rows:
            if other.code != row.code and not other.is_few:
                a, b = row.figures.interval, other.figures.interval
                assert a.high < b.low or b.high < a.low


def test_two_units_with_few_voices_share_no_order():
    rows = rules.ranked({"a": figures(40, 0), "b": figures(38, 2), "c": figures(5, 0)}, 30)

    assert [(row.code, row.place, row.is_few) for row in rows] == [
        ("a", None, False), ("b", None, False), ("c", None, True),
    ]  # fmt: skip


def test_whoever_stands_alone_has_no_place():
    """The report of one department put it first among itself."""
    (row,) = rules.ranked({"a": figures(900, 3)}, 30)

    assert (row.place, row.is_few) == (None, False)


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_no_rounding_says_all_or_nothing_where_it_is_neither(good, bad):
    """99.98 % was shown as 100.0 % on the page and as 99.98 % in the report."""
    shown = rules.rounded_percent(good / (good + bad))

    assert shown != "100.00%"
    assert (shown == "0.00%") == (good == 0)
    assert rules.rounded_percent(1.0) == "100.00%"


@given(st.integers(1, 5), st.booleans(), st.booleans(), st.booleans())
def test_a_bad_review_is_muted_by_two_persons_or_by_its_own_author(
    level, flagged, excluded, stands
):
    weight = rules.weight_of(level, 4, flagged=flagged, excluded=excluded, stands=stands)

    assert weight == (0 if excluded or not stands or (flagged and level < 4) else 1)


COUNTED = st.builds(
    Counted,
    st.just((datetime(2026, 8, 31, tzinfo=UTC).date(), "a", "x", "")),
    st.just(datetime(2026, 9, 1, tzinfo=UTC).date()),
    st.sampled_from(["a", "b"]), st.sampled_from(["x", ""]), st.just(""),
    st.sampled_from(["web", "tablet"]), st.integers(1, 5), st.integers(0, 1),
    st.integers(0, 1), st.integers(0, 1),
)  # fmt: skip


@given(st.lists(st.none() | COUNTED, max_size=8))
def test_whatever_becomes_of_a_review_the_roll_up_holds_its_last_standing(standings):
    sums = Counter()
    before = None
    for after in [*standings, None]:
        for row in rules.changes(before, after):
            for name, value in zip(("n", "held", "alone"), row[6:], strict=True):
                sums[(*row[:6], name)] += value
        before = after

    assert not any(sums.values()), "gone again: nothing is left of it"


@given(st.text(max_size=300))
def test_masked_text_stays_masked_and_shows_no_controls(text):
    once = rules.masked_text(text)

    assert rules.masked_text(once) == once
    assert not any(ord(one) < 32 and one not in "\n\t" for one in once)


def test_people_are_hidden_in_what_everybody_may_read():
    text = "我叫王小明，电话13812345678，身份证650102199001011234，找李建国先生，a@b.cn"

    shown = rules.masked_text(text)

    for hidden in ("小明", "13812345678", "650102199001011234", "建国", "a@b.cn"):
        assert hidden not in shown


@given(st.lists(st.integers(0, 30), max_size=30), st.integers(0, 200))
def test_a_burst_lies_three_deviations_above_the_mean(before, count):
    rule = {"sigma": 3, "least": 20}
    found = rules.burst_of(count, before, rule)
    if not before or count < 20:
        assert found is None
        return
    mean = Fraction(sum(before), len(before))
    spread = max(1.0, sqrt(sum((b - mean) ** 2 for b in before) / len(before)))

    assert (found is not None) == (count > float(mean) + 3 * spread)


MOMENTS = st.lists(st.integers(0, 600), max_size=20)


@given(MOMENTS, MOMENTS)
def test_somebody_is_served_near_a_visit_and_at_no_other_time(rated, served):
    noon = datetime(2026, 9, 1, 12, tzinfo=UTC)
    at = [noon + timedelta(minutes=m) for m in rated]
    visits = [noon + timedelta(minutes=m) for m in served]

    idle, total = rules.idle_share(at, visits, timedelta(minutes=30))

    assert total == len(rated)
    assert idle == sum(1 for m in rated if all(abs(m - s) > 30 for s in served))


def test_reviews_and_callbacks_draw_one_border_between_good_and_bad():
    """domain-04 §4.1: levels one to three are good, for reviews and for callers alike."""
    hotline = load_content(CHECKOUT / "content").hotline
    stored = next(one for one in Review._meta.indexes if "bad" in one.name)

    assert hotline.good_to.value == ratings().worst_good
    assert stored.condition.children == [("level__gte", ratings().first_bad)]
