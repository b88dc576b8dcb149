"""The schema of `content/places/map.yaml`: a sketch of the city, and where its regions lie.

Doors draw it; the hotline finds by it in which district a place lies that was pointed out.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tongban.kernel.contentfiles import ContentFile
from tongban.kernel.values import Mark, Name, Piece

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
