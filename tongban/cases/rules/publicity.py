"""Public notices (公示): how long they stand, and what an objection does."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from tongban.kernel.refusals import Refusal, worded

if TYPE_CHECKING:
    from tongban.catalogue.rules.compiled import CompiledItem, CompiledStep


class NoticeRunning(Refusal):
    """A public notice was to be ended before its days have passed."""

    code = "notice-running"


class NoticeObjectionOpen(Refusal):
    """A public notice was to be passed while an objection is not answered."""

    code = "notice-objection-open"


class NoticeOver(Refusal):
    """An objection came when the notice does not stand (any more)."""

    code = "notice-over"


def notice_step(item: CompiledItem) -> CompiledStep | None:
    """The public notice in an item's route, with the days that its law gives."""
    return next((step for turn in item.route for step in turn if step.notice_days), None)


def last_day(published_on: date, days: int) -> date:
    """The last day of a notice in calendar days; the day of publication is not counted."""
    return published_on + timedelta(days=days)


def need_over(step: CompiledStep, published_on: date, on: date, number: str) -> None:
    """Refuse to end a notice before its last day has passed (市场主体登记管理条例 33)."""
    if not step.notice_days:
        return
    until = last_day(published_on, step.notice_days)
    if on <= until:
        raise NoticeRunning(
            worded(
                "公示期为{days}日，从发布的次日起算，{until}届满，届满以前不能结束。",
                days=step.notice_days,
                until=until,
            ),
            facts={"number": number, "until": until.isoformat()},
            basis=step.basis,
        )


def need_answered(waiting: int, number: str) -> None:
    """Refuse to pass a notice while an objection waits for its answer."""
    if waiting:
        raise NoticeObjectionOpen(
            "公示期内有异议还没有答复，请由决定岗位先处理异议。", facts={"number": number}
        )
