"""Requests of the demo city with their right labels: what callers may say, made up for it.

They fill the demo city, are the first lesson of the classifier until the city's own tickets take
over, and hold clusters (``event``) that a search for hot issues must find.
"""

import csv
from pathlib import Path
from typing import Annotated, Literal

from pydantic import StringConstraints

from tongban.catalogue.content.city import RegionCode
from tongban.kernel.values import Piece, Slug, Word

FILE = "places/requests.csv"


class DemoRequest(Piece):
    """A row of `content/places/requests.csv`.

    ``domain`` is a leaf of the hotline's tree, ``type`` one of its types. Rows of one ``event``
    are about the same thing; ``place`` is how callers name where it is. A row without a region
    only teaches: nobody in the demo city asks it.
    """

    text: Annotated[str, StringConstraints(min_length=4, max_length=500)]
    type: Word
    domain: Slug
    region: RegionCode | Literal[""] = ""
    urgency: Literal["normal", "urgent", "critical"] = "normal"
    event: str = ""
    place: str = ""


def read_requests(root: Path) -> tuple[DemoRequest, ...]:
    """Read the labelled requests of a content folder, without the rest of it.

    Raises pydantic's ValidationError where a row breaks the schema; a folder without the file
    has none.
    """
    path = root / FILE
    if not path.is_file():
        return ()
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = ({key: said for key, said in row.items() if said} for row in csv.DictReader(stream))
        return tuple(DemoRequest.model_validate(row) for row in rows)
