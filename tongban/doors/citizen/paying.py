"""Fees: what is owed, the cashier's page, and the lines about it on other pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from tongban.doors.citizen import pages
from tongban.doors.parts import Fact, Field, Link, Notice, Option, Tag
from tongban.doors.texts import say
from tongban.payments.rules import yuan_words
from tongban.payments.states import OrderState, WhenDue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tongban.doors.parts import Problem, Tone
    from tongban.payments.queries import OrderView

_TONES: dict[OrderState, tuple[Tone, str]] = {
    OrderState.DUE: ("you", "wait"),
    OrderState.PAID: ("done", "tick"),
    OrderState.REFUNDING: ("soon", "wait"),
    OrderState.REFUNDED: ("plain", "tick"),
    OrderState.CLOSED: ("plain", ""),
}


def amount(one: OrderView) -> str:
    """The amount in words: 320.00 元."""
    return _("%(yuan)s 元") % {"yuan": yuan_words(one.amount_fen)}


def state_tag(one: OrderView) -> Tag:
    """Where an order is."""
    return Tag(_(one.state_title), *_TONES[one.state])


def notices(orders: Sequence[OrderView]) -> tuple[Notice, ...]:
    """What is owed and what was paid, at the head of the progress."""
    return tuple(_notice(one) for one in orders if one.state is not OrderState.CLOSED)


def _notice(one: OrderView) -> Notice:
    what = {"item": say(one.subject), "amount": amount(one)}
    here = f"/pay/{one.number}/"
    if one.state is OrderState.DUE:
        return Notice(
            title=_("“%(item)s”要缴费%(amount)s") % what,
            text=waits(one),
            tone="care",
            link=Link(_("去缴费"), here),
        )
    return Notice(
        title=_("“%(item)s”%(amount)s：%(state)s") % {**what, "state": _(one.state_title)},
        link=Link(_("看缴费单"), here),
    )


def waits(one: OrderView) -> str:
    """What waits for the payment."""
    if one.when_due is WhenDue.BEFORE_ACCEPTANCE:
        return _("缴费以后才受理。")
    return _("不影响办理；领取结果以前要缴清。")


def pay_page(
    one: OrderView,
    *,
    number: str,
    has_cashier: bool,
    is_waiting: bool,
    problems: tuple[Problem, ...] = (),
) -> pages.PayPage:
    """The order with the built-in cashier below it."""
    is_due = one.state is OrderState.DUE
    return pages.PayPage(
        name=say(one.subject),
        number=one.number,
        state=state_tag(one),
        total=amount(one),
        lines=tuple(
            Fact(say(line.name), _("%(yuan)s 元") % {"yuan": yuan_words(line.fen)})
            for line in one.lines
        ),
        facts=_facts(one),
        action=f"/pay/{one.number}/",
        back=Link(_("返回进度"), f"/my/{number}/"),
        note=waits(one) if is_due else "",
        can_pay=is_due and has_cashier,
        can_ask=is_due and is_waiting,
        trouble=_trouble() if is_due and has_cashier else None,
        problems=problems,
    )


def _facts(one: OrderView) -> tuple[Fact, ...]:
    found = [
        Fact(_("收款单位"), say(one.payee) if one.payee else ""),
        Fact(_("收费依据"), one.basis),
        Fact(_("收费标准"), "；".join(line.standard for line in one.lines)),
        Fact(_("办件编号"), one.case_number, is_code=True),
    ]
    if one.paid_at:
        found.append(Fact(_("缴费时间"), date_format(localtime(one.paid_at), "DATETIME_FORMAT")))
    if one.refunded_at:
        found.append(
            Fact(_("退费时间"), date_format(localtime(one.refunded_at), "DATETIME_FORMAT"))
        )
    if one.is_refundable:
        found.append(Fact(_("退费"), _("还没有开始办理就撤回的，原路退回。")))
    return tuple(fact for fact in found if fact.value)


def _trouble() -> Field:
    return Field(
        name="trouble",
        label=_("演示：银行出什么差错"),
        kind="choice",
        required=False,
        options=(
            Option("", _("一切正常"), chosen=True),
            Option("twice", _("通知发了两遍")),
            Option("late", _("通知迟到")),
            Option("lost", _("通知丢了")),
            Option("wrong_amount", _("少收了一分钱")),
        ),
    )
