"""12345 for citizens: asking with and without an account, following, rating, what is secret."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.documents.samples import picture
from tests.hotline.calls import NOISE, REPLY, Call
from tests.web.test_budgets import file_one
from tests.web.walks import Walker, form_of, main_of
from tongban.engine.models import Proceeding
from tongban.hotline.models import Ticket
from tongban.hotline.queries import about

LOUD = "工地夜间施工打桩，混凝土罐车整夜轰鸣，投诉"
FIRE = "隔壁单元起火了，浓烟很大，楼道里看不见人，请马上派人来。"
WRONG = "举报黑作坊无证生产，使用过期变质食品，夜里出货。"


@pytest.fixture
def house(city):
    city.go("2026-09-07 10:30")
    return city


def ask(walker, text=NOISE, at="/12345/", **more):
    """Say it, look at what it reads like, send it; the last answer."""
    first = {name: value[0] for name, value in form_of(walker.get(at)).data.items()}
    at = at.split("?")[0]
    second = walker.post(at, **{**first, "text": text, "do": "next"})
    data = {name: value[0] for name, value in form_of(second).data.items()}
    return walker.post(at, **{**data, "region": "650102", "place": "胜利路", **more, "do": "send"})


def number_in(address):
    return re.search(r"GD\d{6}-\d{8}-\d{6}-\w|GD[\w-]+", address)[0].split(":")[0]


def the_call(house):
    row = Ticket.objects.select_related("proceeding").latest("pk")
    return Call(house, row.pk, row.proceeding.number)


def test_a_stranger_asks_gets_a_number_follows_and_says_whether_it_helped(house):
    stranger = Walker(house)
    first = stranger.get("/12345/")
    assert "下一步" in main_of(first)
    second = stranger.post("/12345/", text=LOUD, do="next")
    assert "夜间施工噪声" in main_of(second)
    assert form_of(second).data["type"] == ["complaint"]

    sent = ask(stranger, LOUD, phone="13800001111")
    assert sent.status_code == 302
    receipt = main_of(stranger.get(sent["Location"]))
    assert "编号" in receipt
    assert "城市管理" in receipt or "热线中心最迟" in receipt
    house.rest()
    call = the_call(house)
    assert call.state == "handling"

    found = Walker(house).post("/12345/follow/", number=call.number, ending="1111")
    state = Walker(house).get(found["Location"])
    assert "办理中" in main_of(state)
    assert state["Referrer-Policy"] == "same-origin"

    call.signed().replied()
    assert REPLY not in main_of(stranger.get(found["Location"]))
    call.passed()
    words = main_of(stranger.get(found["Location"]))
    assert REPLY in words
    assert "请您评价" in words
    wrong = stranger.post(f"{found['Location']}rate/", satisfied="1")
    assert wrong.status_code == 422
    assert "请选择问题解决了没有" in main_of(wrong)
    stranger.post(f"{found['Location']}rate/", outcome="solved", satisfied="1", contacted="yes")
    assert (call.ticket.outcome, call.ticket.satisfied, call.ticket.contacted) == (
        "solved",
        1,
        True,
    )
    assert "非常满意" in main_of(stranger.get(found["Location"]))


def test_what_is_possible_instead_is_no_second_mistake(house):
    ask(Walker(house), phone="13800001111")
    number = the_call(house).number
    page = main_of(Walker(house).post("/12345/follow/", number=number, ending="0000"))

    assert "有 1 处需要修改" in page
    assert "编号和电话后四位对不上。登录以后提的诉求" in page


@pytest.mark.parametrize("ending", ["", "0000", "13800001111"])
def test_a_wrong_ending_opens_nothing_and_guessing_is_stopped(house, ending):
    ask(Walker(house), phone="13800001111")
    call = the_call(house)
    guesser = Walker(house)
    codes = [
        guesser.post("/12345/follow/", number=call.number, ending=ending).status_code
        for _ in range(9)
    ]

    assert codes[0] == 404
    assert codes[-1] == 403
    assert guesser.get(f"/12345/t/{call.number}:forged/").status_code == 404


def test_a_person_asks_once_adds_urges_and_takes_it_back(house):
    ali, rena = Walker(house, "ali"), Walker(house, "rena")
    sent = ask(ali)
    call = the_call(house)
    here = f"/my/tickets/{call.number}/"
    assert sent["Location"] == f"{here}received/"
    assert ali.get(sent["Location"]).status_code == 200
    assert call.number in main_of(ali.get("/my/tickets/"))
    assert rena.get(here).status_code == 404
    assert rena.post(f"{here}withdraw/").status_code == 404

    ali.post(f"{here}add/", text="昨晚又施工到两点。")
    ali.post(f"{here}urge/")
    assert "昨晚又施工" in main_of(ali.get(here))
    assert "催办" in main_of(ali.get(here))
    ali.post(f"{here}withdraw/")
    assert "已撤回" in main_of(ali.get(here))
    assert ali.post(f"{here}dance/").status_code == 404


def _last(walker):
    page = walker.post("/12345/", text=NOISE, do="next")
    return {name: value[0] for name, value in form_of(page).data.items()}


def test_the_same_form_sent_twice_is_one_request(house):
    ali = Walker(house, "ali")
    data = {**_last(ali), "once": "0" * 32, "region": "650102", "do": "send"}
    first, second = ali.post("/12345/", **data), ali.post("/12345/", **data)

    assert first["Location"] == second["Location"]
    assert Ticket.objects.count() == 1


def test_what_was_read_is_no_choice_until_somebody_changes_it(house):
    stranger = Walker(house)

    ask(stranger, LOUD, phone="13800001111")
    left = the_call(house).ticket
    ask(stranger, LOUD, phone="13800001112", type="suggestion")
    changed = the_call(house).ticket

    assert (left.type, left.reading["type"]) == ("complaint", "complaint")
    assert left.reading["domain"] == left.domain
    assert left.reading["confidence"] > 0
    assert (changed.type, changed.domain, changed.reading) == ("suggestion", left.domain, {})


def test_what_was_pointed_out_and_lost_is_seen_after_a_refusal(house):
    walker = Walker(house)
    photo = SimpleUploadedFile("灯.png", picture(), "image/png")
    page = ask(walker, phone="12", longitude="87.63", latitude="43.79", pictures=photo)

    assert page.status_code == 422
    assert re.search(r'<details class="more" open>\s*<summary>标出准确位置', page.content.decode())
    assert '<a href="#f-pictures">刚才选的文件需要重新选择。</a>' in page.content.decode()
    again = ask(walker, phone="12")
    assert "刚才选的文件" not in main_of(again)


def test_what_it_reads_like_stands_first_and_the_whole_tree_is_folded(house):
    walker = Walker(house)
    page = walker.post("/12345/", text=LOUD, do="next").content.decode()

    first = re.search(r'<fieldset class="tree">(.*?)<details', page, re.S)[1]
    assert re.findall(r'name="domain" value="([^"]*)"( checked)?', first) == [
        ("city-noise-construction", " checked"), ("", ""),
    ]  # fmt: skip
    assert page.count('value="city-noise-construction"') == 1
    assert page.count('value="city-works-lamp"') == 1


def test_an_emergency_is_stopped_until_it_is_confirmed(house):
    stranger = Walker(house)
    page = stranger.post("/12345/", text=FIRE, do="next").content.decode()
    assert 'href="tel:119"' in page
    assert "听起来很紧急" in page

    refused = ask(stranger, FIRE, phone="13800001111")
    assert refused.status_code == 422
    assert not Ticket.objects.exists()
    sent = ask(stranger, FIRE, phone="13800001111", sure="yes")
    assert sent.status_code == 302
    assert Ticket.objects.get().urgency == "critical"


def test_who_reports_a_wrong_needs_no_telephone_and_is_told_that_it_is_secret(house):
    sent = ask(Walker(house), WRONG)

    assert sent.status_code == 302
    words = main_of(Walker(house).get(sent["Location"]))
    assert "只有热线中心知道" in words
    assert Ticket.objects.get().hides_caller


def test_others_without_account_leave_a_telephone_and_a_district(house):
    stranger = Walker(house)

    assert "请留一个能联系到的电话" in main_of(ask(stranger))
    assert "请选择在哪个区县" in main_of(ask(stranger, phone="13800001111", region=""))
    assert "电话号码不正确" in main_of(ask(stranger, phone="12"))
    wrong = ask(stranger, phone="13800001111", longitude="999", latitude="1")
    assert "位置不正确" in main_of(wrong)
    assert not Ticket.objects.exists()


def test_pictures_are_kept_for_the_caller_alone_and_a_bad_one_is_told_of(house):
    ali = Walker(house, "ali")
    good = SimpleUploadedFile("night.jpg", picture(), "image/jpeg")
    bad = SimpleUploadedFile("night.exe", b"MZ" + b"0" * 400)
    sent = ask(ali, pictures=[good, bad])
    call = the_call(house)
    words = main_of(ali.get(sent["Location"]))
    assert "没有收下" in words

    page = ali.get(f"/my/tickets/{call.number}/").content.decode()
    address = re.search(r"/my/tickets/[\w-]+/files/\d+/", page)[0]
    assert ali.get(address)["Content-Type"] == "image/jpeg"
    assert Walker(house, "rena").get(address).status_code == 404
    assert ali.get("/my/materials/").status_code == 200


def test_everything_that_is_missing_is_said_at_once(house):
    page = main_of(
        ask(Walker(house, "ali"), at="/12345/enterprise/", region="", name="", phone="")
    )

    assert "有 3 处需要修改" in page
    assert "请选择在哪个区县。 请写明联系人。 请留一个能联系到的电话。" in page


def test_an_enterprise_names_somebody_to_call(house):
    rena = Walker(house, "rena")
    assert Walker(house).get("/12345/enterprise/").status_code == 302
    text = "我公司招牌备案一直没有答复，请帮助协调。"
    missing = ask(rena, text, "/12345/enterprise/")
    assert "请写明联系人" in main_of(missing) or "请留一个能联系到的电话" in main_of(missing)
    sent = ask(rena, text, "/12345/enterprise/", name="王经理", phone="13900002222")
    ticket = Ticket.objects.get()

    assert ticket.special == "business"
    assert ticket.contact_name == "王经理"
    assert "王经理" in main_of(rena.get(f"/my/tickets/{the_call(house).number}/"))
    assert "营商环境专席" in main_of(rena.get(sent["Location"]))
    assert the_call(house).number in main_of(rena.get("/my/tickets/"))


@pytest.mark.parametrize("language", ["en", "ug"])
def test_every_page_is_there_in_other_languages(house, language):
    ali = Walker(house, "ali")
    ali.client.post("/language/", {"language": language, "next": "/"})
    sent = ask(ali, LOUD)
    call = the_call(house)
    house.rest()
    call.signed().replied().passed()

    for path in (
        sent["Location"],
        "/my/tickets/",
        f"/my/tickets/{call.number}/",
        "/12345/follow/",
    ):
        assert ali.get(path).status_code == 200, path


def test_a_question_about_an_application_stands_beside_it(house):
    ali, rena = Walker(house, "ali"), Walker(house, "rena")
    file_one(ali)
    house.rest(jobs=False)
    number = Proceeding.objects.get(kind="package").number
    assert f"/12345/?about={number}" in ali.get(f"/my/{number}/").content.decode()

    ask(ali, "请问为什么还没有受理？", f"/12345/?about={number}")
    call = the_call(house)
    assert call.ticket.of_number == number
    assert call.number in main_of(ali.get(f"/my/{number}/"))
    assert [one.number for one in about(number)] == [call.number]

    ask(rena, "别人的办件怎么样了？", f"/12345/?about={number}")
    assert the_call(house).ticket.of_number == ""
