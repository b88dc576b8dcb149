"""The form of a conversation of three: what can be agreed on when, and what was written down."""

import pytest

from tests.doors.desk.clerk import Clerk
from tests.hotline.calls import called

FIGHT = "工地夜里施工噪音很大，和工人吵起来了"


@pytest.fixture
def call(monday):
    return called(monday, FIGHT)


def at(call):
    return f"/line/conference/{call.number}/"


def test_what_was_agreed_stands_there_afterwards(operator, call):
    form = operator.open(at(call))
    assert "对方受理" in form.words
    told = {"line": "police", "agreed": "hotline", "text": "110说不是警情"}
    assert operator.send(at(call), told).location == f"/line/done/{call.number}/"

    page = operator.open(at(call))
    assert "<form" not in page.main
    assert "由谁受理 12345热线 · 商定" in page.words
    assert "110说不是警情" in page.words


def test_nothing_chosen_is_said_at_its_field_and_what_was_typed_stays(operator, call):
    page = operator.send(at(call), {"line": "police", "text": "记到一半"})

    assert page.status == 422
    assert 'href="#f-agreed"' in page.main
    assert page.value("f-points") == "记到一半"


def test_after_the_dispatch_nothing_can_be_handed_over(operator, call):
    call.dispatched()

    page = operator.open(at(call))
    assert "已经派出，不能再转给对方" in page.words
    assert "对方受理" not in page.words
    assert "三方通话" in operator.open(f"/line/done/{call.number}/").main
    assert operator.send(at(call), {"line": "police", "agreed": "hotline"}).status == 302


def test_what_has_ended_has_no_form(monday, operator, call):
    operator.do(call.number, "transfer", {"line": "police", "remark": "正在打架"})

    page = operator.open(at(call))
    assert call.state == "transferred"
    assert "<form" not in page.main
    assert "不能再登记三方通话" in page.words
    assert "三方通话" not in operator.open(f"/line/done/{call.number}/").main


@pytest.mark.parametrize(
    ("login", "listed"),
    [
        ("ning.line", {"/line/", "/desk/incidents/"}),
        ("tan.line", {"/desk/incidents/"}),
        ("zhou.head", set()),
        ("zhang.urban", set()),
    ],
)
def test_the_desk_leads_to_the_telephone_and_to_emergencies(monday, login, listed):
    page = Clerk(login).open("/desk/").source

    assert {one for one in ("/line/", "/desk/incidents/") if f'href="{one}"' in page} == listed
