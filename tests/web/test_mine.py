"""My things: progress like a parcel, sharing, withdrawing, messages, licences, settings."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.documents.fakes import fake
from tests.web.test_applying import ready
from tests.web.walks import Walker, main_of
from tongban.documents import gateways


@pytest.fixture
def ali(city):
    return Walker(city, "ali")


@pytest.fixture
def other(city):
    return Walker(city, "gulbahar")


@pytest.fixture
def number(city, ali):
    draft = ali.draft()
    response = ali.client.post(f"/apply/{draft}/check/", ready(ali, draft))
    city.rest()
    return response["Location"].split("/")[2]


def test_progress_says_whose_turn_it_is_and_what_is_left(ali, number):
    text = main_of(ali.get(f"/my/{number}/"))

    assert "现在轮到 乌鲁木齐市市场监督管理局窗口" in text
    assert "还剩 5 个工作日" in text
    assert "为什么" in text
    assert "食品经营许可（新办）" in text


def test_an_application_of_somebody_else_does_not_exist(other, number):
    for page in ("", "share/", "withdraw/", "supply/", "ask-human/"):
        assert other.get(f"/my/{number}/{page}").status_code == 404


def test_my_list_leads_to_the_application(ali, number):
    text = ali.get("/my/").content.decode()

    assert f'href="/my/{number}/"' in text


def test_an_empty_list_says_what_to_do(other):
    assert "还没有提交过申请" in main_of(other.get("/my/"))


def test_a_shared_link_shows_the_way_without_names_and_ends_when_revoked(ali, number, city):
    ali.post(f"/my/{number}/share/", do="open")
    page = ali.get(f"/my/{number}/share/").content.decode()
    path = re.search(r"/shared/[\w-]+/", page)[0]
    stranger = Walker(city)
    shared = stranger.get(path)

    assert "只读进度" in main_of(shared)
    assert "天山雪餐饮管理有限公司" not in shared.content.decode()
    assert "撤回申请" not in main_of(shared)
    assert shared["Referrer-Policy"] == "no-referrer"
    assert path not in ali.get(f"/my/{number}/share/").content.decode()
    ali.post(f"/my/{number}/share/", do="close")
    assert stranger.get(path).status_code == 404


def test_withdrawing_asks_once_more_and_then_stops_everything(ali, number):
    assert "不能恢复" in main_of(ali.get(f"/my/{number}/withdraw/"))
    response = ali.client.post(f"/my/{number}/withdraw/", follow=True)

    assert "已撤回" in main_of(response)


def test_a_second_withdrawal_is_refused_in_words(ali, number):
    ali.post(f"/my/{number}/withdraw/")
    response = ali.post(f"/my/{number}/withdraw/")

    assert response.status_code == 409
    assert "现在不能这样做" in main_of(response)


def test_nothing_to_correct_is_not_found(ali, number):
    assert ali.get(f"/my/{number}/supply/").status_code == 404


def test_messages_are_unread_until_the_button_is_pressed(ali, number):
    before = ali.get("/my/messages/")
    assert "申请已提交" in main_of(before)
    assert "标为已读" in main_of(before)
    ali.post("/my/messages/", read="all")

    assert "标为已读" not in main_of(ali.get("/my/messages/"))


def test_licences_are_listed_shown_and_verified_by_anybody(ali, city):
    text = ali.get("/my/licences/").content.decode()
    identifier = re.search(r"/my/licences/(1\.2\.156[^/]+)/", text)[1]
    page = main_of(ali.get(f"/my/licences/{identifier}/"))
    proof = main_of(Walker(city).get(f"/verify/{identifier}/"))

    assert "照面信息" in page
    assert "真实" in proof


def test_a_licence_taken_over_from_elsewhere_shows_words_for_its_codes(other):
    text = other.get("/my/licences/").content.decode()
    paths = set(re.findall(r"/my/licences/1\.2\.156[^/]+/", text))
    shown = " ".join(main_of(other.get(path)) for path in paths)

    assert "类型 个体工商户" in shown
    assert not re.search(r"individual_business|limited_company", shown)


def test_in_english_licences_and_their_issuers_have_english_names(other):
    other.post("/language/", language="en")
    text = main_of(other.get("/my/licences/"))
    asked = main_of(other.get("/packages/open-restaurant/ask/"))

    assert "Business licence" in text
    assert "营业执照" not in text + asked
    assert "市场监督管理局" not in text
    assert "From Business licence" in asked


def test_a_licence_of_somebody_else_does_not_exist(ali, other):
    text = ali.get("/my/licences/").content.decode()
    mine = set(re.findall(r"/my/licences/(1\.2\.156[^/]+)/", text))
    theirs = set(
        re.findall(r"/my/licences/(1\.2\.156[^/]+)/", other.get("/my/licences/").content.decode())
    )

    for identifier in mine - theirs:
        assert other.get(f"/my/licences/{identifier}/").status_code == 404


@pytest.mark.parametrize("typed", ["", "abc", "1.2.156.3005.2.nonsense", "<script>", "9" * 400])
def test_verification_answers_whatever_is_typed(city, typed):
    response = Walker(city).get("/verify/", identifier=typed)

    assert response.status_code == 200
    assert "<script>" not in response.content.decode().partition("<main")[2]


def test_a_file_that_was_not_issued_here_cannot_be_proved(city, settings, tmp_path):
    settings.DOCUMENT_SEALS = fake(gateways.LocalSeals, folder=tmp_path / "real")
    file = SimpleUploadedFile("假证.pdf", b"%PDF-1.4 nothing", "application/pdf")
    response = Walker(city).client.post("/verify/", {"file": file})

    assert "不能证明是真的" in main_of(response)


def test_materials_given_before_are_listed_and_can_be_taken_back(ali, number):
    page = ali.get("/my/materials/")
    wanted = re.search(r'name="withdraw" value="(\d+)"', page.content.decode())[1]
    ali.post("/my/materials/", withdraw=wanted)

    assert f'value="{wanted}"' not in ali.get("/my/materials/").content.decode()


def test_settings_are_kept_and_mistakes_are_told_at_the_field(ali):
    good = ali.client.post(
        "/my/settings/", {"group": "phone", "phone": "13900000009"}, follow=True
    )
    bad = ali.post("/my/settings/", group="phone", phone="12")

    assert "已保存。" in main_of(good)
    assert bad.status_code == 422
    assert "手机号码应为11位数字。" in main_of(bad)
