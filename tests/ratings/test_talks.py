"""A unit at the bottom for months running is named, and the talk with it is put on record."""

from datetime import date

import pytest

from tests.doors.desk.clerk import Clerk
from tongban.kernel.refusals import BadInput, NotFound
from tongban.ratings import sql
from tongban.ratings.actions import monthly_report, record_talk
from tongban.ratings.queries import talk_of, unit_to_talk_to
from tongban.ratings.rules import Figures, last_of, ranked, running_last

JULY, AUGUST, SEPTEMBER = date(2026, 7, 1), date(2026, 8, 1), date(2026, 9, 1)


def board(**units):
    """A ranking of units with so many good and bad reviews."""
    found = {code: Figures((good, 0, 0, bad, 0)) for code, (good, bad) in units.items()}
    return ranked(found, 30)


def test_the_bottom_is_the_last_place_that_is_given():
    clear = board(tax=(990, 10), market=(500, 500))

    assert last_of(clear) == "market"
    assert last_of(board(tax=(50, 3), market=(50, 4))) == "", "who overlaps has no place"
    assert last_of(board(tax=(990, 10), market=(5, 5))) == "", "of few nothing is said"
    assert last_of(board()) == ""
    assert running_last([clear, clear]) == "market"
    assert running_last([clear, board(tax=(500, 500), market=(990, 10))]) == ""
    assert running_last([clear, board()]) == ""


@pytest.fixture
def house(own_city):
    """Two units; the second is at the bottom of July and of August."""
    own_city.go("2026-09-07 10:30")
    for month in (JULY, AUGUST):
        sql.write_changes(
            [
                (month, "tax", "", "", "web", 1, 990, 0, 0),
                (month, "tax", "", "", "web", 4, 10, 0, 0),
                (month, "market-regulation", "", "", "web", 1, 500, 0, 0),
                (month, "market-regulation", "", "", "web", 4, 500, 0, 0),
            ]
        )
    return own_city


def recorded(house, login="han.supervisor", **changes):
    said = {"month": AUGUST, "held_on": date(2026, 9, 4), "whom": "分管副局长",
            "promised": "九月底前窗口一次告知", **changes}  # fmt: skip
    record_talk(by=house.actor(login), now=house.now, **said)


def test_only_months_that_are_over_and_running_name_a_unit(house):
    assert unit_to_talk_to(AUGUST, house.now) == "market-regulation"
    assert unit_to_talk_to(JULY, house.now) == "", "one month is no two"
    assert unit_to_talk_to(SEPTEMBER, house.now) == "", "it still runs"


def test_a_talk_is_put_on_record_once_by_the_administration(house):
    with pytest.raises(NotFound):
        recorded(house, "zhou.head")
    with pytest.raises(NotFound):
        recorded(house, month=JULY)
    for wrong in ({"held_on": None}, {"held_on": date(2026, 9, 8)}, {"whom": " "},
                  {"promised": ""}):  # fmt: skip
        with pytest.raises(BadInput):
            recorded(house, **wrong)

    recorded(house)
    with pytest.raises(BadInput):
        recorded(house)

    held = talk_of(AUGUST)
    assert (held.unit, held.held_on) == ("market-regulation", date(2026, 9, 4))
    assert held.promised == "九月底前窗口一次告知"


def test_report_and_desk_name_the_unit_and_then_the_talk(house):
    han = Clerk("han.supervisor").client
    page = han.get("/desk/ratings/").content.decode()
    assert "连续 2 个月排名末位" in page
    assert 'id="do-talk"' in page
    assert 'id="do-talk"' not in Clerk("zhou.head").client.get("/desk/ratings/").content.decode()
    pdf = monthly_report(month=AUGUST, departments=None, now=house.now)
    assert "应当约谈，还没有记录".encode() in pdf

    address = "/desk/ratings/talk/?month=2026-08"
    said = {"held_on": "2026-09-04", "whom": "分管副局长", "promised": "九月底前窗口一次告知"}
    wrong = han.post(address, {**said, "held_on": "2026-09-31"})
    assert wrong.status_code == 422
    assert "分管副局长" in wrong.content.decode()
    assert han.post(address, said).status_code == 302

    page = han.get("/desk/ratings/?month=2026-08").content.decode()
    assert "九月底前窗口一次告知" in page
    assert 'id="do-talk"' not in page
    pdf = monthly_report(month=AUGUST, departments=None, now=house.now)
    assert "已于2026-09-04约谈".encode() in pdf
