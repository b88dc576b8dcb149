"""What a text names, and what is hidden of it."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.reading.rules.things import Gazetteer, ThingKind, mask, named

CITY = Gazetteer.of({"水磨沟区": "650105", "南湖街道": "650105001", "南湖": "x", "新": "y"})


def found(text, kind, gazetteer=CITY):
    return [thing.text for thing in named(text, gazetteer) if thing.kind is kind]


def test_places_are_those_of_the_gazetteer_the_longest_first():
    things = named("水磨沟区南湖街道新区", CITY)

    assert [(thing.text, thing.code) for thing in things] == [
        ("水磨沟区", "650105"),
        ("南湖街道", "650105001"),
    ]


@pytest.mark.parametrize(
    ("text", "kind", "wanted"),
    [
        ("我家住在新华路23号，路灯不亮", ThingKind.ROAD, ["新华路23号"]),
        ("老人走路摔跤，新华路在修路，马路对面电路也坏了", ThingKind.ROAD, ["新华路"]),
        ("在人民大道和红山巷之间", ThingKind.ROAD, ["人民大道", "红山巷"]),
        (
            "昨天晚上11点，2026年3月5日上午",
            ThingKind.TIME,
            ["昨天", "晚上11点", "2026年3月5日", "上午"],
        ),
        ("每天22:30施工", ThingKind.TIME, ["每天22:30"]),
        ("拖欠工资三千元，押金¥1,200.50", ThingKind.MONEY, ["三千元", "¥1,200.50"]),
        ("物业费3.5万元", ThingKind.MONEY, ["3.5万元"]),
        ("我的电话是138-0000-1234", ThingKind.PHONE, ["138-0000-1234"]),
        ("打0991-2812345没人接", ThingKind.PHONE, ["0991-2812345"]),
        ("红光物业不管", ThingKind.BODY, ["红光物业"]),
        ("向天山派出所报警", ThingKind.BODY, ["天山派出所"]),
    ],
)
def test_things_are_found_by_rules(text, kind, wanted):
    assert found(text, kind) == wanted


def test_things_never_overlap_and_stand_where_they_say():
    text = "南湖街道新华路12号的张先生（１３８００００１２３４）昨晚10点报修，交了200元"
    things = named(text, CITY)

    assert all(a.end <= b.begin for a, b in pairwise(things))
    assert {thing.kind for thing in things} >= {ThingKind.PLACE, ThingKind.ROAD, ThingKind.PHONE,
                                                ThingKind.TIME, ThingKind.MONEY}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("电话13812345678谢谢", "电话138****5678谢谢"),
        ("电话138 1234 5678", "电话138****5678"),
        ("+86 13812345678", "138****5678"),
        ("全角１３８１２３４５６７８", "全角138****5678"),
        ("身份证650102199003070017。", "身份证650102********0017。"),
        ("卡号4111 1111 1111 1111", "卡号************1111"),
        ("订单号4111111111111112", "订单号4111111111111112"),
        ("写信到zhang.san@example.com", "写信到z***@example.com"),
        ("车牌新A12345占道", "车牌新A****5占道"),
        ("拨打12345和110", "拨打12345和110"),
    ],
)
def test_personal_data_is_masked_and_nothing_else(text, masked):
    assert mask(text) == masked


@given(st.text(max_size=200))
def test_any_text_can_be_masked_and_masking_again_changes_nothing(text):
    once = mask(text)

    assert mask(once) == once
