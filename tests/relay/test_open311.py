"""Open311 as a client: sent once whatever goes wrong, followed in order, nothing trusted."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from tests.doors.openapi.test_georeport import KEY as APP
from tests.doors.openapi.test_georeport import report
from tests.harness.serving import served
from tests.hotline.calls import Call, called
from tongban.hotline.actions import approve_return, ask_return, refuse_return
from tongban.hotline.models import Task, Ticket
from tongban.relay import reactions as relay_reactions
from tongban.relay.actions import poll, send_due
from tongban.relay.gateways import Handed, RefusedForGood, Unreachable
from tongban.relay.gateways.apps import HttpWebhook
from tongban.relay.gateways.asking import need_outside
from tongban.relay.gateways.fake import FakeOpen311
from tongban.relay.gateways.open311 import Open311Client
from tongban.relay.models import Passing
from tongban.relay.queries import beside

CODE = "heating-open311"
COLD = "暖气不热，家里只有12度，老人冻得受不了，请尽快修"
FIXED = "已上门检查，更换楼前供热阀门并排气，入户测温达到21度，用户确认恢复正常。"


@pytest.fixture
def fake():
    with served(FakeOpen311()) as found:
        yield found


@pytest.fixture
def city_with(own_city, settings, fake):
    one, address = fake
    options = {"code": CODE, "url": address, "key": one.key, "private": True}
    settings.RELAY_PARTNERS = {CODE: ("tongban.relay.gateways.open311.Open311Client", options)}
    own_city.go("2026-10-20 10:30")
    return own_city


def sent(house, **more):
    call = called(house, COLD, type="help", domain=_heating(), **more)
    if call.state == "received":
        call.dispatched("heating-group")
    return call


def _heating():
    from tongban.hotline.queries import domains

    return next(one.code for one in domains() if one.unit == "heating-group" and one.is_leaf)


def after(house, fake, status, notes, minutes=30):
    at = house.now + timedelta(minutes=minutes)
    fake.move("F00001", status, notes, at)
    house.go(at)
    return poll(now=at)


def test_open311_round_trip(city_with, fake, settings, monkeypatch):
    """In by our server, out by our client, status back, webhook to the app that reported."""
    one, _address = fake
    settings.OPEN311_CLIENTS = {"fixit": {**APP["fixit"], "webhook": "https://x", "secret": "s"}}
    told = []
    monkeypatch.setattr(HttpWebhook, "tell", lambda self, said: told.append(said))
    answer = report(service_code=_heating(), description=COLD)
    number = answer.json()[0]["service_request_id"]
    city_with.rest()
    call = Call(city_with, Ticket.objects.get().pk, number)
    if call.state == "received":
        call.dispatched("heating-group")

    passing = Passing.objects.get()
    assert (passing.state, passing.theirs) == ("sent", "F00001")
    assert one.reports["F00001"]["description"] == call.ticket.text
    assert one.reports["F00001"]["phone"] == "13800001111"
    after(city_with, one, "open", "已派维修工上门")
    assert call.task.proceeding.state == "handling"
    assert after(city_with, one, "open", "已派维修工上门", 0) == 0
    after(city_with, one, "closed", FIXED)
    city_with.rest()
    assert call.task.reply == FIXED
    assert call.state == "checking"
    call.passed()
    city_with.go("2026-10-30 10:00")

    assert call.state == "closed"
    assert one.asked.count("POST /v2/requests.json") == 1
    assert told[-1].status == "closed"
    assert told[-1].notes == FIXED
    assert len({happening.key for happening in told}) == len(told)


@pytest.mark.parametrize("wrong", [[503], ["lost"], ["garbage"], ["huge"], ["elsewhere", 500]])
def test_whatever_goes_wrong_it_is_reported_once(city_with, fake, wrong):
    one, _address = fake
    one.failures.next += wrong
    sent(city_with)
    row = Passing.objects.get()
    for _ in wrong:
        row.refresh_from_db()
        assert row.state == "queued"
        send_due(now=city_with.now, wall=row.retry_at)
    row.refresh_from_db()

    assert (row.state, row.theirs) == ("sent", "F00001")
    assert len(one.reports) == 1


def test_what_it_refuses_for_good_is_given_up_and_stays_with_the_unit(city_with, fake):
    one, _address = fake
    one.failures.next.append(400)
    call = sent(city_with)

    assert Passing.objects.get().state == "given_up"
    assert call.task.proceeding.state == "dispatched"


def test_an_older_row_changes_nothing_and_an_empty_reply_is_left_to_the_unit(city_with, fake):
    one, _address = fake
    call = sent(city_with)
    after(city_with, one, "closed", "已处理")
    task = Task.objects.select_related("proceeding").get()
    assert task.proceeding.state == "handling"
    assert task.reply == ""
    one.move("F00001", "open", "旧的", city_with.now - timedelta(hours=5))
    poll(now=city_with.now)

    assert Passing.objects.get().state == "closed"
    assert call.task.proceeding.state == "handling"


def test_a_reporter_who_is_hidden_is_not_named_outside(city_with, fake):
    one, _address = fake
    sent(city_with, hides_caller=True)

    assert one.reports["F00001"]["phone"] == ""


# A unit says that it is not its duty


ASKS = {"reason": "不在本单位供热范围", "basis": "供热条例第三条"}


def asked_back(house, call):
    ask_return(task_id=call.task.pk, **ASKS, by=call.unit(), now=house.now)


def waiting_task(house, fake):
    """A task whose first handing over found nobody."""
    fake.failures.next.append(503)
    return sent(house)


def try_again(house):
    row = Passing.objects.get()
    send_due(now=house.now, wall=row.retry_at)
    row.refresh_from_db()
    return row


def test_a_task_whose_return_is_asked_for_does_not_leave(city_with, fake):
    one, _address = fake
    call = waiting_task(city_with, one)
    asked_back(city_with, call)

    for _ in range(3):
        row = try_again(city_with)
    assert (row.state, row.attempts, one.reports) == ("queued", 1, {})
    assert "退单" in beside(call.ticket_id, city_with.now).passings[0].note


def test_it_does_not_leave_where_the_return_was_asked_for_before_it_was_queued(city_with, fake):
    one, _address = fake
    call = waiting_task(city_with, one)
    Passing.objects.all().delete()
    asked_back(city_with, call)
    relay_reactions.pass_task(SimpleNamespace(stream_id=call.task.pk, at=city_with.now))
    city_with.rest()

    row = Passing.objects.get()
    assert (row.state, row.attempts, one.reports) == ("queued", 0, {})


@pytest.mark.parametrize(("agrees", "state"), [(True, "given_up"), (False, "sent")])
def test_what_the_centre_decides_about_the_return_decides_about_the_sending(
    city_with, fake, agrees, state
):
    one, _address = fake
    call = waiting_task(city_with, one)
    task = call.task
    asked_back(city_with, call)
    try_again(city_with)
    given = {"task_id": task.pk, "by": call.centre(), "now": city_with.now}
    if agrees:
        approve_return(**given)
    else:
        refuse_return(reason="在供热范围内", **given)

    assert try_again(city_with).state == state
    assert len(one.reports) == (0 if agrees else 1)


# The client by itself


def handed(number="CB1"):
    return Handed(
        number, "暖气不热", "胜利路", "help", "normal", "HEAT", "2026-10-20T10:30:00+08:00"
    )


def test_services_are_read(fake):
    one, address = fake
    client = Open311Client(CODE, address, one.key, private=True)

    assert [row.code for row in client.services()] == ["HEAT", "OTHER"]
    assert client.deliver(handed()) == client.deliver(handed())
    assert len(one.reports) == 1
    with pytest.raises(RefusedForGood):
        Open311Client(CODE, address, "wrong", private=True).deliver(handed())


@pytest.mark.parametrize("wrong", ["garbage", "huge", "elsewhere", 500])
def test_a_bad_answer_is_told_as_such(fake, wrong):
    one, address = fake
    one.failures.next.append(wrong)

    with pytest.raises(Unreachable):
        Open311Client(CODE, address, one.key, private=True).services()


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/v2", "http://localhost/v2", "http://[::1]/", "http://10.0.0.8/",
        "http://169.254.169.254/latest/", "http://192.168.1.1/", "http://0.0.0.0/",
        "http://[::ffff:127.0.0.1]/", "file:///etc/passwd", "ftp://example.org/", "gopher://x",
        "http://user:word@example.org/", "http:///x", "javascript:1",
    ],
)  # fmt: skip
def test_no_way_leads_inside(url):
    with pytest.raises(RefusedForGood):
        need_outside(url, private=False)


def test_the_operators_own_network_must_be_allowed(fake):
    one, address = fake
    with pytest.raises(RefusedForGood):
        Open311Client(CODE, address, one.key).services()
    need_outside(address, private=True)


def test_rows_that_say_nothing_are_left(fake):
    one, address = fake
    client = Open311Client(CODE, address, one.key, private=True)
    client.deliver(handed())
    now = datetime(2026, 10, 21, tzinfo=UTC)
    for row in (
        {"status": "exploded"}, {"updated_datetime": "yesterday"}, {"status": ["open"]},
        {"updated_datetime": "2026-10-20T10:30:00"}, {"service_request_id": "F9"},
    ):  # fmt: skip
        kept = dict(one.reports["F00001"])
        one.reports["F00001"].update(row)
        assert client.poll([("CB1", "F00001")], now) == []
        one.reports["F00001"] = kept
    assert len(client.poll([("CB1", "F00001")], now)) == 1
