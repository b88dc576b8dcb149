"""The map on which a place is pointed out and shown: its base, its pins, the page's words for it.

The base is `content/places/map.yaml`, a sketch of the city; a city with a tile service of its own
names it in the settings and has its tiles below. Degrees are WGS 84, longitude first, as in
GeoJSON (RFC 7946).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _

from tongban.catalogue.content.citymap import FILE, Area, CityMap, Landmark, Line
from tongban.doors.parts import Option
from tongban.doors.texts import language
from tongban.kernel.values import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Pin:
    """A place on a map; ``weight`` makes it larger (1 is a single thing)."""

    longitude: float
    latitude: float
    label: str = ""
    href: str = ""
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Map:
    """A map of a page. With ``picks`` a person points out a place, which goes into two fields.

    ``goes`` are the places to jump to; ``note`` says what kind of map it is.
    """

    label: str
    pins: tuple[Pin, ...] = ()
    picks: bool = False
    goes: tuple[Option, ...] = ()

    @property
    def points(self) -> str:
        """The pins for the script, JSON."""
        return json.dumps(
            [
                {
                    "at": [one.longitude, one.latitude],
                    "label": one.label,
                    "href": one.href,
                    "weight": one.weight,
                }
                for one in self.pins
            ],
            ensure_ascii=False,
        )

    @property
    def only(self) -> Pin | None:
        """The pin of a map with a single one."""
        return self.pins[0] if len(self.pins) == 1 else None

    @property
    def tiles(self) -> str:
        """The address of the city's tiles, with {z}, {x} and {y}; empty: none."""
        return str(settings.MAP_TILES)

    @property
    def note(self) -> str:
        """Whose map it is, or that it is a sketch."""
        return str(settings.MAP_CREDIT) if settings.MAP_TILES else _("示意图，位置是大概的。")


def picker(label: str) -> Map:
    """A map on which a person points out a place, by mouse, finger, keyboard or from a list."""
    goes = (
        Option(f"{one.at[0]},{one.at[1]}", one.name.say(language()))
        for one in city_map().landmarks
    )
    return Map(label, picks=True, goes=tuple(goes))


def shown(label: str, pins: Iterable[Pin]) -> Map | None:
    """A map that shows these pins; None where nothing has a place."""
    found = tuple(pins)
    return Map(label, found) if found else None


def pin_of(
    longitude: float | None, latitude: float | None, label: str = "", href: str = ""
) -> tuple[Pin, ...]:
    """One pin, or none where the place was not pointed out."""
    if longitude is None or latitude is None:
        return ()
    return (Pin(longitude, latitude, label, href),)


def city_map() -> CityMap:
    """What `content/places/map.yaml` says."""
    return FILE.read(settings.CONTENT)


def base() -> bytes:
    """The base for the script: where to begin, and GeoJSON with the names in every language."""
    found = city_map()
    features = [
        *(_feature(one, "Polygon", [[*one.points, one.points[0]]]) for one in found.areas),
        *(_feature(one, "LineString", one.points) for one in found.lines),
        *(_feature(one, "Point", one.at) for one in found.landmarks),
    ]
    said = {
        "centre": found.centre,
        "zoom": found.zoom,
        "around": found.around,
        "districts": found.districts,
        "base": {"type": "FeatureCollection", "features": features},
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def _feature(one: Landmark | Line | Area, shape: str, points: object) -> dict[str, Any]:
    names = {code: one.name.say(code) for code in LANGUAGES}
    return {
        "type": "Feature",
        "properties": {"kind": one.kind, "name": names},
        "geometry": {"type": shape, "coordinates": points},
    }
