"""Every channel of the content has a door, and what is said there is kept under its name."""

import pytest
from django.core import signing
from django.test import Client

from tests.doors.desk.clerk import Clerk
from tests.ratings.lives import invitation
from tests.ratings.test_asking import ended
from tongban.doors.visits import wall_clock
from tongban.ratings.actions import invite, register_device
from tongban.ratings.models import Review
from tongban.ratings.queries import ratings

ON_A_PHONE = {"User-Agent": "Mozilla/5.0 (Linux; Android 14) Mobile Safari/537.36 Mobi"}


def device(life, channel, window):
    return register_device(
        window=window, channel=channel, region="6501", name="大厅", by=life.house.actor(
            "han.supervisor"), now=life.house.now,
    )  # fmt: skip


def a_minute_ago():
    """The sealed moment in which the form was opened, as the page carries it."""
    return signing.dumps(int(wall_clock().timestamp()) - 60, salt="rating-page")


def by_link(life, headers=None, via=""):
    path = f"/rate/{invitation(life).token}/{via}"
    Client(headers=headers or {}).post(path, {"level": "2"})


def by_tablet(life):
    row = device(life, "tablet", "market-regulation.window")
    visit = invite(ended=ended(life), now=life.house.now)
    page = Client().get(f"/hall/rate/{row.code}/").content.decode()
    assert visit.token in page
    told = {"token": visit.token, "level": "2", "opened": a_minute_ago()}
    Client().post(f"/hall/rate/{row.code}/", told)


def by_kiosk(life):
    row, asked = device(life, "kiosk", ""), invitation(life)
    at = f"/hall/rate/{row.code}/"
    page = Client().post(at, {"do": "find", "number": asked.number, "code": asked.code})
    assert asked.token in page.content.decode()
    Client().post(at, {"token": asked.token, "level": "2", "opened": a_minute_ago()})


def by_telephone(life):
    """Keys in the spoken menu; the operator's way is tried below."""
    from tests.voice.ringing import Ringing
    from tests.voice.test_ending import keyed

    asked, caller = invitation(life), Ringing(life.house)
    caller.lift()
    for keys in ("4", f"{keyed(asked.number)}#", f"{asked.code}#", "2"):
        caller.key(keys)


WAYS = {
    "web": by_link,
    "mobile": lambda life: by_link(life, ON_A_PHONE),
    "qr": lambda life: by_link(life, ON_A_PHONE, "?via=qr"),
    "sms": lambda life: by_link(life, ON_A_PHONE, "?via=sms"),
    "tablet": by_tablet,
    "kiosk": by_kiosk,
    "phone": by_telephone,
}


def test_no_channel_is_without_a_door():
    assert {one.code for one in ratings().channels} == set(WAYS)


@pytest.mark.parametrize("channel", WAYS)
def test_the_door_of_a_channel_keeps_what_is_said_under_its_name(life, channel):
    WAYS[channel](life)

    review = Review.objects.get()
    assert (review.channel, review.level) == (channel, 2)
    assert list(review.flags.values_list("detector", flat=True)) == []


def test_an_operator_writes_down_what_a_caller_says(life):
    asked = invitation(life)
    operator = Clerk("ning.line").client
    found = operator.post("/rate/?via=phone", {"number": asked.number, "code": asked.code})
    operator.post(found["Location"], {"level": "4"})

    review = Review.objects.get()
    assert (review.channel, review.level) == ("phone", 4)
    assert Client().get("/rate/?via=phone").status_code == 200


def test_an_officer_of_a_window_is_no_operator_of_the_telephone(life):
    """He prints the slips: rating by `?via=phone` he escaped the rule for his own login."""
    Clerk("li.window").client.post(f"/rate/{invitation(life).token}/?via=phone", {"level": "1"})

    review = Review.objects.get()
    assert review.channel != "phone"
    assert list(review.flags.values_list("detector", flat=True)) == ["F3"]


def test_the_machine_of_an_operator_is_the_device_of_no_caller(life):
    asked = invitation(life)
    Clerk("ning.line").client.post(f"/rate/{asked.token}/?via=phone", {"level": "1"})

    assert Review.objects.get().device is None


def test_nobody_says_that_he_is_the_telephone(life):
    Client().post(f"/rate/{invitation(life).token}/?via=phone", {"level": "4"})

    assert Review.objects.get().channel == "web"


# The kiosk


def kiosk(life):
    return f"/hall/rate/{device(life, 'kiosk', '').code}/"


def test_a_kiosk_forgets_everybody(life):
    at, asked = kiosk(life), invitation(life)
    client = Client()
    client.cookies["django_language"] = "ug"
    page = client.post(at, {"do": "find", "number": asked.number, "code": asked.code})

    seconds = ratings().idle.value
    assert f'data-forgets="{seconds}"' in page.content.decode()
    assert f'content="{seconds};url={at}?anew=1"' in page.content.decode()
    assert 'autocomplete="off"' in page.content.decode()
    assert page["Cache-Control"] == "no-store"
    anew = client.get(at, {"anew": "1"})
    assert anew["Location"] == at
    assert anew.cookies["django_language"].value == ""
    fresh = client.get(at).content.decode()
    assert asked.token not in fresh
    assert asked.number not in fresh


def test_a_kiosk_shows_nothing_by_an_address(life):
    at, asked = kiosk(life), invitation(life)
    page = Client().get(at, {"number": asked.number, "code": asked.code})

    assert asked.token not in page.content.decode()


def test_a_kiosk_reads_the_code_of_a_slip(life):
    at, asked = kiosk(life), invitation(life)
    scanned = f"https://tongban.test/rate/{asked.token}/?via=qr"

    page = Client().post(at, {"do": "find", "number": scanned, "code": ""})
    assert asked.token in page.content.decode()


@pytest.mark.parametrize(
    "typed",
    [{"number": "", "code": ""}, {"number": "https://x/rate/aaaaaaaaaaaaaaaaaaaa/", "code": ""},
     {"number": "https://x/rate/<b>/", "code": "1"}, {"number": "\x00", "code": "\u202e"}],
)  # fmt: skip
def test_what_is_wrong_is_said_at_the_kiosk_itself(life, typed):
    page = Client().post(kiosk(life), {"do": "find", **typed})

    assert page.status_code == 404
    assert "没有找到可以评价的办件" in page.content.decode()
    assert 'value="find"' in page.content.decode()


@pytest.mark.parametrize("number", ["", "\x00", "\u202e", "YJS" + "1" * 40, "'; --"])
def test_what_is_no_number_is_refused_on_the_page_too(life, number):
    assert Client().post("/rate/", {"number": number, "code": "\x00"}).status_code == 404


def test_a_kiosk_says_that_it_was_rated_already(life):
    at, asked = kiosk(life), invitation(life)
    typed = {"do": "find", "number": asked.number, "code": asked.code}
    for _turn in range(2):
        Client().post(at, {"token": asked.token, "level": "1"})
    page = Client().post(at, typed)

    assert page.status_code == 409
    assert "已经评价过了" in page.content.decode()
    assert 'name="level"' not in page.content.decode()


@pytest.mark.parametrize("door", ["kiosk", "page"])
def test_codes_are_not_tried_without_end(life, door):
    at, asked = kiosk(life) if door == "kiosk" else "/rate/", invitation(life)
    wrong = "000000" if asked.code != "000000" else "111111"
    client = Client()
    for _try in range(10):
        client.post(at, {"do": "find", "number": asked.number, "code": wrong})
    page = client.post(at, {"do": "find", "number": asked.number, "code": asked.code})

    assert page.status_code == 403
    assert asked.token not in page.content.decode()


def test_a_tablet_of_a_window_is_no_kiosk(life):
    row, asked = device(life, "tablet", "tax.window"), invitation(life)
    page = Client().post(
        f"/hall/rate/{row.code}/", {"do": "find", "number": asked.number, "code": asked.code}
    )

    assert page.status_code == 404
    assert asked.token not in page.content.decode()
