"""A call from the telephone at the operator's screen: who waits, one key, the form is filled."""

import json
import re

import pytest

from tests.doors.desk.clerk import Clerk
from tests.hotline.calls import called
from tests.voice.ringing import DANGER, LAMP, PHONE, Ringing
from tongban.hotline.models import Task, Ticket
from tongban.people.rules import ASKING_LIMIT
from tongban.records.models import Entry
from tongban.voice.models import Call


@pytest.fixture
def ringing(monday):
    caller = Ringing(monday)
    caller.lift()
    caller.say(LAMP)
    caller.say("转人工")
    return caller


def filled(page, **more):
    """What the form of a taken call holds, as it would be sent."""
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.main))
    return {**hidden, "text": page.value("f-text"), "phone": page.value("f-phone"),
            "place": page.value("f-place"), "name": "", "region": "", "type": "help",
            "domain": "city-works-lamp", "urgency": "normal", "unit": "", **more}  # fmt: skip


def test_who_waits_stands_on_the_screen_without_the_number(ringing, operator):
    page = operator.open("/line/")

    assert "138****1111" in page.words
    assert PHONE not in page.source
    assert 'data-key="F1"' in page.source
    assert "138****1111" in operator.open("/line/waiting/").source


def test_one_key_takes_the_call_and_the_form_is_filled(monday, ringing, operator):
    before = called(monday)
    answer = operator.send("/line/take/", {})
    page = operator.open(answer.location)

    assert answer.location == f"/line/?call={ringing.call.pk}"
    assert page.value("f-text") == LAMP
    assert page.value("f-phone") == PHONE
    assert page.value("f-place") == "胜利路"
    assert before.number in page.source
    assert "转人工之前说过的话" in page.words
    assert "我念一遍" in page.words


def test_the_forms_carry_their_token(ringing, operator):
    def holds(page, action):
        form = page.source[page.source.index(f'action="{action}"') :]
        return "csrfmiddlewaretoken" in form[: form.index("</form>")]

    assert holds(operator.open("/line/"), "/line/take/")
    assert holds(operator.open("/line/waiting/"), "/line/take/")
    assert holds(operator.open(operator.send("/line/take/", {}).location), "/line/leave/")


def test_the_ticket_of_a_call_is_made_once_and_tied_to_it(ringing, operator):
    page = operator.open(operator.send("/line/take/", {}).location)
    form = filled(page, act="dispatch")
    answer = operator.send("/line/", form)
    operator.send("/line/", form)

    ticket = Ticket.objects.select_related("proceeding").get()
    assert answer.location == f"/line/done/{ticket.proceeding.number}/"
    assert ticket.proceeding.state == "handling"
    assert ringing.call.ticket_id == ticket.pk


def test_what_the_menu_recorded_in_danger_is_gone_on_with(monday, operator):
    caller = Ringing(monday)
    caller.lift()
    caller.say(DANGER)
    page = operator.open(operator.send("/line/take/", {}).location)
    assert "语音导航已经登记" in page.words
    operator.send(
        "/line/",
        filled(page, text="在胜利路12号三单元，楼上有两位老人", act="transfer", line="fire"),
    )

    ticket = Ticket.objects.select_related("proceeding").get()
    assert ticket.proceeding.state == "transferred"
    assert "三单元" in ticket.text


def test_a_caller_who_asks_to_be_hidden_is_hidden_before_the_ticket_goes_on(monday, operator):
    caller = Ringing(monday)
    caller.lift()
    caller.say(DANGER)
    page = operator.open(operator.send("/line/take/", {}).location)
    form = filled(
        page, hides="1", act="dispatch", unit="urban-management", urgency="urgent",
        domain="city-noise-construction",
    )  # fmt: skip
    answer = operator.send("/line/", form)
    operator.send("/line/", form)

    ticket = Ticket.objects.select_related("proceeding", "caller").get()
    task = Task.objects.select_related("proceeding").get()
    assert answer.location == f"/line/done/{ticket.proceeding.number}/"
    assert ticket.hides_caller
    assert ticket.proceeding.state == "handling"
    assert task.proceeding.party_id != ticket.caller_id
    assert (ticket.type, ticket.domain) == ("help", "city-noise-construction")
    assert (ticket.urgency, task.urgency) == ("urgent", "urgent")
    verbs = Entry.objects.filter(stream="proceeding", stream_id=ticket.pk)
    assert list(verbs.order_by("pk").values_list("verb", flat=True)).count("hide_caller") == 1


def test_a_call_goes_back_to_those_who_wait(ringing, operator):
    operator.send("/line/take/", {})
    operator.send("/line/leave/", {"call": str(ringing.call.pk)})

    assert Call.objects.get().state == "waiting"


def test_a_call_that_is_gone_is_said_in_words(ringing, operator):
    ringing.tell("ended")
    answer = operator.send("/line/take/", {"call": str(ringing.call.pk)})

    assert "已经由其他话务员接听" in operator.open(answer.location).words
    answer = operator.send("/line/take/", {})
    assert "现在没有等候的来电" in operator.open(answer.location).words


@pytest.mark.parametrize("call", ["x", "0", "9" * 30, "-1", "1'"])
def test_a_strange_call_is_no_fault(ringing, operator, call):
    assert operator.open("/line/", call=call).status in {200, 404}
    assert operator.send("/line/take/", {"call": call}).status in {302, 404}
    assert operator.send("/line/leave/", {"call": call}).status in {302, 404}


def test_another_operators_call_is_not_shown(monday, ringing, operator):
    operator.send("/line/take/", {})
    other = Clerk("wang.window")

    assert other.open("/line/", call=str(ringing.call.pk)).status == 403


# The page that plays a telephone


def play(client, call, seq, kind, **more):
    return client.client.post(
        "/voice/call/", {"call": call, "seq": str(seq), "kind": kind, **more}
    ).json()


def test_somebody_plays_a_call_to_the_ticket(monday):
    stranger = Clerk(None)
    page = stranger.open("/voice/")
    call = re.search(r'data-call="([^"]+)"', page.source)[1]
    play(stranger, call, 1, "started", phone="13800001111")
    play(stranger, call, 2, "ringing")
    assert "12345" in play(stranger, call, 3, "answered")["say"]
    play(stranger, call, 4, "said", value=LAMP)
    told = play(stranger, call, 5, "key", value="1")
    assert told == {**play(stranger, call, 5, "key", value="1"), "is_copy": False}

    ticket = Ticket.objects.select_related("proceeding").get()
    assert told["ticket"] == ticket.proceeding.number
    state = stranger.client.post("/voice/state/", {"call": call}).json()
    assert state == {"state": "menu", "operator": "", "ticket": told["ticket"], "orders": []}


def test_without_a_recogniser_the_page_says_so_and_typing_works(monday):
    from tongban.voice.gateways import is_installed

    if is_installed():
        pytest.skip("the recogniser is installed")
    stranger = Clerk(None)
    page = stranger.open("/voice/")
    call = re.search(r'data-call="([^"]+)"', page.source)[1]
    answer = stranger.client.post("/voice/speech/", {"call": call, "speech": b"x"})

    assert "没有安装语音识别组件" in page.words
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"call": "forged"},
        {"seq": "-1"},
        {"seq": "9" * 30},
        {"kind": "boom"},
        {"seq": "1.5"},
        {"seq": "00000199999999"},
    ],
)
def test_what_the_page_did_not_send_is_refused(monday, fields):
    stranger = Clerk(None)
    page = stranger.open("/voice/")
    call = re.search(r'data-call="([^"]+)"', page.source)[1]
    given = {"call": call, "seq": "1", "kind": "started", **fields} if fields else {}
    answer = stranger.client.post("/voice/call/", given)

    assert answer.status_code in {404, 422}
    assert json.loads(answer.content)["sentence"]
    assert Call.objects.count() == 0


def test_a_call_that_begins_with_danger_is_counted_too(monday):
    stranger = Clerk(None)
    told = []
    for _ in range(ASKING_LIMIT.failures + 1):
        page = stranger.open("/voice/")
        call = re.search(r'data-call="([^"]+)"', page.source)[1]
        told.append(play(stranger, call, 1, "said", value=DANGER))

    assert "sentence" in told[-1]
    assert Ticket.objects.count() == ASKING_LIMIT.failures
    assert Call.objects.count() == ASKING_LIMIT.failures


def test_the_page_is_gone_where_it_is_switched_off(monday, settings):
    settings.VOICE_PAGE = False
    stranger = Clerk(None)

    assert stranger.open("/voice/").status == 404
    assert stranger.send("/voice/call/", {}).status == 404
    assert stranger.send("/voice/speech/", {}).status == 404
    assert stranger.send("/voice/state/", {}).status == 404


def test_the_microphone_is_allowed_on_this_page_alone(monday):
    client = Clerk(None).client

    assert "microphone=(self)" in client.get("/voice/")["Permissions-Policy"]
    assert "microphone=()" in client.get("/12345/")["Permissions-Policy"]
