"""What callers hear of their requests, in three languages, once for each happening."""

import pytest

from tests.hotline.calls import called
from tongban.hotline.actions import (
    answer_directly,
    answer_extension,
    answer_hold,
    ask_extension,
    ask_hold,
    close_ticket,
    endorse_extension,
    merge_ticket,
    refuse_ticket,
    rehandle_ticket,
    transfer_ticket,
)
from tongban.notices.models import Delivery, Message


@pytest.fixture
def house(own_city):
    own_city.go("2026-09-07 10:30")
    return own_city


def told(call):
    """The keys of the messages to the caller, oldest first."""
    found = Message.objects.filter(party_id=call.ticket.caller_id).order_by("pk")
    return [one.key for one in found]


def last(call, language="zh"):
    found = Message.objects.filter(party_id=call.ticket.caller_id).latest("pk")
    return found.words[language]["body"]


def test_a_caller_hears_of_receipt_unit_day_reply_and_end(house):
    call = called(house).dispatched()
    assert told(call) == ["ticket_received", "ticket_dispatched"]
    assert "城市管理" in last(call)
    assert "9月14日" in last(call)
    assert {"zh", "en", "ug"} <= set(Message.objects.latest("pk").words)

    call.signed().replied()
    assert told(call)[-1] == "ticket_dispatched"
    call.passed()
    assert told(call)[-1] == "ticket_replied"
    assert "责令当晚停工" in last(call)
    call.said("solved", 1)
    close_ticket(ticket_id=call.ticket_id, by=call.centre(), now=house.now)
    house.rest()
    assert told(call)[-1] == "ticket_closed"
    assert "已经解决" in last(call)
    assert Delivery.objects.exists()


def test_whoever_is_hidden_is_not_told_to_wait_for_a_call(house):
    call = called(house, hides_caller=True).dispatched()

    assert told(call)[-1] == "ticket_dispatched_hidden"
    for language, words in (
        ("zh", "不会给您打电话"),
        ("en", "will not call you"),
        ("ug", "قىلمايدۇ"),
    ):
        assert words in last(call, language)


def test_a_caller_hears_of_more_time_of_a_hold_and_of_a_new_round(house):
    call = called(house).dispatched().signed()
    ask_extension(task_id=call.task.pk, reason="等检测报告", by=call.unit(), now=house.now)
    endorse_extension(task_id=call.task.pk, by=call.unit("head"), now=house.now)
    answer_extension(task_id=call.task.pk, granted=True, by=call.centre(), now=house.now)
    house.rest()
    assert told(call)[-1] == "ticket_extended"
    assert "等检测报告" in last(call)

    ask_hold(
        task_id=call.task.pk, reason="冬季不能施工", plan="四月十五日前铺设。",
        by=call.unit("head"), now=house.now,
    )  # fmt: skip
    answer_hold(task_id=call.task.pk, granted=True, by=call.centre(), now=house.now)
    house.rest()
    assert told(call)[-1] == "ticket_held"
    assert "四月十五日" in last(call)


def test_what_is_closed_against_a_callers_word_says_why(house):
    call = called(house).dispatched().signed().replied().passed().said("unsolved", 5)
    close_ticket(
        ticket_id=call.ticket_id, reason="工地有夜间施工许可，已经公示", by=call.centre(),
        now=house.now,
    )  # fmt: skip
    house.rest()

    assert told(call)[-1] == "ticket_closed_because"
    for language in ("zh", "en", "ug"):
        assert "工地有夜间施工许可，已经公示" in last(call, language)


def test_a_caller_who_says_no_hears_that_it_is_handled_again(house):
    call = called(house).dispatched().signed().replied().passed().said("unsolved", 5)
    rehandle_ticket(ticket_id=call.ticket_id, reason="仍在施工", by=call.centre(), now=house.now)
    house.rest()

    assert told(call)[-1] == "ticket_rehandled"


def test_what_the_line_does_not_take_is_said_with_the_way_in_every_language(house):
    refused, moved, asked = called(house), called(house), called(house)
    by = refused.centre("window")
    refuse_ticket(ticket_id=refused.ticket_id, reason="litigation", by=by, now=house.now)
    house.rest()
    assert "courts" in last(refused, "en")
    transfer_ticket(ticket_id=moved.ticket_id, line="police", by=by, now=house.now)
    house.rest()
    assert "110" in last(moved, "ug")
    answer_directly(ticket_id=asked.ticket_id, answer="当天出证。", by=by, now=house.now)
    house.rest()
    assert "当天出证" in last(asked)


def test_whoever_is_handled_with_another_gets_a_reply_of_his_own(house):
    lead, member = called(house).dispatched(), called(house, phone="13800002222")
    merge_ticket(ticket_id=member.ticket_id, into=lead.ticket_id, by=lead.centre(), now=house.now)
    house.rest()
    assert told(member)[-1] == "ticket_merged"
    lead.signed().replied().passed()

    assert told(member)[-1] == "ticket_replied"
    assert "责令当晚停工" in last(member)


def test_who_gave_no_number_is_told_nothing(house):
    assert told(called(house, phone="")) == []
