"""Interested parties: told what concerns them, and heard before the decision (行政许可法 36)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tongban.cases import rules
from tongban.cases.actions.route import require_work
from tongban.cases.actions.sides import begin_side, need_accepted, new_side
from tongban.cases.models import Interested
from tongban.cases.rules import sides as side_rules
from tongban.catalogue.queries import package_version
from tongban.engine.actions import Act, Locked
from tongban.engine.states import StepParty
from tongban.people.queries import find_party, masked
from tongban.people.states import PartyKind

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.kernel.actors import Actor

BASIS = "行政许可法第三十六条"


@dataclass(frozen=True, slots=True)
class Concerned:
    """Who has a serious interest in a case, and what of it concerns him.

    ``code`` is the citizen number or credit code, where it is known: then the notice reaches the
    account; else it is handed over on paper. ``contact`` is kept sealed, and shown masked.
    """

    name: str
    concerns: str
    contact: str = ""
    code: str = ""


def hear_interested(*, case_id: int, who: Concerned, by: Actor, now: datetime) -> str:
    """Tell an interested party of the application and hear him; answers the number.

    Until he has spoken, or the days of the content have passed, nothing is decided. The clocks
    of the case run on. Raises BadInput without a name or without what concerns him.
    """
    name = side_rules.need_short("name", who.name, "请写明利害关系人的姓名或者名称。")
    concerns = rules.need_text("concerns", who.concerns, "请写明办件与他有什么重大利益关系。")
    party = _party(who.code)
    with Act(by=by, now=now) as act:
        case = act.lock(case_id)
        need_accepted(case, by)
        require_work(case, by)
        clock = side_rules.begun_clock(
            "begin_statement", package_version(case.version_id).compiled
        )
        days = clock.length if clock else 0
        statement = begin_side(
            act,
            case,
            new_side(case, "statement", {"days": days}),
            verb="begin_statement",
            body={"days": days},
            whose=StepParty.THIRD,
        )
        Interested.objects.create(
            proceeding_id=statement.id,
            name=name,
            contact=masked("phone", who.contact.strip()) if who.contact.strip() else "",
            party_id=party,
            concerns=concerns,
        )
        told = {"item": case.facts["item"], "side": statement.number, "days": days}
        private = {"name": name, "contact": who.contact.strip()}
        act.move(case, "hear_interested", basis=BASIS, body=told, private=private)
    return statement.number


def _party(code: str) -> int | None:
    """The registered person or enterprise with that number; None where nobody is known."""
    code = code.strip().upper()
    if not code:
        return None
    kind = PartyKind.LEGAL if code.startswith("9") and len(code) == 18 else PartyKind.NATURAL
    found = find_party(kind, code)
    return found.id if found else None


def make_statement(
    *, statement_id: int, text: str, by: Actor, now: datetime, is_by_link: bool = False
) -> None:
    """Take down what an interested party says; it stands with the case before the decision.

    He writes it himself by his link (``is_by_link``, checked by the door), or an officer takes
    down what he said. Refused once the days have passed.
    """
    text = rules.need_text("text", text, "请写明您的意见和理由。")
    with Act(by=by, now=now) as act:
        statement = act.lock(statement_id)
        case = act.parent_of(statement)
        told = {"item": statement.facts["item"], "side": statement.number}
        if case is not None and is_by_link:
            # The link lets him act: his entry stands with the case in the same action.
            act.record(case, "end_statement", basis=BASIS, body=told)
        act.move(statement, "make_statement", basis=BASIS, body=told)
        Interested.objects.filter(proceeding_id=statement.id).update(statement=text, stated_at=now)


def lapse_statement_in(act: Act, statement: Locked, clock: str) -> None:
    """The days have passed without a word: the decision waits no longer."""
    del clock
    act.move(statement, "lapse_statement", basis=BASIS, body={"item": statement.facts["item"]})
