"""The applicant's way through the site: five steps, the same on every page of an application."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tongban.doors.parts import Step

ASK, GUIDE, FORM, MATERIALS, CHECK = range(5)


def steps(slug: str, now: int, draft: str = "") -> tuple[Step, ...]:
    """The five steps; those behind can be gone back to, and with a draft those of the form."""
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
            "done" if place < now else "now" if place == now else "ahead",
            href if place < GUIDE + 1 or draft else "",
        )
        for place, (label, href) in enumerate(ways)
    )
