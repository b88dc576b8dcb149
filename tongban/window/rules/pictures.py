"""Captures of the document camera: turned upright, and cut into the pages that lie on it.

Several pages laid side by side are told apart by the stripes of bare table between them: the
picture is made small, compared with the colour of its rim, and cut along rows and columns in which
nearly nothing differs from it (an XY cut). The clerk sees the outcome and may take the whole
instead, so that the rule may stay simple.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from PIL import Image, ImageOps

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_PAGES = 8
_SMALL = 320  # pixels of the longer side on which the cut is looked for
_DIFFERS = 28  # grey levels from the rim's
_BARE = 0.015  # part of a row or column that may differ and still be table
_WIDE = 0.03  # least width of a stripe, as a part of the picture
_WIDE_ON_WHITE = 0.09  # on white ground a stripe might be the space between two paragraphs
_WHITE = 225
_LEAST = 0.18  # least size of a page, as a part of the picture
_MARGIN = 0.01
_QUALITY = 90
_QUARTER = {
    90: Image.Transpose.ROTATE_270,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of the small picture; right and lower edge are outside of it."""

    left: int
    upper: int
    right: int
    lower: int


class _Ink:
    """The small picture as rows of what differs from the table."""

    def __init__(self, picture: Image.Image) -> None:
        small = picture.convert("L")
        small.thumbnail((_SMALL, _SMALL))
        self.width, self.height = small.size
        values = small.tobytes()
        rows = [values[y * self.width : (y + 1) * self.width] for y in range(self.height)]
        rim = [*rows[0], *rows[-1], *(row[0] for row in rows), *(row[-1] for row in rows)]
        self.ground = int(median(rim))
        self.rows = [[abs(v - self.ground) > _DIFFERS for v in row] for row in rows]

    def across(self, box: Box) -> list[float]:
        """For each column of the box, which part of it differs."""
        height = box.lower - box.upper
        return [
            sum(self.rows[y][x] for y in range(box.upper, box.lower)) / height
            for x in range(box.left, box.right)
        ]

    def down(self, box: Box) -> list[float]:
        """For each row of the box, which part of it differs."""
        width = box.right - box.left
        return [
            sum(self.rows[y][box.left : box.right]) / width for y in range(box.upper, box.lower)
        ]


def split(picture: Image.Image) -> list[Image.Image]:
    """The pages that lie in a capture, row by row; one page alone is cut out of its table.

    A capture in which nothing can be told apart comes back whole, as the only page.
    """
    ink = _Ink(picture)
    whole = Box(0, 0, ink.width, ink.height)
    boxes = list(_cut(ink, whole, is_again=False))
    if not 0 < len(boxes) <= MOST_PAGES:
        return [picture]
    scale = picture.width / ink.width
    return [_crop(picture, box, scale) for box in boxes]


def turned(content: bytes, degrees: int) -> bytes:
    """A picture turned clockwise by quarters, and upright as its camera meant it; as JPEG.

    Raises ValueError for what is no quarter, and what Pillow raises for what is no picture.
    """
    if degrees % 90:
        msg = f"no quarter turn: {degrees}"
        raise ValueError(msg)
    with Image.open(io.BytesIO(content)) as opened:
        upright = ImageOps.exif_transpose(opened).convert("RGB")
    way = _QUARTER.get(degrees % 360)
    return as_jpeg(upright.transpose(way) if way is not None else upright)


def as_jpeg(picture: Image.Image) -> bytes:
    """The bytes of a picture as JPEG."""
    data = io.BytesIO()
    picture.convert("RGB").save(data, "JPEG", quality=_QUALITY)
    return data.getvalue()


def _cut(ink: _Ink, box: Box, *, is_again: bool) -> Iterator[Box]:
    """Cut along bare rows, then along bare columns, then once more each."""
    rows = [
        Box(box.left, box.upper + a, box.right, box.upper + b)
        for a, b in _runs(ink.down(box), ink.height, ink.ground)
    ]
    parts = [
        Box(row.left + a, row.upper, row.left + b, row.lower)
        for row in rows
        for a, b in _runs(ink.across(row), ink.width, ink.ground)
    ]
    if is_again or len(parts) < 2:
        yield from parts
        return
    for part in parts:
        yield from _cut(ink, part, is_again=True)


def _runs(filled: Sequence[float], whole: int, ground: int) -> list[tuple[int, int]]:
    """The spans between wide bare stripes that are large enough for a page."""
    wide = max(2, round(whole * (_WIDE_ON_WHITE if ground > _WHITE else _WIDE)))
    spans: list[tuple[int, int]] = []
    for at, part in enumerate(filled):
        if part <= _BARE:
            continue
        if spans and at - spans[-1][1] < wide:
            spans[-1] = (spans[-1][0], at + 1)
        else:
            spans.append((at, at + 1))
    return [(a, b) for a, b in spans if b - a >= whole * _LEAST]


def _crop(picture: Image.Image, box: Box, scale: float) -> Image.Image:
    margin = _MARGIN * picture.width
    return picture.crop(
        (
            max(0, round(box.left * scale - margin)),
            max(0, round(box.upper * scale - margin)),
            min(picture.width, round(box.right * scale + margin)),
            min(picture.height, round(box.lower * scale + margin)),
        )
    )
