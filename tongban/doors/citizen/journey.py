"""The applicant's way through the site: five steps, the same on every page of an application."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext as _

from tongban.doors.parts import Step

if TYPE_CHECKING:
    from collections.abc import Collection

    from tongban.packages.queries import DraftCheck

ASK, GUIDE, FORM, MATERIALS, CHECK = range(5)


def left_in(check: DraftCheck) -> frozenset[int]:
    """The steps in which something is still missing or wrong, whatever page one has reached."""
    kinds = {one.path.partition(":")[0] for one in check.problems}
    found = {MATERIALS} if "material" in kinds else set()
    if kinds - {"material", "signers"}:
        found.add(FORM)
    if check.guide.undecided:
        found.add(ASK)
    return frozenset(found)


def steps(slug: str, now: int, draft: str = "", left: Collection[int] = ()) -> tuple[Step, ...]:
    """The five steps; those behind can be gone back to, and with a draft those of the form.

    ``left`` are those in which something is still to do.
    """
    here, there = f"/packages/{slug}", f"/apply/{draft}"
    ways = (
        (_("回答问题"), f"{here}/ask/"),
        (_("看我的清单"), f"{here}/guide/"),
        (_("填一张表"), f"{there}/form/"),
        (_("交一套材料"), f"{there}/materials/"),
        (_("检查并提交"), f"{there}/check/"),
    )
    return tuple(
        Step(
            label,
            _state(place, now, left),
            href if place < GUIDE + 1 or draft else "",
        )
        for place, (label, href) in enumerate(ways)
    )


def _state(place: int, now: int, left: Collection[int]) -> Literal["done", "now", "left", "ahead"]:
    if place == now:
        return "now"
    if place > now:
        return "ahead"
    return "left" if place in left else "done"
