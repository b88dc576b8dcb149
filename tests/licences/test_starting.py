"""A permit lapses where the work does not begin; more time twice, three months each (建筑法 9)."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.licences import scenes
from tongban.catalogue.content.forms import Starts
from tongban.kernel.refusals import BadInput, MoveNotAllowed, NotAllowed, NotFound
from tongban.kernel.worktime import CITY_ZONE
from tongban.licences import rules
from tongban.licences.actions import (
    NoMoreTime,
    NothingToStart,
    ask_more_time,
    expire_licences,
    grant_more_time,
    refuse_more_time,
    report_start,
)
from tongban.licences.models import Licence, MoreTime

MONTHS = {"value": 3, "unit": "month", "mark": "V"}
STARTS = Starts.model_validate(
    {"within": MONTHS, "extension": MONTHS, "times": {"value": 2, "mark": "V"}}
)
PERMIT = scenes.LICENCE.model_copy(update={"starts": STARTS})


def on(day, hour=10):
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), CITY_ZONE).replace(
        hour=hour
    )


@pytest.fixture
def permit(city):
    """Issued on 5 January 2026: to be begun by 5 April."""
    return scenes.issued(city, licence_type=PERMIT, valid_to=None)


def row():
    return Licence.objects.get()


def ask(city, permit, day, reason="拆迁没有完成"):
    return ask_more_time(identifier=permit, reason=reason, by=city.owner, now=on(day))


def grant(request, day):
    grant_more_time(request_id=request.pk, answer="", by=scenes.DECIDER, now=on(day))


@given(day=st.dates(date(2000, 1, 1), date(2090, 1, 1)), months=st.integers(1, 24))
def test_so_many_months_later_is_the_same_day_or_the_last_of_the_month(day, months):
    later = rules.months_after(day, months)

    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later.day < day.day and (later.replace(day=28)).day == 28)


def test_without_a_beginning_it_lapses_after_three_months(permit):
    assert row().valid_to == date(2026, 4, 5)

    assert expire_licences(now=on("2026-04-05", 23)) == 0
    assert expire_licences(now=on("2026-04-06", 1)) == 1
    assert row().state == "expired"


def test_once_begun_it_lapses_no_more_and_no_earlier_day_is_entered(city, permit):
    report_start(identifier=permit, by=city.owner, now=on("2026-03-02"))

    assert row().valid_to is None
    assert row().started_at == on("2026-03-02")
    assert expire_licences(now=on("2027-01-01")) == 0
    with pytest.raises(NothingToStart):
        report_start(identifier=permit, by=city.owner, now=on("2026-03-03"))


def test_what_was_asked_in_time_stands_until_the_answer(city, permit):
    request = ask(city, permit, "2026-04-05")

    assert expire_licences(now=on("2026-04-20")) == 0
    grant(request, "2026-04-20")

    assert row().valid_to == date(2026, 7, 5)
    assert row().state == "valid"


def test_a_refusal_has_reasons_and_the_old_day_counts_again(city, permit):
    request = ask(city, permit, "2026-04-01")
    with pytest.raises(BadInput):
        refuse_more_time(
            request_id=request.pk, answer=" ", by=scenes.DECIDER, now=on("2026-04-10")
        )

    refuse_more_time(
        request_id=request.pk, answer="理由不成立", by=scenes.DECIDER, now=on("2026-04-10")
    )

    assert row().valid_to == date(2026, 4, 5)
    assert expire_licences(now=on("2026-04-10", 11)) == 1


def test_more_time_is_given_twice_and_never_a_third_time(city, permit):
    grant(ask(city, permit, "2026-04-01"), "2026-04-02")
    grant(ask(city, permit, "2026-07-01"), "2026-07-02")

    assert row().valid_to == date(2026, 10, 5)
    with pytest.raises(NoMoreTime):
        ask(city, permit, "2026-10-01")


def test_a_second_request_waits_for_the_answer_to_the_first(city, permit):
    request = ask(city, permit, "2026-04-01")

    with pytest.raises(NoMoreTime):
        ask(city, permit, "2026-04-02")
    grant(request, "2026-04-03")
    with pytest.raises(MoveNotAllowed):
        grant(request, "2026-04-03")


def test_too_late_is_too_late(city, permit):
    with pytest.raises(NothingToStart):
        ask(city, permit, "2026-04-06")


@pytest.mark.parametrize("reason", ["", "  ", "长" * 1001])
def test_a_request_says_why(city, permit, reason):
    with pytest.raises(BadInput):
        ask(city, permit, "2026-03-01", reason)

    assert not MoreTime.objects.exists()


def test_strangers_neither_ask_nor_answer(city, permit):
    with pytest.raises(NotFound):
        report_start(identifier=permit, by=scenes.DECIDER, now=on("2026-03-01"))
    request = ask(city, permit, "2026-03-01")
    with pytest.raises(NotFound):
        grant_more_time(
            request_id=request.pk, answer="", by=scenes.OTHER_DECIDER, now=on("2026-03-02")
        )
    with pytest.raises(NotAllowed):
        grant_more_time(request_id=request.pk, answer="", by=scenes.CLERK, now=on("2026-03-02"))


def test_a_licence_without_such_a_rule_has_nothing_to_begin(city):
    plain = scenes.issued(city)

    with pytest.raises(NothingToStart):
        report_start(identifier=plain, by=city.owner, now=on("2026-03-01"))
