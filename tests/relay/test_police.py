"""110: handed over once, heard in any order, taken back where it refuses; nothing twice."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from tests.hotline.calls import called
from tongban.engine.models import Proceeding
from tongban.hotline.actions import dispatch_ticket, transfer_ticket, withdraw_ticket
from tongban.hotline.models import Ticket
from tongban.kernel.refusals import BadInput, NotAllowed, NotFound, Refusal
from tongban.kernel.retries import HOURS
from tongban.kernel.signatures import WINDOW, Keys, dated_signature, signature_of
from tongban.notices.models import Message
from tongban.relay.actions import poll, record_conference, send, send_due, take_status
from tongban.relay.gateways import Delivered, Status, Unreachable
from tongban.relay.gateways.simulator import PoliceSimulator, Troubles
from tongban.relay.models import Conference, Passing, Told
from tongban.relay.queries import beside, gateway
from tongban.relay.rules import accepted_by

CODE, KEY = "police-110", "k110"
FIGHT = "楼下有人在打架，听见有人喊救命"
WALL = datetime(2026, 9, 7, 2, 30, tzinfo=UTC)


@pytest.fixture
def police(own_city, settings, tmp_path):
    def having(**troubles):
        settings.RELAY_PARTNERS = {
            CODE: (
                "tongban.relay.gateways.simulator.PoliceSimulator",
                {"code": CODE, "folder": tmp_path, "key": KEY, "troubles": Troubles(**troubles)},
            )
        }
        return gateway(CODE)

    own_city.go("2026-09-07 10:30")
    having()
    return having


def handed_over(house, text=FIGHT):
    call = called(house, text, domain="city-noise-neighbour", type="help")
    transfer_ticket(
        ticket_id=call.ticket_id, line="police", by=house.actor("qiu.line"), now=house.now
    )
    house.rest()
    return call


def test_a_transfer_goes_out_once_and_the_status_comes_back(own_city, police):
    call = handed_over(own_city)
    row = Passing.objects.get()
    assert (row.state, row.number, row.direction) == ("sent", call.number, "out")

    for minutes in (2, 4, 6, 60):
        poll(now=own_city.now + timedelta(minutes=minutes))
    row.refresh_from_db()
    assert (row.state, row.words) == ("closed", "已处置完毕，现场平稳。")
    assert Told.objects.count() == 3
    # The caller hears of it once, in the city's own words.
    (told,) = Message.objects.filter(key="ticket_settled")
    assert told.party_id == call.ticket.caller_id
    assert set(told.words) >= {"zh", "en", "ug"}
    assert "110" in told.words["zh"]["sms"]
    assert "现场平稳" not in str(told.words)


@pytest.mark.parametrize(
    "troubles", [{"twice": True}, {"disorder": True}, {"twice": True, "disorder": True}]
)
def test_late_double_and_disordered_news_ends_in_the_same_state(own_city, police, troubles):
    police(**troubles)
    handed_over(own_city)
    for _ in range(3):
        poll(now=own_city.now + timedelta(minutes=30))

    row = Passing.objects.get()
    assert (row.state, row.position) == ("closed", 3)
    assert Told.objects.count() == 3


def test_what_is_not_answered_is_tried_again_and_given_up_at_last(own_city, police):
    simulator = police(deaf=2)
    assert isinstance(simulator, PoliceSimulator)
    handed_over(own_city)
    row = Passing.objects.get()
    assert (row.state, row.attempts) == ("queued", 1)
    wall = row.retry_at
    assert not send(passing_id=row.pk, now=own_city.now, wall=wall - timedelta(seconds=1))
    assert send_due(now=own_city.now, wall=wall) == 1
    row.refresh_from_db()
    assert send_due(now=own_city.now, wall=row.retry_at) == 1
    row.refresh_from_db()
    assert (row.state, row.attempts, row.last_error) == ("sent", 3, "")


def test_a_dead_gateway_is_given_up_after_all_attempts(own_city, police):
    police(deaf=1000)
    handed_over(own_city)
    row = Passing.objects.get()
    for _ in range(HOURS.most):
        row.refresh_from_db()
        send_due(now=own_city.now, wall=row.retry_at)
    row.refresh_from_db()

    assert (row.state, row.attempts) == ("given_up", HOURS.most)
    assert "does not answer" in row.last_error
    assert "重新受理" in beside(row.ticket_id, own_city.now).passings[0].note
    # What 110 never got is ours: somebody looks at it, and its caller knows under which number.
    own_city.rest()
    back = Ticket.objects.select_related("proceeding").get(source=f"relay/back/{row.number}")
    assert back.proceeding.state == "received"
    assert send_due(now=own_city.now, wall=row.retry_at + timedelta(days=1)) == 0
    (told,) = Message.objects.filter(key="ticket_came_back")
    assert back.proceeding.number in told.words["zh"]["body"]


def test_what_110_refuses_comes_back_to_us_once(own_city, police):
    call = handed_over(own_city, "商铺噪音很大，请110来管")
    for minutes in (5, 10):
        poll(now=own_city.now + timedelta(minutes=minutes))
        own_city.rest()

    back = Ticket.objects.get(of_number=call.number)
    assert (back.channel, back.caller_id) == ("transfer", call.ticket.caller_id)
    assert back.proceeding.state == "received"
    assert Ticket.objects.count() == 2
    (told,) = Message.objects.filter(key="ticket_came_back")
    assert back.proceeding.number in told.words["zh"]["sms"]


def status(number, seq, state="handling", message="", words="处理中"):
    return Status(message or f"m{seq}", number, "JQ1", seq, state, words, WALL)


def test_an_answer_that_overtakes_its_receipt_stands(own_city, police):
    police(deaf=1)
    call = handed_over(own_city)
    take_status(partner=CODE, status=status(call.number, 2), now=own_city.now)
    late = take_status(partner=CODE, status=status(call.number, 1, "accepted"), now=own_city.now)

    row = Passing.objects.get()
    assert late.is_late
    assert row.state == "handling"
    with pytest.raises(NotFound):
        take_status(partner=CODE, status=status("GD0", 1), now=own_city.now)
    with pytest.raises(NotFound):
        take_status(partner="other", status=status(call.number, 3), now=own_city.now)


def test_news_stand_though_the_unit_may_not_act_just_now(own_city, police, monkeypatch):
    """A task that is held or sent back takes no note: the news are kept, the round goes on."""
    police()
    call = handed_over(own_city)

    def forbidden(row, now):
        raise NotAllowed("现在不能登记进展。")

    monkeypatch.setattr("tongban.relay.actions.hearing._follow", forbidden)
    assert take_status(partner=CODE, status=status(call.number, 1), now=own_city.now).is_new

    row = Passing.objects.get()
    assert (row.state, row.position, row.last_error) == ("handling", 1, "现在不能登记进展。")
    assert Told.objects.count() == 1


def test_one_status_that_is_refused_does_not_end_the_round(own_city, police, monkeypatch):
    handed_over(own_city)
    handed_over(own_city)
    heard = []

    def refused(*, partner, status, now):
        heard.append(status.number)
        raise NotFound("没有把这件诉求转给您。")

    monkeypatch.setattr("tongban.relay.actions.passing.take_status", refused)
    assert poll(now=own_city.now + timedelta(minutes=2)) == 0
    assert len(set(heard)) == 2


def test_who_does_not_answer_is_asked_once_a_round_and_each_row_in_turn(
    own_city, police, monkeypatch
):
    for _ in range(3):
        handed_over(own_city)
    asked = []

    def silent(self, numbers, now):
        asked.append(numbers[0][0])
        raise Unreachable("no answer")

    monkeypatch.setattr(PoliceSimulator, "poll", silent)
    for minutes in (1, 2, 3):
        poll(now=own_city.now + timedelta(minutes=minutes))
        assert len(asked) == minutes
    assert len(set(asked)) == 3


def test_a_number_that_the_other_side_gave_before_breaks_nothing(own_city, police, monkeypatch):
    monkeypatch.setattr(PoliceSimulator, "deliver", lambda self, handed: Delivered("JQ1"))
    handed_over(own_city)
    handed_over(own_city)

    rows = Passing.objects.filter(direction="out").values_list("state", "theirs")
    assert list(rows) == [("sent", "JQ1"), ("sent", "JQ1")]
    answer = post(request_of("JQ1"))
    assert (answer.status_code, answer.json()["copy"]) == (200, False)
    assert post(request_of("JQ1")).json()["copy"] is True
    assert Passing.objects.filter(direction="in").count() == 1


@pytest.mark.parametrize("fault", [TypeError("x"), None])
def test_an_answer_that_nobody_expected_is_tried_again_later(own_city, police, monkeypatch, fault):
    def odd(self, handed):
        if fault:
            raise fault
        return Delivered("JQ\0")

    monkeypatch.setattr(PoliceSimulator, "deliver", odd)
    handed_over(own_city)

    row = Passing.objects.get()
    assert (row.state, row.attempts) == ("queued", 1)
    assert row.last_error in {"TypeError", "ValueError", "DataError"}


def test_what_is_withdrawn_meanwhile_is_not_handed_over(own_city, police):
    police(deaf=1)
    call = handed_over(own_city)
    row = Passing.objects.get()
    Proceeding.objects.filter(number=call.number).update(state="withdrawn")

    assert send_due(now=own_city.now, wall=row.retry_at) == 0
    row.refresh_from_db()
    assert (row.state, row.attempts, row.last_error) == ("given_up", 1, "")
    assert "没有再转出" in beside(call.ticket_id, own_city.now).passings[0].note


# At the door


def post(message, key=KEY, partner=CODE):
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    return sent(body, signature_of(key, body, line=partner), partner)


def sent(body, signature, partner=CODE):
    return Client().post(
        f"/relay/{partner}/",
        body,
        content_type="application/json",
        headers={"X-Tongban-Signature": signature},
    )


def request_of(theirs="JQ7", **more):
    return {"id": f"m-{theirs}", "kind": "request", "theirs": theirs, "phone": "13800001111",
            "text": "小区路灯坏了，不属于警情", "place": "胜利路",
            "at": "2026-09-07T10:30:00+08:00", **more}  # fmt: skip


def test_a_request_of_110_is_one_ticket_and_110_hears_of_it(own_city, police):
    simulator = gateway(CODE)
    answers = [post(request_of()) for _ in range(3)]
    own_city.rest()

    ticket = Ticket.objects.select_related("proceeding").get()
    assert {one.json()["number"] for one in answers} == {ticket.proceeding.number}
    assert [one.json()["copy"] for one in answers] == [False, True, True]
    assert ticket.channel == "transfer"
    assert Passing.objects.get().direction == "in"
    assert [state for _theirs, _seq, state in simulator.heard] == ["handling"]


def test_a_platform_above_hands_a_request_down_and_hears_of_it(own_city, police, settings):
    above = settings.RELAY_PARTNERS[CODE]
    settings.RELAY_PARTNERS = {**settings.RELAY_PARTNERS, "regional-12345": above}

    answers = [post(request_of("Z1"), partner="regional-12345") for _ in range(2)]
    own_city.rest()

    ticket = Ticket.objects.select_related("proceeding").get()
    assert {one.json()["number"] for one in answers} == {ticket.proceeding.number}
    assert ticket.channel == "platform"
    heard = gateway("regional-12345").heard
    assert ("Z1", "handling") in {(theirs, state) for theirs, _seq, state in heard}


def test_news_of_110_by_the_door_is_put_in_order(own_city, police):
    call = handed_over(own_city)
    news = {
        "kind": "status",
        "number": call.number,
        "theirs": "JQ1",
        "at": "2026-09-07T10:40:00+08:00",
    }
    last = {
        **news,
        "id": "m3",
        "seq": 3,
        "state": "closed",
        "text": "<script>x</script>已处置\u202e",
    }
    first = {**news, "id": "m1", "seq": 1, "state": "accepted"}

    assert post(last).json() == {"number": call.number, "copy": False, "late": False}
    assert post(first).json()["late"]
    assert post(last).json()["copy"]
    row = Passing.objects.get()
    assert row.state == "closed"
    assert "\u202e" not in row.words


@pytest.mark.parametrize(
    ("message", "status"),
    [
        (b"", 422),
        (b"{}", 422),
        (b"[" * 5_000, 422),
        (b"x" * 1_000_000, 422),
        (request_of(text=""), 422),
        (request_of(text="话" * 8_001), 422),
        (request_of(theirs="../x y"), 422),
        (request_of(kind="boom"), 422),
        (request_of(at="2026-09-07T10:30:00"), 422),
        (request_of(extra=1), 422),
        ({**request_of(), "kind": "status", "number": "GD1", "state": "closed"}, 404),
        ({**request_of(), "kind": "status"}, 422),
    ],
)
def test_what_cannot_be_is_refused_in_words(own_city, police, message, status):
    answer = post(message)

    assert answer.status_code == status
    assert answer.json()["sentence"]
    assert Ticket.objects.count() == 0


def test_only_the_partner_itself_speaks(own_city, police, settings):
    assert post(request_of(), key="other").status_code == 403
    assert post(request_of(), partner="unknown").status_code == 403
    settings.RELAY_PARTNERS = {}
    assert post(request_of(), key="").status_code == 403


def test_a_key_is_changed_without_a_pause_and_what_was_overheard_grows_old(
    own_city, police, settings
):
    name, options = settings.RELAY_PARTNERS[CODE]
    keys = Keys.of({"2026": KEY, "2027": "new"})
    settings.RELAY_PARTNERS = {CODE: (name, {**options, "key": keys})}
    body = json.dumps(request_of("JQ8")).encode()
    signed = dated_signature(keys, "2027", body, at=own_city.now, line=CODE)

    assert post(request_of("JQ8")).json()["copy"] is False
    assert sent(body, signed).json()["copy"] is True
    own_city.go(own_city.now + WINDOW + timedelta(minutes=1))
    assert sent(body, signed).status_code == 403


# Conversations of three


def test_who_accepts_where_nobody_agrees():
    assert accepted_by("hotline", "") == "hotline"
    assert accepted_by("police", "") == "police"
    assert accepted_by("hotline", "police") == "police"


def test_a_conversation_needs_a_line_and_an_operator(own_city, police):
    call = called(own_city)
    by = own_city.actor("ning.line")
    given = {"ticket_id": call.ticket_id, "by": by, "now": own_city.now}
    for parties, agreed in [([], ""), (["hotline"], ""), (["police"], "fire"), (["moon"], "")]:
        with pytest.raises(BadInput):
            record_conference(parties=parties, agreed=agreed, **given)
    with pytest.raises(NotAllowed):
        record_conference(
            parties=["police"], agreed="", **{**given, "by": own_city.actor("zhang.urban")}
        )
    assert Conference.objects.count() == 0


def test_the_other_line_was_called_first_where_the_ticket_came_from_there(own_city, police):
    number = post(request_of()).json()["number"]
    ticket = Ticket.objects.get(proceeding__number=number)
    accepts = record_conference(
        ticket_id=ticket.pk, parties=["police"], agreed="",
        by=own_city.actor("ning.line"), now=own_city.now,
    )  # fmt: skip

    assert accepts == "police"
    ticket.refresh_from_db()
    assert ticket.proceeding.state == "transferred"


def test_we_were_called_first_where_110_gave_it_back_or_somebody_else_handed_it_down(
    own_city, police, settings
):
    above = settings.RELAY_PARTNERS[CODE]
    settings.RELAY_PARTNERS = {**settings.RELAY_PARTNERS, "regional-12345": above}
    handed_over(own_city, "商铺噪音很大，请110来管")
    poll(now=own_city.now + timedelta(minutes=5))
    own_city.rest()
    assert post(request_of("ZZ1"), partner="regional-12345").status_code < 300
    tickets = Ticket.objects.filter(proceeding__state="received")
    assert tickets.count() == 2
    for one in tickets:
        accepts = record_conference(
            ticket_id=one.pk, parties=["police"], agreed="",
            by=own_city.actor("ning.line"), now=own_city.now,
        )  # fmt: skip
        assert accepts == "hotline"


def test_of_what_has_ended_no_conversation_is_recorded(own_city, police):
    call = called(own_city)
    withdraw_ticket(ticket_id=call.ticket_id, by=call.centre("window"), now=own_city.now)
    with pytest.raises(BadInput):
        record_conference(
            ticket_id=call.ticket_id, parties=["police"], agreed="hotline",
            by=own_city.actor("ning.line"), now=own_city.now,
        )  # fmt: skip
    assert Conference.objects.count() == 0


def test_a_conversation_and_a_dispatch_at_one_moment_do_not_stop_each_other(
    own_city, police, race
):
    call = called(own_city)
    by, now = own_city.actor("qiu.line"), own_city.now

    def confer():
        try:
            return record_conference(
                ticket_id=call.ticket_id, parties=["police"], agreed="police", by=by, now=now
            )
        except Refusal:
            return "refused"

    def send_on():
        try:
            dispatch_ticket(ticket_id=call.ticket_id, unit="urban-management", by=by, now=now)
        except Refusal:
            return "refused"
        return "dispatched"

    said = race(confer, send_on)
    assert said in (["police", "refused"], ["refused", "dispatched"])
    assert Conference.objects.count() == int(said[0] == "police")
