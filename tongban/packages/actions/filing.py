"""Filing: the whole or nothing, once for each key."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson
from django.db import IntegrityError

from tongban.cases import actions as cases
from tongban.cases.queries import barred_until
from tongban.cases.rules import facts_of, need_not_barred
from tongban.catalogue.queries import package_version
from tongban.catalogue.rules import variant_of
from tongban.engine.actions import Act, Locked, NewProceeding
from tongban.kernel.worktime import city_date
from tongban.packages.actions.agents import need_function
from tongban.packages.models import Application
from tongban.packages.states import PackageState
from tongban.people.states import AgentFunction

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from tongban.catalogue.rules.compiled import CompiledItem, CompiledPackage
    from tongban.kernel.actors import Actor

PREFIX = "YJS"


@dataclass(frozen=True, slots=True)
class Submission:
    """An application that has passed every check, ready to be filed as a whole.

    ``facts`` are those of the situation, each {value, source, as_of}. ``chosen`` are item
    codes; ``answers``, ``sources`` and ``materials`` belong to the one form
    and the one set, and each case gets the slice that its item consumes. ``person_id`` is who
    stands at the window where a clerk files, and ``witnessed`` what the journal says of that.
    """

    version_id: int
    chosen: tuple[str, ...]
    party_id: int
    region: str
    key: str
    answers: Mapping[str, Any]
    sources: Mapping[str, Any]
    materials: Sequence[Mapping[str, Any]]
    facts: Mapping[str, Any] = field(default_factory=dict)
    promise: Mapping[str, Any] = field(default_factory=dict)
    wants_human: bool = False
    person_id: int | None = None
    witnessed: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Filed:
    """What the applicant gets at once: the number of the whole."""

    proceeding_id: int
    number: str
    is_new: bool


def filed_before(account_id: int, key: str) -> Filed | None:
    found = (
        Application.objects.filter(account_id=account_id, idempotency_key=key)
        .values_list("proceeding_id", "proceeding__number")
        .first()
    )
    return Filed(found[0], found[1], is_new=False) if found else None


def submit(*, submission: Submission, by: Actor, now: datetime) -> Filed:
    """File the whole or nothing; the same key of the same account answers the first filing.

    Online submission is receipt: the acceptance clock of 行政许可法 32(4) starts now. Raises
    NotAllowed if the actor may not act for the party.
    """
    need_function(
        by=by,
        party_id=submission.party_id,
        function=AgentFunction.SUBMIT,
        items=submission.chosen,
        now=now,
        person_id=submission.person_id,
    )
    _need_not_barred(submission, now)
    for code in submission.chosen:
        item = package_version(submission.version_id).compiled.item(code)
        cases.need_renewable(item, submission.party_id, now)
    try:
        with Act(by=by, now=now) as act:
            package = _file(act, submission)
    except IntegrityError:
        before = filed_before(by.id, submission.key)
        if before is None:
            raise
        return before
    return Filed(package.id, package.number, is_new=True)


def _need_not_barred(submission: Submission, now: datetime) -> None:
    """Refuse an applicant who cheated on one of the items (行政许可法 78, 79)."""
    compiled = package_version(submission.version_id).compiled
    for item in (compiled.item(code) for code in submission.chosen):
        if item.safety_basis:
            until = barred_until(submission.party_id, item.code)
            need_not_barred(until, city_date(now), item.name.zh)


def _file(act: Act, submission: Submission) -> Locked:
    compiled = package_version(submission.version_id).compiled
    on = city_date(act.now)
    filings = [_filing(compiled, code, submission, on) for code in submission.chosen]
    at_once = all(f.item.acceptance == "on_submit" for f in filings)
    package, *opened = act.open(
        [
            NewProceeding(
                kind="package",
                prefix=PREFIX,
                region=submission.region,
                department=compiled.lead_department,
                party_id=submission.party_id,
                version_id=submission.version_id,
                state=PackageState.ACCEPTED if at_once else PackageState.RECEIVED,
                facts={"package": compiled.code, **submission.promise},
                open_children=len(filings),
            ),
            *(
                cases.new_case(
                    f,
                    region=submission.region,
                    party_id=submission.party_id,
                    version_id=submission.version_id,
                )
                for f in filings
            ),
        ]
    )
    act.also(
        _APPLICATION,
        [
            package.id,
            act.by.id,
            submission.key,
            compiled.code,
            orjson.dumps(submission.facts).decode(),
            orjson.dumps(submission.promise).decode(),
        ],
    )
    act.begin(
        package,
        "submit_accepted" if at_once else "submit",
        body={
            "package": compiled.code,
            "items": list(submission.chosen),
            **submission.witnessed,
        },
    )
    if at_once:
        package.accepted_at = act.now
    else:
        act.open_step(package, "acceptance", role="window")
    cases.file_cases_in(act, opened, filings)
    return package


_APPLICATION = (
    "INSERT INTO packages_application (proceeding_id, account_id, idempotency_key,"
    " package_code, facts, promise) VALUES (%s, %s, %s, %s, %s::jsonb, %s::jsonb)"
)


def _filing(
    compiled: CompiledPackage, code: str, submission: Submission, on: date
) -> cases.Filing:
    item = compiled.item(code)
    chosen = set(submission.chosen)
    return cases.Filing(
        item=item,
        answers={k: submission.answers[k] for k in item.field_codes if k in submission.answers},
        sources={k: submission.sources[k] for k in item.field_codes if k in submission.sources},
        materials=[m for m in submission.materials if m["material"] in item.material_codes],
        waits=any(edge.item in chosen for edge in item.depends_on),
        accepted=item.acceptance == "on_submit",
        wants_human=submission.wants_human,
        facts=_case_facts(compiled, item, submission, on),
    )


def _case_facts(
    compiled: CompiledPackage, item: CompiledItem, submission: Submission, on: date
) -> dict[str, Any]:
    """What a case takes along: the facts that its item looks at, and its variant of limits."""
    known = {k: submission.facts[k] for k in item.facts_needed if k in submission.facts}
    facts: dict[str, Any] = {"known": known} if known else {}
    variant = variant_of(compiled, item, facts_of(facts), on) if item.variants else None
    if variant is not None:
        facts["variant"] = item.variants.index(variant)
    if submission.wants_human:
        facts["human"] = True
    return facts
