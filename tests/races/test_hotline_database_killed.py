"""The database killed (kill -9) while requests come in, are sent on and answered.

Whatever a caller was told is there, nothing is there twice, and journal and clocks agree.
"""

import threading

import pytest
from django.db import connections

from tongban.engine.models import Proceeding, Step
from tongban.engine.queries import audit_clocks
from tongban.hotline.actions import (
    Request,
    contact_caller,
    dispatch_ticket,
    receive_ticket,
    reply_ticket,
    sign_task,
)
from tongban.hotline.models import Task, Ticket
from tongban.kernel.refusals import MoveNotAllowed
from tongban.notices.models import Message
from tongban.people.models import Account
from tongban.people.queries import officers_for
from tongban.records.models import Entry
from tongban.records.queries import export_lines, subscriptions
from tongban.records.rules.verification import verify

pytestmark = [pytest.mark.kill, pytest.mark.slow]

REQUESTS, KILLS = 24, 2
REGION = "650102003"
REPLIES = (
    "维修队已于今天上午到场更换阀门，三号楼恢复供水，水压正常。",
    "经现场核查，该工地未办理夜间施工证明，已责令当晚停工并立案处罚。",
    "物业公司已清运堆放的垃圾，并增设两个垃圾桶，每天早晚各清运一次。",
    "路口的红绿灯配时已经调整，早高峰左转绿灯延长到四十秒，本周内复查。",
)


def asking(load, house, n):
    """Somebody asks until a number is given: the page sends the same form again."""
    request = Request(
        text=f"胜利路{n}号楼停水两天了，请尽快恢复供水。", type="help",
        domain="city-noise-construction",
        region=REGION, phone=f"138{n:08d}", source=f"web/{n}",
    )  # fmt: skip
    by = house.actor("ning.line")

    def work():
        made = load.insist(lambda: receive_ticket(request=request, by=by, now=house.now))
        load.acknowledged[n] = made

    return work


def answering(load, house, n):
    """The whole way of one request, each act until it is acknowledged."""
    centre, now = house.actor("qiu.line"), house.now
    ask = asking(load, house, n)
    (officer, *_) = officers_for("urban-management.reviewer", REGION)
    unit = house.actor(Account.objects.get(pk=officer.account_id).login)

    def once(act):
        def until_it_is_done():
            try:
                return act()
            except MoveNotAllowed:
                return None  # it was done, and the answer was lost

        load.insist(until_it_is_done)

    def task():
        return load.insist(lambda: Task.objects.get(ticket_id=load.acknowledged[n].ticket_id).pk)

    def mine(pk):
        Step.objects.filter(proceeding_id=pk, state="open").update(assignee_id=None)

    def work():
        ask()
        ticket = load.acknowledged[n].ticket_id
        once(lambda: dispatch_ticket(
            ticket_id=ticket, unit="urban-management", by=centre, now=now))  # fmt: skip
        pk = task()
        load.insist(lambda: mine(pk))
        once(lambda: sign_task(task_id=pk, by=unit, now=now))
        load.insist(lambda: mine(pk))
        once(lambda: contact_caller(task_id=pk, text="电话联系。", by=unit, now=now))
        load.insist(lambda: mine(pk))
        once(lambda: reply_ticket(task_id=pk, text=REPLIES[n % 4], by=unit, now=now))
        load.granted.add(ticket)

    return work


def test_a_database_killed_while_people_call_keeps_every_number_that_was_given(
    killed_house, load, race
):
    house = killed_house
    workers = [threading.Thread(target=load.worker) for _ in range(2)]
    for worker in workers:
        worker.start()
    try:
        results = race(
            load.client([asking(load, house, n) for n in range(10)]),
            load.client([asking(load, house, n) for n in range(10, 20)]),
            load.client([answering(load, house, n) for n in range(20, REQUESTS)]),
            load.killing(KILLS, REQUESTS),
        )
    finally:
        load.done.set()
        for worker in workers:
            worker.join(60)

    assert results == [None] * 4
    assert load.crashes > 0
    connections.close_all()
    house.rest(jobs=False)
    kept = dict(Ticket.objects.values_list("source", "proceeding__number"))
    assert kept == {f"web/{n}": made.number for n, made in load.acknowledged.items()}
    assert len(kept) == REQUESTS
    assert len(load.granted) == REQUESTS - 20
    for ticket in load.granted:
        assert Task.objects.filter(ticket_id=ticket).count() == 1
        assert Entry.objects.filter(stream_id=ticket, verb="dispatch").count() == 1
        assert Entry.objects.filter(stream_id=ticket, verb="reply_in").count() == 1
        assert Proceeding.objects.get(pk=ticket).state == "checking"
    told = Message.objects.filter(key="ticket_received")
    assert told.count() == REQUESTS  # each caller once
    assert verify(export_lines(now=house.now)).holds
    assert list(audit_clocks()) == []
    assert all(s.behind == 0 and not s.error for s in subscriptions())
