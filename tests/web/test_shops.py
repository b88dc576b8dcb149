"""The QR code of a shop: who scans it sees what is for them, and nothing of the others."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.city.lives import applied
from tests.documents.samples import picture
from tests.licences.reports import reported
from tests.web.walks import Walker, main_of
from tongban.documents.queries import attachments_of
from tongban.hotline.models import Ticket
from tongban.licences.models import Comprehensive, Report


@pytest.fixture
def shop(city):
    """Moon Bay with its comprehensive licence."""
    city.go("2026-09-08 10:30")
    life = applied(city, "moon-bay")
    life.accept()
    life.grant(["signboard-filing"])
    return Comprehensive.objects.get()


@pytest.fixture
def address(shop):
    return f"/one-licence/{shop.serial}/"


def test_anybody_sees_the_facts_of_each_permit_and_may_report(city, address):
    words = main_of(Walker(city).get(address))

    assert "乌鲁木齐月亮湾餐饮有限公司" in words
    assert "食品经营许可证" in words
    assert "投诉或者举报" in words
    assert "下载 PDF" not in words
    assert "版本记录" not in words


def test_partial_is_said_plainly(city, address):
    city.go("2026-12-21 10:30")

    words = main_of(Walker(city).get(address))

    assert "部分有效" in words
    assert "不是每一项许可现在都有效" in words
    assert "失效" in words


@pytest.mark.parametrize(
    ("login", "seen"),
    [
        ("su.approval", True), ("sun.decider", True), ("yu.construction", True),
        ("zhang.urban", True), ("yan.fire", False), ("xie.tobacco", False), ("rena", False),
    ],
)  # fmt: skip
def test_officers_of_its_departments_alone_see_history_and_reports(
    city, shop, address, login, seen
):
    walker = Walker(city, login)

    response = walker.get(address)
    desk = walker.get(f"/desk{address}")

    assert (response.status_code == 302) == seen
    assert (desk.status_code == 200) == seen
    if seen:
        assert "许可和监管记录" in main_of(desk)


def test_the_holder_sees_renewals_and_the_paper_and_others_do_not(city, shop, address):
    rena, ali = Walker(city, "rena"), Walker(city, "ali")

    words = main_of(rena.get(address))

    assert "最迟 2026年11月20日 申请" in words
    assert "版本记录" in words
    assert rena.get(f"/my{address}file/").status_code == 200
    assert ali.get(f"/my{address}file/").status_code == 404
    assert Walker(city).get(f"/my{address}file/").status_code == 302
    assert "版本记录" not in main_of(ali.get(address))
    assert "版本记录" not in main_of(rena.get(address, **{"as": "public"}))


def test_a_scan_becomes_a_ticket_of_12345_with_a_number_and_a_day(city, shop, address):
    stranger = Walker(city)

    empty = stranger.post(f"{address}report/", kind="", text="")
    wrong = stranger.post(f"{address}report/", kind="complaint", text="多收钱", phone="12")
    done = stranger.post(f"{address}report/", kind="report", text="后厨很脏\u202e", phone="")
    ticket = Ticket.objects.get()

    assert (empty.status_code, wrong.status_code) == (422, 422)
    assert (ticket.channel, ticket.type, ticket.of_number) == ("scan", "report", shop.number)
    assert (ticket.text, ticket.place, ticket.hides_caller) == ("后厨很脏", shop.site, True)
    words = main_of(Walker(city).get(done["Location"]))
    assert ticket.proceeding.number in words
    assert "热线中心最迟" in words
    assert "只有热线中心知道" in words
    assert not Report.objects.exists()


def test_officers_of_the_licence_see_complaints_about_it_and_no_report(city, shop, address):
    Walker(city).post(f"{address}report/", kind="complaint", text="多收餐具费", phone="")
    Walker(city).post(f"{address}report/", kind="report", text="后厨很脏", phone="")

    words = main_of(Walker(city, "su.approval").get(f"/desk{address}"))
    assert "多收餐具费" in words
    assert "后厨很脏" not in words


def test_an_older_report_is_read_by_its_address_and_answered(city, shop, address):
    stranger, window = Walker(city), Walker(city, "su.approval")
    report = reported(shop, city)
    done = {"Location": f"{address}report/{report.code}/"}

    assert "等待答复" in main_of(stranger.get(done["Location"]))
    assert "后厨很脏" in main_of(window.get("/desk/reports/"))
    assert re.search(r"群众扫码反映\s*1", words_beside(window.get("/desk/")))
    window.post(f"/desk/reports/{report.pk}/", answer="已经责令整改。")
    answered = stranger.get(done["Location"])
    assert "已经责令整改。" in main_of(answered)
    assert answered["Referrer-Policy"] == "no-referrer"


def test_a_scan_is_asked_for_danger_and_takes_pictures(city, shop, address):
    stranger = Walker(city)
    danger = "后厨煤气泄漏，满屋子都是煤气味"
    at = f"{address}report/"

    asked = stranger.post(at, kind="complaint", text=danger, phone="")
    assert asked.status_code == 422
    assert "110" in main_of(asked)
    assert "我已经打过电话" in main_of(asked)
    assert not Ticket.objects.exists()
    photo = SimpleUploadedFile("厨房.png", picture("png"), "image/png")
    script = SimpleUploadedFile("x.png", b"<script>alert(1)</script>", "image/png")
    done = stranger.post(
        at, kind="complaint", text=danger, phone="", sure="yes", pictures=[photo, script]
    )
    ticket = Ticket.objects.get()

    assert [one.material.file.name for one in attachments_of([ticket.pk])] == ["厨房.png"]
    words = main_of(stranger.get(done["Location"]))
    assert "有 1 个文件没有收下" in words


def words_beside(response):
    text = response.content.decode()
    inner = text[text.index('<nav class="queues"') : text.index("<main")]
    return " ".join(re.sub(r"<[^>]+>", " ", inner).split())


@pytest.mark.parametrize("path", ["report/NOTHING/", "report/"])
def test_what_is_not_there_does_not_exist(city, address, path):
    nowhere = "/one-licence/0123456789ABCDEF0123456789ABCDEF/"

    assert Walker(city).get(nowhere + path).status_code == 404
    if path != "report/":
        assert Walker(city).get(address + path).status_code == 404


@pytest.mark.parametrize("login", ["zhang.urban", "li.window", "rena"])
def test_a_report_is_read_by_its_department_alone(city, shop, login):
    report = reported(shop, city, kind="complaint", text="多收钱", contact="13900000001")

    assert Walker(city, login).get(f"/desk/reports/{report.pk}/").status_code in (403, 404)


def test_the_identifier_of_any_version_verifies_to_the_same_page(city, shop, address):
    identifier = shop.versions.get().identifier

    assert Walker(city).get(f"/verify/{identifier}/")["Location"] == address


def test_my_licences_show_it_apart(city, shop, address):
    page = Walker(city, "rena").get("/my/licences/").content.decode()

    assert address in page
