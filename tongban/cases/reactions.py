"""What cases do when something happens: machine decisions, licences, assignment, reliance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tongban.cases import actions, rules
from tongban.cases.events import ENDED_VERBS, GRANTED_VERBS
from tongban.cases.models import Early
from tongban.cases.rules.checks import check_clocks
from tongban.cases.rules.sides import clocks_of_side
from tongban.cases.states import LIFE, SIDES
from tongban.cases.states.checks import CHECK_LIFE
from tongban.cases.states.early import EARLY_LIFE
from tongban.catalogue.queries import package_version
from tongban.engine.actions import assign_open_steps
from tongban.engine.states import Kind, Named, register
from tongban.kernel.clocks import Owner
from tongban.kernel.worktime import city_date
from tongban.licences.events import MIRRORED, PRODUCED
from tongban.licences.queries import get_licence
from tongban.notices.actions import send_message
from tongban.people.queries import department
from tongban.records.events import FedEntry, subscribe

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tongban.engine.states import Expiry
    from tongban.kernel.clocks import ClockSpec


def _specs(proceeding: Named) -> tuple[ClockSpec, ...]:
    item = package_version(proceeding.version_id).compiled.item(proceeding.facts["item"])
    variant = proceeding.facts.get("variant")
    return item.clocks if variant is None else item.variants[variant].clocks


def _special_specs(proceeding: Named) -> tuple[ClockSpec, ...]:
    owner = Owner(proceeding.facts["party"])
    told = rules.special_clock(int(proceeding.facts["days"]), owner)
    if int(proceeding.facts.get("officers", 1)) < 2:
        return (told,)
    return (told, *clocks_of_side("special", package_version(proceeding.version_id).compiled))


def _debt_specs(proceeding: Named) -> tuple[ClockSpec, ...]:
    item = package_version(proceeding.version_id).compiled.item(proceeding.facts["item"])
    rule = item.deficiency
    if rule is None:
        return ()
    more = int(rule.extension.value) if rule.extension else 0
    days = int(proceeding.facts["days"])
    return (rules.debt_clock(days, more, rule.warn_percent, rule.reminders),)


def _side_specs(kind: str) -> Callable[[Named], tuple[ClockSpec, ...]]:
    def specs(proceeding: Named) -> tuple[ClockSpec, ...]:
        return clocks_of_side(kind, package_version(proceeding.version_id).compiled)

    return specs


CASE = register(
    Kind(
        name="case",
        machine=LIFE,
        specs=_specs,
        on_child_ended=actions.side_ended_in,
        on_ended_before_children=actions.cancel_sides_in,
    )
)
SPECIAL = register(Kind(name="special", machine=SIDES["special"].machine, specs=_special_specs))


def _check_specs(proceeding: Named) -> tuple[ClockSpec, ...]:
    return check_clocks(int(proceeding.facts["days"]), int(proceeding.facts["correct"]))


CHECK = register(
    Kind(
        "check",
        CHECK_LIFE,
        _check_specs,
        expiries={"lapse_correcting": actions.lapse_correcting_in},
    )
)
EARLY = register(Kind("early", EARLY_LIFE, lambda _proceeding: ()))
DEBT = register(
    Kind(
        "debt",
        SIDES["debt"].machine,
        _debt_specs,
        expiries={"lapse_debt": actions.lapse_debt_in},
    )
)
_EXPIRIES: Mapping[str, Mapping[str, Expiry]] = {
    "hearing": {"lapse_hearing": actions.lapse_hearing_in},
    "statement": {"lapse_statement": actions.lapse_statement_in},
    "opinion": {"lapse_opinion": actions.lapse_opinion_in},
}
for _name, _expiries in _EXPIRIES.items():
    register(Kind(_name, SIDES[_name].machine, _side_specs(_name), _expiries))

_OPENING_VERBS = {"open", "open_accepted", "open_waiting"}
_MACHINE_VERBS = {"open_accepted", "start_accepted", "accept", "deem_accept"}
_STEP_VERBS = {
    "open_accepted",
    "start_accepted",
    "accept",
    "deem_accept",
    "pass_step",
    "report_up",
    "return_step",
    "return_acceptance",
    "uphold_acceptance",
    "refer_to_human",
    "ask_human",
    "object_to_notice",
    "leave_commitment",
    "proofs_complete",
}


def is_case(entry: FedEntry) -> bool:
    """Whether an entry tells of a case: packages use some of the same verbs."""
    return "item" in entry.body


def try_machine(entry: FedEntry) -> None:
    """An accepted case of an automatic item: decide by machine or refer to a person."""
    if is_case(entry):
        actions.try_machine(case_id=entry.stream_id, now=entry.at)


def assign(entry: FedEntry) -> None:
    """Steps were opened: draw an officer for each."""
    if is_case(entry):
        assign_open_steps(entry.stream_id, now=entry.at)


def note_uses(entry: FedEntry) -> None:
    """A case relies on licences: their holder sees who used them and for what."""
    actions.note_licence_uses(case_id=entry.stream_id, now=entry.at)


def note_renewal(entry: FedEntry) -> None:
    """A case of an item that renews was filed: the licence waits for its decision."""
    if is_case(entry):
        actions.note_renewal(case_id=entry.stream_id, now=entry.at)


def end_renewal(entry: FedEntry) -> None:
    """A case has ended without a grant: so has the renewal that it asked for."""
    if is_case(entry):
        actions.end_case_renewal(case_id=entry.stream_id, verb=entry.verb, now=entry.at)


def renewed(entry: FedEntry) -> None:
    """The paper of a renewed licence is made: the case that asked for it is done."""
    actions.mark_issued(
        case_id=entry.body["renewal"], identifier=entry.body["identifier"], now=entry.at
    )


def issue_licence(entry: FedEntry) -> None:
    """A grant: have the licence made from the decision's data."""
    actions.order_licence(case_id=entry.stream_id, now=entry.at)


def licence_produced(entry: FedEntry) -> None:
    """The licence exists: the case is done."""
    case_id = entry.body.get("proceeding_id")
    if case_id:
        actions.mark_issued(case_id=case_id, identifier=entry.body["identifier"], now=entry.at)
        actions.close_phases(case_id=case_id, now=entry.at)


def licence_changed(entry: FedEntry) -> None:
    """A licence lost its validity or has it again: tell the live cases that rely on it."""
    body: dict[str, Any] = entry.body
    state = str(body.get("to"))
    tell = actions.mend_reliance if state == "valid" else actions.break_reliance
    tell(identifier=body["identifier"], state=state, now=entry.at)


def granted_on_letter(entry: FedEntry) -> None:
    """A decision that rests on a commitment is checked afterwards."""
    actions.begin_check(case_id=entry.stream_id, now=entry.at)


def letters_ended(entry: FedEntry) -> None:
    """The letters of a case are fulfilled, breached, or withdrawn with it."""
    if entry.verb == "pass_check":
        actions.fulfil_letters(check_id=entry.stream_id, now=entry.at)
    elif entry.verb == "fail_check":
        reasons = entry.body["reason"]
        actions.end_breach(check_id=entry.stream_id, reasons=reasons, now=entry.at)
    elif is_case(entry):
        actions.withdraw_letters(case_id=entry.stream_id, now=entry.at)


def paid(entry: FedEntry) -> None:
    """Everything that was owed is there: an automatic item may be decided now."""
    if not entry.body["left"]:
        actions.try_machine(case_id=entry.stream_id, now=entry.at)


def lapsed(entry: FedEntry) -> None:
    """What was promised did not come in time: it is on record, and the case may end with it."""
    actions.note_broken_promise(case_id=entry.stream_id, cause=f"entry/{entry.id}", now=entry.at)
    actions.lapse_case(case_id=entry.stream_id, now=entry.at)


def licence_appeared(entry: FedEntry) -> None:
    """A licence of a person exists now: debts that it replaces are paid by themselves."""
    body = entry.body
    if body.get("party") and get_licence(body["identifier"], city_date(entry.at)).is_in_force:
        actions.pay_with_licence(
            party_id=body["party"],
            licence_type=body["type"],
            identifier=body["identifier"],
            now=entry.at,
        )


def early_answered(entry: FedEntry) -> None:
    """A question before the application has its answer: who asked is told."""
    row = Early.objects.select_related("proceeding").get(proceeding_id=entry.stream_id)
    early = row.proceeding
    item = package_version(early.version_id).compiled.item(row.item_code)
    send_message(
        party_id=early.party_id,
        key="early_answered",
        params={
            "number": early.number,
            "item": {language: item.name.say(language) for language in ("zh", "en", "ug")},
            "department": dict(department(early.department).name),
            "answer": row.answer.rstrip("。"),
        },
        dedup=f"entry/{entry.id}",
        now=entry.at,
        proceeding=early.number,
    )


subscribe("cases.early", early_answered, verbs={"answer_early"}, streams={"proceeding"})
subscribe("cases.machine", try_machine, verbs=_MACHINE_VERBS, streams={"proceeding"})
subscribe("cases.uses", note_uses, verbs=_OPENING_VERBS, streams={"proceeding"})
subscribe("cases.assign", assign, verbs=_STEP_VERBS, streams={"proceeding"})
subscribe("cases.issue", issue_licence, verbs=GRANTED_VERBS, streams={"proceeding"})
subscribe("cases.renewal", note_renewal, verbs=_OPENING_VERBS, streams={"proceeding"})
subscribe(
    "cases.renewal_ended", end_renewal, verbs=ENDED_VERBS - {"issue"}, streams={"proceeding"}
)
subscribe("cases.renewed", renewed, verbs={"licence_renewed"}, streams={"licence"})
subscribe("cases.produced", licence_produced, verbs={"licence_produced"}, streams={"licence"})
subscribe(
    "cases.checks",
    granted_on_letter,
    verbs={"issue", "grant_at_once", "auto_grant_at_once"},
    streams={"proceeding"},
)
subscribe(
    "cases.letters",
    letters_ended,
    verbs={"pass_check", "fail_check", "withdraw", "lapse"},
    streams={"proceeding"},
)
subscribe("cases.paid", paid, verbs={"pay_owed"}, streams={"proceeding"})
subscribe("cases.lapsed", lapsed, verbs={"debt_lapsed"}, streams={"proceeding"})
subscribe("cases.appeared", licence_appeared, verbs={PRODUCED, MIRRORED}, streams={"licence"})
subscribe("cases.reliance", licence_changed, verbs={"licence_state_changed"}, streams={"licence"})
