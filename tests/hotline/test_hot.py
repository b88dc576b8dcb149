"""Requests about one matter make one issue: it alarms, is handled together, all hear once."""

import threading

import pytest

from tests.hotline.calls import called
from tongban.engine.models import Step
from tongban.hotline.actions import (
    Request,
    add_to_issue,
    classify_ticket,
    close_issue,
    cool_issues,
    find_issue,
    gather_issue,
    join_newcomers,
    leave_out,
    mind_issue,
    receive_ticket,
    set_aside,
    take_apart,
)
from tongban.hotline.models import Hot, Order, Ticket
from tongban.hotline.queries.hot import HotWanted, hot_listed, hot_page, issue_in
from tongban.hotline.rules import NotTogether
from tongban.kernel.refusals import BadInput, NotFound
from tongban.notices.models import Message
from tongban.records.models import Entry

ESTATE = {
    "type": "help",
    "domain": "utility-water-outage",
    "region": "650105006",
    "place": "旭东社区",
    "urgency": "urgent",
}
WORDS = (
    "旭东社区早上停水到现在，也没通知",
    "停水了停水了，啥时候来啊，厕所都没法冲",
    "又停水！这个月第三次了，饭馆没法做生意",
    "南湖南路一片都没水了，麻烦问一下几点恢复",
    "家里一滴水都没有，老人要吃药",
    "水龙头从六点就没水，孩子上学没洗脸",
    "我们三号楼停水，物业说不知道",
    "整栋楼没有水，什么时候修好",
    "停水一上午了，打自来水公司打不通",
    "没水，店里没法开门",
)
WATER = "因DN300供水主管破裂，抢修人员已于14时更换管段，15时恢复供水，水质检测合格。"


@pytest.fixture
def house(own_city):
    own_city.go("2026-09-07 10:30")
    return own_city


def outage(house, count, first=0, minutes=7, **more):
    """So many callers about one water cut, one after the other."""
    from datetime import timedelta

    calls = []
    for at in range(first, first + count):
        house.go(house.now + timedelta(minutes=minutes))
        said = {**ESTATE, "phone": f"138000020{at:02}", **more}
        calls.append(called(house, WORDS[at % len(WORDS)], **said))
    return calls


def line(house, role="checker"):
    login = {"checker": "qiu.line", "decider": "tan.line", "window": "ning.line"}[role]
    return house.actor(login)


def test_callers_about_one_matter_make_one_issue(house):
    outage(house, 4)
    called(house, "旭东社区旁边工地夜里打桩", region="650105006", place="旭东社区")

    issue = Hot.objects.select_related("proceeding").get()
    assert (issue.tickets_count, issue.callers) == (4, 4)
    assert issue.proceeding.state == "watching"
    assert issue.title == "旭东社区 · 停水"
    assert Ticket.objects.filter(hot=issue).count() == 4


def test_one_person_who_calls_often_is_one_person(house):
    outage(house, 5, phone="13800009999")

    assert Hot.objects.count() == 0


def test_nobody_in_particular_counts_by_a_part(house):
    outage(house, 5, phone="")
    assert Hot.objects.count() == 0
    outage(house, 1, phone="")

    assert Hot.objects.get().callers == 3


def test_the_same_words_elsewhere_are_another_matter(house):
    outage(house, 3)
    outage(house, 2, region="650103004", place="友好社区")
    outage(house, 2, region="650105005", place="红塔社区")

    assert Hot.objects.get().tickets_count == 3


def test_more_than_usual_alarms_once_at_each_step(house):
    outage(house, 9)
    issue = Hot.objects.select_related("proceeding").get()

    alarms = Entry.objects.filter(stream_id=issue.pk, verb__startswith="alarm")
    assert issue.proceeding.state == "alarmed"
    assert [entry.verb for entry in alarms] == ["alarm"]
    assert Step.objects.get(proceeding_id=issue.pk, code="hot_alarm").queue.endswith("checker")
    outage(house, 1, first=9)
    assert [entry.verb for entry in alarms.all()] == ["alarm", "alarm_again"]


def test_what_is_usual_there_does_not_alarm(house):
    for day in range(1, 13):
        house.go(f"2026-09-{7 + day:02} 09:00")
        for at in range(6):
            elsewhere = {**ESTATE, "place": f"{'东南西北中和'[at]}{day}院", "text": WORDS[at]}
            receive_ticket(
                request=Request(phone=f"1390000{day:02}{at:02}", **elsewhere),
                by=line(house, "window"),
                now=house.now,
            )
        house.rest()
    house.go("2026-09-20 09:00")
    outage(house, 6)

    issue = Hot.objects.get(place="旭东社区")
    assert issue.limit > 6
    assert issue.alarmed_at is None


def test_everybody_is_answered_once_and_the_issue_closes(house):
    first, *others = outage(house, 6)
    outage(house, 1, phone="13800002001")
    issue = Hot.objects.get()
    merged = gather_issue(issue_id=issue.pk, by=line(house), now=house.now)
    house.rest()

    assert merged == 6
    assert first.state == "handling"
    assert {one.state for one in others} == {"merged"}
    with pytest.raises(NotTogether) as no:
        close_issue(issue_id=issue.pk, by=line(house), now=house.now)
    assert "7" in str(no.value.sentence)
    first.signed().replied(WATER).passed()
    told = Message.objects.filter(key="ticket_replied")
    assert sorted(told.values_list("party_id", flat=True)) == sorted(
        {call.ticket.caller_id for call in (first, *others)}
    )
    assert {one.ticket.reply for one in others} == {WATER}
    close_issue(issue_id=issue.pk, by=line(house), now=house.now)
    assert Hot.objects.get().proceeding.state == "closed"


def test_newcomers_join_and_whoever_comes_late_is_answered_at_once(house):
    first, *_ = outage(house, 4)
    issue = Hot.objects.get()
    gather_issue(issue_id=issue.pk, by=line(house, "window"), now=house.now)
    (new,) = outage(house, 1, first=4)
    join_newcomers(issue_id=issue.pk, by=line(house, "window"), now=house.now)
    house.rest()
    assert new.state == "merged"
    with pytest.raises(NotTogether):
        join_newcomers(issue_id=issue.pk, by=line(house, "window"), now=house.now)

    first.signed().replied(WATER).passed()
    (late,) = outage(house, 1, first=5)
    join_newcomers(issue_id=issue.pk, by=line(house, "window"), now=house.now)
    house.rest()
    assert (late.state, late.ticket.reply) == ("callback", WATER)
    assert (
        Message.objects.filter(key="ticket_replied", party_id=late.ticket.caller_id).count() == 1
    )


def test_what_is_about_something_else_is_taken_out_again(house):
    _, second, third, _ = outage(house, 4)
    issue = Hot.objects.get()
    gather_issue(issue_id=issue.pk, by=line(house, "window"), now=house.now)
    leave_out(issue_id=issue.pk, number=second.number, by=line(house), now=house.now)
    take_apart(ticket_id=third.ticket_id, by=line(house), now=house.now)

    assert [(one.state, one.ticket.hot_id) for one in (second, third)] == [("received", None)] * 2
    assert Hot.objects.get().tickets_count == 3


def test_the_operator_adds_what_the_words_did_not_say(house):
    outage(house, 3)
    issue = Hot.objects.get()
    odd = called(house, "没法做饭，什么情况", **{**ESTATE, "place": "", "region": "650100"},
                 phone="13911110000")  # fmt: skip
    assert odd.ticket.hot_id is None
    add_to_issue(
        ticket_id=odd.ticket_id, issue_id=issue.pk, by=line(house, "window"), now=house.now
    )
    house.rest()

    assert odd.ticket.hot_id == issue.pk
    assert odd.state == "received"
    gather_issue(issue_id=issue.pk, by=line(house, "window"), now=house.now)
    late = called(house, "还没水", **{**ESTATE, "place": ""}, phone="13911110001")
    add_to_issue(
        ticket_id=late.ticket_id, issue_id=issue.pk, by=line(house, "window"), now=house.now
    )
    assert late.state == "merged"


def test_heat_fades_and_an_alarm_waits_for_a_person(house):
    outage(house, 3)
    outage(house, 6, region="650103004", place="友好社区", first=3)
    house.go("2026-09-16 10:30")
    cool_issues(house.now)

    by_place = {
        one.place: one.proceeding.state for one in Hot.objects.select_related("proceeding")
    }
    assert by_place == {"旭东社区": "faded", "友好社区": "alarmed"}
    alarmed = Hot.objects.get(place="友好社区")
    set_aside(
        issue_id=alarmed.pk, reason="计划检修，已经提前公告。", by=line(house), now=house.now
    )
    assert Hot.objects.filter(closed_at=None).count() == 0


def test_what_cooled_warms_up_when_it_comes_back(house):
    outage(house, 4)
    issue = Hot.objects.select_related("proceeding").get()
    gather_issue(issue_id=issue.pk, by=line(house, "window"), now=house.now)
    Hot.objects.update(warmth=0)
    cool_issues(house.now)
    issue.proceeding.refresh_from_db()
    assert issue.proceeding.state == "cooled"

    outage(house, 1, first=4)
    issue.proceeding.refresh_from_db()
    assert issue.proceeding.state == "gathered"


def test_ten_callers_in_a_day_call_for_an_order(house):
    first, *_ = outage(house, 9)
    first.dispatched("water-group")
    assert first.orders == []
    outage(house, 1, first=9)

    assert [order.trigger for order in first.orders] == ["hot"]
    outage(house, 1, first=10)
    assert Order.objects.filter(trigger="hot").count() == 1


def test_a_caller_who_has_to_come_back_twice_calls_for_an_order(house):
    first = called(house)
    first.dispatched()
    called(house, "胜利路工地又在半夜施工打桩，没人管")
    assert first.orders == []
    called(house, "第三次投诉胜利路工地夜间施工打桩的噪音")
    called(house, "第四次投诉胜利路工地夜间施工打桩的噪音")

    assert [order.trigger for order in first.orders] == ["same_caller"]


def test_the_centre_sees_issues_and_a_unit_its_own(house):
    first, *_ = outage(house, 3)
    outage(house, 3, region="650103004", place="友好社区")
    first.dispatched("urban-management")
    unit = first.unit()

    assert len(hot_listed(line(house), HotWanted(), house.now)) == 2
    (mine,) = hot_listed(unit, HotWanted(), house.now)
    page = hot_page(unit, mine.number, house.now)
    assert [one.number for one in page.members] == [first.number]
    assert (page.verbs, page.timeline) == ((), ())
    other = Hot.objects.get(place="友好社区").proceeding.number
    with pytest.raises(NotFound):
        hot_page(unit, other, house.now)
    assert hot_listed(house.actor("ali"), HotWanted(), house.now) == []


def test_a_corrected_domain_takes_a_request_out_of_its_issue(house):
    outage(house, 3)
    (other,) = outage(house, 1, first=3)
    assert other.ticket.hot_id is not None

    classify_ticket(
        ticket_id=other.ticket_id, kind="help", domain="city-noise-construction",
        urgency="normal", by=line(house), now=house.now,
    )  # fmt: skip
    house.rest()

    assert other.ticket.hot_id is None
    assert Hot.objects.get().tickets_count == 3


def test_a_unit_that_is_none_gets_no_issue(house):
    calls = outage(house, 4)
    issue = Hot.objects.get()

    with pytest.raises(BadInput):
        gather_issue(issue_id=issue.pk, unit="no-such-unit", by=line(house), now=house.now)

    assert {one.state for one in calls} == {"received"}


def test_gathering_and_adding_at_once_do_not_wait_for_each_other(house, race):
    outage(house, 5)
    issue = Hot.objects.get()
    late = called(house, "家里又没水了", **{**ESTATE, "place": "", "phone": "13800008888"})
    Ticket.objects.filter(pk=late.ticket_id).update(hot=None)

    results = race(
        lambda: gather_issue(issue_id=issue.pk, by=line(house), now=house.now),
        lambda: add_to_issue(
            ticket_id=late.ticket_id, issue_id=issue.pk, by=line(house, "window"), now=house.now
        ),
        lambda: cool_issues(house.now),
    )

    assert not [one for one in results if isinstance(one, Exception)], results
    house.rest()
    assert late.ticket.hot_id == issue.pk


def test_while_somebody_speaks_the_issue_is_known(house):
    outage(house, 3)
    found = issue_in("我家也停水了，旭东社区的", domain="utility-water-outage",
                     region="650105006", place="旭东社区", now=house.now)  # fmt: skip

    assert found is not None
    assert (found.tickets, found.state) == (3, "watching")


@pytest.mark.parametrize("text", ["。。。！", "💧💧💧", "停水" * 4000, "\u202e停水\x00了"])
def test_whatever_is_sent_does_not_stop_it(house, text):
    outage(house, 2)
    called(house, text, **ESTATE, phone="13911110000")
    outage(house, 2, first=2)

    assert Hot.objects.get().tickets_count == 5


def test_two_at_the_same_moment_make_one_issue(house, own_city):
    """Three requests stand there; two workers look at two of them at once."""
    from django.db import connection

    made = [
        receive_ticket(
            request=Request(text=WORDS[at], phone=f"1380000300{at}", **ESTATE),
            by=line(house, "window"), now=house.now,
        ).ticket_id
        for at in range(4)
    ]  # fmt: skip
    now, wait = house.now, threading.Barrier(2)
    failed = []

    def look(ticket_id):
        try:
            wait.wait()
            find_issue(ticket_id=ticket_id, now=now)
        except Exception as error:  # noqa: BLE001 -- told below
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=look, args=(one,)) for one in made[-2:]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    assert Hot.objects.count() == 1
    assert Ticket.objects.filter(hot__isnull=False).count() == 4


def test_mind_is_asked_about_other_things_without_harm(house):
    assert mind_issue(issue_id=called(house).ticket_id, now=house.now) is False
