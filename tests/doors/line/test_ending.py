"""An operator hangs up at the screen; a place that was heard wrong is put right."""

import json

import pytest
from django.test import Client

from tests.doors.desk.clerk import Clerk
from tests.doors.line.test_voice import filled
from tests.hotline.calls import called
from tests.voice.ringing import DANGER, LAMP, Ringing
from tongban.hotline.models import Task, Ticket
from tongban.kernel.signatures import signature_of
from tongban.ratings.models import Invitation, Review
from tongban.records.models import Entry
from tongban.voice.models import Call

KEY = "pbx-secret"


@pytest.fixture
def taken(monday, operator):
    """A call that Ning has."""
    caller = Ringing(monday)
    caller.lift()
    caller.say(LAMP)
    caller.say("转人工")
    operator.send("/line/take/", {})
    return caller


def open_call(operator, caller):
    return operator.open("/line/", call=str(caller.call.pk))


def asked(content, key=KEY):
    body = json.dumps(content).encode()
    return Client().post(
        "/voice/orders/", body, content_type="application/json",
        headers={"X-Tongban-Signature": signature_of(key, body)},
    )  # fmt: skip


def test_one_key_hangs_up_and_the_bridge_is_told(taken, operator, settings):
    settings.VOICE_KEY = KEY
    page = open_call(operator, taken)
    assert 'data-key="F12"' in page.main
    answer = operator.send("/line/end/", {"call": str(taken.call.pk)})

    assert answer.location == "/line/"
    assert "已挂机" in operator.open("/line/").words
    assert taken.call.state == "ended"
    (order,) = asked({}).json()["orders"]
    assert (order["call"], order["do"]) == (taken.name, "hang_up")
    assert asked({"done": [order["id"]]}).json() == {"orders": []}
    assert asked({}, key="other").status_code == 403
    for strange in ({"x": 1}, {"done": "1"}, {"done": ["x"]}, [], {"done": [0, -1, 10**30]}):
        assert asked(strange).status_code in {200, 422}


def test_hanging_up_leaves_what_is_typed_alone(taken, operator):
    answer = operator.client.post(
        "/line/end/", {"call": str(taken.call.pk)}, headers={"HX-Request": "true"}
    )

    words = answer.content.decode()
    assert answer.status_code == 200
    assert words.lstrip().startswith("<section")
    assert "已挂机" in words
    assert 'name="text"' not in words


def test_the_caller_who_was_faster_is_told_of(taken, operator):
    taken.tell("ended")
    operator.send("/line/end/", {"call": str(taken.call.pk)})

    assert "来电人已经挂机" in operator.open("/line/").words
    assert 'data-key="F12"' not in open_call(operator, taken).main


@pytest.mark.parametrize("call", ["", "x", "0", "9" * 30, "-1"])
def test_a_strange_call_ends_nothing(taken, operator, call):
    assert operator.send("/line/end/", {"call": call}).status in {302, 404}
    assert taken.call.state == "taken"


@pytest.mark.parametrize("login", ["wang.window", "zhang.urban", "ali"])
def test_nobody_else_hangs_up(taken, login):
    answer = Clerk(login).send("/line/end/", {"call": str(taken.call.pk)})

    assert answer.status in {403, 404}
    assert taken.call.state == "taken"


def test_after_an_answer_the_caller_is_asked_by_the_machine(monday, taken, operator):
    page = open_call(operator, taken)
    form = filled(page, act="answer", answer="今天下午派人来修，修好会告诉您。")
    done = operator.send("/line/", form)
    monday.rest()
    shown = operator.open(done.location)
    assert f'name="call" value="{taken.call.pk}"' in shown.main
    operator.send("/line/end/", {"call": str(taken.call.pk)})

    assert "语音导航正在请来电人按键评价" in operator.open("/line/").words
    assert "挂机" not in operator.open(done.location).main
    taken.say("喂")
    assert "已经收到" in taken.key("1").say
    assert Review.objects.get().channel == "phone"
    assert Invitation.objects.get().rated_at


def test_the_page_that_plays_a_telephone_is_told_too(monday, operator):
    import re

    stranger = Client()
    call = re.search(r'data-call="([^"]+)"', stranger.get("/voice/").content.decode())[1]

    def play(seq, kind, **more):
        return stranger.post(
            "/voice/call/", {"call": call, "seq": str(seq), "kind": kind, **more}
        ).json()

    play(1, "started")
    play(2, "answered")
    play(3, "key", value="0")
    operator.send("/line/take/", {})
    operator.send("/line/end/", {"call": str(Call.objects.get().pk)})

    state = stranger.post("/voice/state/", {"call": call}).json()
    assert [one["do"] for one in state["orders"]] == ["hang_up"]
    play(4, "ended")
    assert stranger.post("/voice/state/", {"call": call}).json()["orders"] == []


def test_an_operator_rings_up_from_the_page_of_a_request(monday, operator, settings):
    call = called(monday)
    at = f"/line/done/{call.number}/"
    assert "拨打来电人" not in operator.open(at).words
    refused = operator.send("/line/ring/", {"number": call.number})
    assert "没有接入电话系统" in operator.open(refused.location).words
    settings.VOICE_KEY = KEY
    assert "拨打来电人" in operator.open(at).words
    answer = operator.send("/line/ring/", {"number": call.number})

    shown = operator.open(answer.location)
    assert "正在拨打" in shown.words
    assert 'data-key="F12"' in shown.main
    (order,) = asked({}).json()["orders"]
    assert (order["do"], order["phone"]) == ("ring", "13800001111")
    assert operator.send("/line/ring/", {"number": "GD1"}).status == 404


# What the menu recorded and the operator puts right


@pytest.fixture
def recorded(monday, operator):
    """A call in danger that the menu has recorded at a place in Tianshan."""
    caller = Ringing(monday)
    caller.lift()
    caller.say(f"{DANGER}在胜利路")
    return operator.open(operator.send("/line/take/", {}).location)


def test_the_form_holds_where_the_menu_understood_it_to_be(recorded):
    assert recorded.value("f-place") == "胜利路"


def test_a_place_that_is_put_right_is_kept_and_leads_to_its_unit(monday, operator, recorded):
    form = filled(
        recorded, place="友好北路1号三单元", region="650103", type="help",
        domain="city-noise-construction", urgency="critical", act="dispatch",
    )  # fmt: skip
    operator.send("/line/", form)
    operator.send("/line/", form)
    monday.rest()

    ticket = Ticket.objects.select_related("proceeding").get()
    task = Task.objects.select_related("proceeding").get()
    assert (ticket.place, ticket.region) == ("友好北路1号三单元", "650103")
    assert (task.unit, task.proceeding.region) == ("urban-management-saybag", "650103")
    entry = Entry.objects.get(stream="proceeding", stream_id=ticket.pk, verb="correct_place")
    assert (entry.body["region"], entry.body["before"][:6]) == ("650103", "650102")
    assert entry.fields == ["place", "region"]
    assert "友好北路" not in json.dumps(entry.body, ensure_ascii=False)
    assert "友好北路1号三单元" in operator.see(ticket.proceeding.number).words


def test_a_place_alone_brings_its_own_region(monday, operator, recorded):
    operator.send("/line/", filled(recorded, place="沙依巴克区友好北路", act="keep"))

    assert Ticket.objects.get().region.startswith("650103")


def test_what_nobody_changed_is_not_put_right(monday, operator, recorded):
    operator.send("/line/", filled(recorded, act="keep"))

    assert not Entry.objects.filter(verb="correct_place").exists()


def test_a_strange_region_is_refused_in_words(monday, operator, recorded):
    answer = operator.send("/line/", filled(recorded, region="110101", act="keep"))

    assert "请选择所在区域" in operator.open(answer.location).source
    assert Ticket.objects.get().place == "胜利路"


def test_a_kind_is_kept_where_the_domain_was_never_known(monday, operator):
    caller = Ringing(monday)
    caller.lift()
    caller.say("救命，有人晕倒了，快来人")
    page = operator.open(operator.send("/line/take/", {}).location)
    Ticket.objects.update(domain="")
    number = Ticket.objects.get().pk
    from tongban.engine.models import Proceeding

    row = Proceeding.objects.get(pk=number)
    row.facts = {**row.facts, "domain": ""}
    row.save(update_fields=["facts"])
    operator.send("/line/", filled(page, type="complaint", domain="", act="keep"))

    assert Ticket.objects.get().type == "complaint"


def test_the_screen_says_where_what_is_written_goes(monday, operator, recorded):
    assert "您补充的话会加到这一单" in recorded.words
    calm = Ringing(monday, name="pbx-2", phone="13800002222")
    calm.lift()
    calm.say(LAMP)
    calm.key("1")
    calm.say("转人工")
    operator.send("/line/take/", {"call": str(calm.call.pk)})

    assert "您登记的会另立一单" in open_call(operator, calm).words
