"""Several units, rounds and people at one request: nobody is stuck, nothing old counts."""

import pytest

from tests.hotline.calls import called
from tongban.doors.texts import CLOCK_NAMES
from tongban.engine.models import Clock, Step
from tongban.engine.states import KINDS
from tongban.hotline import rules
from tongban.hotline.actions import (
    add_to_ticket,
    answer_extension,
    answer_hold,
    approve_return,
    ask_extension,
    ask_hold,
    ask_return,
    classify_ticket,
    close_ticket,
    confer,
    correct_place,
    designate_unit,
    dispatch_ticket,
    endorse_extension,
    hide_caller,
    merge_ticket,
    refuse_return,
    rehandle_ticket,
    reply_ticket,
    send_back_reply,
    sign_task,
    urge_ticket,
    withdraw_ticket,
)
from tongban.hotline.models import Task
from tongban.hotline.queries import ticket_page
from tongban.kernel.actors import SYSTEM
from tongban.notices.models import Message
from tongban.people.queries import officers_for
from tongban.records.queries import entries_of
from tongban.relay.models import Incident

HELPER = "fire-rescue"
AGAIN = "第二次核查：工地已经封停，由街道每晚值守，附照片和值班表，居民在场确认。"


@pytest.fixture
def house(own_city):
    own_city.go("2026-09-07 10:30")
    return own_city


def shared(house, **more):
    """A request of a unit that answers and of one that helps: the call, and the helper's task."""
    call = called(house, **more)
    dispatch_ticket(
        ticket_id=call.ticket_id, unit="urban-management", with_units=[HELPER],
        by=call.centre(), now=house.now,
    )  # fmt: skip
    house.rest()
    return call, Task.objects.get(ticket_id=call.ticket_id, unit=HELPER)


def helper(call, task, role="reviewer"):
    return call.holder(f"{HELPER}.{role}", task.proceeding)


def open_steps(call):
    found = Step.objects.filter(proceeding_id=call.ticket_id, state="open")
    return sorted(found.values_list("code", flat=True))


def back(call, task, by):
    ask_return(
        task_id=task.pk, reason="不是本单位职责", basis="三定规定", by=by, now=call.house.now
    )


def test_two_units_ask_to_return_at_once_and_each_is_answered(house):
    call, task = shared(house)
    back(call, call.task, call.unit())
    back(call, task, helper(call, task))
    refuse_return(task_id=call.task.pk, reason="属于你局", by=call.centre(), now=house.now)
    assert open_steps(call) == ["return"]
    approve_return(task_id=task.pk, by=call.centre(), now=house.now)

    task.refresh_from_db()
    assert task.proceeding.state == "returned"
    assert (call.state, call.task.proceeding.state) == ("handling", "handling")
    assert open_steps(call) == []


def test_two_units_ask_for_time_and_for_a_hold_at_once(house):
    call, task = shared(house)
    call.signed()
    sign_task(task_id=task.pk, by=helper(call, task), now=house.now)
    for one, who in ((call.task, call.unit), (task, lambda role: helper(call, task, role))):
        ask_extension(task_id=one.pk, reason="等检测", by=who("reviewer"), now=house.now)
        endorse_extension(task_id=one.pk, by=who("head"), now=house.now)
    assert open_steps(call) == ["extension"]
    answer_extension(task_id=task.pk, granted=True, by=call.centre(), now=house.now)
    house.rest()
    assert open_steps(call) == ["extension"]
    # Who answers has no more time than before: nobody is told otherwise.
    assert not Message.objects.filter(key="ticket_extended").exists()
    answer_extension(task_id=call.task.pk, granted=True, by=call.centre(), now=house.now)
    house.rest()
    assert open_steps(call) == []
    assert Message.objects.filter(key="ticket_extended").count() == 1

    for one, who in ((call.task, call.unit("head")), (task, helper(call, task, "head"))):
        ask_hold(task_id=one.pk, reason="冬季", plan="开春", by=who, now=house.now)
    answer_hold(task_id=task.pk, granted=True, by=call.centre(), now=house.now)
    assert open_steps(call) == ["hold"]
    answer_hold(task_id=call.task.pk, granted=False, by=call.centre(), now=house.now)
    assert open_steps(call) == []


def test_what_nobody_waits_for_any_more_leaves_the_centres_desk(house):
    call, task = shared(house)
    back(call, task, helper(call, task))
    call.signed()
    ask_extension(task_id=call.task.pk, reason="等检测", by=call.unit(), now=house.now)
    endorse_extension(task_id=call.task.pk, by=call.unit("head"), now=house.now)
    assert open_steps(call) == ["extension", "return"]
    call.replied()
    assert open_steps(call) == ["check", "return"]
    assert not Step.objects.filter(proceeding_id=call.task.pk, code="endorse", state="open")

    send_back_reply(ticket_id=call.ticket_id, reason="不全", by=call.centre(), now=house.now)
    # What was asked and never answered is not used up.
    ask_extension(task_id=call.task.pk, reason="等检测", by=call.unit(), now=house.now)
    call.replied().passed()
    assert open_steps(call) == ["callback"]


def test_a_request_for_time_ends_with_the_return_and_has_a_clock_of_its_own(house):
    call = called(house).dispatched().signed()
    ask_extension(task_id=call.task.pk, reason="等检测", by=call.unit(), now=house.now)
    endorse_extension(task_id=call.task.pk, by=call.unit("head"), now=house.now)
    clock = Clock.objects.get(proceeding_id=call.task.pk, name="answer_extension")
    assert clock.stopped_at is None
    assert clock.due_at is not None
    back(call, call.task, call.unit())
    clock.refresh_from_db()
    assert clock.stopped_at == house.now
    approve_return(task_id=call.task.pk, by=call.centre(), now=house.now)

    assert open_steps(call) == ["dispatch"]


def test_who_was_refused_or_designated_does_not_return_again(house):
    call = called(house).dispatched()
    back(call, call.task, call.unit())
    refuse_return(task_id=call.task.pk, reason="属于你局", by=call.centre(), now=house.now)
    with pytest.raises(rules.MayNotReturn):
        back(call, call.task, call.unit())

    other = called(house, phone="13800002222").dispatched(HELPER)
    back(other, other.task, other.unit())
    approve_return(task_id=other.task.pk, by=other.centre(), now=house.now)
    designate_unit(
        ticket_id=other.ticket_id, unit="urban-management", reason="属于城管",
        by=other.centre("decider"), now=house.now,
    )  # fmt: skip
    house.rest()
    other.signed().replied().passed().said("unsolved", 5)
    rehandle_ticket(ticket_id=other.ticket_id, reason="又响了", by=other.centre(), now=house.now)
    assert other.task.is_designated
    with pytest.raises(rules.MayNotReturn):
        back(other, other.task, other.unit())


def test_who_has_answered_once_does_not_return_it_in_the_next_round(house):
    call = called(house).dispatched().signed().replied().passed().said("unsolved", 5)
    rehandle_ticket(ticket_id=call.ticket_id, reason="又响了", by=call.centre(), now=house.now)
    with pytest.raises(rules.MayNotReturn):
        back(call, call.task, call.unit())
    page = ticket_page(call.centre(), call.number, house.now)
    assert not page.tasks[-1].may_return


def test_a_new_round_forgets_what_was_said_of_the_old_reply(house):
    call = called(house).dispatched().signed().replied().passed().said("unsolved", 5)
    rehandle_ticket(ticket_id=call.ticket_id, reason="又响了", by=call.centre(), now=house.now)
    house.rest()
    assert (call.ticket.outcome, call.ticket.contacted) == ("", None)
    call.signed().replied(AGAIN).passed()
    # Nobody has called it unsolved this time: it closes when the time for the callback is over.
    house.go("2026-09-12 10:00")

    assert call.state == "closed"
    end = entries_of("proceeding", [call.ticket_id])[call.ticket_id][-1]
    assert (end.verb, end.body["outcome"]) == ("close", "")


def test_after_a_conference_the_old_reply_answers_nobody(house):
    call = called(house).dispatched().signed().replied().passed().said("unsolved", 5)
    confer(ticket_id=call.ticket_id, reason="职责交叉", by=call.centre(), now=house.now)
    designate_unit(
        ticket_id=call.ticket_id, unit=HELPER, reason="会商决定", by=call.centre("decider"),
        now=house.now,
    )  # fmt: skip
    house.rest()
    other = called(house, phone="13800002222")
    merge_ticket(ticket_id=other.ticket_id, into=call.ticket_id, by=call.centre(), now=house.now)
    house.rest()
    assert (call.ticket.reply, call.ticket.replied_at) == ("", None)
    assert other.state == "merged"
    call.signed().replied(AGAIN).passed()

    assert other.ticket.reply == AGAIN
    assert open_steps(call) == ["callback"]
    call.said("solved", 1)
    close_ticket(ticket_id=call.ticket_id, by=call.centre(), now=house.now)


def test_the_second_new_round_is_supervised(house):
    call = called(house).dispatched().signed().replied().passed()
    for text in (AGAIN, "第三次核查：该工地施工许可已经暂扣，设备撤场，留有现场照片。"):
        call.said("unsolved", 5)
        assert "second_round" not in [one.trigger for one in call.orders]
        rehandle_ticket(ticket_id=call.ticket_id, reason="又响", by=call.centre(), now=house.now)
        house.rest()
        call.signed().replied(text).passed()

    assert [(one.trigger, one.level) for one in call.orders] == [("second_round", "written")]


# Who asks


def test_who_asks_to_be_hidden_late_is_hidden_from_those_who_had_it(house):
    call = called(house).dispatched(HELPER)
    back(call, call.task, call.unit())
    approve_return(task_id=call.task.pk, by=call.centre(), now=house.now)
    call.dispatched()
    hide_caller(ticket_id=call.ticket_id, by=call.centre("window"), now=house.now)

    tasks = Task.objects.filter(ticket_id=call.ticket_id).select_related("proceeding__party")
    assert {one.proceeding.party.name for one in tasks} == {"匿名"}
    assert not ticket_page(call.unit(), call.task.proceeding.number, house.now).shows_caller


def test_a_request_that_turns_out_to_report_a_wrong_names_nobody_to_the_first_unit(house):
    call = called(house).dispatched(HELPER)
    back(call, call.task, call.unit())
    approve_return(task_id=call.task.pk, by=call.centre(), now=house.now)
    classify_ticket(
        ticket_id=call.ticket_id, kind="report", domain="market-food-expired", urgency="normal",
        by=call.centre(), now=house.now,
    )  # fmt: skip

    assert Task.objects.get(ticket_id=call.ticket_id).proceeding.party.name == "匿名"


@pytest.mark.parametrize(
    "more", [{"phone": ""}, {"type": "report", "domain": "market-food-expired"}]
)
def test_whom_nobody_can_call_owes_no_unit_a_conversation(house, more):
    call = called(house, **more).dispatched()
    sign_task(task_id=call.task.pk, by=call.unit(), now=house.now)
    assert not Clock.objects.filter(proceeding_id=call.task.pk, name="contact").exists()
    assert call.replied().state == "checking"


def test_what_a_caller_adds_keeps_no_number_of_a_person(house):
    call = called(house).dispatched()
    said = "我叫王某，电话13912345678，请快一点"
    at = {"ticket_id": call.ticket_id, "by": call.centre("window"), "now": house.now}
    add_to_ticket(text=said, **at)
    urge_ticket(remark=said, **at)
    withdraw_ticket(reason=said, **at)

    assert "13912345678" not in call.ticket.text
    told = entries_of("proceeding", [call.ticket_id])[call.ticket_id]
    assert "13912345678" not in str([one.body for one in told])


@pytest.mark.parametrize("way", ["add", "urge"])
def test_danger_that_is_told_later_rings_too(house, way):
    call = called(house).dispatched()
    at = {"ticket_id": call.ticket_id, "by": call.centre("window"), "now": house.now}
    if way == "add":
        add_to_ticket(text="现在工地着火了，浓烟很大", **at)
    else:
        urge_ticket(remark="现在工地着火了，浓烟很大", **at)
    house.rest()

    assert call.ticket.urgency == "critical"
    assert Incident.objects.filter(pk=call.ticket_id).count() == 1


# Where it is


def test_the_place_is_corrected_when_a_unit_says_that_it_lies_elsewhere(house):
    call = called(house).dispatched("urban-management-tianshan")
    back(call, call.task, call.unit())
    correct_place(
        ticket_id=call.ticket_id, place="新市区天津南路", region="650104", by=call.centre(),
        now=house.now,
    )  # fmt: skip
    approve_return(task_id=call.task.pk, by=call.centre(), now=house.now)
    dispatch_ticket(ticket_id=call.ticket_id, by=call.centre(), now=house.now)
    house.rest()

    assert call.ticket.region == "650104"
    assert call.task.unit == "urban-management-xinshi"
    assert officers_for("urban-management-xinshi.reviewer", call.task.proceeding.region)


def test_an_urgent_contact_is_due_at_night_too(house):
    house.go("2026-09-07 21:00")
    call = called(house, urgency="urgent")
    dispatch_ticket(ticket_id=call.ticket_id, unit="urban-management", by=SYSTEM, now=house.now)
    due = Clock.objects.get(proceeding_id=call.task.pk, name="contact").due_at

    assert (due - house.now).total_seconds() == 30 * 60


def test_a_helping_unit_replies_while_another_asks_for_time(house):
    call, task = shared(house)
    sign_task(task_id=task.pk, by=helper(call, task), now=house.now)
    ask_extension(task_id=task.pk, reason="等", by=helper(call, task), now=house.now)
    endorse_extension(task_id=task.pk, by=helper(call, task, "head"), now=house.now)
    reply_ticket(task_id=task.pk, text="现场没有消防问题。", by=helper(call, task), now=house.now)

    assert open_steps(call) == []


def test_every_clock_of_a_task_has_a_name_on_the_pages(house):
    call = called(house).dispatched()
    specs = {one.name for one in KINDS["ticket_task"].specs(call.task.proceeding)}

    assert "answer_extension" in specs
    assert specs <= set(CLOCK_NAMES)
