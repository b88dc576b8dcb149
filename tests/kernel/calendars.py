"""Calendars for the tests of the kernel, from a source that the project does not ship."""

import json
import os
from datetime import date
from functools import cache
from pathlib import Path

from chinese_calendar.constants import holidays, workdays

from tongban.kernel.worktime import Calendar, DayKind, DayRow, Layer

YEARS = tuple(range(2018, 2027))


@cache
def national() -> Calendar:
    """China's working days of 2018 to 2026."""
    return Calendar.of(national_rows(), years=YEARS)


def national_rows() -> list[DayRow]:
    off = [DayRow(day, DayKind.OFF, name) for day, name in holidays.items() if day.year in YEARS]
    work = [DayRow(day, DayKind.WORK, name) for day, name in workdays.items() if day.year in YEARS]
    return off + work


@cache
def urumqi() -> Calendar:
    """The national days of 2026 with regional days off, on dates made up for the tests."""
    regional = [
        DayRow(date(2026, 3, 20), DayKind.OFF, "肉孜节", Layer.REGIONAL),
        *(
            DayRow(date(2026, 5, day), DayKind.OFF, "古尔邦节", Layer.REGIONAL)
            for day in (27, 28, 29)
        ),
    ]
    rows = [row for row in national_rows() if row.on.year == 2026]
    return Calendar.of(rows + regional)


def shared_data() -> Path:
    return Path(os.environ.get("TONGBAN_SHARED_DATA", "../shared/data"))


def read_notice(year: int) -> dict[date, bool]:
    """The days that the notice of one year names: whether each is off."""
    notice = json.loads((shared_data() / "holidays-cn" / f"{year}.json").read_text("utf-8"))
    return {date.fromisoformat(day["date"]): day["isOffDay"] for day in notice["days"]}
