"""What happened, from the journal, with who did it and what he wrote; newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from tongban.cases.queries import TITLES as CASE_TITLES
from tongban.cases.states import SIDES
from tongban.cases.states.checks import CHECK_LIFE, CHECK_RECORDED
from tongban.cases.states.early import EARLY_LIFE, EARLY_RECORDED
from tongban.cases.states.sides import SIDE_RECORDED
from tongban.credit.states import LIFE as CREDIT_LIFE
from tongban.credit.states import RECORDED as CREDIT_RECORDED
from tongban.doors.desk.build.words import department_name, life_of, moment, step_name
from tongban.doors.parts import Entry
from tongban.doors.texts import clock_name, say
from tongban.doors.units import days
from tongban.hotline.states import (
    HOT,
    HOT_RECORDED,
    ORDER,
    ORDER_RECORDED,
    TASK,
    TASK_RECORDED,
    TICKET,
)
from tongban.hotline.states import RECORDED as TICKET_RECORDED
from tongban.packages.states import LIFE as PACKAGE_LIFE
from tongban.packages.states import RECORDED as PACKAGE_RECORDED
from tongban.people.queries import staff_names
from tongban.ratings.states import LIFE as RECTIFICATION_LIFE
from tongban.ratings.states import RECORDED as RECTIFICATION_RECORDED
from tongban.relay.states import INCIDENT, INCIDENT_RECORDED
from tongban.upkeep.states import ANSWER, ANSWER_RECORDED, ELEMENT, ELEMENT_RECORDED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from uuid import UUID

    from tongban.cases.models import Opinion
    from tongban.catalogue.rules import CompiledItem, CompiledPackage
    from tongban.records.events import JournalEntry

    Body = Mapping[str, Any]

SIDE_TITLES = {
    **SIDE_RECORDED,
    **{move.verb: move.title for side in SIDES.values() for move in side.machine.moves},
    "clock_warned": "时限预警",
    "clock_expired": "时限届满",
}
PACKAGE_TITLES = {**PACKAGE_RECORDED, **{move.verb: move.title for move in PACKAGE_LIFE.moves}}
_TITLES = {
    "package": PACKAGE_TITLES,
    "case": CASE_TITLES,
    "early": {**EARLY_RECORDED, **{move.verb: move.title for move in EARLY_LIFE.moves}},
    "check": {**CHECK_RECORDED, **{move.verb: move.title for move in CHECK_LIFE.moves}},
    "credit": {**CREDIT_RECORDED, **{move.verb: move.title for move in CREDIT_LIFE.moves}},
    "rectification": {
        **RECTIFICATION_RECORDED,
        **{move.verb: move.title for move in RECTIFICATION_LIFE.moves},
    },
    "answer": {**ANSWER_RECORDED, **{move.verb: move.title for move in ANSWER.moves}},
    "guide_element": {**ELEMENT_RECORDED, **{move.verb: move.title for move in ELEMENT.moves}},
    "incident": {**INCIDENT_RECORDED, **{move.verb: move.title for move in INCIDENT.moves}},
    "ticket": {**TICKET_RECORDED, **{move.verb: move.title for move in TICKET.moves}},
    "ticket_task": {
        **TICKET_RECORDED,
        **TASK_RECORDED,
        **{move.verb: move.title for move in TASK.moves},
    },
    "hot_issue": {**HOT_RECORDED, **{move.verb: move.title for move in HOT.moves}},
    "ticket_order": {
        **TICKET_RECORDED,
        **ORDER_RECORDED,
        **{move.verb: move.title for move in ORDER.moves},
    },
}
# What an officer need not read: the applicant's links, and the count of items, which each item's
# own line tells better.
UNTOLD = frozenset({"share", "unshare", "item_ended"})
_DIRE = frozenset(
    {"deny", "refuse_acceptance", "cancel", "terminate", "reliance_broken", "clock_expired"}
)


def people_in(entries: Iterable[JournalEntry]) -> set[int]:
    """The accounts of staff that these entries name."""
    found: set[int] = set()
    for entry in entries:
        if entry.actor_kind == "staff":
            found.add(entry.actor_id)
        found |= {line["officer"] for line in entry.body.get("draws", ())}
        found |= set(entry.body.get("companions", ()))
        if entry.body.get("backfilled"):
            found.add(entry.body["by_account"])
        if entry.verb == "reassign":
            found |= {entry.body["to"], entry.body["from"] or 0}
    return found


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells the entries of one proceeding, or of an application with its cases."""

    compiled: CompiledPackage
    kinds: Mapping[int, str]
    items: Mapping[int, CompiledItem]
    names: Mapping[int, str]
    opinions: Sequence[Opinion] = ()

    @classmethod
    def of(
        cls,
        compiled: CompiledPackage,
        cases: Mapping[int, CompiledItem],
        entries: Sequence[JournalEntry],
        *,
        package: int | None = None,
        opinions: Sequence[Opinion] = (),
        people: Iterable[int] = (),
        kind: str = "case",
    ) -> Teller:
        """A teller who knows everybody's name: one query. ``kind`` is that of ``cases``."""
        kinds = dict.fromkeys(cases, kind) | ({package: "package"} if package else {})
        known = staff_names(people_in(entries) | set(people))
        return cls(compiled, kinds, cases, known, opinions)

    def name(self, account: int | None) -> str:
        """The name of an officer; empty for nobody."""
        return self.names.get(account or 0, "")

    def who(self, entry: JournalEntry) -> str:
        """Who did it, in words."""
        if entry.actor_kind == "staff":
            return self.name(entry.actor_id) or _("工作人员")
        if entry.actor_id < 0:
            return _("部门业务系统")
        return _("申请人") if entry.actor_kind == "citizen" else _("系统")

    def title(self, entry: JournalEntry) -> str:
        """What was done, in words."""
        kind = self.kinds.get(entry.stream_id, "")
        titles = _TITLES.get(kind, SIDE_TITLES)
        return _(titles.get(entry.verb, "办理"))

    def moves(self, entry: JournalEntry) -> bool:
        """Whether the entry brought its proceeding into another state."""
        life = life_of(self.kinds.get(entry.stream_id, "case"))
        return any(m.verb == entry.verb and m.target is not None for m in life.moves)

    def tell(self, entries: Iterable[JournalEntry]) -> tuple[Entry, ...]:
        """The entries as lines of a timeline, newest first."""
        told = [e for e in entries if e.stream_id in self.kinds and e.verb not in UNTOLD]
        acts: dict[tuple[UUID, str], list[JournalEntry]] = {}
        for entry in sorted(told, key=lambda e: e.id):
            acts.setdefault((entry.action_id, entry.verb), []).append(entry)
        return tuple(self._line(same) for same in reversed(acts.values()))

    def _line(self, same: Sequence[JournalEntry]) -> Entry:
        """One line for what one action did to several cases in the same way."""
        entry = same[0]
        return Entry(
            at=entry.at,
            what=self.title(entry),
            who=self.who(entry),
            about=self._about(same),
            basis=entry.basis,
            note=self._note(entry),
            tone="late" if entry.verb in _DIRE else "plain",
        )

    def _about(self, same: Sequence[JournalEntry]) -> str:
        """The items that the line is about; none where it is about the whole, or the only one."""
        is_of_the_whole = any(self.kinds[e.stream_id] == "package" for e in same)
        if is_of_the_whole or len(self.kinds) == 1:
            return ""
        return _("、").join(say(self.items[e.stream_id].name) for e in same)

    def _note(self, entry: JournalEntry) -> str:
        say_more = _MORE.get(entry.verb)
        item = self.items.get(entry.stream_id)
        parts = list(say_more(self, entry.body, item)) if say_more else []
        return _("；").join(part for part in (*parts, self._opinion(entry)) if part)

    def _opinion(self, entry: JournalEntry) -> str:
        """What the officer wrote when he closed the step in this very moment."""
        if entry.verb not in ("pass_step", "report_up", "return_step", "confirm_review"):
            return ""
        step = entry.body.get("step", "human_review")
        found = (o.text for o in self.opinions if o.at == entry.at and o.step_code == step)
        return next(found, "")


def _step(teller: Teller, body: Body, item: CompiledItem | None) -> Iterator[str]:
    yield step_name(str(body["step"]), item)
    if body.get("companions"):
        names = _("、").join(teller.name(one) for one in body["companions"])
        yield _("同行：%(names)s") % {"names": names}


def _draws(teller: Teller, body: Body, item: CompiledItem | None) -> Iterator[str]:
    for line in body["draws"]:
        yield f"{step_name(line['step'], item)} → {teller.name(line['officer'])}"


def _special(teller: Teller, body: Body, item: CompiledItem | None) -> Iterator[str]:
    if item is not None:
        yield say(item.procedure(body["procedure"]).name)
    yield from _reason(teller, body, item)


def _reason(_teller: Teller, body: Body, _item: CompiledItem | None) -> Iterator[str]:
    if "days" in body:
        yield days(body["days"], "workday")
    yield str(body.get("reason", ""))
    yield str(body.get("right_body", ""))


def _asked(_teller: Teller, body: Body, _item: CompiledItem | None) -> Iterator[str]:
    yield from (department_name(code) for code in body["departments"])
    yield days(body["days"], "workday")


def _view(_teller: Teller, body: Body, _item: CompiledItem | None) -> Iterator[str]:
    yield _("同意") if body["agrees"] else _("不同意")


def _target(teller: Teller, body: Body, _item: CompiledItem | None) -> Iterator[str]:
    yield target_name(teller.compiled, body["target"])


def _material(teller: Teller, body: Body, _item: CompiledItem | None) -> Iterator[str]:
    yield target_name(teller.compiled, body["material"])


def _owed(teller: Teller, body: Body, _item: CompiledItem | None) -> Iterator[str]:
    yield _("、").join(target_name(teller.compiled, code) for code in body["owed"])


def _finding(teller: Teller, body: Body, _item: CompiledItem | None) -> Iterator[str]:
    yield str(body["reason"])
    names = _("、").join(teller.name(one) for one in body.get("companions", ()))
    yield _("同行：%(names)s") % {"names": names}


def _answer(_teller: Teller, body: Body, _item: CompiledItem | None) -> Iterator[str]:
    yield str(body["answer"])


def _clock(_teller: Teller, body: Body, _item: CompiledItem | None) -> Iterator[str]:
    yield clock_name(str(body.get("clock", "")))


def _because(teller: Teller, body: Body, _item: CompiledItem | None) -> Iterator[str]:
    yield say(teller.compiled.item(body["because"]).name)


def _report(_teller: Teller, body: Body, _item: CompiledItem | None) -> Iterator[str]:
    yield from (str(line["text"]) for line in body.get("report", ()))


def _licence(_teller: Teller, body: Body, _item: CompiledItem | None) -> Iterator[str]:
    yield str(body.get("licence", ""))


def _entered(teller: Teller, body: Body, _item: CompiledItem | None) -> Iterator[str]:
    """What a clerk entered by hand while the link was down is marked as that."""
    if body.get("backfilled"):
        words = _("补录（%(who)s，编号 %(number)s）")
        yield words % {"who": teller.name(body["by_account"]), "number": body["number"]}


def _reassigned(teller: Teller, body: Body, item: CompiledItem | None) -> Iterator[str]:
    words = _("%(step)s：%(before)s → %(after)s（%(reason)s）")
    yield words % {
        "step": step_name(str(body["step"]), item),
        "before": teller.name(body["from"]) or _("待分办"),
        "after": teller.name(body["to"]),
        "reason": body["reason"],
    }


def _visit(_teller: Teller, body: Body, _item: CompiledItem | None) -> Iterator[str]:
    yield f"{moment(datetime.fromisoformat(body['at']))} {body['place']}"


def _joined(teller: Teller, body: Body, _item: CompiledItem | None) -> Iterator[str]:
    yield _("、").join(teller.name(one) for one in body["companions"])


def _set_aside(_teller: Teller, body: Body, _item: CompiledItem | None) -> Iterator[str]:
    yield f"{body['body']} {body['document']}"
    yield str(body["reason"])


def _rated(_teller: Teller, body: Body, _item: CompiledItem | None) -> Iterator[str]:
    """What the unit or the administration wrote about a bad review."""
    yield from (str(body[name]) for name in ("finding", "grounds", "note") if body.get(name))


def _told(_teller: Teller, body: Body, _item: CompiledItem | None) -> Iterator[str]:
    yield str(body.get("text", ""))


_MORE: Mapping[str, Callable[[Teller, Body, CompiledItem | None], Iterator[str]]] = {
    "verify": _rated,
    "appeal": _rated,
    "satisfy": _rated,
    "acknowledge_incident": _told,
    "report_incident": _told,
    "rehandle": _rated,
    "settle": _rated,
    "supervise": _clock,
    "reply": _answer,
    "overrule": _reason,
    "confirm": _reason,
    "propose": _reason,
    "dismiss": _reason,
    "refuse_time": _reason,
    "ask_time": _reason,
    "pass_step": _step,
    "return_step": _step,
    "report_up": _step,
    "assign": _draws,
    "reassign": _reassigned,
    "grant": _entered,
    "grant_at_once": _entered,
    "deny": _entered,
    "raise_requirement": _target,
    "clock_warned": _clock,
    "clock_expired": _clock,
    "cancel": _because,
    "refer_to_human": _report,
    "refuse_acceptance": _reason,
    "not_require": _reason,
    "reliance_broken": _licence,
    "reliance_mended": _licence,
    "start_special": _special,
    "end_special": _special,
    "return_acceptance": _reason,
    "uphold_acceptance": _reason,
    "hear_interested": _reason,
    "ask_opinion": _asked,
    "give_opinion": _view,
    "answer_objection": _reason,
    "answer_early": _reason,
    "extend": _reason,
    "extend_joint": _reason,
    "bar": _reason,
    "lift_bar": _reason,
    "set_aside": _set_aside,
    "reject_objection": _reason,
    "propose_visit": _visit,
    "set_visit": _visit,
    "join_visit": _joined,
    "cancel_visit": _reason,
    "state_new_grounds": _reason,
    "terminate": _reason,
    "extend_debt": _reason,
    "pass_check": _finding,
    "ask_to_correct": _finding,
    "report_corrected": _reason,
    "fail_check": _reason,
    "pay_owed": _material,
    "debt_lapsed": _owed,
    "lapse": _owed,
    "uphold": _answer,
    "lift": _answer,
    "repair": _answer,
}


def target_name(compiled: CompiledPackage, code: str) -> str:
    """What a requirement is about: a material of the set or a field of the form."""
    material = next((one for one in compiled.materials if one.code == code), None)
    return say(material.name if material else compiled.field(code).name)
