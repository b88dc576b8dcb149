"""Reasons in whole words: whatever characters weighed, a person reads words of the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.reading.rules.readable import readable
from tongban.reading.rules.text import read_form

WORDS = {
    "共享单车", "人行道", "消防车", "打桩", "路灯", "暖气", "供热", "没人管",
    "工资", "拖欠", "检查费", "发票", "菜市场", "报不上", "幼儿园", "公交车",
    "自来水", "充电桩", "物业", "营业执照", "没拴绳", "退货", "高龄津贴", "扶梯",
    "拉肚子", "社保卡", "补办", "停水", "单车", "友好", "友好路",
}  # fmt: skip
"""What a room knows as words."""


@pytest.mark.parametrize(
    ("text", "piece", "shown"),
    [
        ("共享单车整片堵在人行道上", "车整", "共享单车"),
        ("共享单车整片堵在人行道上", "享单车", "共享单车"),
        ("小区门口一整排车整夜停着，消防车进不来", "消防车进", "消防车"),
        ("楼上天天半夜打桩吵得睡不着", "夜打桩", "打桩"),
        ("胜利路的路灯坏了三天没人修", "路灯坏", "路灯"),
        ("胜利路的路灯坏了三天没人修", "的路灯", "路灯"),
        ("我家暖气冰凉，打电话供热公司没人管", "冰凉,打", "冰凉"),
        ("公司拖欠我们三个月工资", "月工资", "工资"),
        ("公司拖欠我们三个月工资", "欠我", "拖欠"),
        ("医院多收了我检查费还不给发票", "检查", "检查费"),
        ("菜市场卖的猪肉注水", "菜市", "菜市场"),
        ("幼儿园报不上名，说没有学位了", "儿园", "幼儿园"),
        ("公交车半小时不来一趟", "公交", "公交车"),
        ("自来水发黄有铁锈味", "来水", "自来水"),
        ("物业不让装充电桩", "物业不", "物业"),
        ("办营业执照跑了四趟", "业执", "营业执照"),
        ("邻居家的狗没拴绳，把我孩子吓哭了", "子吓", "孩子吓哭"),
        ("网上买的手机是翻新的，商家不退货", "机是", "手机"),
        ("想问问高龄津贴怎么领", "龄津贴怎", "高龄津贴"),
        ("地铁站扶梯坏了一个月", "梯坏", "扶梯"),
        ("吃了拉肚子", "肚", "拉肚子"),
        ("在友好路停水两天了", "好路停", "友好路停水"),
        ("ئۇيغۇرچە كوچا چىرىغى", "وچا", "كوچا"),
        ("the street light is broken", "eet lig", "street"),
        ("没有这几个字", "路灯", ""),
        ("是的，我在这里", "的", ""),
        ("", "路", ""),
    ],
)
def test_a_piece_is_shown_as_the_word_it_lies_in(text, piece, shown):
    assert readable(text, [piece], WORDS) == ((shown,) if shown else ())


def test_the_weightiest_stands_first_and_none_within_another():
    text = "共享单车堵在人行道，路灯也坏"
    pieces = ["享单车", "单车", "行道", "的", "人行道", "路灯也"]

    assert readable(text, pieces, WORDS) == ("共享单车", "人行道", "路灯")


@given(st.text(max_size=80), st.lists(st.text(max_size=6), max_size=6))
def test_whatever_weighed_what_is_shown_stands_in_the_text(text, pieces):
    for word in readable(text, pieces, WORDS):
        assert word in read_form(text)
        assert len(word) > 1
