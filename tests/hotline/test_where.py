"""In which region a request lies: by point, address and text, and when a person decides."""

import pytest
from django.conf import settings

from tests.hotline.calls import called
from tongban.catalogue.content.citymap import FILE
from tongban.hotline.actions import Request, receive_ticket
from tongban.hotline.models import Ticket
from tongban.hotline.rules.where import Where, deepest, districts_at, settle
from tongban.kernel.actors import SYSTEM

TIANSHAN, SAYBAG, MIDONG = "650102", "650103", "650109"
STREET = "650102003"


def _at(longitude, latitude):
    middles = FILE.read(settings.CONTENT).districts
    return districts_at(longitude, latitude, middles, nearer=1.4, reach_km=60)


def test_a_point_lies_in_the_district_that_is_clearly_the_nearest():
    assert _at(87.632, 43.794) == (TIANSHAN,)
    assert _at(87.655, 43.974) == (MIDONG,)


def test_a_point_between_two_districts_names_both_and_one_far_away_none():
    assert set(_at(87.606, 43.785)) >= {TIANSHAN, SAYBAG}
    assert _at(116.4, 39.9) == ()
    assert _at(0, 0) == ()


def test_of_a_region_and_one_inside_it_the_inner_one_counts():
    assert deepest([TIANSHAN, STREET]) == deepest([STREET, TIANSHAN]) == (STREET,)
    assert deepest([STREET, SAYBAG, TIANSHAN]) == (STREET, SAYBAG)
    assert deepest([]) == ()


@pytest.mark.parametrize(
    ("spot", "address", "text", "region", "among"),
    [
        (None, [], [], "", ()),
        (None, [], [STREET], STREET, ()),
        (None, [SAYBAG], [STREET], SAYBAG, ()),
        (None, [], [TIANSHAN, SAYBAG], "", (TIANSHAN, SAYBAG)),
        (None, [TIANSHAN, SAYBAG], [], "", (TIANSHAN, SAYBAG)),
        ([TIANSHAN], [], [], TIANSHAN, ()),
        ([TIANSHAN], [], [STREET], STREET, ()),
        ([TIANSHAN], [], [SAYBAG], TIANSHAN, ()),
        ([TIANSHAN], [STREET], [SAYBAG], STREET, ()),
        ([TIANSHAN], [SAYBAG], [], "", (SAYBAG, TIANSHAN)),
        ([TIANSHAN, SAYBAG], [], [], "", (TIANSHAN, SAYBAG)),
        ([TIANSHAN, SAYBAG], [SAYBAG], [], SAYBAG, ()),
        ([TIANSHAN, SAYBAG], [], [STREET], STREET, ()),
        ([TIANSHAN], [TIANSHAN, SAYBAG], [], TIANSHAN, ()),
        ([TIANSHAN, SAYBAG], [TIANSHAN, SAYBAG], [], "", (TIANSHAN, SAYBAG)),
    ],
)
def test_point_and_address_come_before_the_text_and_two_districts_are_for_a_person(
    spot, address, text, region, among
):
    assert settle(spot, address, text) == Where(region, not among, among)


def test_a_point_outside_of_the_city_is_for_a_person_whatever_is_written():
    assert settle([], [TIANSHAN], []) == Where("", is_sure=False, among=(TIANSHAN,))
    assert not settle([], [], []).is_sure


@pytest.fixture
def house(own_city):
    own_city.go("2026-09-07 10:30")
    return own_city


NOISE = "工地夜间施工打桩，混凝土罐车整夜轰鸣，投诉"


def _received(house, **more):
    request = Request(**{"text": NOISE, "channel": "open311", **more})
    made = receive_ticket(request=request, by=SYSTEM, now=house.now)
    house.rest()
    return Ticket.objects.select_related("proceeding").get(pk=made.ticket_id)


def test_a_request_goes_where_it_was_pointed_out_and_an_unclear_one_waits_for_a_person(house):
    pointed = _received(house, longitude=87.632, latitude=43.794)
    written = _received(house, place="沙依巴克区友好路3号")
    unclear = _received(house, text=f"天山区和沙依巴克区交界，{NOISE}")

    assert (pointed.region, pointed.unit) == (TIANSHAN, "urban-management-tianshan")
    assert (written.region, written.proceeding.state) == (SAYBAG, "handling")
    assert (unclear.region, unclear.proceeding.state) == ("650100", "received")
    assert unclear.reading["unsure_where"] == [TIANSHAN, SAYBAG]


def test_the_centre_reads_between_which_districts_it_decides(house, client):
    from tongban.people.models import Account

    call = called(house, f"天山区和沙依巴克区交界，{NOISE}", region="", place="")
    client.force_login(Account.objects.get(login="qiu.line"))
    page = client.get(f"/desk/{call.number}/").content.decode()

    assert "没有确定：可能在天山区、沙依巴克区" in page
