"""A file that a room reads for itself, and the small values that it is made of."""

import os
from typing import Annotated

import pytest
from pydantic import Field, ValidationError

from tongban.kernel.contentfiles import ContentFile
from tongban.kernel.values import Evidenced, Name, Number, Piece, Share, Whole


class Club(Piece):
    """What the club says of itself."""

    name: Name
    courts: Evidenced[Annotated[Whole, Field(ge=1, le=20)]]
    sure: Evidenced[Share]
    price: Evidenced[Number]


FILE = ContentFile("club.yaml", Club)


def _said(name="网球", courts="4", sure="0.5", price="12.5", more=""):
    return (
        f"name: {{zh: {name}, en: Tennis}}\n"
        f"courts: {{value: {courts}, mark: A, basis: assumed}}\n"
        f"sure: {{value: {sure}, mark: A}}\n"
        f"price: {{value: {price}, unit: yuan, mark: A}}\n{more}"
    )


def test_a_changed_file_is_read_anew(tmp_path):
    path = tmp_path / "club.yaml"
    path.write_text(_said(), encoding="utf-8")
    first = FILE.read(tmp_path)
    path.write_text(_said(name="足球"), encoding="utf-8")
    os.utime(path, ns=(1, 1))

    assert FILE.read(tmp_path).name.zh == "足球"
    assert (first.name.zh, first.courts.value, first.courts.basis) == ("网球", 4, "assumed")


@pytest.mark.parametrize(
    "changes",
    [
        {"courts": "0"}, {"courts": "21"}, {"courts": "'4'"}, {"courts": "true"},
        {"courts": "4.5"}, {"courts": "04"}, {"sure": "1.5"}, {"sure": "true"},
        {"sure": "half"}, {"price": "yes"}, {"more": "colour: red"},
    ],
)  # fmt: skip
def test_a_number_is_a_number_within_its_bounds(tmp_path, changes):
    (tmp_path / "club.yaml").write_text(_said(**changes), encoding="utf-8")

    with pytest.raises(ValidationError):
        FILE.read(tmp_path)
