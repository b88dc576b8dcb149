"""Rules of calendars: rows lie in their year, change something, and are told from guesses."""

from collections import Counter
from itertools import pairwise

from tongban.catalogue.content.loader import NATIONAL
from tongban.catalogue.rules.days import counts
from tongban.catalogue.rules.lint.view import Found, Place, View

SATURDAY = 5


def calendar_file(layer: str, year: int) -> str:
    """Return the file of a calendar."""
    folder = NATIONAL if layer == NATIONAL else f"regional/{layer}"
    return f"calendars/{folder}/{year}.csv"


def days_lie_in_their_year(view: View) -> Found:
    """C080: a calendar holds days of its year, each once; a national one is not empty."""
    for (layer, year), days in view.content.calendars.items():
        file = calendar_file(layer, year)
        times = Counter(day.date for day in days)
        for index, day in enumerate(days):
            if day.date.year != year or times[day.date] > 1:
                yield view.find(
                    Place(file, (index,)),
                    "C080",
                    f"{day.date} 不在 {year} 年，或写了两次",
                    "工作日会算错",
                    "移到它那一年的文件，或删去一行",
                )
        if layer == NATIONAL and not days:
            yield view.find(
                Place(file),
                "C080",
                f"{year} 年的日历是空的",
                "空日历会被当成没有节假日",
                "按国务院办公厅通知填写，未公布就不要建这个文件",
            )


def days_change_something(view: View) -> Found:
    """C081: a row that repeats the plain week says nothing (advice)."""
    for (layer, year), days in view.content.calendars.items():
        for index, day in enumerate(days):
            if layer == NATIONAL and (day.kind == "off") == (day.date.weekday() >= SATURDAY):
                yield view.find(
                    Place(calendar_file(layer, year), (index,)),
                    "C081",
                    f"{day.date} 与平常的星期没有不同",
                    "多余的行会掩盖真正的调整",
                    "删去这一行",
                    blocking=False,
                )


def regional_days_are_confirmed(view: View) -> Found:
    """C082: a regional day off without a notice is not counted; say so (advice)."""
    for (layer, year), days in view.content.calendars.items():
        for index, day in enumerate(days):
            if not counts(day):
                yield view.find(
                    Place(calendar_file(layer, year), (index,)),
                    "C082",
                    f"{day.date} {day.name}的标记是 {day.mark}，不计入工作日计算",
                    "没有公布的放假日不能延长法定期限",
                    "找到当年的放假通知后，把标记改为 V 或 V2 再发布",
                    blocking=False,
                )


def hours_have_shifts(view: View) -> Found:
    """C083: opening hours have shifts that follow one another."""
    named = [(Place("city.yaml", ("hours", i)), h) for i, h in enumerate(view.content.city.hours)]
    named += [
        (Place("places/halls.yaml", (n, "hours", i)), hours)
        for n, hall in enumerate(view.content.halls)
        for i, hours in enumerate(hall.hours)
    ]
    for place, hours in named:
        edges = [edge for shift in hours.shifts for edge in (shift.opens, shift.closes)]
        if not edges or any(a >= b for a, b in pairwise(edges)):
            yield view.find(
                place,
                "C083",
                "开放时间是空的、重叠或倒着写",
                "工作时间会算错",
                "按先后写每一段的 opens、closes",
            )


RULES = (
    days_lie_in_their_year,
    days_change_something,
    regional_days_are_confirmed,
    hours_have_shifts,
)
