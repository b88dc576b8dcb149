"""A hold has an end (挂账): after its last day the request is with unit and centre again."""

from datetime import date, timedelta

import pytest

from tests.doors.desk.clerk import Clerk
from tests.hotline.calls import REPLY, called
from tongban.engine.actions import fire
from tongban.engine.models import Step
from tongban.engine.queries import audit_clocks
from tongban.hotline import rules
from tongban.hotline.actions import answer_hold, ask_hold, resume_task
from tongban.hotline.queries import content, ticket_page
from tongban.kernel.refusals import BadInput
from tongban.kernel.worktime import CITY_ZONE
from tongban.notices.models import Message
from tongban.people.models import Account
from tongban.records.models import Entry

UNTIL = date(2026, 9, 20)


@pytest.fixture
def house(city):
    city.go("2026-09-07 10:30")
    return city


def asked(call, house):
    ask_hold(
        task_id=call.task.pk, reason="等配件", plan="到货后安装", by=call.unit("head"),
        now=house.now,
    )  # fmt: skip
    return call


def held(house, until=UNTIL):
    call = asked(called(house).dispatched().signed(), house)
    answer_hold(task_id=call.task.pk, granted=True, until=until, by=call.centre(), now=house.now)
    house.rest()
    return call


def state(call):
    return call.task.proceeding.state


def centre_looks(call):
    found = Step.objects.filter(proceeding=call.ticket_id, code="hold_over", state="open")
    return found.exists()


@pytest.mark.parametrize(
    ("until", "days"),
    [(None, 30), (date(2026, 9, 8), 1), (date(2027, 3, 6), 180)],
)
def test_a_hold_lasts_until_its_day_or_as_the_content_says(house, until, days):
    assert rules.hold_days(until, date(2026, 9, 7), content()) == days


@pytest.mark.parametrize("until", [date(2026, 9, 6), date(2026, 9, 7), date(2027, 3, 7)])
def test_a_hold_of_no_day_or_of_years_is_refused(house, until):
    with pytest.raises(BadInput) as refused:
        rules.hold_days(until, date(2026, 9, 7), content())
    assert refused.value.problems[0].path == "until"


def test_after_its_last_day_the_request_comes_back_by_itself_once(house):
    call = held(house)
    assert call.ticket.proceeding.facts["hold_until"] == "2026-09-20"
    house.go("2026-09-20 23:00")
    assert (state(call), centre_looks(call)) == ("held", False)
    at = call.task.proceeding.clock_set.get(name="review_hold").due_at
    house.go("2026-09-21 09:00")
    assert fire(call.task.pk, "review_hold", at) is False
    assert (state(call), centre_looks(call)) == ("handling", True)
    assert call.ticket.proceeding.facts["hold_until"] == ""
    assert Entry.objects.filter(stream_id=call.task.pk, verb="resume").count() == 1
    assert Entry.objects.get(stream_id=call.ticket_id, verb="hold_ended").actor_kind == "system"
    # All five working days were left; the 25th is a holiday.
    due = call.task.proceeding.clock_set.get(name="handle").due_at
    assert f"{due.astimezone(CITY_ZONE) - timedelta(seconds=1):%m-%d}" == "09-29"
    told = Message.objects.filter(key="ticket_resumed", party_id=call.ticket.caller_id)
    assert "最迟在2026年9月29日前答复" in told.get().words["zh"]["body"]
    assert not list(audit_clocks())


def test_it_may_be_held_again_and_then_ends_anew(house):
    call = held(house)
    house.go("2026-09-21 09:00")
    asked(call, house)
    assert not centre_looks(call)
    answer_hold(task_id=call.task.pk, granted=True, by=call.centre(), now=house.now)
    assert call.task.proceeding.facts["hold_until"] == "2026-10-21"
    house.go("2026-10-21 20:00")
    assert state(call) == "held"
    house.go("2026-10-22 09:00")
    assert (state(call), centre_looks(call)) == ("handling", True)
    call.replied(REPLY)
    assert not centre_looks(call)
    assert not list(audit_clocks())


def test_who_goes_on_by_himself_is_not_called_back_later(house):
    call = held(house)
    resume_task(task_id=call.task.pk, by=call.unit("head"), now=house.now)
    assert (state(call), centre_looks(call)) == ("handling", False)
    house.go("2026-09-30 09:00")
    assert not centre_looks(call)
    assert Entry.objects.filter(stream_id=call.ticket_id, verb="hold_ended").count() == 1


def test_pages_and_lists_say_until_when(house):
    call = asked(called(house).dispatched().signed(), house)
    centre = Clerk("qiu.line")
    number = call.task.proceeding.number
    page = centre.see(call.number)
    assert "2026-10-07" in page.source
    given = {"step": number, "until": "2026-09-07"}
    assert "请选择以后的日期" in centre.do(call.number, "grant_hold", given).words
    given["until"] = "2026-09-20"
    assert centre.do(call.number, "grant_hold", given).status == 302
    head = Clerk(Account.objects.get(pk=call.unit("head").id).login)
    for clerk in (centre, head):
        assert "挂账至 2026年9月20日" in clerk.open("/desk/tickets/").words
    assert "挂账至 2026年9月20日" in head.see(number).words
    (task,) = ticket_page(call.caller(), call.number, house.now).tasks
    assert task.held_until == UNTIL
    house.go("2026-09-21 09:00")
    assert "挂账已经到期" in head.see(number).words
    assert "挂账至" not in centre.open("/desk/tickets/").words
