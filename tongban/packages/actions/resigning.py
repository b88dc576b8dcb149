"""After the filing: a correction that touches what somebody signed waits for a new signature."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tongban.cases.actions import item_of
from tongban.cases.models import CaseFile
from tongban.catalogue.queries import package_version
from tongban.catalogue.rules.guide import GuideSigning
from tongban.documents.models import StoredFile
from tongban.kernel.hashes import hash_json
from tongban.kernel.refusals import BadInput, Problem
from tongban.packages.actions import signing
from tongban.packages.models import Signature
from tongban.packages.queries.signing import party_key, unsigned
from tongban.packages.rules.signing import Applicant, content_of, wanted_signers
from tongban.packages.states import SignatureState
from tongban.people.queries import party

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tongban.engine.actions import Act, Locked
    from tongban.packages.rules.signing import Wanted

UNSIGNED = "unsigned"
Key = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class Change:
    """What a correction gives for one item; nothing, where the old content is asked for again."""

    answers: Mapping[str, Any] = field(default_factory=dict)
    materials: Sequence[Mapping[str, Any]] = ()


def follow_in(act: Act, case: Locked, change: Change) -> int:
    """Void what was signed about other content, ask anew; answers how many are waited for.

    The own signature of whoever corrects is given by correcting. Raises BadInput for a line that
    names nobody any more.
    """
    rows = list(
        Signature.objects.select_for_update(of=("self",))
        .select_related("draft")
        .filter(proceeding_id=case.id)
        .exclude(state=SignatureState.VOID)
    )
    if not any(_is_touched(case, row, change) for row in rows):
        return 0
    wanted = _wanted(case, rows, change)
    live = {_key(row): row for row in rows}
    for key, (who, content) in wanted.items():
        row = live.pop(key, None)
        if row is not None and row.state == SignatureState.SIGNED and _says(row, content):
            continue
        _ask_anew(act, case, who, content, base=row or rows[0], old=row)
    for row in live.values():
        _end(act, row)
    return waiting_for([case.id])


def _is_touched(case: Locked, row: Signature, change: Change) -> bool:
    """Whether the change is about what this signature covers, or it is not there at all."""
    if row.state != SignatureState.SIGNED:
        return True
    said = row.content["answers"]
    spec = next(one for one in item_of(case).signers if one.role == row.role)
    covered = {*spec.covers, spec.listed, spec.name_in, spec.code_in}
    answered = any(
        code in covered and said.get(code) != value for code, value in change.answers.items()
    )
    return answered or any(given["material"] == row.material for given in change.materials)


def _key(row: Signature) -> Key:
    return row.role, bytes(row.code_key)


def _says(row: Signature, content: Mapping[str, Any]) -> bool:
    return bytes(row.content_hash) == hash_json(content)


def _wanted(
    case: Locked, rows: Sequence[Signature], change: Change
) -> dict[Key, tuple[Wanted, dict[str, Any]]]:
    """Everybody who must sign the case as it is after the change, and what."""
    item = item_of(case)
    answers = {**CaseFile.objects.get(proceeding_id=case.id).answers, **change.answers}
    roles = {row.role: row for row in rows}
    signings = [GuideSigning(item, one, certain=True) for one in item.signers if one.role in roles]
    found, problems = wanted_signers(signings, answers)
    if problems:
        raise BadInput(
            "还有需要修改的地方，请逐项核对。",
            problems=[
                Problem(f"{item.code}:{one.path}", one.code, one.sentence) for one in problems
            ],
        )
    compiled = package_version(case.version_id).compiled
    wanted = {}
    for who in found:
        old = roles[who.signing.role].content
        content = content_of(
            who,
            applicant=Applicant(old["party"], old["applicant"], old["package"], old["version"]),
            material=compiled.material(who.signing.material),
            answers=answers,
            files=_files(who.signing.material, change) or old["files"],
        )
        key = (who.signing.role, party_key(who.code, is_natural=who.is_natural))
        wanted[key] = (who, content)
    return wanted


def _files(material: str, change: Change) -> list[str]:
    ids = [
        pk for given in change.materials if given["material"] == material for pk in given["files"]
    ]
    hashes = StoredFile.objects.filter(pk__in=ids).values_list("sha256", flat=True)
    return [bytes(one).hex() for one in hashes]


def _ask_anew(
    act: Act,
    case: Locked,
    who: Wanted,
    content: Mapping[str, Any],
    *,
    base: Signature,
    old: Signature | None,
) -> None:
    """Void the old one and open a new one for the new content, or sign it by correcting."""
    by, now = act.by, act.now
    was_signed = old is not None and old.state == SignatureState.SIGNED
    if old is not None:
        signing.void_row(old, by=by, now=now)
    fresh = Signature.objects.create(
        draft_id=base.draft_id,
        item=base.item,
        role=who.signing.role,
        material=who.signing.material,
        name=who.name,
        code_key=party_key(who.code, is_natural=who.is_natural),
        state=SignatureState.ASKED,
        content=dict(content),
        content_hash=hash_json(content),
        asked_by=by.id,
        asked_at=now,
        proceeding_id=case.id,
    )
    if by.party_id is not None and party(by.party_id).code == who.code:
        fresh.signer_id = by.party_id
        signing.seal_row(fresh, by=by, now=now)
        signing.record_row(fresh, "signature_signed", by=by, now=now)
        return
    signing.record_row(fresh, "signature_asked", by=by, now=now)
    if old is None:
        signing.tell_signer(fresh, "signature_asked", "asked", now)
        return
    signing.tell_signer(old, "signature_void", "void", now)
    if was_signed:
        signing.tell_applicant(old, "signature_again", f"{old.pk}/again", now, {})


def _end(act: Act, row: Signature) -> None:
    """Somebody need not sign any more: what he said is void, and he is told."""
    answered = row.state != SignatureState.ASKED
    signing.void_row(row, by=act.by, now=act.now)
    if answered:
        signing.tell_signer(row, "signature_void", "void", act.now)


def waiting_for(case_ids: Sequence[int]) -> int:
    """How many signatures filed with these cases are asked for and not given."""
    return unsigned(case_ids).count()


def note_unsigned(act: Act, case: Locked, count: int) -> None:
    """Keep with the case that signatures are waited for: nothing is granted meanwhile."""
    case.facts = {**case.facts, UNSIGNED: count}
    act.record(case, "signatures_wait", body={"item": case.facts["item"], "signers": count})


def clear_unsigned(case: Locked) -> None:
    """Nothing is waited for any more; the caller writes the entry."""
    case.facts = {key: value for key, value in case.facts.items() if key != UNSIGNED}
