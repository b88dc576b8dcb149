"""Hostile text at every door of the hotline: a refusal in words or one clean ticket."""

import re
import uuid

import pytest
from django.test import Client

from tests.doors.desk.clerk import Clerk
from tests.doors.openapi.test_georeport import KEY, report
from tests.hotline.calls import TIANSHAN
from tongban.hotline.models import Ticket

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>路灯坏了"
CONTROLS = "路灯\u0000坏了\u0007\u001b[31m\u0085请修\ufeff一下"
TURNED = "路灯\u202e坏了\u2066请修\u2069\u200f一下\u061c"
LONG = "路灯坏了" * 250_000
BROKEN = "路灯坏了\ufffe\uffff请修一下"
QUOTES = "路灯坏了'; DROP TABLE hotline_ticket; -- {{ 7*7 }} {% load x %} %s %(a)s {0}"
TEXTS = {
    "script": SCRIPT,
    "controls": CONTROLS,
    "turned": TURNED,
    "megabyte": LONG,
    "broken": BROKEN,
    "quotes": QUOTES,
    "blanks": " \u3000\u200b\n\t",
}
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture
def house(city, settings):
    settings.OPEN311_CLIENTS = KEY
    city.go("2026-09-07 10:30")
    return city


def at_page(text):
    """Somebody without account, on the page."""
    once = uuid.uuid4().hex
    fields = {
        "text": text, "region": "650102", "place": text[:300], "phone": "13800001111",
        "type": "help", "domain": "city-works-lamp", "once": once, "do": "send", "sure": "yes",
    }  # fmt: skip
    client = Client()
    return [client.post("/12345/", fields) for _ in range(2)]


def at_line(text):
    """An operator, pressing twice."""
    form = {
        "text": text, "phone": "13800001111", "region": TIANSHAN, "place": text[:300],
        "name": text[:300], "type": "help", "domain": "city-works-lamp",
        "key": uuid.uuid4().hex, "act": "keep",
    }  # fmt: skip
    operator = Clerk("ning.line").client
    operator.post("/line/live/", form)
    return [operator.post("/line/", form) for _ in range(2)]


def at_open311(text):
    """An app of others, sending twice."""
    more = {"description": text, "address_string": text[:300], "first_name": text[:300]}
    return [report(headers={"Idempotency-Key": "r1"}, **more) for _ in range(2)]


@pytest.mark.parametrize("door", [at_page, at_line, at_open311])
@pytest.mark.parametrize("name", sorted(TEXTS))
def test_it_is_refused_in_words_or_becomes_one_clean_ticket(house, door, name):
    answers = door(TEXTS[name])

    assert {one.status_code for one in answers} <= {200, 201, 302, 400, 422}
    found = list(Ticket.objects.all())
    assert len(found) <= 1
    for one in found:
        kept = one.text + one.title + one.place
        assert not UNSEEN.search(kept)
        assert len(one.text) <= 9_000
        page = Clerk("ning.line").see(one.proceeding.number)
        assert page.status == 200
        assert "<script>alert" not in page.source
        assert "<img src=x" not in page.source
    if not found:
        assert any("请" in one.content.decode() or "不" in one.content.decode() for one in answers)


@pytest.mark.parametrize("name", ["blanks"])
@pytest.mark.parametrize("door", [at_page, at_line, at_open311])
def test_what_says_nothing_makes_no_ticket(house, door, name):
    door(TEXTS[name])

    assert Ticket.objects.count() == 0
