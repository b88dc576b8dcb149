"""What changed for citizens, sentence by sentence."""

import pytest

from tests.catalogue.club import build, club, limit, place, text
from tongban.catalogue.rules.changes import change_of
from tongban.catalogue.rules.published import publishable
from tongban.catalogue.rules.tongues import in_chinese, translated, translations_of


def _told(kind, code, change, language="zh"):
    """The sentences about one thing after a change to the club."""
    raw = club()
    before = {(p.kind, p.code): p for p in publishable(build(raw))}
    change(raw)
    content = build(raw)
    after = {(p.kind, p.code): p for p in publishable(content)}
    found = change_of(after[kind, code], before[kind, code].data, content)
    assert before[kind, code].hash != after[kind, code].hash
    return [line.say(language) for line in found.lines]


def _item(key, value):
    return lambda raw: raw["items"]["membership"].__setitem__(key, value)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            _item("limits", {"legal": limit(20), "promise": limit(2)}),
            "承诺时限由 3 个工作日改为 2 个工作日",
        ),
        (
            _item("limits", {"legal": None, "promise": limit(3)}),
            "法定时限由 20 个工作日改为没有规定",
        ),
        (
            _item("visits", {"value": 1, "mark": "A", "reason": text("试球")}),
            "到现场次数由 0 次改为 1 次",
        ),
        (
            _item(
                "fee",
                {
                    "charged": True,
                    "lines": [{"name": text("费"), "yuan": "5", "standard": "每件"}],
                },
            ),
            "收费由不收费改为 5 元",
        ),
        (
            _item("channels", {"online_depth": "III", "hall": True, "post": False}),
            "网上办理深度由 IV 改为 III",
        ),
        (_item("materials", []), "取消材料“材料photo”"),
        (
            _item(
                "materials",
                [
                    {
                        "material": "photo",
                        "required": True,
                        "exempt": "NONE",
                        "mark": "A",
                        "deficient_allowed": True,
                    }
                ],
            ),
            "材料“材料photo”可以容缺后补",
        ),
        (
            _item(
                "fields",
                [{"element": "person.name"}, {"element": "person.age", "required": False}],
            ),
            "填报项“数据项person.age”改为选填",
        ),
        (
            _item(
                "automatic",
                {"when": {"field": "person.age", "op": "ge", "value": 1}, "text": text("自动")},
            ),
            "符合条件的可以自动审批",
        ),
        (_item("conditions", []), "取消受理条件“身体健康。”"),
        (
            _item(
                "route", [{"step": "decide", "role": "decider", "name": text("决定", "decide")}]
            ),
            "取消办理环节“审查”",
        ),
        (
            _item("basis", [{"law": "新章程", "article": "第一条", "text": "好。", "mark": "V"}]),
            "设定依据有调整",
        ),
        (_item("faq", []), "说明文字有修改"),
    ],
)
def test_a_change_of_an_item_is_one_sentence(change, told):
    assert _told("item", "membership", change) == [f"事项membership：{told}"]


def test_a_change_is_told_in_english_too():
    change = _item("limits", {"legal": limit(20), "promise": limit(2)})

    assert _told("item", "membership", change, "en") == [
        "item membership: promised time changed from 3 working days to 2 working days"
    ]


def _package(change):
    return lambda raw: change(raw["packages"]["P90"])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_package(lambda p: p["items"].pop()), "取消联办事项“事项coach”"),
        (
            _package(
                lambda p: p["questions"][0].__setitem__("id", "other_wish") or p["items"].pop()
            ),
            "增加引导问题“coach.wanted？”",
        ),
        (
            _package(
                lambda p: p["items"][2].__setitem__(
                    "depends_on", place("x", 1, after=["locker"])["depends_on"]
                )
            ),
            "“事项coach”的先后顺序有调整",
        ),
        (
            _package(
                lambda p: p["items"][1].__setitem__(
                    "when", {"field": "locker.wanted", "op": "eq", "value": True}
                )
            ),
            "“事项locker”的适用情形有调整",
        ),
        (_package(lambda p: p.__setitem__("summary", text("更好。"))), "说明文字有修改"),
    ],
)
def test_a_change_of_a_package_is_told(change, told):
    assert f"入会：{told}" in _told("package", "P90", change)


def test_a_package_does_not_repeat_what_its_items_say():
    assert (
        _told(
            "package",
            "P90",
            _item(
                "contacts",
                {**club()["items"]["membership"]["contacts"], "consult": "0991-7777777"},
            ),
        )
        == []
    )


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("validity", {"value": None, "unit": "year", "mark": "A"}, "有效期由 5 年改为长期"),
        (
            "face",
            [{"field": "number", "name": text("编号", "number"), "from": "derived"}],
            "取消照面内容“姓名”",
        ),
        ("template", "certificate", "说明文字有修改"),
    ],
)
def test_a_change_of_a_licence_is_told(key, value, told):
    change = lambda raw: raw["licences"]["member-card"].__setitem__(key, value)  # noqa: E731 -- one line

    assert _told("licence", "member-card", change) == [f"会员证：{told}"]


def test_a_change_of_a_live_part_is_told():
    def older(raw):
        raw["parameters"]["adult_age"]["values"][0]["value"] = 20

    def rested(raw):
        raw["calendars"]["national", 2026].pop()

    def longer(raw):
        raw["city"]["hours"][0]["shifts"][1]["closes"] = "20:00"

    def retranslated(raw):
        raw["packages"]["P90"]["name"]["en"] = "Become a member"

    assert _told("live", "parameters", older) == ["参数“adult_age”有调整"]
    assert _told("live", "calendars", rested) == ["调整 2026 年放假安排"]
    assert _told("live", "calendars", longer) == ["办公时间有调整"]
    assert _told("live", "city", longer) == ["城市设置已更新"]
    assert _told("live", "translations", retranslated) == ["译文已更新"]


def test_a_version_of_an_older_schema_is_still_told():
    content = build(club())
    (new,) = [p for p in publishable(content) if (p.kind, p.code) == ("item", "coach")]

    found = change_of(new, {**new.data, "colour": "red"}, content)

    assert [line.zh for line in found.lines] == ["事项coach：内容有更新"]


def test_translations_part_and_meet_again():
    data = {"name": {"zh": "球", "en": "ball", "ug": "توپ"}, "rows": [{"zh": "网"}, 1, None]}

    chinese = in_chinese(data)

    assert chinese == {"name": {"zh": "球"}, "rows": [{"zh": "网"}, 1, None]}
    assert translations_of(data) == {"球": {"en": "ball", "ug": "توپ"}}
    assert translated(chinese, translations_of(data)) == data
