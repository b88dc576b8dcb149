"""The operator's screen: a call becomes a ticket and goes where the key says."""

import re
import uuid

import pytest

from tests.doors.desk.clerk import Clerk
from tests.hotline.calls import NOISE, TIANSHAN, called
from tongban.hotline.models import Ticket


def typed(**more):
    return {"text": NOISE, "phone": "138 0000 1111", "region": TIANSHAN, "place": "胜利路",
            "type": "complaint", "domain": "city-noise-construction", "key": uuid.uuid4().hex,
            **more}  # fmt: skip


@pytest.mark.parametrize("login", ["wang.window", "tan.line", "zhang.urban", "ali", None])
def test_the_screen_is_for_operators_only(monday, login):
    pages = [Clerk(login).open("/line/"), Clerk(login).send("/line/live/", typed())]

    assert {page.status for page in pages} <= {302, 403}
    assert Ticket.objects.count() == 0


def test_one_key_files_a_call_and_sends_it_to_its_unit(monday, operator):
    answer = operator.send("/line/", typed(act="dispatch"))

    ticket = Ticket.objects.select_related("proceeding").get()
    assert answer.location == f"/line/done/{ticket.proceeding.number}/"
    assert (ticket.proceeding.state, ticket.unit) == ("handling", "urban-management-tianshan")
    assert ticket.urgency == "normal"
    page = operator.open(answer.location).source
    assert ticket.proceeding.number[:4] in page
    assert "最迟答复" in page


def test_the_last_day_is_read_aloud_and_not_the_midnight_after_it(operator):
    answer = operator.send("/line/", typed(act="dispatch"))
    page = operator.open(answer.location)

    assert "最迟答复 2026年9月14日" in page.words
    assert "00:00" not in page.words
    short = operator.send("/line/", typed(act="dispatch", type="consult", urgency="urgent"))
    assert re.search(r"最迟答复 2026年9月7日 \d\d:\d\d", operator.open(short.location).words)


def test_who_has_the_caller_now_is_said_at_the_end(operator):
    answer = operator.send("/line/", typed(act="transfer", line="police"))

    assert "转接到 110 公安报警" in operator.open(answer.location).words


def test_pressing_twice_makes_one_ticket(operator):
    once = typed(act="keep")
    operator.send("/line/", once)
    operator.send("/line/", once)

    assert Ticket.objects.count() == 1


def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(operator):
    answer = operator.send("/line/", typed(text="", phone="12"))

    page = answer.source
    assert answer.status == 422
    assert "请写明您要反映的事情" in page
    assert Ticket.objects.count() == 0


@pytest.mark.parametrize(
    ("act", "more", "state"),
    [
        ("answer", {"answer": "携带身份证到窗口即可。"}, "answered"),
        ("refuse", {"reason": "litigation"}, "refused"),
        ("transfer", {"line": "police"}, "transferred"),
        ("keep", {}, "received"),
    ],
)
def test_each_key_goes_its_way(operator, act, more, state):
    operator.send("/line/", typed(act=act, urgency="urgent", **more))

    assert Ticket.objects.select_related("proceeding").get().proceeding.state == state


@pytest.mark.parametrize(
    ("act", "words", "field"),
    [
        ("answer", "请先写明给来电人的答复。", "f-answer"),
        ("refuse", "请先选择不予受理的情形。", "f-reason"),
        ("transfer", "请先选择转接到哪条专线。", "f-line"),
    ],
)
def test_a_key_whose_words_are_missing_files_nothing_and_opens_its_place(
    operator, act, words, field
):
    page = operator.send("/line/", typed(act=act))

    assert page.status == 422
    assert words in page.words
    assert f'href="#{field}"' in page.main
    assert re.search(rf'<details[^>]* open>((?!<details).)*id="{field}', page.main, re.S)
    assert Ticket.objects.count() == 0


def test_a_caller_who_asked_to_be_hidden_stays_so_when_something_else_is_wrong(operator):
    page = operator.send("/line/", typed(act="dispatch", hides="1", phone="12"))

    assert page.status == 422
    assert re.search(r'name="hides" value="1" +checked', page.main)


def test_what_somebody_looks_up_during_a_call_opens_beside_it(monday, operator):
    call = called(monday, phone="13800009999")
    page = operator.send("/line/live/", typed(phone="13800009999")).source

    link = re.search(rf'<a href="/desk/tickets/{call.number}/"[^>]*>', page)[0]
    assert 'target="_blank"' in link


def test_while_somebody_speaks_the_screen_says_what_it_sounds_like(monday, operator):
    called(monday, phone="13800009999")
    page = operator.send("/line/live/", typed(type="", domain="")).source

    assert "夜间施工" in page
    assert "并入这一单" in page
    assert "第一次来电" in page


def test_who_called_before_is_shown_with_what_about(monday, operator):
    call = called(monday)
    page = operator.send("/line/live/", typed(text="还是那件事情，没有人管")).source

    assert call.number in page


def test_what_units_answer_is_at_hand_with_its_source_and_day(operator):
    asked = typed(text="请问食品经营许可证要几天能办好", domain="", type="")
    page = operator.send("/line/live/", asked).source

    assert "可以这样答复" in page
    assert "承诺5个工作日办结" in page
    assert "市场监管局 · 2026-11-01 更新 · 食品安全法第三十五条" in page


def test_what_nobody_has_answered_is_not_made_up(operator):
    page = operator.send("/line/live/", typed(text="今天天气怎么样呢", domain="")).source

    assert "可以这样答复" not in page


def test_danger_stops_the_script(operator):
    page = operator.send("/line/live/", typed(text="我家闻到煤气味，漏气了")).source

    assert "请马上开窗" in page
    assert "119" in page


def test_a_call_joins_the_request_about_the_same_thing(monday, operator):
    lead = called(monday, phone="13800009999")
    operator.send("/line/", typed(act="join", into=lead.number))

    ticket = Ticket.objects.latest("pk")
    assert ticket.lead_id == lead.ticket_id


def test_a_name_with_a_script_in_it_is_shown_as_text(monday, operator):
    text = "<script>alert(1)</script>\u202e反着写的投诉内容噪音"
    operator.send("/line/", typed(text=text, act="keep"))
    page = operator.open("/line/").source

    assert "<script>alert" not in page
    assert "\u202e" not in Ticket.objects.get().text
