"""Urging (催办): who may, and from when on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tongban.cases import rules
from tongban.catalogue.queries import calendar, parameters
from tongban.engine.rules import may_do
from tongban.kernel.worktime import city_date

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from tongban.engine.models import Proceeding, Step
    from tongban.engine.queries import ClockReading
    from tongban.kernel.actors import Actor

URGING = ("head", "supervisor")
"""Roles of the department that may urge."""


def urge_share(on: date) -> int:
    """The share of a limit, in percent, after which a case may be urged; content says it."""
    values = parameters(on).get("urge_share_percent", ())
    return int(values[-1][1]) if values else 0


def may_urge(
    actor: Actor,
    proceeding: Proceeding,
    steps: Iterable[Step],
    clocks: Iterable[ClockReading],
    now: datetime,
) -> bool:
    """Whether this actor may urge whoever works on the case (催办)."""
    if not any(s.state == "open" for s in steps):
        return False
    if not any(may_do(actor, proceeding, role) for role in ("applicant", *URGING)):
        return False
    no = rules.why_not_urge(
        {one.spec.name: one.reading for one in clocks},
        proceeding.facts,
        share=urge_share(city_date(now)),
        calendar=calendar(proceeding.region),
        now=now,
    )
    return no is None
