"""The delivery desk: found by number, QR code or card; handed over to who may have it; posted."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.city.lives import applied
from tests.documents.samples import readable
from tests.doors.hall.window import GULBAHAR
from tongban.packages.actions import share_progress
from tongban.records.models import Entry
from tongban.window.models import Handover

LI_NA = {"name": "李娜", "id_number": "650103198512310021"}


@pytest.fixture
def done(monday):
    """The snack shop's registration, granted: its results wait at the window."""
    life = applied(monday, "snack-shop")
    life.accept()
    life.grant(["small-eatery-registration"])
    return life


@pytest.fixture
def li(done, window):
    return window("li.window")


def scan(name="回证.jpg", colour=(230, 230, 230)):
    return SimpleUploadedFile(name, readable(colour=colour), "image/jpeg")


def hand(li, done, person=GULBAHAR, **files):
    return li.send(f"/hall/delivery/{done.number}/hand/", {**person, **files})


def test_it_is_found_by_its_number_and_by_the_code_on_the_receipt(li, done):
    token = share_progress(package_id=done.package_id, by=done.applicant, now=done.house.now)

    for text in (done.number, done.number.lower(), f"https://x.example/shared/{token}/"):
        page = li.send("/hall/delivery/", {"card": text})
        assert page.location == f"/hall/delivery/{done.number}/", text


def test_it_is_found_by_the_card_of_the_applicant(li, done):
    page = li.send("/hall/delivery/", {"card": GULBAHAR["id_number"]})

    assert done.number in page.words
    assert "没有找到" in li.send("/hall/delivery/", {"card": "650102199003070000"}).words
    assert "没有待领取" in li.send("/hall/delivery/", {"card": LI_NA["id_number"]}).words


def test_it_waits_in_the_list(li, done):
    assert done.number in li.open("/hall/delivery/").words


def test_the_applicant_receives_against_a_signed_proof(li, done):
    assert hand(li, done, proof=scan()).location == f"/hall/delivery/{done.number}/"

    assert done.package.state == "delivered"
    entry = Entry.objects.get(stream_id=done.package_id, verb="deliver")
    assert entry.body["capacity"] == "applicant"
    assert len(entry.body["proof"]) == 64
    assert "现在没有要交付的结果" in li.open(f"/hall/delivery/{done.number}/").words


def test_without_a_signed_proof_nothing_is_handed_over(li, done):
    page = hand(li, done)

    assert page.status == 422
    assert "请扫描领取人签字的送达回证" in page.words
    assert done.package.state == "done"


def test_a_stranger_receives_nothing(li, done):
    page = hand(li, done, LI_NA, proof=scan())

    assert page.status == 422
    assert "不能代申请人领取" in page.words
    assert not Handover.objects.exists()


def test_who_brings_a_power_of_attorney_receives(li, done):
    hand(li, done, LI_NA, proof=scan(), power=scan("委托书.jpg", (200, 210, 220)))

    kept = Handover.objects.get()
    assert kept.capacity == "attorney"
    assert kept.power_id is not None
    assert done.package.state == "delivered"


def test_a_hostile_proof_is_refused(li, done):
    bad = SimpleUploadedFile("回证.jpg", b"<script>alert(1)</script>", "image/jpeg")

    assert hand(li, done, proof=bad).status == 422
    assert done.package.state == "done"


def test_the_post_is_followed_until_it_is_received(li, done):
    here = f"/hall/delivery/{done.number}"
    wrong = li.send(f"{here}/post/", {"carrier": "", "tracking": "<b>"})
    assert (wrong.status, "运单号应是" in wrong.words) == (422, True)

    li.send(f"{here}/post/", {"carrier": "中国邮政 EMS", "tracking": "EX123456789CN"})
    assert "EX123456789CN" in li.open(f"{here}/").words
    assert "EX123456789CN" in done_for_citizen(done)
    assert hand(li, done, proof=scan()).status == 422

    li.send(f"{here}/arrived/", {})
    assert done.package.state == "delivered"


def done_for_citizen(done):
    from tests.doors.desk.clerk import Clerk

    return Clerk("gulbahar").open(f"/my/{done.number}/").words


def test_what_comes_back_is_handed_over_after_all(li, done):
    here = f"/hall/delivery/{done.number}"
    li.send(f"{here}/post/", {"carrier": "EMS", "tracking": "EX123456789CN"})
    li.send(f"{here}/returned/", {})

    assert "已退回" in li.open(f"{here}/").words
    assert li.send(f"{here}/arrived/", {}).status == 422
    assert hand(li, done, proof=scan()).location


def test_another_departments_window_sees_nothing(done, window):
    shen = window("shen.health")

    assert shen.open(f"/hall/delivery/{done.number}/").status == 404
    assert hand(shen, done, proof=scan()).status == 404


def test_the_comprehensive_window_hands_over_what_it_takes_in(done, window):
    wang = window("wang.window")
    found = wang.send("/hall/delivery/", {"card": GULBAHAR["id_number"]})
    assert done.number in found.words

    assert hand(wang, done, proof=scan()).location

    entry = Entry.objects.filter(stream_id=done.package_id, verb="deliver").get()
    assert entry.actor_id == done.house.actor("wang.window").id


def test_the_comprehensive_window_sees_nothing_before_the_end(monday, window):
    life = applied(monday, "snack-shop")

    assert window("wang.window").open(f"/hall/delivery/{life.number}/").status == 404


def test_the_proof_is_printed_for_the_signature(li, done):
    page = li.open(f"/hall/delivery/{done.number}/slip/")

    assert "送达回证" in page.words
    assert "领取人签字" in page.words
