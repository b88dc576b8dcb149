"""Urging (催办): by whom, from when on, how often, and where whoever works on it sees it."""

import pytest

from tests.doors.desk.clerk import Clerk
from tests.doors.desk.test_refusals import login_of
from tongban.cases.actions import urge_case
from tongban.cases.rules import NotToBeUrged
from tongban.engine.models import Step
from tongban.kernel.refusals import NotAllowed
from tongban.people.models import Account
from tongban.records.models import Entry

FOOD = "food-licence"


@pytest.fixture
def life(city):
    """Accepted on Tuesday 8 September; the promise of five working days ends on the 15th."""
    from tests.city.lives import applied

    city.go("2026-09-07 10:30")
    life = applied(city, "restaurant")
    city.go("2026-09-08 11:00")
    life.accept()
    return life


def urge(life, by=None):
    urge_case(case_id=life.case(FOOD).pk, by=by or life.applicant, now=life.house.now)


def test_before_its_share_of_the_limit_nobody_urges(life):
    life.house.go("2026-09-10 10:00")
    with pytest.raises(NotToBeUrged, match="已用2个"):
        urge(life)


def test_from_then_on_once_a_working_day(life):
    life.house.go("2026-09-11 10:00")
    urge(life)
    with pytest.raises(NotToBeUrged, match="今天已经催办过"):
        urge(life)
    life.house.go("2026-09-12 10:00")  # a Saturday
    with pytest.raises(NotToBeUrged):
        urge(life)
    life.house.go("2026-09-14 10:00")
    urge(life, by=life.house.actor("zhou.head"))

    told = Entry.objects.filter(stream_id=life.case(FOOD).pk, verb="urge").order_by("id")
    assert [(one.actor_kind, one.body["count"]) for one in told] == [("citizen", 1), ("staff", 2)]


def test_only_the_applicant_and_the_head_urge(life):
    life.house.go("2026-09-11 10:00")
    for who in (life.officer_of(FOOD, "reviewer"), life.house.actor("qi.fire"),
                life.house.actor("li.na")):  # fmt: skip
        with pytest.raises(NotAllowed):
            urge(life, by=who)


def test_what_is_decided_is_not_urged(life):
    life.review(FOOD)
    life.decide(FOOD)
    life.house.rest()
    with pytest.raises(NotToBeUrged):
        urge(life)


def test_the_applicant_urges_on_the_page_of_progress_and_the_officer_sees_it(life):
    ali = Clerk("ali")
    assert "urge/" not in ali.open(f"/my/{life.number}/").main
    life.house.go("2026-09-11 10:00")
    assert f"urge/?item={FOOD}" in ali.open(f"/my/{life.number}/").main
    assert ali.open(f"/my/{life.number}/urge/", item=FOOD).status == 200
    assert ali.send(f"/my/{life.number}/urge/", {"item": FOOD}).location == f"/my/{life.number}/"
    assert "已于 2026年9月11日 催办。" in ali.open(f"/my/{life.number}/").words
    assert ali.send(f"/my/{life.number}/urge/", {"item": FOOD}).status == 409
    assert ali.send(f"/my/{life.number}/urge/", {"item": "other"}).status == 404

    step = Step.objects.get(proceeding=life.case(FOOD), code="review", state="open")
    officer = Clerk(Account.objects.get(pk=step.assignee_id).login)
    assert "已催办" in officer.open("/desk/").words
    assert "已催办 1 次，最近一次" in officer.see(life.case(FOOD).number).words


def test_the_head_urges_at_the_desk(life):
    head, number = Clerk("zhou.head"), life.case(FOOD).number
    assert "urge" not in head.see(number).verbs
    life.house.go("2026-09-11 10:00")
    assert "urge" in head.see(number).verbs
    assert head.do(number, "urge").status == 302
    assert "urge" not in head.see(number).verbs


def test_my_day_counts_what_is_over_due_new_and_done(life):
    officer = life.officer_of(FOOD, "reviewer")
    clerk = Clerk(login_of(officer))
    assert "今天新到 1 今天办完 0" in clerk.open("/desk/").words
    clerk.do(life.case(FOOD).number, "pass_step", {"step": "review", "opinion": "同意。"})
    assert "今天办完 1" in clerk.open("/desk/").words

    life.house.go("2026-09-15 10:00")
    yan = Clerk(login_of(life.officer_of("fire-check", "reviewer")))
    assert "已超期 0 今天到期" in yan.open("/desk/").words
    life.house.go("2026-09-19 10:00")
    assert "已超期 1" in yan.open("/desk/").words or "已超期 2" in yan.open("/desk/").words


def test_the_next_one_opens_after_this_one(life):
    zhou = Clerk(login_of(life.officer_of(FOOD, "reviewer")))
    number = life.case(FOOD).number
    assert f'href="/desk/next/{number}/" data-key="n"' in zhou.see(number).source
    assert zhou.open(f"/desk/next/{number}/").location == "/desk/"
    assert zhou.open("/desk/next/nonsense/").location == f"/desk/{number}/"
    assert Clerk("ali").open(f"/desk/next/{number}/").status == 403
