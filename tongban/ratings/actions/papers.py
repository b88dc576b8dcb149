"""The monthly report as a PDF; nothing of it is kept, it is made anew from the roll-up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tongban.catalogue.queries import live
from tongban.documents.gateways import renderer
from tongban.kernel.worktime import CITY_ZONE
from tongban.people.queries import department
from tongban.ratings import rules
from tongban.ratings.queries import (
    board_of,
    days_of,
    figures_of,
    mended_of,
    month_of,
    ratings,
    talk_of,
    unit_to_talk_to,
)

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date, datetime

    from tongban.ratings.queries import Board
    from tongban.ratings.rules import Figures

TEMPLATE = "ratings"


def monthly_report(*, month: date, departments: Collection[str] | None, now: datetime) -> bytes:
    """The month of the whole city (``departments`` None), or of the first of these departments.

    Everything is read from the roll-up, with intervals, participation and what was withheld.
    """
    content = ratings()
    since, until = month_of(month)
    one = "" if departments is None else min(departments)
    board = board_of("department", since, until, department=one)
    days = days_of(since, until, department=one)
    mended = mended_of(since, until, department=one)
    organ = department(one or content.body.value)
    channels = {row.code: row.name.zh for row in content.channels}
    data = {
        "ribbon": dict(live("city").get("ribbon", {})).get("zh", ""),
        "title": content.report.zh,
        "number": f"{since.year}年{since.month}月",
        "whose": organ.name["zh"] if one else "全市",
        "serial": f"{since:%Y-%m}",
        "organ": {"name": organ.name["zh"], "code": organ.code, "uscc": organ.uscc},
        "made_on": f"{now.astimezone(CITY_ZONE):%Y-%m-%d}",
        "whole": [
            str(board.whole.total),
            _rate(board.whole),
            _percent(board.whole.participation),
            _percent(board.whole.unprompted_rate),
            str(board.whole.held),
        ],
        "levels": [
            [row.name.zh, str(board.whole.levels[row.value - 1])] for row in content.levels
        ],
        "mended": [
            str(mended.due),
            str(mended.done),
            _percent(mended.rate),
            _percent(mended.in_time_rate),
            _percent(mended.satisfied_rate),
            _percent(mended.contact_rate),
            str(mended.excluded),
        ],
        "board": [_row(board, at) for at in range(len(board.rows))],
        "channels": [
            [channels.get(code, code), *_numbers(found)]
            for code, found in figures_of("channel", since, until, department=one).items()
            if code
        ],
        "days": [[day[8:], found.total, found.bad] for day, found in days.items()],
        "minimum": str(board.minimum),
        "talk": "" if one else _talk(since, now),
        "below": str(content.statistics.interval_below.value),
    }
    return renderer().render(TEMPLATE, data, made_at=now).content


def _talk(month: date, now: datetime) -> str:
    """Who stands at the bottom for months running, and whether he was spoken to."""
    unit = unit_to_talk_to(month, now)
    if not unit:
        return ""
    held = talk_of(month)
    done = f"已于{held.held_on:%Y-%m-%d}约谈：{held.promised}" if held else "应当约谈，还没有记录"
    months = ratings().talk_after.value
    return f"{department(unit).name['zh']}连续{months}个月排名末位，{done}。"


def _percent(share: float | None) -> str:
    return "—" if share is None else rules.rounded_percent(share)


def _interval(one: Figures) -> str:
    below = ratings().statistics.interval_below.value
    if one.rate is None or one.total >= below:
        return ""
    low, high = (rules.rounded_percent(end, 1) for end in (one.interval.low, one.interval.high))
    return f"{low}–{high}"


def _rate(one: Figures) -> str:
    return f"{_percent(one.rate)} {_interval(one)}".strip()


def _row(board: Board, at: int) -> list[str]:
    row = board.rows[at]
    return [
        str(row.place) if row.place else "—",
        department(row.code).name["zh"],
        "" if row.is_few else _percent(row.figures.rate),
        "" if row.is_few else _interval(row.figures),
        _percent(row.figures.participation),
        *_numbers(row.figures, is_few=row.is_few),
    ]


def _numbers(one: Figures, *, is_few: bool = False) -> list[Any]:
    """How many reviews and how many bad ones: of few, the bad ones would be the rate again."""
    return [str(one.total), "—" if is_few else str(one.bad)]
