"""The screen that faces the applicant: paired by a code, it asks, takes the answer, forgets."""

import re
from base64 import b64encode

import pytest

from tests.documents.samples import picture
from tests.doors.desk.clerk import Clerk
from tests.doors.hall.window import GULBAHAR
from tongban.window.models import Confirmation


@pytest.fixture
def code(served):
    """The code of the second screen of Li's desk."""
    page = served.send("/hall/pair/", {})
    return re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", page.words)[0]


@pytest.fixture
def screen(code):
    """A tablet without an account."""
    return Clerk(None)


def asked(served, screen, code, **query):
    served.send(f"{served.here}/show/", {})
    return screen.open(f"/hall/screen/{code}/", **query)


def shown_of(page):
    return re.search(r'name="shown" value="([0-9a-f]{64})"', page.source)[1]


def test_a_paired_screen_shows_nothing_until_the_clerk_asks(served, screen, code):
    page = screen.open(f"/hall/screen/{code}/")

    assert "您好" in page.words
    assert GULBAHAR["name"] not in page.source


def test_the_applicant_reads_everything_and_confirms(served, screen, code):
    page = asked(served, screen, code)
    assert GULBAHAR["name"] in page.words
    assert "天山区古丽小吃店" in page.words
    assert "如实申报" in page.words

    after = screen.send(f"/hall/screen/{code}/", {"shown": shown_of(page), "answer": "yes"})

    assert "已确认" in screen.open(after.location).words
    assert served.client.get(f"{served.here}/state/").json()["state"] == "agreed"
    assert "/hall/done/" in served.submit().location
    assert "您好" in screen.open(f"/hall/screen/{code}/").words


def test_the_applicant_refuses(served, screen, code):
    page = asked(served, screen, code)

    screen.send(f"/hall/screen/{code}/", {"shown": shown_of(page), "answer": "no"})

    assert served.client.get(f"{served.here}/state/").json()["state"] == "refused"
    assert served.submit().status == 422


def test_a_change_while_the_applicant_reads_takes_the_page_away(served, screen, code):
    page = asked(served, screen, code)
    served.fill(**{"staff.health_certificates": "2"})

    after = screen.send(f"/hall/screen/{code}/", {"shown": shown_of(page), "answer": "yes"})

    assert after.status == 409
    assert "内容刚刚有变动" in after.words
    assert not Confirmation.objects.exists()


def test_english_where_the_applicant_wants_it(served, screen, code):
    page = asked(served, screen, code, lang="en")

    assert "Please check what will be submitted" in page.words
    assert "Market" in page.words


def test_a_drawn_signature_is_kept_as_the_proof(served, screen, code):
    page = asked(served, screen, code)
    drawn = f"data:image/png;base64,{b64encode(picture('PNG')).decode()}"

    screen.send(
        f"/hall/screen/{code}/", {"shown": shown_of(page), "answer": "yes", "signature": drawn}
    )

    assert Confirmation.objects.get().proof.purpose == "confirmation"


@pytest.mark.parametrize(
    "drawn", ["data:image/png;base64,%%%", "data:text/html;base64,PGI+", "x" * 400_000]
)
def test_a_hostile_signature_is_left_out_or_refused(served, screen, code, drawn):
    page = asked(served, screen, code)

    answer = screen.send(
        f"/hall/screen/{code}/", {"shown": shown_of(page), "answer": "yes", "signature": drawn}
    )

    assert answer.status in (302, 409)
    assert not Confirmation.objects.filter(proof__isnull=False).exists()


@pytest.mark.parametrize("code", ["ABCD-EFGH-JKLM", "x", "%00", "ABCDEFGHJKLM"])
def test_an_unknown_code_shows_nothing(monday, code):
    page = Clerk(None).open(f"/hall/screen/{code}/")

    assert page.status == 404
    assert "没有与窗口配对" in page.words or code == "%00"


def test_pairing_anew_blinds_the_screen_before(served, screen, code):
    asked(served, screen, code)
    served.send("/hall/pair/", {})

    assert screen.open(f"/hall/screen/{code}/").status == 404


def test_the_next_applicant_clears_the_screen(served, screen, code):
    asked(served, screen, code)
    served.send("/hall/next/", {})

    assert GULBAHAR["name"] not in screen.open(f"/hall/screen/{code}/").source
    assert screen.client.get(f"/hall/screen/{code}/state/").json()["shown"] == ""


def test_a_code_is_typed_in_any_way(served, screen, code):
    typed = code.replace("-", "").lower()

    assert screen.send("/hall/screen/", {"code": typed}).location == f"/hall/screen/{code}/"


def test_the_code_belongs_to_the_browser_that_opened_it_first(served, screen, code):
    asked(served, screen, code)
    other = Clerk(None)

    page = other.open(f"/hall/screen/{code}/")

    assert page.status == 404
    assert "已经在另一块屏幕上使用" in page.words
    assert GULBAHAR["name"] not in page.source
    assert other.client.get(f"/hall/screen/{code}/state/").status_code == 404
    assert GULBAHAR["name"] in screen.open(f"/hall/screen/{code}/").words


def test_another_browser_cannot_answer(served, screen, code):
    page = asked(served, screen, code)

    Clerk(None).send(f"/hall/screen/{code}/", {"shown": shown_of(page), "answer": "yes"})

    assert not Confirmation.objects.exists()


def test_whoever_opens_it_first_keeps_it_until_it_is_paired_anew(served, screen, code):
    screen.open(f"/hall/screen/{code}/")
    again = served.send("/hall/pair/", {})
    fresh = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", again.words)[0]

    assert "您好" in Clerk(None).open(f"/hall/screen/{fresh}/").words
