"""The public log of random assignment."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from tongban.doors.desk import pages
from tongban.doors.desk.build.words import step_of_row
from tongban.doors.parts import Empty
from tongban.engine.queries import numbered

if TYPE_CHECKING:
    from collections.abc import Mapping


def assignments_page(log: Mapping[str, Any]) -> pages.AssignmentsPage:
    """The public log of one day; steps are named as in the item's guide."""
    known = {p.number: p for p in numbered({str(line["number"]) for line in log["draws"]})}
    return pages.AssignmentsPage(
        day=date.fromisoformat(log["day"]),
        commitment=log["commitment"],
        secret=log["secret"] or "",
        draws=tuple(_draw(line, known) for line in log["draws"]),
        json_href=reverse("assignments-data", args=[log["day"]]),
        command=f"tongban assignment replay {log['day']}.json",
        empty=Empty(_("这一天没有分办")),
    )


def _draw(line: Mapping[str, Any], known: Mapping[str, Any]) -> pages.Draw:
    number = str(line["number"])
    p = known[number]
    return pages.Draw(
        number=number,
        step=step_of_row(p.version_id, p.kind, p.facts, str(line["step"])),
        officer=int(line["officer"]),
        candidates=tuple((int(a), int(n)) for a, n in line["candidates"]),
    )
