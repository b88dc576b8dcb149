"""What callers say, in three languages, and what the menu makes of it; without any city."""

import pytest
from django.conf import settings

from tongban.reading.rules.keywords import read_by_words
from tongban.voice.content import FILE
from tongban.voice.rules.menu import Heard, Talk, next_turn
from tongban.voice.rules.words import in_figures, key_of, language_of, size
from tongban.voice.states import Do, Node

ROADS = ("胜利路", "友好路")
LAMP, ROAD = "胜利路的路灯坏了", "胜利路"


class _Town:
    """A city of two roads that has no answer to anything."""

    def intent(self, text):
        found = read_by_words(text, VOICE.words)
        return found.label, found.confidence

    def place(self, text):
        named = [one for one in ROADS if one in text]
        return min(named, key=text.index) if named else ""

    def progress(self, *_):
        return "已经派单"

    def __getattr__(self, name):
        return lambda *_: None


VOICE = FILE.read(settings.CONTENT)


def _hear(text, node=Node.MAIN, said="welcome", *, is_key=False, **more):
    talk = Talk(node=node, said=(said, {}), slots={"text": LAMP, "place": ROAD}, **more)
    return next_turn(talk, Heard(text, is_key), VOICE, _Town())


def _told(turn):
    return [key for key, _values in turn.says]


WISHES = {
    "consult": (
        "请问办健康证需要什么材料",
        "我想咨询一下公积金怎么提取",
        "身份证丢了怎么补办",
        "开个小饭馆要办哪些手续",
        "营业执照在哪儿办",
        "想问问落户政策",
        "打听个事",
        "我要咨询",
        "户口迁移得几天",
        "能不能在网上办社保卡",
        "how do I renew my licence",
        "what documents do I need",
        "where can I get a permit",
        "I have a question",
        "can I ask something",
        "how much does it cost",
        "when does the hall open",
        "I want to know about the housing fund",
        "what are the opening hours",
        "do I need an appointment",
        "كىملىكنى قانداق بېجىرىمەن",
        "سورايدىغان ئىشىم بار",
        "نېمە ماتېرىيال كېرەك",
        "قەيەردە بېجىرىدۇ",
        "قانچە پۇل كېتىدۇ",
        "نەچچە كۈندە پۈتىدۇ",
        "بىر ئىشنى سوراي دېگەن",
        "مەسلىھەت سوراي",
        "سىياسەت قانداق",
        "قاچان ئىشلەيدۇ",
    ),
    "progress": (
        "我的投诉处理得怎么样了",
        "查一下我上次反映的事",
        "工单办到哪一步了",
        "前几天打过电话，有结果了吗",
        "我想查进度",
        "那个事情处理了没有",
        "我的诉求怎么还没人回复",
        "催一下我的工单",
        "查询",
        "上回那个有消息没有",
        "what happened to my request",
        "any news on my complaint",
        "check my ticket",
        "I want to follow up",
        "status of my request",
        "has it been fixed yet",
        "I called last week",
        "is there any progress",
        "follow my request",
        "I reported something last week, any result",
        "ئىلتىماسىم قانداق بولدى",
        "نەتىجە چىقتىمۇ",
        "ئالدىنقى قېتىم دېگەن ئىش قانداق بولدى",
        "ئەھۋالنى بىلەي دېگەن",
        "قانچىلىك بولدى",
        "جاۋاب كەلدىمۇ",
        "تېخىچە جاۋاب يوق",
        "بىر تەرەپ بولدىمۇ",
        "ئىلتىماس ئەھۋالى",
        "ئىلتىماسىمنى تەكشۈرۈپ بېرىڭ",
    ),
    "request": (
        "胜利路的路灯坏了好几天了",
        "小区门口烧烤摊油烟太大",
        "我要投诉",
        "楼上天天半夜吵",
        "暖气不热没人管",
        "有人在楼道里停电动车",
        "我要反映个事",
        "公交车老不来等了一小时",
        "垃圾堆了一个星期没人拉",
        "我想提个建议",
        "I want to complain",
        "the street light is broken",
        "there is a lot of noise at night",
        "no water since morning",
        "rubbish has not been collected",
        "I want to report a problem",
        "someone parks on the sidewalk",
        "the heating is off",
        "the bus never comes",
        "a tree fell on the road",
        "ئەرز قىلىمەن",
        "مەسىلە ئىنكاس قىلاي",
        "سۇ كەلمەيدۇ",
        "توك ئۈزۈلۈپ قالدى",
        "كوچا چىرىغى ياندۇرۇلمىدى",
        "ئەخلەت ھېچكىم ئالمايدۇ",
        "كېچىدە شاۋقۇن بەك چوڭ",
        "يول بۇزۇلۇپ كەتتى",
        "پارنىك ئىسسىمايدۇ",
        "تەكلىپ بېرەي",
    ),
    "rate": (
        "我要评价",
        "给个好评",
        "我想给差评",
        "打分",
        "评价一下刚才的服务",
        "我想评分",
        "我有评价码",
        "满意度评价",
        "我要打分",
        "评价",
        "I want to rate",
        "rate the service",
        "leave a review",
        "give feedback on the service",
        "I have a rating code",
        "give a score",
        "rating",
        "rate my visit",
        "review the service",
        "I would like to rate you",
        "باھالايمەن",
        "باھالاش",
        "مۇلازىمەتنى باھالاي",
        "باھا بېرەي",
        "باھالاش كودى بار",
        "نومۇر قويىمەن",
        "باھا بېرىمەن",
        "مەن باھالىماقچى",
        "باھالىماقچىمەن",
        "باھا",
    ),
    "operator": (
        "转人工",
        "人工",
        "我要人工客服",
        "找个人跟我说",
        "叫你们工作人员接电话",
        "我不想跟机器说",
        "我要跟真人说话",
        "接线员",
        "客服",
        "人工人工",
        "operator",
        "a person please",
        "I want to talk to someone",
        "real person",
        "speak to a human",
        "agent",
        "representative",
        "customer service",
        "connect me to someone",
        "can I speak to a person",
        "خادىم",
        "ئادەمگە ئۇلاڭ",
        "ئادەم بىلەن سۆزلىشەي",
        "خىزمەتچى بىلەن سۆزلىشىمەن",
        "ئوپېراتور",
        "ماشىنا بىلەن سۆزلەشمەيمەن",
        "خادىمغا ئۇلاڭ",
        "ئادەم كېرەك",
        "ئادەم چاقىرىڭ",
        "ئادەمگە ئۇلاپ بېرىڭ",
    ),
    "repeat": (
        "再说一遍",
        "没听清",
        "没听清楚",
        "你说什么",
        "什么",
        "再讲一遍",
        "听不清",
        "麻烦再说一次",
        "刚才说什么",
        "啥",
        "say it again",
        "repeat please",
        "pardon",
        "sorry what",
        "I did not hear",
        "what did you say",
        "come again",
        "once more",
        "can you repeat that",
        "again",
        "قايتا دەڭ",
        "ئاڭلىيالمىدىم",
        "نېمە دېدىڭىز",
        "يەنە بىر دەڭ",
        "قايتىلاڭ",
        "نېمە",
        "چۈشەنمىدىم",
        "يەنە بىر قېتىم دەڭ",
        "ئاڭلانمىدى",
        "قايتا سۆزلەڭ",
    ),
}
"""Ten ways to say each thing in each language."""
FOLLOWS = {
    "consult": {"question", "no_answer"},
    "progress": {"number"},
    "request": {"request", "place", "confirm"},
    "rate": {"rate_number"},
    "operator": {"operator"},
    "repeat": {"welcome"},
}


@pytest.mark.parametrize("wish", WISHES)
def test_a_caller_is_understood_in_his_own_words(wish):
    misheard = {
        said: _told(_hear(said))
        for said in WISHES[wish]
        if _told(_hear(said))[0] not in FOLLOWS[wish]
    }

    assert misheard == {}


REPLIES = {
    "yes": (
        "好",
        "对",
        "是的",
        "嗯",
        "行",
        "可以",
        "对对对",
        "嗯对",
        "好的好的",
        "没错",
        "没错了",
        "是",
        "对的",
        "就是这样",
        "没问题",
        "你说的对",
        "对，就是胜利路",
        "行，快点修",
        "是的，麻烦快点",
        "一",
        "按1",
        "ok",
        "yes",
        "right",
        "yes that's right, thank you",
        "Yes, correct.",
        "yeah",
        "sure",
        "all right",
        "yes it is",
        "ھەئە",
        "بولىدۇ",
        "توغرا",
        "ھەئە، توغرا",
        "شۇنداق",
        "ماقۇل",
        "خاتا ئەمەس",
        "ھەئە رەھمەت",
    ),
    "no": (
        "不对",
        "不是",
        "错了",
        "no",
        "不对不对",
        "不太对",
        "不是这样的",
        "不行",
        "有问题",
        "说错了",
        "听错了",
        "时间不对",
        "都不对",
        "二",
        "not correct",
        "incorrect",
        "wrong",
        "nope",
        "that's not right",
        "that's not what I said",
        "nothing is right",
        "No.",
        "ياق",
        "خاتا",
        "توغرا ئەمەس",
        "ئۇنداق ئەمەس",
        "ياق، ئۇنداق ئەمەس",
    ),
}


def test_agreement_to_what_was_read_back_records_it():
    assert [one for one in REPLIES["yes"] if not _hear(one, Node.CONFIRM, "confirm").records] == []


def test_refusal_of_what_was_read_back_asks_what_is_wrong():
    turns = {one: _hear(one, Node.CONFIRM, "confirm") for one in REPLIES["no"]}

    assert {one: _told(turn) for one, turn in turns.items() if turn.talk.node != Node.WRONG} == {}
    assert not any(turn.records for turn in turns.values())


@pytest.mark.parametrize(
    "said",
    ["it was yesterday", "on the bright side", "correction", "对面那个", "这条路一直没修好过"],
)
def test_words_that_only_look_like_agreement_record_nothing(said):
    assert not _hear(said, Node.CONFIRM, "confirm").records


@pytest.mark.parametrize("node", [Node.CONFIRM, Node.WRONG])
@pytest.mark.parametrize(
    "said",
    [
        "不是胜利路，是友好路",
        "不对，是友好路",
        "地点错了，在友好路",
        "不是胜利路是友好路",
        "友好路",
    ],
)
def test_the_right_place_is_taken_and_the_matter_kept(node, said):
    talk = _hear(said, node, "confirm").talk

    assert (talk.node, talk.slots["place"], talk.slots["text"]) == (Node.CONFIRM, "友好路", LAMP)


@pytest.mark.parametrize("said", ["地点不对", "地方错了", "the place is wrong", "ئورنى خاتا"])
def test_who_says_that_the_place_is_wrong_is_asked_for_it(said):
    assert _hear(said, Node.CONFIRM, "confirm").talk.node == Node.PLACE


@pytest.mark.parametrize(
    "said", ["不是路灯，是井盖坏了", "对，但是井盖也坏了没有人管", "还有旁边的井盖也没了"]
)
def test_what_is_said_beside_yes_or_no_is_added_and_read_back(said):
    turn = _hear(said, Node.CONFIRM, "confirm")

    assert turn.talk.node == Node.CONFIRM
    assert turn.talk.slots["text"] == f"{LAMP}\n{said}"
    assert not turn.records


def test_asked_what_is_wrong_the_matter_can_be_told_anew():
    talk = _hear("是井盖坏了，没有盖子", Node.WRONG, "what_wrong").talk

    assert (talk.node, talk.slots["text"]) == (Node.CONFIRM, "是井盖坏了，没有盖子")
    assert _hear("1", Node.WRONG, is_key=True).talk.node == Node.PLACE
    assert _hear("2", Node.WRONG, is_key=True).talk.node == Node.REQUEST
    assert _hear("都不对", Node.WRONG).talk.node == Node.REQUEST


@pytest.mark.parametrize(
    "said", ["喂", "喂，你好", "hello", "ياخشىمۇسىز", "喂，听得到吗", "等一下", "one moment"]
)
def test_who_only_greets_hears_the_question_and_has_missed_nothing(said):
    turn = _hear(said)

    assert _told(turn) == ["welcome"]
    assert turn.talk.misses == 0


@pytest.mark.parametrize(
    "said", ["打错了", "不好意思打错电话了", "再见", "wrong number", "خەير-خوش"]
)
@pytest.mark.parametrize("node", [Node.MAIN, Node.QUESTION, Node.CONFIRM, Node.NUMBER])
def test_who_takes_leave_is_let_go_wherever_he_stands(node, said):
    turn = _hear(said, node)

    assert turn.do == Do.HANG_UP
    assert not turn.records


@pytest.mark.parametrize(
    "said", ["谢谢", "好", "明白了", "ok thanks", "ھەل بولدى", "知道了，谢谢"]
)
def test_thanks_for_an_answer_end_the_call(said):
    assert _hear(said, Node.ANSWERED, "answer").do == Do.HANG_UP


@pytest.mark.parametrize("said", ["没有", "没解决", "不是这个", "no", "解决不了", "ياق"])
def test_who_was_not_helped_may_ask_again(said):
    assert _hear(said, Node.ANSWERED, "answer").talk.node == Node.QUESTION


@pytest.mark.parametrize("said", ["我忘了", "没有编号", "I don't have it", "بىلمەيمەن", "不知道"])
@pytest.mark.parametrize("node", [Node.NUMBER, Node.CODE, Node.PLACE, Node.RATE_CODE])
def test_who_does_not_know_what_is_asked_is_given_to_a_person(node, said):
    assert _hear(said, node).do == Do.CONNECT


@pytest.mark.parametrize(
    ("said", "level"),
    [
        ("非常满意", 1), ("满意，谢谢", 2), ("还行", 3), ("不满意", 4), ("很不满意", 5), ("五", 5),
        ("按1", 1), ("very satisfied", 1), ("not satisfied", 4), ("رازى", 2), ("نارازى", 4),
        ("满意不满意", 0), ("服务员很热情但是没解决", 0),
    ],
)  # fmt: skip
def test_how_content_somebody_is_may_be_said_in_words(said, level):
    assert _hear(said, Node.RATING, "rating").level == level


def test_who_does_not_want_to_rate_or_keeps_silent_is_let_go():
    assert _hear("不评价", Node.RATING, "rating").do == Do.HANG_UP
    silent = _hear("", Node.RATING, "rating")
    assert _told(silent) == ["silent", "rating"]
    assert _hear("", Node.RATING, "rating", misses=1).do == Do.HANG_UP


def test_silence_is_asked_once_more_and_after_the_matter_ends_the_call():
    assert _told(_hear("")) == ["silent", "welcome"]
    assert _hear("", misses=1).do == Do.CONNECT
    assert _told(_hear("", said="recorded")) == ["more"]
    assert _hear("", said="more").do == Do.HANG_UP
    assert _hear("", Node.PERSON).do == Do.NOTHING


def test_a_key_that_means_nothing_is_called_one_and_a_hash_is_passed_over():
    assert _told(_hear("6", is_key=True)) == ["wrong_key", "welcome"]
    assert _told(_hear("3", Node.CONFIRM, "confirm", is_key=True)) == ["wrong_key", "confirm"]
    assert _told(_hear("#", Node.REQUEST, "request", is_key=True)) == []


@pytest.mark.parametrize(
    ("said", "key"),
    [("三", "3"), ("按三", "3"), ("press one", "1"), ("1", "1"), ("选2", "2"), ("一件事", ""),
     ("11", ""), ("三号楼漏水", ""), ("one thing", "")],
)  # fmt: skip
def test_a_key_may_be_named(said, key):
    assert key_of(said, VOICE) == key


@pytest.mark.parametrize(
    ("said", "figures"),
    [("幺幺零二", "1102"), ("four two oh", "42oh"), ("尾号四位是1111", "尾号四位是1111"),
     ("بىر ئىككى", "12")],
)  # fmt: skip
def test_numbers_may_be_said_in_words(said, figures):
    assert in_figures(said, VOICE).replace(" ", "") == figures


@pytest.mark.parametrize(
    ("said", "language"),
    [("说英语", "en"), ("English please", "en"), ("维语", "ug"), ("the lamp is broken", "en"),
     ("چىراغ", "ug"), ("ok", "zh"), ("GD工单", "zh")],
)  # fmt: skip
def test_the_language_follows_the_caller(said, language):
    assert _hear(said).talk.language == language


def test_the_letters_tell_a_language_only_where_several_words_are_said():
    assert language_of("bye") == ""
    assert language_of("no water") == "en"
    assert language_of("WIFI 坏了 no signal") == ""


def test_a_word_of_letters_counts_as_some_characters():
    assert size("路灯坏了。", 3) == 4
    assert size("no water", 3) == 6
    assert size("B座3号", 3) == 6


def test_who_only_says_that_he_has_a_request_is_asked_for_it_again():
    turn = _hear("我要投诉", Node.REQUEST, "request")

    assert _told(turn) == ["request"]
    assert turn.talk.slots["text"] == LAMP
