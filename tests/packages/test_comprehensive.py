"""One licence for a trade: what it is worth, what makes a version, who hears of it, reports."""

import random
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st

from tests.city.lives import applied
from tests.licences.reports import reported
from tongban.kernel.actors import SYSTEM
from tongban.kernel.refusals import MoveNotAllowed, NotAllowed, NotFound
from tongban.licences import rules
from tongban.licences.actions import (
    answer_report,
    change_state,
    comprehensive_paper,
    make_comprehensive,
    remind_expiring,
)
from tongban.licences.models import Comprehensive, ComprehensiveVersion, Licence, Reminder
from tongban.licences.queries import comprehensive as rows
from tongban.licences.states import ComprehensiveState, LicenceState
from tongban.notices.models import Message

S, C = LicenceState, ComprehensiveState
SETTLED = st.sampled_from([one for one in S if one is not S.PRODUCING])
GONE = (S.REVOKED, S.WITHDRAWN_AS_PENALTY, S.CANCELLED)
LICENCE_VERBS = (S.SUSPENDED, S.VALID, S.REVOKED, S.CANCELLED, S.WITHDRAWN_AS_PENALTY)


@given(parts=st.lists(SETTLED, max_size=6), base=st.none() | SETTLED)
def test_the_whole_is_worth_what_its_parts_are_worth(parts, base):
    state = rules.overall(parts, base)

    valid = [one is S.VALID for one in parts]
    assert (state is C.INVALID) == (base in GONE or not any(valid))
    assert (state is C.VALID) == (base not in GONE and bool(parts) and all(valid))


@given(parts=st.lists(SETTLED, min_size=1, max_size=6), place=st.integers(0, 5))
def test_losing_a_part_never_makes_the_whole_worth_more(parts, place):
    order = [C.INVALID, C.PARTIAL, C.VALID]
    worse = list(parts)
    worse[place % len(parts)] = S.REVOKED

    before, after = rules.overall(parts, None), rules.overall(worse, None)

    assert order.index(after) <= order.index(before)


@given(left=st.integers(-10, 200))
def test_a_reminder_is_the_nearest_that_is_due(left):
    due = rules.reminder_due(left, (90, 60, 30))

    assert due == next((days for days in (30, 60, 90) if 0 <= left <= days), None)


# ---- in the demo city --------------------------------------------------------------------------


@pytest.fixture
def shop(city):
    """Moon Bay with its comprehensive licence of three permits."""
    city.go("2026-09-08 10:30")
    life = applied(city, "moon-bay")
    life.accept()
    life.grant(["signboard-filing"])
    return Comprehensive.objects.get()


def part_of(shop, type_code):
    version = shop.versions.order_by("-version").first()
    return next(one for one in version.parts if one["type"] == type_code)


def change(city, shop, type_code, to):
    change_state(
        identifier=part_of(shop, type_code)["identifier"], to=to, reason="检查发现问题",
        basis="行政许可法第六十九条", by=SYSTEM, now=city.now,
    )  # fmt: skip
    city.rest()
    shop.refresh_from_db()


def test_it_is_made_of_what_was_granted_and_what_was_held(shop):
    version = shop.versions.get()

    assert (shop.state, shop.version) == ("valid", 1)
    assert [one["type"] for one in version.parts] == [
        "food-licence", "drainage-licence", "signboard-receipt",
    ]  # fmt: skip
    assert version.identifier.startswith("1.2.156.3005.2.")


def test_any_change_of_a_part_is_a_version_and_nothing_else_is(city, shop):
    change(city, shop, "drainage-licence", S.SUSPENDED)
    assert (shop.state, shop.version) == ("partial", 2)

    city.rest()
    change(city, shop, "drainage-licence", S.VALID)
    assert (shop.state, shop.version) == ("valid", 3)

    assert [one.causes for one in shop.versions.order_by("version")] == [
        [],
        [{"what": "state", "name": "城镇污水排入排水管网许可证", "from": "valid",
          "to": "suspended"}],
        [{"what": "state", "name": "城镇污水排入排水管网许可证", "from": "suspended",
          "to": "valid"}],
    ]  # fmt: skip


def test_without_the_business_licence_nothing_of_it_stands(city, shop):
    licence = Licence.objects.get(holder_id=shop.holder_id, type_code="business-licence")
    change_state(
        identifier=licence.versions.get(succeeded_at=None).identifier, to=S.WITHDRAWN_AS_PENALTY,
        reason="吊销", basis="某条", by=SYSTEM, now=city.now,
    )  # fmt: skip
    city.rest()
    shop.refresh_from_db()

    assert (shop.state, shop.version) == ("invalid", 2)


@pytest.mark.parametrize("seed", range(3))
def test_after_any_history_the_stored_state_is_that_of_the_parts(city, shop, seed):
    chance = random.Random(seed)  # noqa: S311 -- the same histories every time
    types = ("food-licence", "drainage-licence", "signboard-receipt")
    for _ in range(8):
        before = shop.version
        one, to = chance.choice(types), chance.choice(LICENCE_VERBS)
        was = part_of(shop, one)["state"]
        try:
            change(city, shop, one, to)
        except MoveNotAllowed:
            assert shop.version == before
            continue
        assert shop.version == before + (was != to.value)
        now = rows.shop(shop.serial, rules.day_of(city.now))
        assert now.state.value == shop.state
        assert shop.versions.count() == shop.version


def test_a_required_permit_that_is_missing_makes_none_and_says_so(city):
    holder = city.party("91650100MA7TE5T198")

    made = make_comprehensive(
        trade_code="restaurant", holder_id=holder, application="X1", region="650102", now=city.now
    )

    assert made is None
    assert Message.objects.get(party_id=holder).key == "comprehensive_missing"


def test_made_twice_it_is_one(city, shop):
    again = make_comprehensive(
        trade_code="restaurant", holder_id=shop.holder_id, application="X1", region="650103",
        now=city.now,
    )  # fmt: skip

    assert again is not None
    assert again.pk == shop.pk
    assert again.version == 1


def test_a_permit_for_another_address_is_no_part(city, shop):
    part = next(
        one for one in rows.shop(shop.serial, date(2026, 9, 9)).parts
        if one.type_code == "drainage-licence"
    )  # fmt: skip

    assert part.face["address"] == shop.site
    elsewhere, _ = rows.parts_now(
        rows.shop(shop.serial, date(2026, 9, 9)).trade, shop.holder_id, "别处", date(2026, 9, 9)
    )
    assert elsewhere == ()


def test_history_is_never_changed(shop):
    with pytest.raises(DatabaseError), transaction.atomic():
        ComprehensiveVersion.objects.update(state="invalid")
    with pytest.raises(DatabaseError), transaction.atomic():
        ComprehensiveVersion.objects.all().delete()


def test_each_version_has_one_paper(city, shop):
    first = comprehensive_paper(serial=shop.serial, now=city.now)

    assert comprehensive_paper(serial=shop.serial, now=city.now).pk == first.pk
    change(city, shop, "drainage-licence", S.SUSPENDED)
    assert comprehensive_paper(serial=shop.serial, now=city.now).pk != first.pk


@pytest.mark.usefixtures("real_papers")
def test_its_paper_is_typeset_with_every_part(city, shop):
    paper = comprehensive_paper(serial=shop.serial, now=city.now)

    assert paper.size > 10_000
    assert paper.name.endswith("v1.pdf")


# ---- reminders ---------------------------------------------------------------------------------


def test_each_reminder_is_told_once_however_often_it_is_swept(city, shop):
    last = date(2026, 12, 20)
    for left in (91, 90, 90, 75, 60, 30, 29, 0):
        city.go(f"{last - timedelta(days=left)} 09:00")
        remind_expiring(now=city.now)

    mine = Reminder.objects.filter(licence__holder_id=shop.holder_id).order_by("-days")
    assert [one.days for one in mine] == [90, 60, 30]
    told = Message.objects.filter(party_id=shop.holder_id, key="licence_expiring")
    assert told.count() == 3


def test_a_sweep_that_comes_late_tells_of_the_nearest_day_alone(city, shop):
    city.go("2026-12-10 09:00")

    mine = Reminder.objects.filter(licence__holder_id=shop.holder_id)
    assert [one.days for one in mine] == [30]


def test_what_has_lost_its_validity_is_not_reminded_of(city, shop):
    change(city, shop, "food-licence", S.SUSPENDED)

    city.go("2026-12-01 09:00")

    assert not Reminder.objects.filter(licence__holder_id=shop.holder_id).exists()


# ---- reports -----------------------------------------------------------------------------------


def said(shop, city, text="后厨很脏", by=None):
    """A report of the days before 12345 took them."""
    return reported(shop, city, text=text, reporter=by.party_id if by else None)


def test_anybody_reports_and_the_lead_department_answers_once(city, shop):
    report = said(shop, city, by=city.actor("ali"))
    window = city.actor("su.approval")

    answer_report(report_id=report.pk, answer="已经检查并责令整改。", by=window, now=city.now)

    report.refresh_from_db()
    assert (report.state, report.answered_by) == ("answered", window.id)
    told = Message.objects.get(party_id=city.actor("ali").party_id, key="report_answered")
    assert "责令整改" in told.words["zh"]["body"]
    with pytest.raises(MoveNotAllowed):
        answer_report(report_id=report.pk, answer="再答一次", by=window, now=city.now)


@pytest.mark.parametrize("login", ["zhang.urban", "li.window", "su.approval"])
def test_only_the_lead_department_sees_a_report(city, shop, login):
    report, officer = said(shop, city), city.actor(login)
    leads = login == "su.approval"

    assert bool(rows.reports_for(officer)) == leads
    assert rows.count_open_reports(officer) == leads
    if not leads:
        with pytest.raises(NotFound):
            answer_report(report_id=report.pk, answer="不归我管", by=officer, now=city.now)


def test_a_reviewer_of_the_lead_department_reads_but_does_not_answer(city, shop):
    report = said(shop, city)

    with pytest.raises(NotAllowed):
        answer_report(
            report_id=report.pk, answer="我来答", by=city.actor("fan.approval"), now=city.now
        )
