"""What somebody said of a shop before such reports became tickets of 12345."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.city.house import House
    from tongban.licences.models import Comprehensive, Report


def reported(
    shop: Comprehensive,
    city: House,
    text: str = "后厨很脏",
    reporter: int | None = None,
    **more: Any,
) -> Report:
    """A report as it stands in the table; it waits for its answer."""
    from tongban.licences.models import Report

    facts = {"kind": "report", "contact": "", **more}
    return Report.objects.create(
        comprehensive=shop, region=shop.region, department=shop.department,
        code=uuid.uuid4().hex.upper(), text=text, reporter_id=reporter, made_at=city.now, **facts,
    )  # fmt: skip
