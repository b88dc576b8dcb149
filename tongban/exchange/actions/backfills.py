"""Entering by hand while a link is down (补录): number, result, scan; closed by the real word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from tongban.cases.actions import decide_elsewhere
from tongban.cases.queries import item_of, system_of
from tongban.cases.rules import need_text
from tongban.cases.states import LIFE, Result
from tongban.documents.queries import get_file
from tongban.engine.queries import access_proceeding
from tongban.exchange import queries, rules
from tongban.exchange.actions.links import link_of, tell
from tongban.exchange.models import Backfill
from tongban.exchange.states import BackfillState
from tongban.kernel.actors import SYSTEM
from tongban.kernel.refusals import NotAllowed

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.engine.models import Proceeding
    from tongban.exchange.models import Link
    from tongban.kernel.actors import Actor

PROOF = "系统链路中断期间补录，决定书见所附扫描件"


@dataclass(frozen=True, slots=True)
class NewBackfill:
    """All that a clerk may enter: the number on the paper, what it says, and its scan."""

    number: str
    result: Result
    scan_id: int


def backfill(*, case_number: str, entry: NewBackfill, by: Actor, now: datetime) -> None:
    """Enter by hand what a department decided in its own system while the link is down.

    The decision counts from now; a licence is not made of it, it is mirrored when the real
    message comes. Raises LinkIsUp, NotAllowed for anybody but an officer of the department, and
    MessageImpossible for a case that is not in that system.
    """
    case = access_proceeding(by, case_number)
    system = system_of(case)
    if not system or case.state != "accepted":
        raise rules.MessageImpossible(
            f"办件现在是“{LIFE.title(case.state)}”，不能补录。",
            facts={"number": case.number},
        )
    if not rules.is_of(by, case):
        raise NotAllowed("只有本部门的工作人员可以补录。", facts={"number": case.number})
    if not queries.is_down(system):
        raise rules.LinkIsUp("部门业务系统的链路正常，办理结果会自动传回，不需要补录。")
    number = need_text("number", entry.number, "请填写决定书或证照上的编号。")
    get_file(entry.scan_id)
    link = link_of(system)
    told = {"system": system, "backfilled": True, "by_account": by.id, "number": number}
    with transaction.atomic():
        try:
            with transaction.atomic():
                Backfill.objects.create(
                    proceeding_id=case.pk,
                    system=system,
                    number=number,
                    result=entry.result.value,
                    scan_id=entry.scan_id,
                    entered_by=by.id,
                    entered_at=now,
                )
        except IntegrityError:
            raise rules.MessageImpossible("这个办件已经补录过。") from None
        # The clerk only tells what the department decided: the officer's own verbs stay closed.
        decide_elsewhere(
            case_id=case.pk,
            result=entry.result,
            reasons=PROOF,
            by=SYSTEM,
            now=now,
            told=told,
            place="补录",
        )
        tell(link, "backfill", by=by, now=now, number=case.number, result=entry.result.value)


def compare_decision(
    link: Link, case: Proceeding, message: Any, *, by: Actor, now: datetime
) -> bool:
    """Compare the real decision with what was entered by hand; whether there was such an entry.

    Equal closes the entry, unless its number is that of a licence that is still to come.
    """
    row = _open(case)
    if row is None:
        return False
    waits = message.result == "grant" and item_of(case).licence is not None
    real = (message.result, "" if waits else message.number)
    difference = rules.difference_of((row.result, row.number), real)
    if difference or not waits:
        _close(link, row, case, difference, by=by, now=now)
    return True


def compare_licence(
    link: Link, case: Proceeding, number: str, *, by: Actor, now: datetime
) -> None:
    """Compare the number of the real licence with the one that was entered by hand."""
    row = _open(case)
    if row is not None:
        difference = rules.difference_of((row.result, row.number), ("grant", number))
        _close(link, row, case, difference, by=by, now=now)


def _open(case: Proceeding) -> Backfill | None:
    return (
        Backfill.objects.select_for_update()
        .filter(proceeding_id=case.pk, state=BackfillState.OPEN)
        .first()
    )


def _close(
    link: Link, row: Backfill, case: Proceeding, difference: str, *, by: Actor, now: datetime
) -> None:
    row.state = (BackfillState.ALARM if difference else BackfillState.CLOSED).value
    row.difference, row.closed_at = difference, now
    row.save(update_fields=["state", "difference", "closed_at"])
    verb = "backfill_alarm" if difference else "backfill_closed"
    tell(link, verb, by=by, now=now, number=case.number, difference=difference)
