"""What sounds like danger stops the script, and what only sounds alike does not."""

from __future__ import annotations

import pytest

from tongban.hotline.queries import content
from tongban.hotline.rules import CRITICAL, emergency_in, urgency_of


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("厨房漏气了，怎么办", "gas"),
        ("家里漏气了，窗户已经打开了", "gas"),
        ("轮胎店里燃气泄漏了", "gas"),
        ("楼道里有液化气味", "gas"),
        ("天然气泄露了", "gas"),
        ("I smell gas in the kitchen", "gas"),
        ("隔壁着火啦", "fire"),
        ("楼下的插座冒烟了", "fire"),
        ("The house is on fire", "fire"),
        ("红旗公园湖里有人落水", "injury"),
        ("孩子掉进河里了，那边没有护栏", "injury"),
        ("有人触电了", "injury"),
        ("水上乐园有孩子溺水", "injury"),
        ("我妈刚才晕过去了", "injury"),
        ("老人一直抽搐", "injury"),
        ("سۇغا چۈشۈپ كەتتى، تېز كېلىڭلار", "injury"),
        ("我女儿在割腕", "self_harm"),
        ("有人站在楼顶要跳楼", "self_harm"),
        ("他想轻生", "self_harm"),
        ("楼下有人打架", "crowd"),
        ("两拨人打起来了", "crowd"),
        ("一个人持刀在小区里走", "crowd"),
        ("有人打我", "violence"),
        ("路灯漏电了，摸着发麻", "wire"),
    ],
)
def test_danger_stops_the_script(city, text, code):
    found = emergency_in(text, content())

    assert found is not None
    assert found["code"] == code
    assert urgency_of(text, content()) == CRITICAL


@pytest.mark.parametrize(
    "text",
    [
        "补胎店把轮胎修得还是漏气",
        "共享单车车胎漏气，没人管",
        "暖气漏气不热，物业不来",
        "窗户漏气，冬天家里很冷",
        "汽车打不着火，救援收费太高",
        "楼道堆了很多纸箱，容易着火",
        "雨水管和落水管堵了",
        "建议在水库边多设防溺水标志",
        "河边没有护栏，容易落水",
        "手机掉进河里了，能不能帮忙捞",
        "商场门口写着跳楼价，涉嫌虚假宣传",
        "楼下的猫打架，晚上睡不着",
        "有人抢占停车位",
        "被人打扰，天天接到推销电话",
        "绿化带的树要砍掉，请核实",
        "燃气费怎么交",
    ],
)
def test_an_ordinary_request_does_not(city, text):
    assert emergency_in(text, content()) is None
    assert urgency_of(text, content()) != CRITICAL


def test_a_word_that_means_less_excuses_no_plain_word_of_danger(city):
    text = "楼下修轮胎的店里漏气，一股煤气味"

    assert emergency_in(text, content())["code"] == "gas"
