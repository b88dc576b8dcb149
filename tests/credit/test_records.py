"""Records of credit: noted once, objected to once, over on their day."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.city.lives import applied
from tongban.credit import rules
from tongban.credit.actions import (
    Event,
    answer_objection,
    note_event,
    object_to_record,
    repair_record,
)
from tongban.credit.queries import DEFICIENCY, LICENCE, published_records, records_of, why_barred
from tongban.credit.states import LIFE
from tongban.engine.models import Proceeding
from tongban.kernel.refusals import BadInput, MoveNotAllowed, NotAllowed
from tongban.kernel.worktime import city_date

REVIEWER = "market-regulation.reviewer"


@pytest.fixture
def noted(own_city):
    own_city.go("2026-09-07 10:30")
    life = applied(own_city, "noodle-house")
    note(life)
    return life


def note(life, kind="broken-promise", cause="c1"):
    package = life.package
    return note_event(
        event=Event(
            kind=kind,
            party_id=package.party_id,
            region=package.region,
            department="market-regulation",
            version_id=package.version_id,
            case_number="BJ1",
            reason="到期没有补齐",
            cause=cause,
        ),
        now=life.house.now,
    )


def record():
    return Proceeding.objects.filter(kind="credit").latest("id")


def barred(life, regime=DEFICIENCY, on=None):
    return why_barred(life.package.party_id, regime, on or city_date(life.house.now))


def head(life):
    return life.officer("market-regulation.head")


def test_the_same_cause_is_noted_once(noted):
    assert note(noted) == record().number

    assert Proceeding.objects.filter(kind="credit").count() == 1


def test_a_record_bars_promising_until_its_last_day(noted):
    assert len(barred(noted)) == 1
    assert barred(noted, on=date(2027, 9, 7))
    assert not barred(noted, on=date(2027, 9, 8))
    assert not why_barred(noted.applicant.party_id, DEFICIENCY, date(2026, 9, 8))


def test_an_objection_suspends_it_and_the_answer_decides(noted):
    with pytest.raises(BadInput):
        object_to_record(record_id=record().id, reason="", by=noted.applicant, now=noted.house.now)
    object_to_record(
        record_id=record().id, reason="不是我", by=noted.applicant, now=noted.house.now
    )

    assert not barred(noted)
    with pytest.raises(NotAllowed):
        answer_objection(
            record_id=record().id, upheld=True, answer="属实", by=noted.officer(REVIEWER),
            now=noted.house.now,
        )  # fmt: skip
    answer_objection(
        record_id=record().id, upheld=True, answer="属实", by=head(noted), now=noted.house.now
    )

    assert barred(noted)
    with pytest.raises(rules.ObjectedAlready):
        object_to_record(
            record_id=record().id, reason="还是不对", by=noted.applicant, now=noted.house.now
        )


def test_what_is_repaired_disappears_from_decisions_at_once(noted):
    repair_record(record_id=record().id, answer="已经补齐", by=head(noted), now=noted.house.now)

    assert not barred(noted)
    with pytest.raises(MoveNotAllowed):
        repair_record(record_id=record().id, answer="又", by=head(noted), now=noted.house.now)


def test_only_what_the_content_publishes_is_published(noted):
    on = city_date(noted.house.now)
    assert not published_records(on)

    note(noted, "false-commitment", "c2")

    assert [one.number for one in published_records(on)] == [record().number]
    assert barred(noted, LICENCE)


def test_a_person_sees_his_own_records_alone(noted):
    on = city_date(noted.house.now)

    assert len(records_of(noted.applicant, on)) == 1
    assert not records_of(noted.house.actor("gulbahar"), on)


@given(day=st.dates(date(2000, 1, 1), date(2100, 12, 31)), months=st.integers(0, 60))
def test_the_last_day_lies_that_many_months_later(day, months):
    end = rules.until(day, months)

    assert (end.year * 12 + end.month) - (day.year * 12 + day.month) == months
    assert end.day == day.day or (end.day < day.day and end.day >= 28)


def test_every_state_has_a_title():
    assert all(LIFE.title(state) for state in LIFE.states)
