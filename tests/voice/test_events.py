"""Events of calls: once each, in their order, from the telephone system alone."""

import json
from datetime import timedelta
from itertools import count

import pytest
from django.test import Client

from tests.voice.ringing import DANGER, LAMP, Ringing
from tongban.hotline.models import Ticket
from tongban.kernel.identifiers import is_bank_card
from tongban.kernel.numbers import public_number
from tongban.kernel.refusals import NotAllowed, NotFound
from tongban.kernel.signatures import signature_of
from tongban.voice.actions import leave_call, skip_gaps, take_call
from tongban.voice.models import Call, Event
from tongban.voice.queries import (
    SHOWN_WAITING,
    answer_rate,
    call_now,
    call_page,
    waiting_calls,
)
from tongban.voice.rules.events import CallTaken, EventChanged

KEY = "pbx-secret"


@pytest.fixture
def caller(city):
    city.go("2026-09-07 10:30")
    return Ringing(city)


def test_the_same_event_again_changes_nothing_and_is_answered_alike(caller):
    caller.lift()
    first = caller.say(LAMP)
    again = caller.tell("said", LAMP, seq=4)

    assert again.is_copy
    assert (again.say, again.do) == (first.say, first.do)
    caller.tell("key", "1", seq=5)
    caller.tell("key", "1", seq=5)
    assert Ticket.objects.count() == 1
    assert Event.objects.get(seq=5).copies == 1


def test_the_number_of_the_ticket_is_kept_however_much_it_looks_like_a_card(caller, monkeypatch):
    def numbered(prefix, region, on, serial):
        some = (public_number(prefix, region, on, serial + more) for more in count())
        return next(one for one in some if is_bank_card(one[2:21]))

    monkeypatch.setattr("tongban.engine.actions.act.public_number", numbered)
    caller.lift()
    caller.say(LAMP)
    told = caller.key("1")
    again = caller.tell("key", "1", seq=5)

    assert is_bank_card(told.ticket[2:21])
    assert " ".join(told.ticket) in told.say
    assert again.say == told.say


def test_another_event_in_the_same_place_is_refused(caller):
    caller.lift()
    caller.say(LAMP)

    with pytest.raises(EventChanged):
        caller.tell("said", "别的话", seq=4)


def test_events_out_of_order_come_out_as_in_order(caller, city):
    caller.tell("key", "1", seq=5)
    caller.tell("said", LAMP, seq=4)
    caller.tell("answered", seq=3)
    assert Ticket.objects.count() == 0
    caller.tell("ringing", seq=2)
    last = caller.tell("started", seq=1, phone=caller.phone)

    assert last.ticket == Ticket.objects.get().proceeding.number
    assert caller.call.applied == 5
    assert Ticket.objects.get().caller.code == caller.phone


def test_a_lost_event_is_waited_for_and_then_left_out(caller, city):
    caller.lift()
    held = caller.tell("key", "0", seq=6)
    assert (held.state, caller.call.state) == ("waiting", "menu")
    wall = Event.objects.get(seq=6).arrived_at

    assert skip_gaps(now=city.now, wall=wall + timedelta(seconds=3)) == 0
    assert skip_gaps(now=city.now, wall=wall + timedelta(seconds=11)) == 1
    assert caller.call.state == "waiting"
    late = caller.tell("said", "迟到的话", seq=5)
    assert (late.state, caller.call.state) == ("late", "waiting")


def test_what_comes_after_the_end_changes_nothing(caller):
    caller.lift()
    caller.tell("ended")
    caller.key("0")

    assert caller.call.state == "ended"
    assert waiting_calls() == []


def test_one_operator_takes_a_call_and_reads_what_was_said(caller, city):
    caller.lift()
    caller.say(LAMP)
    caller.say("转人工")
    by = city.actor("ning.line")
    one = waiting_calls()[0]
    assert one.phone == "138****1111"

    take_call(call=one.id, by=by, now=city.now)
    take_call(call=one.id, by=by, now=city.now)
    page = call_page(by, one.id)
    assert (page.phone, page.text, page.place) == (caller.phone, LAMP, "胜利路")
    assert [line.speaker for line in page.lines] == [
        "machine", "caller", "machine", "caller", "machine",
    ]  # fmt: skip
    assert call_now(caller.name).operator == by.name
    assert waiting_calls() == []
    leave_call(call=one.id, by=by, now=city.now)
    assert len(waiting_calls()) == 1
    with pytest.raises(NotFound):
        call_page(by, one.id)
    rate = answer_rate(city.now - timedelta(hours=1), city.now + timedelta(hours=1))
    assert (rate.offered, rate.share, rate.prompt) == (1, 1.0, 1)


@pytest.mark.parametrize("login", ["zhang.urban", "ali", "wang.window"])
def test_calls_are_for_operators_only(caller, city, login):
    caller.lift()
    caller.key("0")

    with pytest.raises(NotAllowed):
        take_call(call=caller.call.pk, by=city.actor(login), now=city.now)


def test_a_call_whose_end_was_lost_ends_by_itself(caller, city):
    caller.lift()
    last = caller.key("0")
    wall = Event.objects.latest("arrived_at").arrived_at
    assert last.do == "connect"

    assert skip_gaps(now=city.now, wall=wall + timedelta(minutes=59)) == 0
    assert len(waiting_calls()) == 1
    assert skip_gaps(now=city.now, wall=wall + timedelta(minutes=61)) == 1
    assert (caller.call.state, waiting_calls()) == ("ended", [])
    assert skip_gaps(now=city.now, wall=wall + timedelta(minutes=62)) == 0


def test_danger_comes_first_however_many_wait(caller, city, django_assert_num_queries):
    for n in range(SHOWN_WAITING + 1):
        one = Ringing(city, name=f"pbx-w{n}", phone=f"138000033{n:02}")
        one.lift()
        one.key("0")
    caller.lift()
    caller.say(DANGER)

    with django_assert_num_queries(1):
        shown = waiting_calls()
    assert len(shown) == SHOWN_WAITING
    assert shown[0].danger
    assert shown[1].phone == "138****3300"


def test_whoever_has_hung_up_is_not_taken(caller, city):
    caller.lift()
    caller.key("0")
    caller.tell("ended")

    with pytest.raises(CallTaken):
        take_call(call=caller.call.pk, by=city.actor("ning.line"), now=city.now)


# Over HTTP


def post(content, key=KEY, **headers):
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return Client().post(
        "/voice/events/",
        body,
        content_type="application/json",
        headers={"X-Tongban-Signature": signature_of(key, body), **headers},
    )


def event(seq=1, **more):
    return {
        "call": "pbx-7", "seq": seq, "at": "2026-09-07T10:30:00+08:00", "kind": "started", **more
    }  # fmt: skip


@pytest.fixture
def bridge(city, settings):
    city.go("2026-09-07 10:30")
    settings.VOICE_KEY = KEY
    return city


def test_a_bridge_tells_and_is_told_what_to_say(bridge):
    assert post(event(phone="+86 138-0000-1111")).status_code == 200
    said = post(event(2, kind="answered")).json()

    assert said["do"] == "listen"
    assert "12345" in said["say"]
    assert post(event(9, kind="key", value="0")).status_code == 202


@pytest.mark.parametrize("key", ["", "other"])
def test_nobody_else_speaks_for_the_telephone(bridge, settings, key):
    assert post(event(), key=key).status_code == 403
    settings.VOICE_KEY = ""
    assert post(event(), key="").status_code == 403
    assert Call.objects.count() == 0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{",
        b"\xff\xfe",
        b'{"call": "x", "seq": 1, "kind": "started", "at": "2026-09-07T10:30:00"}',
        b'{"call": "x", "seq": 1, "kind": "started", "at": "2026-09-07T10:30:00+08:00", "z": 1}',
        b'{"call": "x", "seq": 1, "kind": "said", "value": "\\ud800", "at": "2026-09-07T10:30Z"}',
        json.dumps(event(seq=0)).encode(),
        json.dumps(event(seq=10**12)).encode(),
        json.dumps(event(call="../../etc")).encode(),
        json.dumps(event(call="a" * 65)).encode(),
        json.dumps(event(kind="exploded")).encode(),
        json.dumps(event(kind="said", value="话" * 2_001)).encode(),
        b"[" * 5_000,
        b"x" * 1_000_000,
    ],
)
def test_what_is_no_event_is_refused_in_words_and_leaves_nothing(bridge, content):
    answer = post(content)

    assert answer.status_code == 422
    assert answer.json()["sentence"].startswith("来电事件")
    assert Call.objects.count() == 0


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>胜利路的路灯坏了一整条街都不亮",
        "胜利路的路灯\u0000坏了一整条\u0007街都不亮",
        "胜利路的路灯坏了\u202e一整条街都不亮\u2066",
        "胜利路的路灯坏了，我的身份证是650102199003071234，电话13912345678，一整条街都不亮",
    ],
)
def test_hostile_words_make_one_clean_ticket(bridge, text):
    steps = [
        event(), event(2, kind="answered"), event(3, kind="said", value=text),
        event(4, kind="key", value="1"), event(4, kind="key", value="1"),
    ]  # fmt: skip
    answers = [post(one) for one in steps]

    assert {one.status_code for one in answers} == {200}
    kept = Ticket.objects.get().text
    for bad in ("\u0000", "\u0007", "\u202e", "\u2066", "650102199003071234", "13912345678"):
        assert bad not in kept
        assert bad not in str(list(Event.objects.values_list("value", "answer")))
        assert bad not in str(Call.objects.get().talk)
