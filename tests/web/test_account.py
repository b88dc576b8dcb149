"""Signing in and out, registering, language and print size."""

import re

import pytest

from tests.web.walks import Walker, form_of, main_of
from tongban.doors.visits import wall_clock
from tongban.people.models import Account
from tongban.people.rules import totp_code, totp_step

PASSWORD = "tian-shan-2026"


@pytest.fixture
def stranger(city):
    return Walker(city)


@pytest.fixture
def ali(city):
    account = Account.objects.get(login="ali")
    account.set_password(PASSWORD)
    account.save()
    return account


def sign_in(walker, **data):
    return walker.post("/login/", **data)


def test_signing_in_leads_to_where_one_wanted_to_go(stranger, ali):
    response = sign_in(stranger, login="ali", password=PASSWORD, next="/my/licences/")

    assert response["Location"] == "/my/licences/"
    assert "退出" in stranger.get("/").content.decode()


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_signing_in_never_leads_to_another_site(stranger, ali, wanted):
    assert sign_in(stranger, login="ali", password=PASSWORD, next=wanted)["Location"] == "/my/"


def test_a_wrong_password_keeps_the_login_and_not_the_password(stranger, ali):
    response = sign_in(stranger, login="ali", password="wrong-wrong-wrong")
    form = form_of(response)

    assert response.status_code == 403
    assert form.data["login"] == ["ali"]
    assert form.data["password"] == [""]
    assert "登录名、密码或动态口令不正确。" in main_of(response)


def test_a_person_whom_the_register_does_not_confirm_is_told_what_to_do(stranger):
    response = stranger.post(
        "/register/", name="艾山江·吐尔逊", id_number="650102199003074516", phone="",
        login="aishan", password=PASSWORD,
    )  # fmt: skip
    text = main_of(response)

    assert response.status_code != 302
    assert "姓名与公民身份号码没有通过实名核验。" in text
    assert "请到政务服务大厅窗口核实" in text
    assert "处需要修改" not in text


def test_signing_out_needs_a_post(stranger, ali):
    sign_in(stranger, login="ali", password=PASSWORD)

    assert stranger.get("/logout/").status_code == 405
    stranger.post("/logout/")
    assert stranger.get("/my/")["Location"] == "/login/?next=%2Fmy%2F"


def test_registering_tells_every_mistake_at_once(stranger):
    response = stranger.post(
        "/register/", name="买", id_number="123", login="X!", password="123", phone="1"
    )
    text = response.content.decode()

    assert response.status_code == 422
    for field in ("id_number", "login", "password", "phone"):
        assert f'href="#f-{field}"' in text
    assert "123" not in form_of(response).data["password"]


def test_the_site_speaks_the_chosen_language(stranger):
    stranger.post("/language/", language="en", next="/")
    text = stranger.get("/").content.decode()

    assert '<html lang="en" dir="ltr"' in text
    assert "One thing, done once" in text
    assert "Open a restaurant" in text


def test_a_language_that_is_not_offered_changes_nothing(stranger):
    stranger.post("/language/", language="xx", next="/")

    assert '<html lang="zh-Hans"' in stranger.get("/").content.decode()


def test_large_print_is_kept_and_can_be_taken_back(stranger):
    stranger.post("/print-size/", size="large", next="/")
    assert 'data-print="large"' in stranger.get("/").content.decode()
    stranger.post("/print-size/", size="normal", next="/")

    assert 'data-print="normal"' in stranger.get("/").content.decode()


def test_who_has_signed_in_finds_language_and_print_on_every_device(stranger, ali, city):
    sign_in(stranger, login="ali", password=PASSWORD)
    stranger.post("/language/", language="en", next="/")
    stranger.post("/print-size/", size="large", next="/")
    other = Walker(city)
    sign_in(other, login="ali", password=PASSWORD)
    text = other.get("/").content.decode()

    assert 'lang="en"' in text
    assert 'data-print="large"' in text


def test_a_language_chosen_before_signing_in_stays(stranger, ali, city):
    stranger.post("/language/", language="en", next="/")
    sign_in(stranger, login="ali", password=PASSWORD)
    assert 'lang="en"' in stranger.get("/my/").content.decode()

    # The account keeps its own: who comes from elsewhere, or comes back, finds it.
    other = Walker(city)
    sign_in(other, login="ali", password=PASSWORD)
    assert '<html lang="zh-Hans"' in other.get("/my/").content.decode()
    stranger.post("/logout/")
    sign_in(stranger, login="ali", password=PASSWORD)
    assert '<html lang="zh-Hans"' in stranger.get("/my/").content.decode()


def test_a_work_account_is_told_that_pages_of_citizens_are_not_for_it(city):
    response = Walker(city, "li.window").get("/my/")

    assert response.status_code == 403
    assert "请退出工作账号" in main_of(response)


def test_every_page_forbids_foreign_scripts(stranger):
    policy = stranger.get("/")["Content-Security-Policy"]

    assert "script-src 'self'" in policy
    assert "unsafe-inline" not in policy


def test_a_post_with_power_sets_up_one_time_codes_first(stranger):
    head = Account.objects.filter(kind="staff").exclude(totp_secret=None).first()
    head.totp_secret = None
    head.set_password(PASSWORD)
    head.save()
    first = sign_in(stranger, login=head.login, password=PASSWORD)
    page = stranger.get(first["Location"])
    secret = re.search(r'class="number">([A-Z2-7]+)<', page.content.decode())[1]
    wrong = stranger.post("/second-factor/", code="000000")
    right = stranger.post("/second-factor/", code=totp_code(secret, totp_step(wall_clock())))

    assert first["Location"] == "/second-factor/"
    assert wrong.status_code == 422
    assert secret in wrong.content.decode()
    assert right["Location"] == "/desk/"
    assert stranger.get("/second-factor/")["Location"] == "/desk/"


def test_citizens_set_up_no_second_factor(stranger, ali):
    sign_in(stranger, login="ali", password=PASSWORD)

    assert stranger.get("/second-factor/").status_code == 403
