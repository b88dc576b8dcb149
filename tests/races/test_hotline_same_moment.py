"""Two people at one request in the same second, on real commits: one wins, the other is told."""

import pytest

from tests.hotline.calls import REPLY, called
from tongban.engine.models import Proceeding
from tongban.engine.queries import audit_clocks
from tongban.hotline.actions import (
    Request,
    Said,
    approve_return,
    ask_return,
    call_back,
    dispatch_ticket,
    merge_ticket,
    receive_ticket,
    refuse_return,
    reply_ticket,
    supervise_ticket,
    withdraw_ticket,
)
from tongban.hotline.models import Order, Task, Ticket
from tongban.kernel.refusals import Refusal
from tongban.records.models import Entry
from tongban.records.queries import export_lines
from tongban.records.rules.verification import verify

LAMP = "胜利路路灯不亮，请修一下。"


@pytest.fixture
def city(own_city):
    own_city.go("2026-09-07 10:30")
    return own_city


def won_and_refused(results):
    """How many were done, and that everybody else was refused in words."""
    refused = [one for one in results if isinstance(one, Exception)]
    assert all(isinstance(one, Refusal) and one.sentence for one in refused), refused
    return len(results) - len(refused)


def sound(city):
    assert list(audit_clocks()) == []
    assert verify(export_lines(now=city.now)).holds


def test_one_request_sent_five_times_at_once_is_one_ticket(city, race):
    by = city.actor("ning.line")
    request = Request(text=LAMP, phone="13800001111", source="line/same")

    results = race(*[lambda: receive_ticket(request=request, by=by, now=city.now)] * 5)

    assert {one.number for one in results} == {Ticket.objects.get().proceeding.number}
    assert sum(one.is_new for one in results) == 1
    assert Entry.objects.filter(verb="receive").count() == 1
    sound(city)


def test_a_caller_who_is_new_twice_at_once_is_one_party(city, race):
    by = city.actor("ning.line")

    def call(n):
        request = Request(
            text="胜利路路灯不亮，请修一下。", phone="13800009999", source=f"line/{n}"
        )
        return lambda: receive_ticket(request=request, by=by, now=city.now)

    results = race(*[call(n) for n in range(4)])

    assert len({one.number for one in results}) == 4
    assert Ticket.objects.values_list("caller_id", flat=True).distinct().count() == 1


def test_of_two_operators_one_sends_it_on_and_one_unit_has_it(city, race):
    call = called(city)

    def send(unit, login):
        by = city.actor(login)
        return lambda: dispatch_ticket(ticket_id=call.ticket_id, unit=unit, by=by, now=city.now)

    results = race(send("fire-rescue", "qiu.line"), send("urban-management", "erkin.line"))

    assert won_and_refused(results) == 1
    assert Task.objects.filter(ticket_id=call.ticket_id).count() == 1
    assert Entry.objects.filter(stream_id=call.ticket_id, verb="dispatch").count() == 1
    city.rest()
    sound(city)


def test_a_reply_and_a_withdrawal_leave_one_end(city, race):
    call = called(city).dispatched().signed()
    unit, task, caller = call.unit(), call.task.pk, call.centre("window")

    results = race(
        lambda: reply_ticket(task_id=task, text=REPLY, by=unit, now=city.now),
        lambda: withdraw_ticket(ticket_id=call.ticket_id, by=caller, now=city.now),
    )

    won_and_refused(results)
    city.rest()
    # Whichever came first: nobody works on what was taken back, nothing answered is lost.
    open_tasks = Proceeding.objects.filter(parent_id=call.ticket_id, ended_at=None).count()
    assert (call.state, open_tasks) in {("withdrawn", 0), ("checking", 1)}
    sound(city)


def test_a_return_is_granted_or_refused_not_both(city, race):
    call = called(city).dispatched().signed()
    why = {"reason": "不属于本单位职责。", "basis": "三定规定"}
    ask_return(task_id=call.task.pk, by=call.unit(), now=city.now, **why)
    city.rest()
    task, one, other = call.task.pk, city.actor("qiu.line"), city.actor("erkin.line")

    results = race(
        lambda: approve_return(task_id=task, by=one, now=city.now),
        lambda: refuse_return(task_id=task, reason="属于该单位。", by=other, now=city.now),
    )

    assert won_and_refused(results) == 1
    sound(city)


def test_two_requests_merged_into_each_other_leave_one_that_leads(city, race):
    one, other = called(city), called(city, phone="13800002222")

    def join(login, ticket, into):
        by = city.actor(login)
        return lambda: merge_ticket(
            ticket_id=ticket.ticket_id, into=into.ticket_id, by=by, now=city.now
        )

    results = race(join("qiu.line", one, other), join("erkin.line", other, one))

    assert won_and_refused(results) == 1
    assert sorted([one.state, other.state]) == ["merged", "received"]
    sound(city)


def test_two_orders_about_one_thing_are_one_order(city, race):
    call = called(city).dispatched()

    def order(login):
        by = city.actor(login)
        return lambda: supervise_ticket(
            ticket_id=call.ticket_id, trigger="harm", text="请从速办理。", by=by, now=city.now
        )

    results = race(order("qiu.line"), order("erkin.line"))

    won_and_refused(results)
    assert Order.objects.filter(ticket_id=call.ticket_id, trigger="harm").count() == 1
    sound(city)


def test_the_same_callback_twice_is_told_once(city, race):
    call = called(city).dispatched().signed().replied().passed()
    said = Said("unsolved", contacted=True, satisfied=5)

    def callback(login):
        by = city.actor(login)
        return lambda: call_back(ticket_id=call.ticket_id, said=said, by=by, now=city.now)

    won_and_refused(race(callback("qiu.line"), callback("erkin.line")))

    city.rest()
    assert call.ticket.outcome == "unsolved"
    sound(city)
