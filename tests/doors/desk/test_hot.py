"""Hot issues on the desk and on the telephone: who sees them, what each may do, what they cost."""

import uuid

import pytest

from tests.doors.desk.clerk import Clerk
from tests.doors.desk.test_tickets import login_of
from tests.hotline.test_hot import ESTATE, WATER, WORDS, outage
from tongban.hotline.models import Hot, Ticket


@pytest.fixture
def house(city):
    city.go("2026-09-07 10:30")
    return city


def number():
    return Hot.objects.select_related("proceeding").get().proceeding.number


def test_the_centre_sees_what_many_speak_of_and_nobody_else(house):
    outage(house, 6)
    for login in ("ning.line", "qiu.line", "tan.line", "su.line"):
        page = Clerk(login).open("/desk/hot/").source
        assert "旭东社区 · 停水" in page, login
    for login in ("zhang.urban", "li.window"):
        assert "旭东社区 · 停水" not in Clerk(login).open("/desk/hot/").source
        assert Clerk(login).open(f"/desk/hot/{number()}/").status == 404
        assert Clerk(login).see(number()).status == 404
    assert Clerk("ali").open("/desk/hot/").status == 403


def test_the_duty_officer_finds_the_alarm_on_his_desk_and_answers_it(house):
    first, *others = outage(house, 6)
    qiu = Clerk("qiu.line")
    assert "热点 · 旭东社区" in qiu.open("/desk/").source
    page = qiu.see(number())
    assert page.verbs == {"gather", "leave_out", "set_aside"}
    qiu.do(number(), "gather", {"unit": ""})
    house.rest()

    assert {one.state for one in others} == {"merged"}
    assert "热点 · 旭东社区" not in qiu.open("/desk/").source
    first.signed().replied(WATER).passed()
    assert "close_issue" in Clerk("qiu.line").see(number()).verbs


def test_a_unit_sees_its_part_and_decides_nothing(house):
    first, second, *_ = outage(house, 3)
    first.dispatched("urban-management")
    page = Clerk(login_of(first.unit())).open(f"/desk/hot/{number()}/").source

    assert first.number in page
    assert second.number not in page
    assert "合并办理</button>" not in page


def test_a_list_of_tickets_marks_them_and_a_ticket_leads_to_its_issue(house):
    first, *_ = outage(house, 3)
    qiu = Clerk("qiu.line")

    assert f"{first.number} · 热点" in qiu.open("/desk/tickets/").source
    assert f"/desk/hot/{number()}/" in qiu.see(first.number).source


def test_filters_take_whatever_is_sent(house):
    outage(house, 3)
    qiu = Clerk("qiu.line")
    for query in ("domain=utility", "region=650105", "state=watching", "state=<script>"):
        page = qiu.open(f"/desk/hot/?{query}")
        assert page.status == 200
        assert ("旭东社区 · 停水" in page.source) == ("script" not in query)
    assert "旭东社区 · 停水" not in qiu.open("/desk/hot/?ended=1").source
    assert qiu.open("/desk/hot/nonsense/").status == 404


def test_the_operator_lets_a_call_belong_to_it_with_one_key(house):
    outage(house, 3)
    ning = Clerk("ning.line")
    typed = {**ESTATE, "text": "我家也停水了，什么时候来水", "phone": "13877770000",
             "key": uuid.uuid4().hex, "chosen": "1"}  # fmt: skip
    live = ning.send("/line/live/", typed).source
    assert "正在发生的热点" in live
    assert 'data-key="F3"' in live
    answer = ning.send("/line/", {**typed, "act": "hot", "into": number()})

    assert answer.location.startswith("/line/done/")
    assert Ticket.objects.latest("pk").hot == Hot.objects.get()


@pytest.mark.budget
def test_the_list_costs_the_same_for_one_issue_and_for_many(house, desk, budget):
    outage(house, 3)
    qiu = desk("qiu.line")
    qiu.open("/desk/hot/")
    with budget("desk hot issues"):
        qiu.open("/desk/hot/")
    for n, region in enumerate(("650103004", "650105005", "650104001")):
        outage(house, 3, first=3 * n + 3, region=region, place=f"{WORDS[n][:2]}院")
    with budget("desk hot issues"):
        qiu.open("/desk/hot/")
    one = Hot.objects.select_related("proceeding").first()
    with budget("desk hot issue"):
        qiu.open(f"/desk/hot/{one.proceeding.number}/")
