"""Delivery: handed over at the window with proof, or sent by post with a number to follow."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from tongban.engine.actions import Act
from tongban.packages import rules
from tongban.packages.actions.fees import need_paid
from tongban.packages.models import Consignment
from tongban.payments.states import WhenDue

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tongban.kernel.actors import Actor

BASIS = "行政许可法第四十四条"


def deliver_results(
    *,
    package_id: int,
    receiver: str,
    witnessed: Mapping[str, str] = MappingProxyType({}),
    by: Actor,
    now: datetime,
) -> None:
    """Hand over everything at the window, once; the receiver's name is the proof of delivery.

    ``witnessed`` is what the journal says beside it: in which capacity the receiver came, and the
    SHA-256 of the signed proof (送达回证). Raises InThePost while a consignment is on its way.
    """
    with Act(by=by, now=now) as act:
        package = act.lock(package_id)
        if Consignment.objects.filter(proceeding_id=package.id, ended_at=None).exists():
            raise rules.InThePost(
                "结果已经寄出，还在路上。",
                facts={"number": package.number},
                instead=("等邮件送达；退回后再在窗口领取。",),
            )
        need_paid(package.id, WhenDue.BEFORE_DELIVERY)
        act.close_steps(package, "delivered")
        act.move(
            package,
            "deliver",
            body=dict(witnessed),
            private={"receiver": receiver} if receiver.strip() else None,
            basis=BASIS,
        )


def post_results(*, package_id: int, carrier: str, number: str, by: Actor, now: datetime) -> None:
    """Send the results by post; delivery has begun, its clock stands still until they arrive.

    Raises BadInput for a number that no carrier gives, and move-not-allowed while something is on
    its way already.
    """
    carrier, number = rules.need_consignment(carrier, number)
    with Act(by=by, now=now) as act:
        package = act.lock(package_id)
        need_paid(package.id, WhenDue.BEFORE_DELIVERY)
        if Consignment.objects.filter(proceeding_id=package.id, ended_at=None).exists():
            raise rules.InThePost("结果已经寄出，不能再寄一次。", facts={"number": package.number})
        act.move(package, "post", body={"carrier": carrier, "tracking": number}, basis=BASIS)
        Consignment.objects.create(
            proceeding_id=package.id,
            carrier=carrier,
            number=number,
            posted_at=now,
            posted_by=by.id,
        )


def note_arrival(*, package_id: int, by: Actor, now: datetime) -> None:
    """The carrier says that the receiver has it: delivered. Raises NotPosted."""
    _end_consignment(package_id, "post_arrived", "arrived", by, now)


def note_return(*, package_id: int, by: Actor, now: datetime) -> None:
    """It came back: the clock of delivery goes on, another way is needed. Raises NotPosted."""
    _end_consignment(package_id, "post_returned", "returned", by, now)


def _end_consignment(package_id: int, verb: str, outcome: str, by: Actor, now: datetime) -> None:
    with Act(by=by, now=now) as act:
        package = act.lock(package_id)
        open_one = Consignment.objects.filter(proceeding_id=package.id, ended_at=None).first()
        if open_one is None:
            raise rules.NotPosted("没有在途的邮件。", facts={"number": package.number})
        if verb == "post_arrived":
            act.close_steps(package, "delivered")
        told = {"carrier": open_one.carrier, "tracking": open_one.number}
        act.move(package, verb, body=told, basis=BASIS)
        open_one.outcome, open_one.ended_at = outcome, now
        open_one.save(update_fields=["outcome", "ended_at"])
