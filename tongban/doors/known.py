"""What the knowledge base says to a question and who stands behind it: for all doors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from tongban.catalogue.queries import find_answers, live
from tongban.doors.texts import say
from tongban.kernel.worktime import city_date

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.catalogue.rules.answers import AnswerView


@dataclass(frozen=True, slots=True)
class Known:
    """An answer at hand, with who stands behind it and since when."""

    title: str
    text: str
    source: str


def known_answers(
    text: str, now: datetime, most: int, *, region: str, domain: str = "", inside: bool = False
) -> tuple[Known, ...]:
    """The answers to questions like this one, best first; ``inside`` names who wrote them."""
    found = find_answers(text, city_date(now), most, region=region, domain=domain)
    return tuple(
        Known(say(one.title), say(one.text), source_of(one, inside=inside))
        for _share, one in found
    )


def source_of(answer: AnswerView, *, inside: bool) -> str:
    """Who stands behind an answer, which version, when it was last read; law alone as law."""
    units = {one["code"]: one.get("short") or one["name"] for one in live("departments")}
    parts = [say(units.get(answer.unit)) or say(answer.unit_name)]
    if answer.version:
        parts.append(_("第 %(n)s 版") % {"n": answer.version})
    parts.append(_("%(day)s 更新") % {"day": answer.updated.isoformat()})
    if answer.may_be_quoted:
        parts.append(answer.basis)
    if inside and answer.author:
        parts.append(_("起草：%(name)s") % {"name": answer.author})
    if inside and answer.source:
        parts.append(_("来源工单 %(number)s") % {"number": answer.source})
    return " · ".join(parts)
