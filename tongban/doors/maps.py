"""The map on which a place is pointed out and shown: its base, its pins, the page's words for it.

The base is `content/places/map.yaml`, a sketch of the city; a city with a tile service of its own
names it in the settings and has its tiles below. Degrees are WGS 84, longitude first, as in
GeoJSON (RFC 7946).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from django.conf import settings
from django.utils.translation import gettext as _
from pydantic import Field, model_validator

from tongban.doors.parts import Option
from tongban.doors.texts import language
from tongban.kernel.contentfiles import ContentFile
from tongban.kernel.values import LANGUAGES, Mark, Name, Piece

if TYPE_CHECKING:
    from collections.abc import Iterable

Point = tuple[
    Annotated[float, Field(ge=-180, le=180)],
    Annotated[float, Field(ge=-90, le=90)],
]
"""Degrees: longitude, latitude."""


class Landmark(Piece):
    """Something that everybody knows and finds the way by."""

    name: Name
    kind: Literal["square", "park", "market", "station", "school", "hospital", "offices"]
    at: Point


class Line(Piece):
    """A road, a railway or a river, roughly."""

    name: Name
    kind: Literal["highway", "road", "rail", "river"]
    points: Annotated[tuple[Point, ...], Field(min_length=2)]


class Area(Piece):
    """A park or a lake, roughly; the last point is joined to the first."""

    name: Name
    kind: Literal["park", "water"]
    points: Annotated[tuple[Point, ...], Field(min_length=3)]


class CityMap(Piece):
    """`content/places/map.yaml`; ``around`` is south-west and north-east of what can be shown."""

    basis: str
    mark: Mark
    centre: Point
    zoom: Annotated[int, Field(ge=8, le=17)]
    around: tuple[Point, Point]
    districts: dict[str, Point] = Field(default_factory=dict)
    landmarks: tuple[Landmark, ...] = ()
    lines: tuple[Line, ...] = ()
    areas: tuple[Area, ...] = ()

    @model_validator(mode="after")
    def _lies_around(self) -> Self:
        (west, south), (east, north) = self.around
        every = [self.centre, *self.districts.values(), *(one.at for one in self.landmarks)]
        every += [point for line in self.lines for point in line.points]
        every += [point for area in self.areas for point in area.points]
        outside = [one for one in every if not (west < one[0] < east and south < one[1] < north)]
        if outside:
            raise ValueError(f"outside of `around`: {outside[0]} (longitude first)")
        return self


FILE = ContentFile("places/map.yaml", CityMap)


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
