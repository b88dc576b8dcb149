"""What people decided about requests is learnt overnight."""

import pytest

from tests.hotline.calls import called
from tongban.catalogue.content.requests import read_requests
from tongban.config.options import CHECKOUT
from tongban.hotline.actions import classify_ticket, learn_requests
from tongban.hotline.queries import content, guess, place_in
from tongban.hotline.queries.guessing import _sure
from tongban.reading.rules.lessons import Reading


@pytest.fixture
def house(own_city):
    own_city.go("2026-09-07 10:30")
    return own_city


def test_a_correction_teaches(house):
    words = "共享小车乱停堵住盲道"
    before = guess(words)
    base = [(one.text, one.type, one.domain) for one in read_requests(CHECKOUT / "content")]
    taught = "market-food-expired"
    assert before.domain != taught
    for at in range(6):
        call = called(house, f"共享小车乱停，堵住了盲道，第{at}次反映", urgency="normal")
        classify_ticket(
            ticket_id=call.ticket_id, kind="report", domain=taught, urgency="normal",
            by=call.centre(), now=house.now,
        )  # fmt: skip
        call.dispatched()
    learnt = learn_requests(base=base[:60], now=house.now)

    assert all(one.is_used for one in learnt)
    after = guess(words)
    assert (after.type, after.domain) == ("report", taught)
    assert after.reasons


def test_a_place_is_found_in_what_is_said(house):
    assert place_in("胜利路街道这边工地太吵")[1] == "650102003"
    assert place_in("没有说在哪里") == ("", "")
    assert place_in("沙依巴克区友好路积水") == ("沙依巴克区友好路", "650103")
    assert place_in("沙依巴克区的友好路积水") == ("沙依巴克区", "650103")


def test_numbers_of_persons_are_masked_before_they_are_kept(house):
    call = called(house, "我叫张三，电话13912345678，身份证650102199003071234，投诉噪音")

    assert "13912345678" not in call.ticket.text
    assert "199003071234" not in call.ticket.text


def _reading(confidence, familiarity):
    return Reading("x", confidence, (), (("x", confidence),), familiarity)


def test_a_reading_of_what_was_hardly_taught_is_less_sure_and_goes_to_a_person(city):
    certain = content()["certain"]["value"]

    assert _sure(_reading(0.9, 1.0), _reading(0.8, 0.95)) == 0.8
    assert _sure(_reading(0.9, 0.6), _reading(0.8, 1.0)) < certain
