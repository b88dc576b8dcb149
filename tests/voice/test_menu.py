"""The spoken menu: what is said after what, and what follows."""

import pytest

from tests.hotline.calls import called
from tests.voice.ringing import DANGER, LAMP, Ringing
from tongban.hotline.models import Ticket
from tongban.voice.models import Event
from tongban.voice.queries import transcript_of, voice
from tongban.voice.rules.menu import Heard, Talk, next_turn, spoken_number
from tongban.voice.states import Do, Node


@pytest.fixture
def caller(city):
    city.go("2026-09-07 10:30")
    return Ringing(city)


def test_the_machine_says_who_it_is_and_what_one_can_do(caller):
    assert "这里是12345" in caller.lift().say


def test_a_request_is_read_back_and_recorded_once(caller, city):
    caller.lift()
    read_back = caller.say(LAMP)
    recorded = caller.key("1")

    assert LAMP in read_back.say
    assert "胜利路" in read_back.say
    ticket = Ticket.objects.select_related("proceeding").get()
    assert (ticket.channel, ticket.place, ticket.text) == ("voice", "胜利路", LAMP)
    assert recorded.ticket == ticket.proceeding.number
    assert " ".join(ticket.proceeding.number) in recorded.say
    assert caller.call.ticket_id == ticket.pk


def test_a_request_without_a_place_is_asked_where(caller):
    caller.lift()
    caller.key("3")
    asked = caller.say("有人整夜唱歌，吵得睡不着，请管一管")
    caller.say("红旗小区门口的烧烤摊")
    caller.say("对的，没错")

    assert "在什么地方" in asked.say
    assert Ticket.objects.get().place == "红旗小区门口的烧烤摊"


@pytest.mark.parametrize(
    ("said", "place", "region"),
    [
        ("沙依巴克区友好路", "沙依巴克区友好路", "650103"),
        ("沙依巴克区友好路，红旗小区后门", "沙依巴克区友好路，红旗小区后门", "650103"),
        ("胜利路街道那边", "胜利路街道那边", "650102003"),
    ],
)
def test_what_is_said_of_the_place_is_kept_whole_with_its_region(caller, said, place, region):
    caller.lift()
    caller.key("3")
    caller.say("有人整夜唱歌，吵得睡不着，请管一管")
    read_back = caller.say(said)
    caller.key("1")

    assert place in read_back.say
    ticket = Ticket.objects.get()
    assert (ticket.place, ticket.region) == (place, region)


def test_a_road_behind_its_district_is_one_place_with_it(caller):
    caller.lift()
    caller.say("沙依巴克区友好路的路灯坏了，一整条街都不亮")
    caller.key("1")

    ticket = Ticket.objects.get()
    assert (ticket.place, ticket.region) == ("沙依巴克区友好路", "650103")


@pytest.mark.parametrize(
    "said", ["ھەئە", "ياق", "ھەئە، توغرا", "好的", "对的，没错", "yes", "No."]
)
def test_yes_or_no_is_no_place_and_it_is_asked_again(caller, said):
    caller.lift()
    caller.key("3")
    asked = caller.say("كوچىدا ھەر كۈنى كېچىچە ناخشا ئېيتىدۇ")
    again = caller.say(said)

    assert asked.node == again.node == Node.PLACE
    assert asked.say in again.say
    caller.say("沙依巴克区友好路")
    caller.key("1")
    assert Ticket.objects.get().place == "沙依巴克区友好路"


@pytest.mark.parametrize(
    "said",
    [
        "好", "好的", "没有了", "谢谢", "没有了谢谢", "好的，谢谢您，再见。", "No, thank you!",
        "رەھمەت", "بولدى، خەير-خوش",
    ],
)  # fmt: skip
def test_who_has_nothing_else_is_thanked_and_the_call_ends(caller, said):
    caller.lift()
    caller.say(LAMP)
    caller.key("1")
    told = caller.say(said)

    assert told.do == "hang_up"
    assert told.say == voice().says["goodbye"].say(told.language)
    assert Ticket.objects.count() == 1


@pytest.mark.parametrize("said", ["好", "谢谢"])
def test_a_polite_word_before_anything_was_done_ends_no_call(caller, said):
    caller.lift()

    assert caller.say(said).do == "listen"


def test_who_goes_on_after_thanks_is_heard(caller):
    caller.lift()
    caller.say(LAMP)
    caller.key("1")
    told = caller.say("谢谢，还有胜利路的井盖也坏了，没人管")

    assert told.node == Node.CONFIRM


def test_nothing_is_recorded_that_was_not_confirmed(caller):
    caller.lift()
    caller.say(LAMP)
    asked = caller.key("2")
    again = caller.key("2")

    assert "哪里不对" in asked.say
    assert "请说发生了什么事" in again.say
    assert Ticket.objects.count() == 0


def test_a_wrong_place_is_put_right_and_the_matter_need_not_be_told_again(caller):
    caller.lift()
    caller.say(LAMP)
    caller.say("不对")
    read_back = caller.say("是在沙依巴克区友好路")
    caller.say("对")

    assert LAMP in read_back.say
    ticket = Ticket.objects.get()
    assert (ticket.place, ticket.region, ticket.text) == ("沙依巴克区友好路", "650103", LAMP)


def test_who_says_nothing_is_asked_once_more_and_then_given_to_a_person(caller):
    caller.lift()
    asked = caller.say("")
    handed = caller.say("")

    assert "没有听到您说话" in asked.say
    assert handed.do == "connect"
    assert caller.call.state == "waiting"


def test_a_question_is_answered_with_source_and_day(caller):
    caller.lift()
    told = caller.say("请问食品经营许可证要几天能办好")

    assert "承诺5个工作日办结" in told.say
    assert "市场监督管理局" in told.say
    assert "2026-11-01更新" in told.say
    assert caller.key("1").do == "hang_up"


def test_what_nobody_has_answered_goes_to_a_person(caller):
    caller.lift()
    caller.key("1")
    told = caller.say("火星上的温度有多少度呢")

    assert told.do == "connect"
    assert "没有找到有依据的答复" in told.say


@pytest.mark.parametrize("way", ["转人工", "我要找人工服务", "0"])
@pytest.mark.parametrize("before", [[], ["3"], ["2"]])
def test_a_person_can_be_asked_for_anywhere(caller, before, way):
    caller.lift()
    for key in before:
        caller.key(key)
    told = caller.key(way) if way.isdecimal() else caller.say(way)

    assert told.do == "connect"
    assert caller.call.state == "waiting"


@pytest.mark.parametrize("before", [[], ["3"], ["1"], ["2"], ["0"]])
def test_danger_comes_first_wherever_somebody_stands(caller, before):
    caller.lift()
    for key in before:
        caller.key(key)
    told = caller.say(DANGER)

    ticket = Ticket.objects.get()
    assert "请马上开窗" in told.say
    assert (ticket.urgency, ticket.channel) == ("critical", "voice")
    assert caller.call.state == "waiting"
    assert caller.call.danger == "gas"
    caller.say("快一点，燃气泄漏了")
    assert Ticket.objects.count() == 1


def test_two_misses_and_a_person_is_called(caller):
    caller.lift()
    first = caller.say("嗯")
    second = caller.say("啊")

    assert "没有听明白" in first.say
    assert first.do == "listen"
    assert second.do == "connect"


def test_progress_needs_number_and_the_last_digits(caller, city):
    call = called(city, LAMP)
    digits = "".join(one for one in call.number[2:-1])
    caller.lift()
    caller.key("2")
    asked = caller.key(f"{digits}#")
    wrong = caller.key("9999")
    caller.key(f"{digits}#")
    told = caller.key("1111")

    assert "后四位" in asked.say
    assert "对不上" in wrong.say
    assert call.number in told.say
    assert "诉求已收到" in told.say
    lines = [line.text for line in transcript_of(caller.call)]
    assert "[1111]" not in lines
    assert "[••••]" in lines


def test_a_number_that_is_said_in_words_is_one(caller, city):
    call = called(city, LAMP)
    words = "".join("零一二三四五六七八九"[int(one)] for one in call.number[2:-1])
    caller.lift()
    caller.say("我想查一下办到哪了")
    caller.say(words)
    told = caller.say("幺幺幺幺")

    assert call.number in told.say
    assert "幺幺幺幺" not in [line.text for line in transcript_of(caller.call)]


@pytest.mark.parametrize(("key", "words"), [("8", "مەسلىھەت"), ("9", "This is 12345")])
def test_the_menu_speaks_other_languages(caller, key, words):
    caller.lift()

    assert words in caller.key(key).say


def test_uyghur_words_are_answered_in_uyghur(caller):
    caller.lift()
    told = caller.say("كوچا چىرىغى بۇزۇلدى، ئەرز قىلىمەن")

    assert told.language == "ug"
    assert "قەيەردە" in told.say


def test_every_saying_has_three_languages_and_its_values():
    for key, text in voice().says.items():
        holes = {one: set(_holes(text.say(one))) for one in ("zh", "en", "ug")}
        assert text.en, key
        assert text.ug, key
        assert holes["zh"] == holes["en"] == holes["ug"], key


def _holes(text):
    from string import Formatter

    return [name for _text, name, _spec, _turn in Formatter().parse(text) if name]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("GD65010020260907000012X", ""),
        ("工单编号 一二三", ""),
        ("", ""),
        ("1" * 40, ""),
    ],
)
def test_what_is_no_number_is_none(text, number):
    assert spoken_number(text) == number


def test_words_in_braces_are_said_as_they_are(caller):
    caller.lift()
    caller.key("3")
    told = caller.say("胜利路的{place}{0}路灯不亮了，请修")

    assert "{place}{0}" in told.say


@pytest.mark.parametrize("node", ["number", "code"])
def test_numbers_of_persons_are_masked_wherever_a_number_is_asked_for(caller, city, node):
    caller.lift()
    caller.key("2")
    if node == "code":
        caller.say(called(city, LAMP).number)
    assert caller.call.talk["node"] == node
    caller.say("我的身份证是650102199003071234，电话13912345678，" + DANGER)

    call = caller.call
    assert call.danger
    kept = str(call.talk) + str(list(Event.objects.values_list("value", "answer")))
    assert "650102199003071234" not in kept
    assert "13912345678" not in kept


def test_danger_told_again_and_again_does_not_grow_without_end(caller):
    caller.lift()
    for _ in range(8):
        caller.say(DANGER + "快来人" * 600)

    assert len(caller.call.talk["slots"]["text"]) == 9_000


class _Nothing:
    """A city that knows nothing: neither danger nor place nor answer."""

    def __getattr__(self, name):
        return lambda *_: {"intent": ("", 0.0), "place": ""}.get(name)


def _heard(text, node=Node.MAIN, **lengths):
    content = voice()
    at_most = {
        key: getattr(content.lengths, key).model_copy(update={"value": value})
        for key, value in lengths.items()
    }
    content = content.model_copy(update={"lengths": content.lengths.model_copy(update=at_most)})
    talk = Talk(node=node, slots={"text": "灯不亮了"})
    return next_turn(talk, Heard(text, is_key=False), content, _Nothing())


def test_who_wants_a_person_says_no_more_than_the_content_allows():
    text = "麻烦转人工，谢谢"

    assert _heard(text, wish=len(text)).do == Do.CONNECT
    assert _heard(text, wish=len(text) - 1).do != Do.CONNECT


def test_a_first_sentence_that_is_long_enough_is_the_matter_itself():
    text = "楼道灯不亮了"

    assert _heard(text, whole=len(text)).talk.slots["text"] == text
    assert _heard(text, whole=len(text) + 1).says[0][0] == "not_understood"


def test_less_than_the_content_asks_for_is_no_request_and_no_place():
    text = "灯不亮了"

    assert _heard(text, Node.REQUEST, least=len(text)).talk.node == Node.PLACE
    assert _heard(text, Node.REQUEST, least=len(text) + 1).talk.node == Node.REQUEST
    assert _heard("东门", Node.PLACE, place=2).talk.node == Node.CONFIRM
    assert _heard("东门", Node.PLACE, place=3).talk.node == Node.PLACE
