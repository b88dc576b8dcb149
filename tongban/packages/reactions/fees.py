"""What follows from payments: messages, the receipt; and what an ended case means for its fee."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tongban.cases.events import ENDED_VERBS
from tongban.documents.states import DocumentKind
from tongban.kernel.actors import SYSTEM
from tongban.notices.actions import send_message
from tongban.packages.actions.fees import settle_fee, wait_for_fee
from tongban.packages.queries import story_of
from tongban.packages.reactions.papers import issue_paper, moment_words, page_of
from tongban.payments.queries import order_of_case
from tongban.payments.rules import yuan_words
from tongban.payments.states import OrderState
from tongban.records.events import FedEntry, subscribe

if TYPE_CHECKING:
    from tongban.packages.queries import Story
    from tongban.payments.queries import OrderView

_TOLD = {"order_opened": "fee_due", "order_paid": "fee_paid", "order_refunded": "fee_refunded"}


def tell(entry: FedEntry) -> None:
    """Tell the party of an order; what ended meanwhile is not asked for any more."""
    order, story = order_of_case(entry.body["proceeding"]), story_of(entry.body["proceeding"])
    if order is None or story is None:
        return
    if entry.verb != "order_opened" or order.state is OrderState.DUE:
        send_message(
            party_id=order.party_id,
            key=_TOLD[entry.verb],
            params={
                "number": story.package.number,
                "item": dict(order.subject),
                "amount": yuan_words(order.amount_fen),
            },
            dedup=f"entry/{entry.id}",
            now=entry.at,
            proceeding=story.package.number,
        )
    if entry.verb == "order_paid":
        issue_paper(story, DocumentKind.PAYMENT, _receipt(story, order, entry), entry)


def _receipt(story: Story, order: OrderView, entry: FedEntry) -> dict[str, Any]:
    return {
        **page_of(story),
        "order": order.number,
        "payee": order.payee.get("zh", ""),
        "lines": [
            {"label": line.name["zh"], "value": f"{yuan_words(line.fen)} 元"}
            for line in order.lines
        ],
        "total": f"{yuan_words(order.amount_fen)} 元",
        "paid_at": moment_words(entry.at),
        "reference": str(entry.body.get("reference", "")),
        "basis": order.basis,
    }


def settle(entry: FedEntry) -> None:
    """An ended case owes nothing more; before any work was done it is given back."""
    settle_fee(case_id=entry.stream_id, verb=entry.verb, by=SYSTEM, now=entry.at)


def wait(entry: FedEntry) -> None:
    """The delivery is due, or a fee is owed no more: its clock waits for what is unpaid."""
    of = entry.body["package"] if entry.stream == "payment" else entry.stream_id
    wait_for_fee(package_id=int(of), now=entry.at)


subscribe("packages.fee_waits", wait, verbs={"finish"}, streams={"proceeding"})
subscribe("packages.fee_paid", wait, verbs={"order_paid", "order_closed"}, streams={"payment"})
subscribe("packages.fees", tell, verbs=set(_TOLD), streams={"payment"})
subscribe("packages.settle_fees", settle, verbs=ENDED_VERBS - {"issue"}, streams={"proceeding"})
