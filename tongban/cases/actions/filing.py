"""How a case takes part in its application's actions: filed, accepted, supplied, ended with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson
from django.conf import settings

from tongban.cases import rules
from tongban.cases.actions.commitments import sign_letters_in
from tongban.cases.actions.route import enter
from tongban.cases.models import CaseFile
from tongban.cases.states import CaseState
from tongban.catalogue.queries import department_systems
from tongban.engine.actions import Act, Locked, NewProceeding

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from tongban.catalogue.rules.compiled import CompiledItem
    from tongban.kernel.actors import Actor


PREFIX = "BJ"


@dataclass(frozen=True, slots=True)
class Filing:
    """One item of an application: the slice of answers and materials that it consumes."""

    item: CompiledItem
    answers: Mapping[str, Any]
    sources: Mapping[str, Any]
    materials: Sequence[Mapping[str, Any]]
    waits: bool
    accepted: bool
    wants_human: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)


def new_case(filing: Filing, *, region: str, party_id: int, version_id: int) -> NewProceeding:
    """What the engine needs in order to open the proceeding of a filing."""
    state = CaseState.RECEIVED
    systems = {**settings.SIMULATED_ITEMS, **department_systems()}
    system = rules.system_for(filing.item, systems)
    if filing.waits:
        state = CaseState.WAITING
    elif filing.accepted:
        state = CaseState.ACCEPTED
    return NewProceeding(
        kind="case",
        prefix=PREFIX,
        region=region,
        department=filing.item.department,
        party_id=party_id,
        version_id=version_id,
        state=state,
        facts={
            "item": filing.item.code,
            **({"system": system} if system else {}),
            **({"owed": owed} if (owed := rules.owed_in(filing.materials)) else {}),
            **filing.facts,
        },
    )


_FILE = (
    "INSERT INTO cases_casefile (proceeding_id, item_code, answers, sources, materials,"
    " wants_human) SELECT t.* FROM jsonb_to_recordset(%s::jsonb) AS t (proceeding_id bigint,"
    " item_code text, answers jsonb, sources jsonb, materials jsonb, wants_human boolean)"
)
_RELY = (
    "INSERT INTO cases_reliance (proceeding_id, licence_identifier, material)"
    " SELECT t.* FROM jsonb_to_recordset(%s::jsonb) AS t (proceeding_id bigint,"
    " licence_identifier text, material text)"
)


# What waits for another item has not been received by its department: no clock of it runs yet.
_OPENINGS = {
    CaseState.WAITING: "open_waiting",
    CaseState.RECEIVED: "open",
    CaseState.ACCEPTED: "open_accepted",
}


def file_cases_in(act: Act, cases: Sequence[Locked], filings: Sequence[Filing]) -> None:
    """Take part in the submission: files, first steps and entries of all new cases."""
    rows, reliances = [], []
    for case, filing in zip(cases, filings, strict=True):
        rows.append(
            {
                "proceeding_id": case.id,
                "item_code": filing.item.code,
                "answers": filing.answers,
                "sources": filing.sources,
                "materials": list(filing.materials),
                "wants_human": filing.wants_human,
            }
        )
        reliances += [
            {"proceeding_id": case.id, "licence_identifier": licence, "material": material}
            for licence, material in rules.reliances_of(filing.materials)
        ]
        act.begin(
            case,
            _OPENINGS[CaseState(case.state)],
            body={"item": filing.item.code, "state": case.state},
            # What waits for another item is told to the applicant when its turn comes.
            public=not filing.waits,
        )
        enter(act, case)
    sign_letters_in(act, cases, filings)
    act.also(_FILE, [orjson.dumps(rows).decode()])
    if reliances:
        act.also(_RELY, [orjson.dumps(reliances).decode()])


def start_in(act: Act, case: Locked, *, accepted: bool) -> None:
    """Start a case whose dependencies are done; accepted already where the package is."""
    act.move(case, "start_accepted" if accepted else "start", body={"item": case.facts["item"]})
    enter(act, case)


def accept_in(act: Act, case: Locked, verb: str, *, effective_at: datetime | None = None) -> None:
    """Accept a case together with its package; ``verb`` is accept or deem_accept."""
    act.close_steps(case, verb)
    act.move(
        case,
        verb,
        effective_at=effective_at,
        basis="行政许可法第三十二条",
        body={"item": case.facts["item"]},
    )
    case.accepted_at = effective_at or act.now
    enter(act, case)


def cancel_in(act: Act, case: Locked, *, because: Locked, reason: str) -> None:
    """Cancel a case by the name of the item that it depends on."""
    case.facts = {**case.facts, "cancelled_because": because.facts["item"]}
    act.move(
        case,
        "cancel",
        body={
            "item": case.facts["item"],
            "because": because.facts["item"],
            "because_number": because.number,
            "reason": reason,
        },
    )


def withdraw_in(act: Act, case: Locked) -> None:
    """Withdraw a case together with its package."""
    act.move(case, "withdraw", body={"item": case.facts["item"]})


def withdraw_case(*, case_id: int, by: Actor, now: datetime) -> None:
    """Withdraw one item of an application before its decision."""
    with Act(by=by, now=now) as act:
        case = act.lock(case_id)
        act.move(case, "withdraw", body={"item": case.facts["item"]})


def supply_in(
    act: Act, case: Locked, *, answers: Mapping[str, Any], materials: Sequence[Mapping[str, Any]]
) -> None:
    """Take part in the applicant's one supply: new answers and materials of this item."""
    file = CaseFile.objects.get(proceeding_id=case.id)
    replaced = {m["material"] for m in materials}
    file.answers = {**file.answers, **answers}
    file.materials = [m for m in file.materials if m["material"] not in replaced] + list(materials)
    file.save(update_fields=["answers", "materials"])
    owed = [one for one in case.facts.get("owed", ()) if one not in replaced]
    case.facts = {**{k: v for k, v in case.facts.items() if k != "owed"}}
    if owed:
        case.facts["owed"] = owed
    act.move(case, "supply", fields=[*answers, *sorted(replaced)])


def follow_supply_in(act: Act, case: Locked, answers: Mapping[str, Any]) -> None:
    """Take a corrected answer over where another item asked the same: one form has one answer."""
    file = CaseFile.objects.get(proceeding_id=case.id)
    changed = {
        code: value
        for code, value in answers.items()
        if code in file.answers and file.answers[code] != value
    }
    if changed:
        file.answers = {**file.answers, **changed}
        file.save(update_fields=["answers"])
        act.record(
            case, "follow_supply", body={"item": case.facts["item"]}, fields=sorted(changed)
        )
