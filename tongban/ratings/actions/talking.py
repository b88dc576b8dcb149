"""Recording that a unit at the bottom for months running was spoken to (约谈)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from tongban.kernel.refusals import BadInput, NotFound
from tongban.kernel.worktime import city_date
from tongban.ratings import rules
from tongban.ratings.queries.inside import is_body
from tongban.ratings.queries.talks import TALK, stream_id, talk_of, unit_to_talk_to
from tongban.ratings.rules import need_text
from tongban.records.actions import append
from tongban.records.events import NewEntry

if TYPE_CHECKING:
    from datetime import date, datetime

    from tongban.kernel.actors import Actor


def record_talk(
    *, month: date, held_on: date | None, whom: str, promised: str, by: Actor, now: datetime
) -> None:
    """Put on record that the unit at the bottom was spoken to: when, who, what was promised.

    Raises NotFound (not the administration, no unit at the bottom), NotTwoPersons (own unit),
    BadInput (a day that is none or still to come, nothing said, recorded already).
    """
    unit = unit_to_talk_to(month, now) if is_body(by) else ""
    if not unit:
        raise NotFound("这个月没有需要约谈的单位，或您的岗位不能办理。")
    if unit in by.departments:
        raise rules.NotTwoPersons("被约谈单位的人员不能约谈自己的单位。")
    if held_on is None or held_on > city_date(now):
        raise BadInput.at("held_on", "wrong-day", "请填写约谈的日期，不能晚于今天。")
    body = {
        "unit": unit,
        "held_on": held_on.isoformat(),
        "whom": rules.masked_text(need_text("whom", whom, "请写明约谈了谁：单位和职务。")),
        "promised": rules.masked_text(
            need_text("promised", promised, "请写明单位承诺怎样改、什么时候改好。")
        ),
    }
    with transaction.atomic():
        if talk_of(month) is not None:
            raise BadInput.at("promised", "recorded-already", "这个月的约谈已经记过了。")
        entry = NewEntry(stream=TALK, stream_id=stream_id(month), verb="record_talk", body=body)
        append([entry], by=by, now=now)
