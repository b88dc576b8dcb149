"""The map: its base, where its tiles may come from, and the pages that show a place."""

import json
import re

import pytest
from pydantic import ValidationError

from tests.doors.desk.clerk import Clerk
from tests.doors.desk.test_tickets import login_of
from tests.doors.line.test_call import typed
from tests.web.test_tickets import LOUD, ask, the_call
from tests.web.walks import Walker, main_of
from tongban.catalogue.content.citymap import CityMap
from tongban.config.middleware import CONTENT_SECURITY_POLICY, with_tiles
from tongban.doors.maps import Map, Pin, base, city_map, picker, pin_of

HERE = {"longitude": "87.619012", "latitude": "43.785034"}


@pytest.fixture
def house(city):
    city.go("2026-09-07 10:30")
    return city


def pins_of(source):
    found = re.search(r'data-points="([^"]*)"', source)
    return json.loads(found[1].replace("&quot;", '"')) if found else []


def test_the_sketch_lies_in_the_city_and_says_that_it_is_assumed():
    found = city_map()

    assert not found.mark.may_be_quoted
    assert {"650102", "650103", "650104", "650105"} <= set(found.districts)


@pytest.mark.parametrize("point", [(43.8, 87.6), (0, 0), (200, 43), (87.6, 91)])
def test_a_point_that_lies_elsewhere_is_refused(point):
    said = city_map().model_dump()

    with pytest.raises(ValidationError):
        CityMap.model_validate({**said, "districts": {"650102": point}})


def test_the_base_is_geojson_with_longitude_first_and_names_in_every_language(house):
    answer = Walker(house).get("/map.json")
    said = answer.json()

    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert answer.content == base()
    names = {one["properties"]["name"]["en"] for one in said["base"]["features"]}
    assert {"Nanhu Square", "Outer Ring Road", "Hongshan Hill"} <= names
    for one in said["base"]["features"]:
        assert set(one["properties"]["name"]) >= {"zh", "en", "ug"}
        if one["geometry"]["type"] == "Polygon":
            ring = one["geometry"]["coordinates"][0]
            assert ring[0] == ring[-1]
        if one["geometry"]["type"] == "Point":
            east, north = one["geometry"]["coordinates"]
            assert 87 < east < 89
            assert 43 < north < 45


def test_pictures_come_from_the_citys_tiles_and_from_nobody_else():
    assert with_tiles(CONTENT_SECURITY_POLICY, "") == CONTENT_SECURITY_POLICY
    found = with_tiles(CONTENT_SECURITY_POLICY, "https://{s}.tiles.example/w/{z}/{x}/{y}.png?k=1")
    assert "img-src 'self' https://*.tiles.example data:;" in found
    assert "script-src 'self';" in found


def test_a_page_says_whose_map_it_is(settings):
    assert "示意图" in Map("x").note
    settings.MAP_TILES = "https://t.example/{z}/{x}/{y}"
    settings.MAP_CREDIT = "审图号 GS 2026-0000"
    assert Map("x").note == "审图号 GS 2026-0000"


def test_what_somebody_wrote_stays_text_in_the_pins_of_a_page():
    found = Map("x", (Pin(87.6, 43.8, '"><script>alert(1)</script>'),))
    assert json.loads(found.points)[0]["label"] == '"><script>alert(1)</script>'
    assert pin_of(None, 43.8) == ()


def test_the_list_of_places_is_the_readers(rf):
    assert "南湖广场" in {one.label for one in picker("x").goes}


def test_who_asked_and_who_works_on_it_see_where_it_is(house):
    ali = Walker(house, "ali")
    ask(ali, LOUD, **HERE)
    house.rest()
    call = the_call(house)
    at = [87.619012, 43.785034]

    assert pins_of(ali.get(f"/my/tickets/{call.number}/").content.decode())[0]["at"] == at
    own = call.task.proceeding.number
    assert pins_of(Clerk(login_of(call.unit("reviewer"))).see(own).main)[0]["at"] == at
    assert pins_of(Clerk("qiu.line").see(call.number).main)[0]["at"] == at


def test_without_a_pointed_place_no_map_stands_there(house):
    ali = Walker(house, "ali")
    ask(ali, LOUD)

    page = ali.get(f"/my/tickets/{the_call(house).number}/")
    assert page.status_code == 200
    assert "data-map" not in page.content.decode()


@pytest.mark.parametrize(("east", "north"), [("x", "43"), ("87.6", ""), ("187.6", "43.8")])
def test_a_place_that_is_none_is_refused_in_words_and_stays_typed(house, east, north):
    answer = ask(Walker(house, "ali"), LOUD, longitude=east, latitude=north)

    assert answer.status_code == 422
    assert "地图上的位置不正确，请重新选择" in main_of(answer)
    assert f'value="{east}"' in answer.content.decode()


def test_an_operators_pin_is_kept_with_the_call(house):
    operator = Clerk("ning.line")
    assert "data-picks" in operator.open("/line/").main
    operator.send("/line/", typed(act="keep", **HERE))

    ticket = the_call(house).ticket
    assert (ticket.longitude, ticket.latitude) == (87.619012, 43.785034)
