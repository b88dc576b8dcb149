"""Renewal: in time, granted, by silence, denied late (行政许可法 50)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.city.house import moment
from tests.licences import scenes
from tongban.kernel.actors import SYSTEM
from tongban.licences import rules
from tongban.licences.actions import ask_renewal, end_renewal, expire_licences, renew_licence
from tongban.licences.actions.renewing import NotRenewable
from tongban.licences.models import LicenceRenewal
from tongban.licences.queries import get_licence, verify, versions_of
from tongban.records.models import Entry

END = date(2031, 1, 4)  # five years from 5 January 2026


@pytest.fixture(autouse=True)
def days(monkeypatch):
    """The days of the content, without a city."""
    monkeypatch.setattr("tongban.licences.actions.renewing._days", lambda _name, _on: 90)
    monkeypatch.setattr("tongban.licences.actions.renewing.renewal_days", lambda _on: 30)


@pytest.fixture
def licence(city):
    made = scenes.order(city)
    scenes.produce(made)
    return made


def at(day, time="10:00"):
    return moment(f"{day} {time}")


def identifier(licence):
    return versions_of(licence.pk).order_by("-seq").first().identifier


def ask(licence, day, case=900):
    return ask_renewal(
        identifier=identifier(licence), proceeding_id=case, case_number="BJ1", by=SYSTEM,
        now=at(day),
    )  # fmt: skip


def held(licence, day):
    return get_licence(identifier(licence), date.fromisoformat(day))


@pytest.mark.law("50")
@pytest.mark.parametrize(
    ("day", "in_time"), [("2030-12-05", True), ("2030-12-06", False), ("2031-01-04", False)]
)
def test_thirty_days_before_the_end_is_in_time(licence, day, in_time):
    assert ask(licence, day).is_in_time is in_time


@pytest.mark.law("50")
def test_no_decision_before_the_end_renews_by_itself(licence):
    ask(licence, "2030-12-01")
    assert expire_licences(now=at("2031-01-04", "23:59")) == 0

    expire_licences(now=at("2031-01-05", "00:01"))

    one = held(licence, "2031-01-05")
    assert (one.state, one.valid_to) == ("valid", date(2036, 1, 4))
    assert "视为准予延续" in one.state_reason
    entry = Entry.objects.get(verb="licence_deemed_renewed")
    assert (entry.at, entry.basis) == (at("2031-01-05", "00:00"), "行政许可法第五十条第二款")
    shown = verify(identifier(licence), now=at("2031-01-05"))
    assert str(shown.verdict) in ("in_force", "Verdict.IN_FORCE")


@pytest.mark.law("50")
def test_who_asked_too_late_is_not_renewed_by_silence(licence):
    ask(licence, "2030-12-20")

    expire_licences(now=at("2031-01-05", "00:01"))

    assert held(licence, "2031-01-05").state == "expired"


@pytest.mark.law("50")
def test_a_grant_makes_the_next_edition_of_the_same_licence(licence):
    before = identifier(licence)
    ask(licence, "2030-12-01")

    new = renew_licence(proceeding_id=900, by=SYSTEM, now=at("2030-12-20"))

    one = held(licence, "2030-12-20")
    assert (one.number, one.edition, one.valid_to) == (licence.number, 2, date(2036, 1, 4))
    assert one.face["valid_until"] == "2036-01-04"
    assert new != before
    assert "superseded" in str(verify(before, now=at("2030-12-20")).verdict).lower()
    scenes.produce(licence)
    assert held(licence, "2030-12-20").file_id
    assert renew_licence(proceeding_id=900, by=SYSTEM, now=at("2030-12-21")) is None
    assert expire_licences(now=at("2031-01-05")) == 0


@pytest.mark.law("50")
def test_a_late_grant_confirms_and_a_late_denial_counts_for_the_future_only(licence):
    ask(licence, "2030-12-01")
    expire_licences(now=at("2031-01-05", "00:01"))

    end_renewal(
        proceeding_id=900, outcome="denied", reason="场所不再符合", by=SYSTEM,
        now=at("2031-02-10"),
    )  # fmt: skip

    assert held(licence, "2031-02-10").state == "valid"  # until now it counted
    expire_licences(now=at("2031-02-11"))
    assert held(licence, "2031-02-11").state == "expired"
    assert versions_of(licence.pk).filter(state_reason__contains="场所不再符合").exists()


def test_a_late_grant_changes_the_end_no_further(licence):
    ask(licence, "2030-12-01")
    expire_licences(now=at("2031-01-05", "00:01"))

    renew_licence(proceeding_id=900, by=SYSTEM, now=at("2031-02-10"))

    one = held(licence, "2031-02-10")
    assert (one.edition, one.valid_to) == (2, date(2036, 1, 4))


def test_a_denial_in_time_leaves_the_licence_till_its_end(licence):
    ask(licence, "2030-12-01")

    end_renewal(
        proceeding_id=900, outcome="denied", reason="不符合", by=SYSTEM, now=at("2030-12-20")
    )

    assert held(licence, "2030-12-20").valid_to == END
    expire_licences(now=at("2031-01-05"))
    assert held(licence, "2031-01-05").state == "expired"


@pytest.mark.parametrize("day", ["2030-10-05", "2031-01-05"])
def test_neither_too_early_nor_after_the_end(licence, day):
    with pytest.raises(NotRenewable):
        ask(licence, day)


def test_one_renewal_at_a_time_and_the_same_case_once(licence):
    first = ask(licence, "2030-12-01")

    assert ask(licence, "2030-12-02").pk == first.pk
    with pytest.raises(NotRenewable, match="已经有一件"):
        ask(licence, "2030-12-02", case=901)
    assert LicenceRenewal.objects.count() == 1
    assert not end_renewal(
        proceeding_id=7, outcome="ended", reason="", by=SYSTEM, now=at("2030-12-02")
    )


@given(
    start=st.dates(date(2020, 1, 1), date(2040, 12, 31)),
    years=st.integers(1, 10),
    renewals=st.integers(0, 4),
)
def test_every_period_is_as_long_as_the_first(start, years, renewals):
    end = rules.renewed_until(start, start + timedelta(days=years * 365 + years // 4), periods=1)
    for done in range(renewals):
        before, end = end, rules.renewed_until(start, end, periods=done + 2)
        assert abs((end - before).days - years * 365.25) <= 2
