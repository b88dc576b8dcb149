"""Pure decisions of the room of notices: words from parameters, quiet hours, when to try again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from tongban.kernel.worktime import CITY_ZONE, ONE_DAY
from tongban.notices.content import PLACEHOLDER, Template

if TYPE_CHECKING:
    import re

PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
)
LEASE = timedelta(minutes=2)
"""How long a running attempt keeps others from trying the same delivery."""

# Languages that run from right to left.
_TURNED = frozenset({"ug", "kk"})
# What stands between the parts of a list.
_BETWEEN = {"en": "; ", "ug": "؛ ", "kk": "؛ "}

Param = str | int | date | Mapping[str, str] | Sequence["Param"]


def stored(params: Mapping[str, Param]) -> dict[str, object]:
    """Parameters as they are kept: days as ``{"on": "2026-10-08"}``, the rest as JSON is.

    An instant counts as its day in the city. Raises TypeError for anything else.
    """
    return {name: _stored(value) for name, value in params.items()}


def _stored(value: Param) -> object:
    if isinstance(value, datetime):
        value = value.astimezone(CITY_ZONE).date()
    if isinstance(value, date):
        return {"on": value.isoformat()}
    if isinstance(value, str | int):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence):
        return [_stored(part) for part in value]
    raise TypeError(f"{type(value).__name__} cannot stand in a message")


def render(template: Template, params: Mapping[str, object]) -> dict[str, dict[str, str]]:
    """What a template says with stored parameters, by language: title, body and short message."""
    texts = {"title": template.title, "body": template.body, "sms": template.sms}
    languages = {"zh", "en"} | {one for one in ("ug", "kk") if getattr(template.body, one)}
    return {
        language: {
            part: fill(wording.say(language), params, language)
            for part, wording in texts.items()
            if wording
        }
        for language in sorted(languages)
    }


def fill(text: str, params: Mapping[str, object], language: str) -> str:
    """The text with its stored parameters in words; one pass, so values are never read as text."""

    def put(found: re.Match[str]) -> str:
        said = _said(params[found[1]], language)
        # Numbers and Chinese names keep their direction between letters that run the other way.
        return f"\u2068{said}\u2069" if language in _TURNED else said

    return PLACEHOLDER.sub(put, text)


def _said(value: object, language: str) -> str:
    if isinstance(value, Mapping):
        if "on" in value:
            return _day(date.fromisoformat(value["on"]), language)
        return str(value.get(language) or value.get("zh", ""))
    if isinstance(value, list):
        return _BETWEEN.get(language, "；").join(_said(part, language) for part in value)
    return str(value)


def _day(day: date, language: str) -> str:
    if language == "en":
        return f"{day.day} {day:%B} {day.year}"
    if language == "ug":
        return f"{day.year}-يىلى {day.month}-ئاينىڭ {day.day}-كۈنى"
    return f"{day.year}年{day.month}月{day.day}日"


def first_loud(at: datetime, *, since: time, until: time) -> datetime:
    """The first instant from ``at`` on that lies outside the quiet hours of the city, as UTC.

    The quiet span takes in its beginning and leaves out its end; it may run across midnight.
    Equal times mean that there are no quiet hours.
    """
    local = at.astimezone(CITY_ZONE)
    if not _is_quiet(local.time(), since, until):
        return at.astimezone(UTC)
    day = local.date() if local.time() < until else local.date() + ONE_DAY
    return datetime.combine(day, until, CITY_ZONE).astimezone(UTC)


def _is_quiet(at: time, since: time, until: time) -> bool:
    if since <= until:
        return since <= at < until
    return at >= since or at < until


def pause_after(attempts: int) -> timedelta | None:
    """How long to wait after so many vain attempts; None to give up."""
    return PAUSES[attempts - 1] if attempts <= len(PAUSES) else None
