"""Reading the journal."""

from __future__ import annotations

from datetime import datetime

from tongban.records import sql


def city_now() -> datetime:
    """The city's time: what the law goes by. Sessions, tokens and signatures do not."""
    return sql.city_now()
