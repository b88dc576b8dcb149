"""Jobs and commands of the ratings room: reminding, looking over a day, reports, the simulator."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from procrastinate.contrib.django import app

from tongban.kernel.actors import SYSTEM
from tongban.kernel.worktime import city_date
from tongban.ratings import actions
from tongban.ratings.actions.simulating import Plan, simulate
from tongban.records.queries import city_now

if TYPE_CHECKING:
    from collections.abc import Sequence


@app.periodic(cron="*/10 * * * *")
@app.task(name="ratings.remind", queueing_lock="ratings-remind")
def remind(timestamp: int) -> int:
    """Remind once whoever has not rated after a day."""
    return actions.remind_invited(now=city_now())


@app.periodic(cron="17 2 * * *")
@app.task(name="ratings.detect", queueing_lock="ratings-detect")
def detect(timestamp: int) -> int:
    """Look yesterday over, every night."""
    now = city_now()
    return actions.detect_day(day=city_date(now) - timedelta(days=1), by=SYSTEM, now=now)


def cli_report(arguments: Sequence[str]) -> int:
    """`tongban ratings report MONTH [--out FILE]`: the month of the city as a PDF."""
    parser = argparse.ArgumentParser(prog="tongban ratings report")
    parser.add_argument("month", help="the month, as 2026-09")
    parser.add_argument("--out", type=Path, help="the file (default ratings-MONTH.pdf)")
    chosen = parser.parse_args(arguments)
    try:
        month = date.fromisoformat(f"{chosen.month}-01")
    except ValueError:
        parser.error(f"{chosen.month!r} is no month: write 2026-09")
    made = datetime.now(UTC)  # noqa: TID251 -- the time that the file itself carries
    path = chosen.out or Path(f"ratings-{chosen.month}.pdf")
    path.write_bytes(actions.monthly_report(month=month, departments=None, now=made))
    sys.stdout.write(f"{path}\n")
    return 0


def cli_detect(arguments: Sequence[str]) -> int:
    """`tongban ratings detect [DAY]`: look a day over for bursts and idle windows; how many."""
    parser = argparse.ArgumentParser(prog="tongban ratings detect")
    parser.add_argument("day", nargs="?", help="the day, as 2026-09-18; yesterday without it")
    chosen = parser.parse_args(arguments)
    now = city_now()
    try:
        day = date.fromisoformat(chosen.day) if chosen.day else city_date(now) - timedelta(days=1)
    except ValueError:
        parser.error(f"{chosen.day!r} is no day: write 2026-09-18")
    found = actions.detect_day(day=day, by=SYSTEM, now=now)
    sys.stdout.write(f"{day}：新发现 {found} 条异常。\n")
    return 0


def cli_simulate(arguments: Sequence[str]) -> int:
    """`tongban ratings simulate`: plant honest and cheating windows in the demo city.

    Prints one line of JSON: what was planted, and for each detector how much of it was found and
    how many honest ratings it flagged.
    """
    parser = argparse.ArgumentParser(prog="tongban ratings simulate")
    parser.add_argument("--days", type=int, default=40, help="how many days back (default 40)")
    parser.add_argument("--per-day", type=int, default=6, help="honest ratings of a window a day")
    parser.add_argument("--seed", type=int, default=1, help="the same seed, the same ratings")
    chosen = parser.parse_args(arguments)
    plan = Plan(days=chosen.days, per_day=chosen.per_day, seed=chosen.seed)
    outcome = simulate(plan=plan, now=city_now())
    sys.stdout.write(json.dumps(outcome, ensure_ascii=False) + "\n")
    return 0
