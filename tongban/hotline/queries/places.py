"""Where a request lies: the places and regions that a text, an address or a point names."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings

from tongban.catalogue.content.citymap import FILE as MAP
from tongban.hotline.queries.tree import city_region, content
from tongban.hotline.rules.where import Where, deepest, districts_at, settle
from tongban.kernel.identifiers import region_within
from tongban.people.queries import regions
from tongban.reading.rules.things import Gazetteer, ThingKind, named

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tongban.reading.rules.things import Thing


def place_in(text: str) -> tuple[str, str]:
    """The first place or road that a text names, and the region it lies in; empty for none.

    Names that follow each other are one place (沙依巴克区友好路). Of a city and its district,
    named together, the region is the district.
    """
    found = [one for one in named(text, _gazetteer()) if one.kind in _WHERE]
    region = ""
    for code in (one.code for one in found if one.code):
        if not region or region_within(code, region):
            region = code
    return (_in_a_row(found), region)


def where(place: str, text: str, longitude: float | None, latitude: float | None) -> Where:
    """In which region of the city a request lies, by its point, its address, else its text."""
    spot = None
    if longitude is not None and latitude is not None:
        by = content()
        spot = districts_at(
            longitude,
            latitude,
            MAP.read(settings.CONTENT).districts,
            nearer=float(by["nearer"]["value"]),
            reach_km=float(by["reach_km"]["value"]),
        )
    return settle(spot, _regions_in(place), _regions_in(text))


def _regions_in(text: str) -> tuple[str, ...]:
    """The regions below the city that a text names, in their order, the innermost alone."""
    city = city_region()
    codes = [one.code for one in named(text, _gazetteer()) if one.code]
    return deepest(code for code in codes if code != city and region_within(code, city))


def _in_a_row(found: Sequence[Thing]) -> str:
    """The first name with those that stand right behind it."""
    text, end = "", None
    for one in found:
        if end is not None and one.begin != end:
            break
        text, end = text + one.text, one.end
    return text


_WHERE = frozenset({ThingKind.PLACE, ThingKind.ROAD})


@lru_cache(maxsize=1)
def _gazetteer() -> Gazetteer:
    """Names of the regions as people say them; the tree changes with the program's start only."""
    return Gazetteer.of(region_names())


@lru_cache(maxsize=1)
def region_names() -> Mapping[str, str]:
    """What people call the regions, with their codes."""
    names = {str(one.name["zh"]): one.code for one in regions()}
    short = {
        name[:-2]: code for name, code in names.items() if name.endswith(("街道", "社区", "片区"))
    }
    return {**short, **names}
