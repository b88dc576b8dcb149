"""The eight steps of a request (domain-04 §5.1): each way that it can go, and what is refused."""

from datetime import date, timedelta

import pytest

from tests.doors.desk.clerk import Clerk
from tests.hotline.calls import NOISE, called
from tongban.engine.models import Step
from tongban.engine.queries import audit_clocks
from tongban.hotline import rules
from tongban.hotline.actions import (
    Request,
    answer_directly,
    answer_extension,
    answer_hold,
    answer_order,
    approve_return,
    ask_extension,
    ask_hold,
    ask_return,
    close_order,
    close_ticket,
    confer,
    designate_unit,
    dispatch_ticket,
    endorse_extension,
    merge_ticket,
    receive_ticket,
    refuse_return,
    refuse_ticket,
    rehandle_ticket,
    resume_task,
    send_back_reply,
    supervise_ticket,
    transfer_ticket,
    urge_ticket,
    withdraw_ticket,
)
from tongban.hotline.models import Ticket
from tongban.kernel.actors import SYSTEM
from tongban.kernel.refusals import BadInput, MoveNotAllowed, NotAllowed
from tongban.kernel.worktime import CITY_ZONE
from tongban.people.models import Account
from tongban.records.models import Entry
from tongban.records.queries import entries_of


@pytest.fixture
def house(own_city):
    own_city.go("2026-09-07 10:30")
    return own_city


def test_a_request_is_answered_by_its_unit_and_closed_when_the_caller_says_so(house):
    call = called(house).dispatched().signed().replied()
    assert call.state == "checking"
    call.passed()
    assert call.state == "callback"
    assert call.ticket.reply
    call.said("solved", 1)
    close_ticket(ticket_id=call.ticket_id, by=call.centre(), now=house.now)

    assert call.state == "closed"
    assert call.task.proceeding.state == "done"
    assert (call.ticket.outcome, call.ticket.satisfied) == ("solved", 1)


def test_the_operator_answers_at_once(house):
    call = called(house, "请问办营业执照需要什么材料？", type="consult")
    answer_directly(
        ticket_id=call.ticket_id,
        answer="请携带身份证，在线填写后当天出证。",
        by=call.centre("window"),
        now=house.now,
    )

    assert call.state == "answered"


def test_a_refusal_names_its_reason_and_the_right_way(house):
    call = called(house)
    with pytest.raises(BadInput):
        refuse_ticket(ticket_id=call.ticket_id, reason="no", by=call.centre(), now=house.now)
    refuse_ticket(
        ticket_id=call.ticket_id, reason="litigation", by=call.centre("window"), now=house.now
    )

    assert call.state == "refused"
    assert "法院" in call.ticket.reply


def test_a_matter_of_another_line_is_handed_over(house):
    call = called(house)
    transfer_ticket(
        ticket_id=call.ticket_id, line="police", by=call.centre("window"), now=house.now
    )

    assert call.state == "transferred"


def test_a_unit_returns_what_is_not_its_duty_once_and_a_designated_one_never(house):
    call = called(house).dispatched("fire-rescue")
    ask_return(
        task_id=call.task.pk, reason="不是消防职责", basis="三定规定第四条",
        by=call.unit(), now=house.now,
    )  # fmt: skip
    approve_return(task_id=call.task.pk, by=call.centre(), now=house.now)
    assert call.state == "received"
    assert call.task.proceeding.state == "returned"

    designate_unit(
        ticket_id=call.ticket_id, unit="urban-management", reason="属于城市管理职责",
        by=call.centre("decider"), now=house.now,
    )  # fmt: skip
    with pytest.raises(rules.MayNotReturn):
        ask_return(
            task_id=call.task.pk, reason="也不是", basis="无", by=call.unit(), now=house.now
        )


def test_a_refused_return_must_be_handled_and_cannot_be_asked_again(house):
    call = called(house).dispatched()
    ask_return(task_id=call.task.pk, reason="甲", basis="乙", by=call.unit(), now=house.now)
    refuse_return(task_id=call.task.pk, reason="是本单位职责", by=call.centre(), now=house.now)
    assert call.task.proceeding.state == "handling"
    with pytest.raises(NotAllowed):
        refuse_return(task_id=call.task.pk, reason="再", by=call.unit(), now=house.now)


def test_a_return_comes_within_a_day(house):
    call = called(house).dispatched()
    house.go("2026-09-08 11:00")
    with pytest.raises(rules.MayNotReturn):
        ask_return(task_id=call.task.pk, reason="甲", basis="乙", by=call.unit(), now=house.now)


def test_time_is_extended_once_by_head_and_centre(house):
    call = called(house).dispatched().signed()
    before = call.task.proceeding.clock_set.get(name="handle").due_at
    ask_extension(task_id=call.task.pk, reason="等检测报告", by=call.unit(), now=house.now)
    with pytest.raises(BadInput):
        answer_extension(task_id=call.task.pk, granted=True, by=call.centre(), now=house.now)
    endorse_extension(task_id=call.task.pk, by=call.unit("head"), now=house.now)
    answer_extension(task_id=call.task.pk, granted=True, by=call.centre(), now=house.now)

    assert call.task.proceeding.clock_set.get(name="handle").due_at > before
    with pytest.raises(rules.ExtendedAlready):
        ask_extension(task_id=call.task.pk, reason="还要", by=call.unit(), now=house.now)


def test_what_cannot_be_done_now_is_held_with_a_plan_and_its_clock_stands_still(house):
    call = called(house).dispatched().signed()
    ask_hold(
        task_id=call.task.pk, reason="冬季不能施工", plan="四月十五日前铺设",
        by=call.unit("head"), now=house.now,
    )  # fmt: skip
    until = date(2026, 11, 30)
    answer_hold(task_id=call.task.pk, granted=True, until=until, by=call.centre(), now=house.now)
    assert call.task.proceeding.state == "held"
    house.go("2026-10-20 10:00")
    assert not call.orders
    resume_task(task_id=call.task.pk, by=call.unit(), now=house.now)
    assert call.replied().state == "checking"


def test_an_empty_reply_does_not_go_out_and_says_why(house):
    call = called(house).dispatched().signed()
    with pytest.raises(rules.ReplyNotGood) as refused:
        call.replied("高度重视，已转相关部门，正在处理，请耐心等待。")
    assert refused.value.facts["faults"] == ["empty"]
    with pytest.raises(rules.ReplyNotGood) as refused:
        call.replied("经查该问题不属于我们单位的职责，请拨打其他单位的电话自行联系解决。")
    assert refused.value.facts["faults"] == ["evasive"]


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("我单位于〔日期〕到〔地点〕核查，情况是工地没有夜间施工证明。", ["unfilled"]),
        ("On 〔date〕 we looked at the site and found no permission for the night.", ["unfilled"]),
        ("依据乌城管〔2026〕12号文件，已责令工地停止夜间施工并立案查处。", []),
    ],
)
def test_a_ready_phrase_that_nobody_filled_in_does_not_go_out(text, faults):
    said = {
        "empty": [], "evasive": [], "sorry": [], "shortest": {"value": 20},
        "copied": {"value": 0.9},
    }  # fmt: skip
    found = rules.reply_faults(
        text, others=(), likeness=None, said=said, is_overdue=False, contacted=True
    )
    assert [one.code for one in found] == faults


def test_a_copied_reply_and_one_without_contact_do_not_go_out(house):
    called(house).dispatched().signed().replied()
    call = called(house, "友好南路工地夜间施工，打桩噪音扰民，孩子睡不着，投诉。").dispatched()
    from tongban.hotline.actions import sign_task

    sign_task(task_id=call.task.pk, by=call.unit(), now=house.now)
    with pytest.raises(rules.ReplyNotGood) as refused:
        call.replied()
    assert refused.value.facts["faults"] == ["copied", "not-contacted"]


def test_the_centre_sends_a_reply_back(house):
    call = called(house).dispatched().signed().replied()
    send_back_reply(
        ticket_id=call.ticket_id, reason="没有说明处罚结果", by=call.centre(), now=house.now
    )
    assert (call.state, call.task.proceeding.state) == ("handling", "handling")
    call.replied("已经对该工地处以罚款五万元，工地公示了复工时间，居民代表在场确认。").passed()
    assert call.state == "callback"


def due_day(call):
    clock = call.task.proceeding.clock_set.get(name="handle")
    return f"{clock.due_at.astimezone(CITY_ZONE) - timedelta(seconds=1):%m-%d}"


def test_what_the_centre_takes_to_check_a_reply_is_not_the_units_time(house):
    call = called(house).dispatched().signed()
    assert due_day(call) == "09-14"
    house.go("2026-09-09 10:00")
    call.replied()
    house.go("2026-09-11 10:00")
    send_back_reply(ticket_id=call.ticket_id, reason="不具体", by=call.centre(), now=house.now)
    # Three working days were left.
    assert due_day(call) == "09-16"
    house.go("2026-09-16 10:00")
    call.replied("已经对该工地处以罚款五万元，工地公示了复工时间，居民代表在场确认。")
    house.go("2026-09-17 10:00")
    send_back_reply(ticket_id=call.ticket_id, reason="还不具体", by=call.centre(), now=house.now)
    # It was the last day: the unit gets one more, and is late only after that.
    assert due_day(call) == "09-18"
    assert not call.orders
    house.go("2026-09-21 09:00")
    assert [one.trigger for one in call.orders] == ["overdue"]
    assert not list(audit_clocks())


def test_who_was_late_stays_late_when_the_reply_comes_back(house):
    call = called(house).dispatched().signed()
    house.go("2026-09-15 10:00")
    late = "因人员调整，本单答复逾期，向您致歉。经核查，该工地未办理证明，已责令停工并立案。"
    call.replied(late)
    house.go("2026-09-16 10:00")
    send_back_reply(ticket_id=call.ticket_id, reason="不具体", by=call.centre(), now=house.now)
    assert due_day(call) == "09-14"
    house.rest()
    assert [one.trigger for one in call.orders] == ["overdue"]
    assert not list(audit_clocks())


def test_unsolved_is_handled_anew_twice_then_those_concerned_sit_together(house):
    call = called(house).dispatched().signed().replied().passed()
    for round_no in (2, 3):
        call.said("unsolved", 5)
        rehandle_ticket(
            ticket_id=call.ticket_id, reason="夜里又开工了", by=call.centre(), now=house.now
        )
        assert call.ticket.round == round_no
        call.signed().replied(
            f"第{round_no}次核查：工地已经封停，由街道每晚值守，附照片和值班表。"
        ).passed()
    call.said("unsolved", 5)
    with pytest.raises(rules.RoundsUsedUp):
        rehandle_ticket(ticket_id=call.ticket_id, reason="又", by=call.centre(), now=house.now)
    with pytest.raises(BadInput):
        close_ticket(ticket_id=call.ticket_id, by=call.centre(), now=house.now)
    confer(ticket_id=call.ticket_id, reason="住建和城管职责交叉", by=call.centre(), now=house.now)
    close_ticket(
        ticket_id=call.ticket_id, reason="会商确定由住建局吊销施工许可", by=call.centre("decider"),
        now=house.now,
    )  # fmt: skip
    assert call.state == "closed"


def test_a_unit_that_is_late_is_ordered_and_answers(house):
    call = called(house).dispatched().signed()
    house.go("2026-09-15 09:00")
    assert [(one.trigger, one.level) for one in call.orders] == [("overdue", "remind")]
    order = call.orders[0]
    answer_order(order_id=order.pk, text="检测耗时，明日答复", by=call.unit(), now=house.now)
    close_order(order_id=order.pk, by=call.centre(), now=house.now)
    with pytest.raises(rules.ReplyNotGood) as refused:
        call.replied()
    assert refused.value.facts["faults"] == ["overdue"]


def test_every_caller_of_a_merged_matter_is_answered(house):
    lead = called(house)
    other = called(house, phone="13800002222")
    merge_ticket(ticket_id=other.ticket_id, into=lead.ticket_id, by=lead.centre(), now=house.now)
    with pytest.raises(rules.NotTogether):
        merge_ticket(
            ticket_id=lead.ticket_id, into=other.ticket_id, by=lead.centre(), now=house.now
        )
    lead.dispatched().signed().replied().passed()

    assert other.state == "callback"
    assert other.ticket.reply == lead.ticket.reply


def test_what_was_to_be_answered_together_goes_its_own_way_when_the_lead_is_withdrawn(house):
    lead, other = called(house), called(house, phone="13800002222")
    merge_ticket(ticket_id=other.ticket_id, into=lead.ticket_id, by=lead.centre(), now=house.now)
    withdraw_ticket(ticket_id=lead.ticket_id, by=lead.centre("window"), now=house.now)
    house.rest()

    assert other.state == "received"
    assert other.ticket.lead_id is None


def test_a_reply_that_nobody_answers_is_closed_when_its_time_is_over(house):
    call = called(house).dispatched().signed().replied().passed()
    house.go("2026-09-12 10:00")
    assert call.state == "closed"


def test_the_same_source_is_received_once(house):
    request = Request(text=NOISE, channel="open311", source="open311/a/17", region="650102003")
    first = receive_ticket(request=request, by=SYSTEM, now=house.now)
    again = receive_ticket(request=request, by=SYSTEM, now=house.now)

    assert (again.number, again.is_new) == (first.number, False)
    assert Ticket.objects.count() == 1


def test_what_is_sure_goes_to_its_unit_by_itself_and_a_report_waits(house):
    sure = called(house, "工地夜间施工打桩，混凝土罐车整夜轰鸣，投诉", type="", domain="")
    report = called(house, "举报黑作坊无证生产，使用过期变质食品", type="", domain="")

    assert (sure.state, sure.task.unit) == ("handling", "urban-management-tianshan")
    assert (report.state, report.ticket.hides_caller) == ("received", True)


def test_a_unit_does_not_learn_who_reports(house):
    text = "举报黑作坊无证生产，使用过期变质食品"
    call = called(house, text, type="report", domain="market-food-expired")
    dispatch_ticket(ticket_id=call.ticket_id, by=call.centre(), now=house.now)

    assert call.task.unit == "market-regulation-tianshan"
    assert call.task.proceeding.party_id != call.ticket.caller_id
    assert call.task.proceeding.party.name == "匿名"


@pytest.mark.parametrize("text", ["", "   ", "\x00\x01", "字" * 8001])
def test_a_text_that_is_none_or_endless_is_refused(house, text):
    with pytest.raises(BadInput):
        called(house, text)


def test_what_has_ended_moves_no_more(house):
    call = called(house)
    withdraw_ticket(ticket_id=call.ticket_id, by=call.centre("window"), now=house.now)
    with pytest.raises(MoveNotAllowed):
        dispatch_ticket(ticket_id=call.ticket_id, by=call.centre(), now=house.now)


def test_who_says_himself_that_it_is_solved_closes_it(house):
    call = called(house).dispatched().signed().replied().passed().said_himself("solved", 2)

    assert call.state == "closed"
    end = Entry.objects.filter(stream_id=call.ticket_id, verb="close").get()
    assert (end.actor_kind, end.body["outcome"]) == ("system", "solved")


@pytest.mark.parametrize(("outcome", "level"), [("solved", 4), ("partly", 1), ("unsolved", None)])
def test_what_is_not_well_waits_for_the_centre(house, outcome, level):
    call = called(house).dispatched().signed().replied().passed().said_himself(outcome, level)

    assert call.state == "callback"
    assert call.ticket.outcome == outcome


def test_what_the_centre_notes_it_closes_itself(house):
    call = called(house).dispatched().signed().replied().passed().said("solved", 1)

    assert call.state == "callback"


def test_an_order_to_sign_ends_with_the_return_and_other_orders_stay(house):
    call = called(house, urgency="normal").dispatched("fire-rescue")
    house.go("2026-09-07 17:30")
    assert [one.trigger for one in call.orders] == ["refuses"]
    supervise_ticket(
        ticket_id=call.ticket_id, trigger="harm", text="说明", by=call.centre(), now=house.now
    )
    ask_return(
        task_id=call.task.pk, reason="不是消防职责", basis="三定规定第四条",
        by=call.unit(), now=house.now,
    )  # fmt: skip
    approve_return(task_id=call.task.pk, by=call.centre(), now=house.now)

    ends = {one.trigger: one.proceeding.state for one in call.orders}
    assert ends == {"refuses": "closed", "harm": "issued"}
    sign = call.orders[0].proceeding
    assert not Step.objects.filter(proceeding=sign, state="open").exists()


def test_a_caller_who_urges_is_heard_on_the_units_desk_once_a_working_day(house):
    call = called(house).dispatched().signed()

    def urge(at=""):
        if at:
            house.go(at)
        urge_ticket(ticket_id=call.ticket_id, remark="请快一点", by=call.caller(), now=house.now)
        house.rest()
        told = entries_of("proceeding", [call.task.pk])[call.task.pk]
        return [one.body["count"] for one in told if one.verb == "hear_urged"]

    assert urge() == [1]
    assert urge() == [1]
    assert urge("2026-09-08 10:00") == [1, 2]
    assert rules.times_urged(call.task.proceeding.facts) == 2
    assert rules.times_urged(call.ticket.proceeding.facts) == 3
    call.replied()
    assert urge("2026-09-09 10:00") == [1, 2]


@pytest.mark.parametrize("hidden", [False, True])
def test_who_was_merged_and_urges_is_heard_by_the_unit_of_the_lead(house, hidden):
    lead = called(house)
    other = called(house, phone="13800002222", hides_caller=hidden)
    merge_ticket(ticket_id=other.ticket_id, into=lead.ticket_id, by=lead.centre(), now=house.now)
    house.rest()

    def urge(call, at, remark="孩子要高考"):
        house.go(at)
        urge_ticket(ticket_id=call.ticket_id, remark=remark, by=call.caller(), now=house.now)
        house.rest()
        told = entries_of("proceeding", [lead.task.pk])[lead.task.pk]
        return [one.body for one in told if one.verb == "hear_urged"]

    # Nobody works on it yet: there is no unit that could hear.
    urge_ticket(ticket_id=other.ticket_id, by=other.caller(), now=house.now)
    house.rest()
    lead.dispatched().signed()
    said = "" if hidden else "孩子要高考"
    first = {"remark": said, "count": 1, "together": True}
    assert urge(other, "2026-09-07 15:00") == [first]
    # Once a working day, whoever of them urges.
    assert urge(lead, "2026-09-07 16:00", "") == [first]
    assert len(urge(other, "2026-09-08 10:00")) == 2
    officer = Clerk(Account.objects.get(pk=lead.unit().id).login)
    page = officer.see(lead.task.proceeding.number).words
    assert "已催办 2 次，最近一次" in page
    assert "并入本单的另一位诉求人" in page
    assert "已催办2次" in officer.open("/desk/tickets/").words
    assert ("孩子要高考" in page) is not hidden


def test_the_unit_sees_that_its_caller_urges(house):
    call = called(house).dispatched().signed()
    officer = Clerk(Account.objects.get(pk=call.unit().id).login)
    number = call.task.proceeding.number
    assert "已催办" not in officer.see(number).words

    for at in ("2026-09-07 15:00", "2026-09-08 10:00"):
        house.go(at)
        urge_ticket(ticket_id=call.ticket_id, remark="孩子睡不好", by=call.caller(), now=house.now)
        house.rest()

    page = officer.see(number).words
    assert "已催办 2 次，最近一次" in page
    assert "孩子睡不好" in page
    for path in ("/desk/", "/desk/tickets/"):
        assert "已催办2次" in officer.open(path).words


def test_the_unit_is_not_told_who_urges_where_the_caller_is_hidden(house):
    call = called(house, hides_caller=True).dispatched()
    urge_ticket(ticket_id=call.ticket_id, by=call.caller(), now=house.now)
    house.rest()

    told = entries_of("proceeding", [call.task.pk])[call.task.pk]
    assert {one.actor_kind for one in told if one.verb == "hear_urged"} == {"system"}


def test_a_closed_order_keeps_no_new_one_away_and_an_open_one_does(house):
    call = called(house).dispatched().signed()

    def order():
        return supervise_ticket(
            ticket_id=call.ticket_id, trigger="unsolved", text="请两日内说明", by=call.centre(),
            now=house.now,
        )  # fmt: skip

    first = order()
    with pytest.raises(BadInput):
        order()
    answer_order(order_id=first, text="已在整改，三日内完成", by=call.unit(), now=house.now)
    with pytest.raises(BadInput):
        order()
    close_order(order_id=first, by=call.centre(), now=house.now)
    assert order() != first
    assert [one.proceeding.state for one in call.orders] == ["closed", "issued"]
