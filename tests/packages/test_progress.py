"""What reading the progress of an application costs, and what it says of each item."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.city.lives import applied
from tongban.packages.queries import applications_of, progress_of

# The package, its party, items, steps, clocks, decisions, departments, notice and history.
READS = 9
SIGN = "signboard-filing"


def cost_of(life):
    """How many items an application has, and how many queries its progress takes."""
    actor, now = life.applicant, life.house.now
    progress_of(actor, life.number, now)  # the version of the package is then kept
    with CaptureQueriesContext(connection) as seen:
        found = progress_of(actor, life.number, now)
    return len(found.lanes), len(seen)


def test_the_progress_of_six_items_costs_what_that_of_two_costs(monday):
    few, few_reads = cost_of(applied(monday, "snack-shop"))
    many, many_reads = cost_of(applied(monday, "restaurant"))

    assert few < many
    assert (few_reads, many_reads) == (READS, READS)


def test_a_line_of_my_things_says_how_each_item_ended_and_what_it_is(restaurant):
    restaurant.accept()
    restaurant.review(SIGN)
    restaurant.decide(SIGN, "deny", "遮挡消防通道")

    row = applications_of(restaurant.applicant, now=restaurant.house.now)[0]
    found = {one.act: one.state for one in row.results if one.state == "denied"}

    assert found == {"备案": "denied"}
    assert row.total == len(row.results)
    assert row.done == sum(one.state in ("denied", "granted") for one in row.results)


def test_history_calls_the_denial_of_a_filing_by_what_it_is(restaurant):
    restaurant.accept()
    restaurant.review(SIGN)
    restaurant.decide(SIGN, "deny", "遮挡消防通道")

    told = progress_of(restaurant.applicant, restaurant.number, restaurant.house.now).timeline

    assert [line.act for line in told if line.verb == "deny"] == ["备案"]


@pytest.mark.parametrize(
    ("name", "there", "absent"),
    [("close-company", "publish", "consult"), ("close-stall", "consult", "publish")],
)
def test_a_lane_lists_only_the_steps_of_this_situation(monday, name, there, absent):
    monday.go("2026-10-12 09:30")
    life = applied(monday, name)

    lanes = progress_of(life.applicant, life.number, monday.now).lanes
    notice = next(one for one in lanes if one.item_code == "simple-closing-notice")
    codes = [step.code for step in notice.steps]

    assert there in codes
    assert absent not in codes


def test_while_only_the_public_is_waited_for_it_is_no_departments_turn(monday):
    monday.go("2026-10-12 09:30")
    life = applied(monday, "close-company")
    life.accept()
    life.pass_step("simple-closing-notice", "publish", "reviewer")
    for item, state in life.states().items():
        if state == "accepted" and item != "simple-closing-notice":
            life.grant([item])

    seen = progress_of(life.applicant, life.number, monday.now)
    row = applications_of(life.applicant, now=monday.now)[0]

    assert {lane.turn for lane in seen.lanes} <= {"third", "none"}
    assert (seen.turn, row.turn) == ("third", "third")
