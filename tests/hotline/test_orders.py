"""An order that nobody answers rises level by level, once each; what is answered does not."""

import pytest

from tests.doors.desk.clerk import Clerk
from tests.hotline.calls import called
from tongban.engine.actions import fire
from tongban.engine.models import Step
from tongban.engine.queries import audit_clocks
from tongban.hotline import rules
from tongban.hotline.actions import answer_order, close_order, raise_order, supervise_ticket
from tongban.hotline.queries import content
from tongban.kernel.refusals import BadInput
from tongban.people.models import Account
from tongban.records.models import Entry


@pytest.fixture
def house(city):
    city.go("2026-09-07 10:30")
    return city


def ordered(house, trigger="overdue"):
    """A request in work, and an order of the centre to its unit; answers the order's id too."""
    call = called(house).dispatched().signed()
    order_id = supervise_ticket(
        ticket_id=call.ticket_id, trigger=trigger, text="请查清", by=call.centre(), now=house.now
    )
    return call, order_id


def levels(call):
    return [one["level"] for one in call.orders[0].proceeding.facts["levels"]]


def open_steps(call):
    found = Step.objects.filter(state="open", proceeding__in=[call.ticket_id, call.orders[0].pk])
    return {(one.code.partition("_")[0], one.queue.rpartition(".")[2]) for one in found}


def test_the_levels_of_the_city_follow_each_other(house):
    found = [one["code"] for one in rules.levels_above(content(), "remind")]
    assert found == ["written", "listed", "talk"]
    assert rules.levels_above(content(), "talk") == []
    assert rules.level_to(content(), "written", "talk")["code"] == "talk"
    with pytest.raises(BadInput):
        rules.level_to(content(), "listed", "written")


def test_an_order_without_an_answer_rises_to_the_last_level_and_then_its_lead_hears(house):
    call, order_id = ordered(house)
    # Two working days for a reminder and for a written order, one for each level above.
    for at, level in (
        ("2026-09-10 09:00", "written"), ("2026-09-14 09:00", "written"),
        ("2026-09-15 09:00", "listed"), ("2026-09-17 09:00", "talk"),
    ):  # fmt: skip
        house.go(at)
        assert (call.orders[0].level, levels(call)[-1]) == (level, level), at
    assert ("unheard", "decider") not in open_steps(call)
    house.go("2026-09-19 09:00")
    house.go("2026-09-25 09:00")
    assert levels(call) == ["remind", "written", "listed", "talk"]
    expected = {("order", "head"), ("risen", "checker"), ("unheard", "decider")}
    assert expected <= open_steps(call)
    rose = Entry.objects.filter(stream_id=order_id, verb="rise")
    assert rose.count() == 3
    assert Entry.objects.filter(stream_id=call.ticket_id, verb="order_unheard").count() == 1
    assert not list(audit_clocks())


def test_a_deadline_that_is_fired_twice_raises_once(house):
    call, order_id = ordered(house)
    at = call.orders[0].proceeding.clock_set.get(name="answer_order").due_at
    house.go("2026-09-09 20:00")
    assert [fire(order_id, "answer_order", at) for _ in range(2)] == [True, False]
    house.go("2026-09-10 09:00")
    assert levels(call) == ["remind", "written"]


def test_what_is_answered_does_not_rise_by_itself_and_a_person_may_raise_it(house):
    call, order_id = ordered(house)
    answer_order(order_id=order_id, text="明日完成", by=call.unit(), now=house.now)
    house.go("2026-09-14 09:00")
    assert levels(call) == ["remind"]
    raise_order(
        order_id=order_id, level="listed", reason="没有说明原因", by=call.centre(), now=house.now
    )
    order = call.orders[0]
    assert (order.level, order.answer, order.proceeding.state) == ("listed", "", "issued")
    assert Entry.objects.get(stream_id=order_id, verb="rise").body["text"] == "明日完成"
    assert open_steps(call) >= {("order", "head"), ("risen", "checker")}

    answer_order(order_id=order_id, text="已经停工", by=call.unit("head"), now=house.now)
    assert ("risen", "checker") not in open_steps(call)
    close_order(order_id=order_id, by=call.centre(), now=house.now)
    raised = supervise_ticket(
        ticket_id=call.ticket_id, trigger="false_reply", text="说明", by=call.centre(),
        now=house.now,
    )  # fmt: skip
    with pytest.raises(BadInput, match="最后一级"):
        raise_order(order_id=raised, reason="再", by=call.centre(), now=house.now)


def test_lists_and_pages_show_the_level_and_how_it_rose(house):
    call, _order = ordered(house)
    house.go("2026-09-10 09:00")
    centre, head = Clerk("qiu.line"), Clerk(Account.objects.get(pk=call.unit("head").id).login)
    told = "系统提醒；2026年9月10日 00:00 书面督办（逾期未答复，自动升级）"
    for clerk in (centre, head):
        page = clerk.open("/desk/orders/").words
        assert told in page
        assert "书面督办" in page
    assert "没有督办单" in centre.open("/desk/orders/?level=talk").words
    assert "没有督办单" in Clerk("cao.education").open("/desk/orders/").words
    assert told in centre.open("/desk/orders/?state=&unit=&level=written").words
    assert "没有督办单" in centre.open("/desk/orders/?state=closed").words
    page = centre.see(call.number)
    assert told in page.words
    assert "raise_order" in page.verbs
    number = call.orders[0].proceeding.number
    given = {"step": number, "level": "talk", "reason": "居民再次来电"}
    assert centre.do(call.number, "raise_order", given).status == 302
    assert levels(call)[-1] == "talk"
    assert head.see(number).verbs == {"answer_order"}
    assert "raise_order" not in centre.see(call.number).verbs
