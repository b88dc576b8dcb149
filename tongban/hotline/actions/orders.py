"""An order that stays without an answer rises, by itself or by hand (督办升级, domain-04 §5.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tongban.engine.actions import Act, Locked
from tongban.hotline import rules
from tongban.hotline.actions.offices import content_of, need_kind, watch_steps
from tongban.hotline.models import Order
from tongban.hotline.states import OrderState

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tongban.kernel.actors import Actor


def raise_order(*, order_id: int, reason: str, level: str = "", by: Actor, now: datetime) -> None:
    """Raise an order by hand: to the next level, or to the higher one that is named.

    Also one whose answer is not good enough: it has to be answered anew. Raises BadInput at the
    last level.
    """
    reason = rules.need_text("reason", reason, "请写明督办升级的理由，承办单位会看到。", 1000)
    with Act(by=by, now=now) as act:
        order = need_kind(act.lock(order_id, family=True), "ticket_order")
        to = rules.level_to(content_of(order), str(order.facts["level"]), level)
        _raise(act, order, to, reason)


def raise_unanswered_in(act: Act, order: Locked, clock: str) -> None:
    """The time for the answer is over: the order rises; at the last level the lead hears of it."""
    hotline = content_of(order)
    level = str(order.facts["level"])
    ticket = act.parent_of(order)
    if ticket is None or not hotline.get("levels"):
        return
    if above := rules.levels_above(hotline, level):
        _raise(act, order, above[0], "")
        return
    told = {"order": order.number, "unit": order.department, "level": level, "clock": clock}
    act.record(ticket, "order_unheard", body=told, public=False)
    act.open_step(ticket, watch_steps(order)[1], role="decider")


def _raise(act: Act, order: Locked, to: Mapping[str, Any], reason: str) -> None:
    """Move an order up: its clock runs anew, its unit's head answers, the centre follows it."""
    ticket = act.parent_of(order)
    assert ticket is not None  # noqa: S101 -- orders are opened below a ticket only
    level = str(to["code"])
    was = Order.objects.values_list("answer", flat=True).get(pk=order.id)
    body = {"level": level, "reason": reason, "unit": order.department, "order": order.number}
    act.move(ticket, "raise_order", body=body, public=False)
    _set_level(order, level, act.now, by_itself=not reason)
    is_answered = order.state == OrderState.ANSWERED
    # What was answered stays in the journal: the column holds the answer to this level.
    old = {"text": was} if was else {}
    act.move(order, "rise", body={"level": level, "reason": reason, **old}, public=False)
    act.cancel_steps(order, "risen")
    act.open_step(order, "order", role="head", turn=len(order.facts["levels"]) - 1)
    if is_answered and (step := ticket.open_step(f"order_{order.id}")) is not None:
        act.close_step(step, "risen")
    watch, _last = watch_steps(order)
    if ticket.open_step(watch) is None:
        act.open_step(ticket, watch, role="checker", turn=len(order.facts["levels"]) - 1)
    act.also(
        "UPDATE hotline_order SET level = %s, answer = '' WHERE proceeding_id = %s",
        [level, order.id],
    )


def _set_level(order: Locked, level: str, now: datetime, *, by_itself: bool) -> None:
    before = order.facts.get("levels", ())
    risen = {"level": level, "at": now.isoformat(), "by_itself": by_itself}
    order.facts = {**order.facts, "level": level, "levels": [*before, risen]}
