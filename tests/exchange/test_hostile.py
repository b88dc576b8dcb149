"""Messages that nobody should send: each is refused with a reason, and no case moves."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from tests.city.house import moment
from tests.exchange.conftest import KEYS, REGISTRATION, TOBACCO
from tests.exchange.saying import ITEM, message, say, story
from tongban.exchange.models import Arrival, Reject
from tongban.exchange.rules import WIRE, SignatureWrong
from tongban.kernel.refusals import NotFound
from tongban.kernel.signatures import signature_of
from tongban.records.models import Entry

START = moment("2026-09-09 11:00")


@pytest.fixture
def ready(handed):
    handed.house.go("2026-09-10 18:00")
    return handed


def unreadable(case):
    good = message(case, 1, "taken_in", START)
    return {
        "nothing": b"",
        "no json": b"{",
        "no object": b"[]",
        "not text": b"\xff\xfe\x00",
        "deep": b"[" * 100_000,
        "too large": b" " * (WIRE.largest + 1),
        "nul": json.dumps(good | {"reference": "a\0b"}).encode(),
        "unknown kind": good | {"kind": "shutdown"},
        "more than asked": good | {"is_admin": True},
        "no id": {k: v for k, v in good.items() if k != "id"},
        "id is no id": good | {"id": "1; drop table"},
        "seq of zero": good | {"seq": 0},
        "seq is no number": good | {"seq": "1"},
        "seq without end": good | {"seq": 10**30},
        "time without zone": good | {"event_at": "2026-09-09T11:00:00"},
        "long": good | {"reference": "字" * 5000},
        "infinite": json.dumps(good).replace('"seq": 1', '"seq": 1e999').encode(),
    }


def test_what_cannot_be_read_is_listed_with_the_reason(ready):
    case = ready.case(ITEM)
    before = Entry.objects.count()
    bad = unreadable(case)
    for name, told in bad.items():
        heard = say(told, ready.house.now)
        assert (heard.state, heard.code) == ("rejected", "exchange-message-unreadable"), name

    assert Reject.objects.filter(code="exchange-message-unreadable").count() == len(bad)
    assert not Arrival.objects.exists()
    assert Entry.objects.count() == before
    assert max(len(one.raw) for one in Reject.objects.all()) <= 8000


def test_the_same_rubbish_again_is_listed_once(ready):
    for _ in range(3):
        say(b"{", ready.house.now)

    assert Reject.objects.count() == 1


def impossible(ready):
    case = ready.case(ITEM)
    now = ready.house.now
    other = ready.case("food-licence")
    return {
        "another's case": message(other, 1, "taken_in", START),
        "the whole": message(ready.package, 1, "taken_in", START),
        "nobody's case": message(case, 1, "taken_in", START) | {"case": "BJ000"},
        "tomorrow": message(case, 1, "taken_in", now + timedelta(days=1)),
        "before filing": message(case, 1, "taken_in", START - timedelta(days=30)),
        "correction after acceptance": message(
            case, 1, "correction", START, target="site.name", problem="错", remedy="改"
        ),
        "unknown step": message(case, 1, "step", START, step="bribe"),
        "the decision as a step": message(case, 1, "step", START, step="decide"),
        "denial without reasons": message(
            case, 1, "decision", START, result="deny", reasons=" ", number="1"
        ),
        "licence without decision": story(case, START)[3] | {"seq": 1},
    }


def test_what_cannot_be_is_refused_and_nothing_moves(ready):
    for name in impossible(ready):
        from django.db import transaction

        with transaction.atomic():
            before = Entry.objects.count()
            heard = say(impossible(ready)[name], ready.house.now)
            assert heard.state == "rejected", name
            assert heard.sentence, name
            assert Reject.objects.count() == 1, name
            assert Entry.objects.count() == before, name
            assert ready.states()[ITEM] == "accepted", name
            transaction.set_rollback(True)


def test_a_refused_message_does_not_hold_up_what_follows(ready):
    case = ready.case(ITEM)
    told = story(case, START)
    wrong = message(case, 2, "step", START + timedelta(hours=1), step="bribe")
    for one in (told[0], told[2], told[3], wrong):
        say(one, ready.house.now)
    ready.house.rest()

    assert ready.states()[ITEM] == "granted"
    assert Reject.objects.get().message_id == wrong["id"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"issuer": "11650100MB0U001T1C"}, "bad-input"),
        ({"valid_to": "2020-01-01"}, "bad-input"),
        ({"identifier": "1.2.156.3005.2.x"}, ""),
    ],
)
def test_a_licence_that_cannot_be_is_not_mirrored(ready, change, why):
    told = story(ready.case(ITEM), START)
    for one in told[:3]:
        say(one, ready.house.now)

    assert say(told[3] | change, ready.house.now).state == "rejected"
    assert Reject.objects.get().code.startswith(why)
    assert ready.states()[ITEM] == "producing"


def test_one_id_says_one_thing_and_one_place_holds_one_message(ready):
    case, now = ready.case(ITEM), ready.house.now
    first = story(case, START)[0]
    assert say(first, now).state == "applied"
    assert say(first | {"reference": "another"}, now).state == "rejected"
    assert say(first | {"id": str(uuid4())}, now).state == "rejected"
    assert say(first, now).is_copy
    assert Arrival.objects.get().copies == 2


def test_only_its_own_key_speaks_for_a_system(ready):
    case, now = ready.case(ITEM), ready.house.now
    good = story(case, START)[0]
    for key in (KEYS[REGISTRATION], "", "guess"):
        with pytest.raises(SignatureWrong):
            say(good, now, key=key or "empty")
    # A system that signs well may still not speak for what is another's.
    assert say(good, now, system=REGISTRATION).code == "exchange-not-your-case"
    with pytest.raises(NotFound):
        say(good, now, system="nobody", key="x")
    assert not Arrival.objects.exists()


def post(system, content, signature):
    return Client(enforce_csrf_checks=True).post(
        f"/exchange/{system}/",
        content,
        content_type="application/json",
        headers={"X-Tongban-Signature": signature},
    )


@pytest.mark.parametrize("length", ["abc", "-1", "9" * 5_000])
@pytest.mark.parametrize("door", [f"/exchange/{TOBACCO}/", "/relay/police-110/"])
def test_a_length_that_is_none_is_refused_in_words(ready, door, length):
    answer = Client().post(
        door, b"{}", content_type="application/json", headers={"Content-Length": length}
    )

    assert answer.status_code == 422
    assert answer.json()["sentence"]


def test_the_door_takes_signed_messages_and_no_others(ready):
    told = story(ready.case(ITEM), START)
    content = [json.dumps(one).encode() for one in told]
    signed = [signature_of(KEYS[TOBACCO], one, line=TOBACCO) for one in content]

    waits = post(TOBACCO, content[1], signed[1])
    assert (waits.status_code, waits.json()["state"]) == (202, "waiting")
    first = post(TOBACCO, content[0], signed[0])
    assert (first.status_code, first.json()["state"]) == (200, "applied")
    again = post(TOBACCO, content[1], signed[1])
    assert (again.status_code, again.json()["copy"]) == (200, True)

    assert post(TOBACCO, content[2], signed[1]).status_code == 403
    assert post(TOBACCO, content[2], "").status_code == 403
    assert post(REGISTRATION, content[2], signed[2]).status_code == 403
    assert post("nobody", content[2], signed[2]).status_code == 404
    rubbish = b"{"
    refused = post(TOBACCO, rubbish, signature_of(KEYS[TOBACCO], rubbish, line=TOBACCO))
    assert (refused.status_code, refused.json()["code"]) == (422, "exchange-message-unreadable")
    assert post(TOBACCO, b"x" * (WIRE.largest + 1), "x").status_code == 422
    assert Client().get(f"/exchange/{TOBACCO}/").status_code == 405


def test_the_desk_may_not_do_what_the_department_does_in_its_own_system(ready):
    from tests.doors.desk.clerk import Clerk
    from tests.doors.desk.test_refusals import login_of
    from tongban.cases.rules import HandledElsewhere

    with pytest.raises(HandledElsewhere):
        ready.pass_step(ITEM, "review", "reviewer")
    page = Clerk(login_of(ready.officer_of(ITEM, "reviewer"))).see(ready.case(ITEM).number)
    assert page.verbs == set()
    assert "业务系统" in page.words
