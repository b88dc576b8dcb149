"""Who must sign a draft, who has, and the paper as its signer reads it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from tongban.catalogue.queries import package_version
from tongban.documents.models import StoredFile
from tongban.kernel.hashes import hash_json
from tongban.kernel.refusals import NotFound, Problem, worded
from tongban.packages.models import Signature
from tongban.packages.rules.signing import (
    Applicant,
    content_of,
    same_name,
    wanted_signers,
)
from tongban.packages.states import SignatureState
from tongban.people.models import Party
from tongban.people.queries import code_key, why_not_agent
from tongban.people.states import AgentFunction, PartyKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date, datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from tongban.catalogue.queries import PublishedPackage
    from tongban.catalogue.rules import (
        CompiledField,
        CompiledItem,
        CompiledMaterial,
        CompiledSigning,
        PersonalGuide,
        Words,
    )
    from tongban.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class SignatureView:
    """A signature as the applicant sees it."""

    id: int
    state: SignatureState
    content_hash: bytes
    asked_at: datetime
    answered_at: datetime | None
    reason: str
    has_link: bool


@dataclass(frozen=True, slots=True)
class SignerLine:
    """One person who must sign, what he is to sign, and how far that is.

    ``is_self`` is whoever submits: the submission is the signature. ``place`` counts the signers
    of a draft from 1.
    """

    place: int
    item: CompiledItem
    signing: CompiledSigning
    name: str
    code_key: bytes
    is_self: bool
    content: Mapping[str, Any]
    content_hash: bytes
    signature: SignatureView | None

    @property
    def is_done(self) -> bool:
        """Whether nothing is missing any more: signed, and nothing changed since."""
        return self.is_self or self.is_signed

    @property
    def is_signed(self) -> bool:
        """Whether a signature for exactly this content is there."""
        one = self.signature
        signed = one is not None and one.state is SignatureState.SIGNED
        return signed and one is not None and one.content_hash == self.content_hash

    @property
    def path(self) -> str:
        """Where a problem with this signer stands."""
        return f"signers:{self.item.code}:{self.signing.role}:{self.place}"

    @property
    def key(self) -> tuple[str, str, bytes]:
        """What makes this signer this signer, whatever the paper says meanwhile."""
        return self.item.code, self.signing.role, self.code_key


def party_key(code: str, *, is_natural: bool) -> bytes:
    """The keyed hash under which a signer's number is kept, that of his party."""
    return code_key(PartyKind.NATURAL if is_natural else PartyKind.LEGAL, code)


@dataclass(frozen=True, slots=True)
class Signing:
    """The signers of one draft, and the lines of lists that name nobody."""

    lines: tuple[SignerLine, ...]
    problems: tuple[Problem, ...]


def signing_of(
    *,
    draft_id: UUID,
    published: PublishedPackage,
    personal: PersonalGuide,
    answers: Mapping[str, Any],
    applicant: Applicant,
    files: Mapping[str, Collection[int]],
    own_code: str,
) -> Signing:
    """Everybody who must sign a draft. ``files`` are the ids of uploads by material.

    Costs one query where somebody must sign, one more where a covered paper was uploaded.
    """
    wanted, problems = wanted_signers(personal.signings, answers)
    if not wanted:
        return Signing((), problems)
    compiled = published.compiled
    kept = _kept(draft_id)
    hashes = _hashes({pk for who in wanted for pk in files.get(who.signing.material, ())})
    lines: list[SignerLine] = []
    for who in wanted:
        given = [hashes[pk] for pk in files.get(who.signing.material, ())]
        content = content_of(
            who,
            applicant=applicant,
            material=compiled.material(who.signing.material),
            answers=answers,
            files=given,
        )
        key = party_key(who.code, is_natural=who.is_natural)
        lines.append(
            SignerLine(
                place=len(lines) + 1,
                item=who.item,
                signing=who.signing,
                name=who.name,
                code_key=key,
                is_self=who.code == own_code,
                content=content,
                content_hash=hash_json(content),
                signature=kept.get((who.item.code, who.signing.role, key)),
            )
        )
    return Signing(tuple(lines), (*problems, *(_missing(one) for one in lines if not one.is_done)))


def _kept(draft_id: UUID) -> dict[tuple[str, str, bytes], SignatureView]:
    rows = Signature.objects.filter(draft_id=draft_id).exclude(state=SignatureState.VOID)
    return {
        (row.item, row.role, bytes(row.code_key)): SignatureView(
            id=row.pk,
            state=SignatureState(row.state),
            content_hash=bytes(row.content_hash),
            asked_at=row.asked_at,
            answered_at=row.answered_at,
            reason=row.reason,
            has_link=row.token_hash is not None,
        )
        for row in rows
    }


def _hashes(files: Iterable[int]) -> dict[int, str]:
    wanted = list(files)
    if not wanted:
        return {}
    rows = StoredFile.objects.filter(pk__in=wanted).values_list("pk", "sha256")
    return {pk: bytes(sha256).hex() for pk, sha256 in rows}


def _missing(line: SignerLine) -> Problem:
    one = line.signature
    who = {"role": line.signing.name, "name": line.name}
    if one is not None and one.state is SignatureState.DECLINED:
        template = "{role}{name}不同意签名：{why}。请商量好、改好以后，再请一次。"
        words = worded(template, **who, why=one.reason.rstrip("。"))
    elif one is None:
        words = worded("还差{role}{name}的签名，请把签名链接发给对方。", **who)
    else:
        words = worded("还差{role}{name}的签名，已经发出链接，等对方签名后再提交。", **who)
    return Problem(line.path, "signature-missing", words)


# ---- the paper as its signer reads it ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SignPaper:
    """A paper in front of the one who was asked to sign it.

    ``is_mine`` says whether the reader may sign; to everybody else only package, item and role
    are for showing, never a name or an answer.
    """

    id: int
    package_name: Words
    item_name: Words
    role: Words
    material: CompiledMaterial
    text: Words
    state: SignatureState
    applicant: str
    signer: str
    answers: tuple[tuple[CompiledField, Any], ...]
    content_hash: bytes
    seal: bytes | None
    answered_at: datetime | None
    reason: str
    basis: str
    is_mine: bool
    is_open: bool
    number: str


def token_hash(token: str) -> str:
    """What is kept of a link's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def paper_by_token(actor: Actor | None, token: str, on: date) -> SignPaper:
    """The paper that a link leads to. Raises NotFound for a link that was replaced."""
    row = _rows().filter(token_hash=token_hash(token)).first()
    if row is None:
        raise NotFound
    return _paper(row, actor, on)


def paper_of(actor: Actor, signature_id: int, on: date) -> SignPaper:
    """A paper that this person was asked to sign. Raises NotFound for everybody else."""
    row = _rows().filter(pk=signature_id).first()
    if row is None or signs_for(actor, row, on) is None:
        raise NotFound
    return _paper(row, actor, on)


def papers_asked_of(actor: Actor, on: date) -> list[SignPaper]:
    """The papers that wait for this person's signature, as far as the number tells."""
    parties = Party.objects.filter(id__in=actor.acts_for).values("code_key")
    rows = _rows().filter(
        Q(proceeding=None, draft__submitted_at=None)
        | Q(proceeding__isnull=False, proceeding__ended_at=None),
        state=SignatureState.ASKED,
        code_key__in=parties,
        draft__discarded_at=None,
    )
    found = [_paper(row, actor, on) for row in rows.order_by("id")]
    return [one for one in found if one.is_mine]


def signs_for(actor: Actor, row: Signature, on: date) -> int | None:
    """The party for which this person may give the signature that was asked for, or None.

    A citizen signs himself. For an enterprise its legal representative signs, or, where the
    content does not ask for his own hand, an agent whose authorisation includes signing.
    """
    if actor.kind != "citizen" or actor.party_id is None:
        return None
    party = Party.objects.filter(code_key=bytes(row.code_key)).first()
    if party is None or not same_name(party.name, row.name):
        return None
    if actor.party_id in (party.pk, party.representative_id):
        return party.pk
    if party.kind != PartyKind.LEGAL or _signing(row).own_hand:
        return None
    why_not = why_not_agent(
        agent_id=actor.party_id,
        principal_id=party.pk,
        function=AgentFunction.SIGN,
        items=[row.item],
        on=on,
    )
    return None if why_not else party.pk


def _rows() -> Any:
    return Signature.objects.exclude(state=SignatureState.VOID).select_related(
        "draft", "proceeding"
    )


def _signing(row: Signature) -> CompiledSigning:
    item = package_version(row.draft.version_id).compiled.item(row.item)
    return next(one for one in item.signers if one.role == row.role)


def _paper(row: Signature, actor: Actor | None, on: date) -> SignPaper:
    compiled = package_version(row.draft.version_id).compiled
    signing = _signing(row)
    content = row.content
    return SignPaper(
        id=row.pk,
        package_name=compiled.name,
        item_name=compiled.item(row.item).name,
        role=signing.name,
        material=compiled.material(row.material),
        text=signing.text,
        state=SignatureState(row.state),
        applicant=content["applicant"],
        signer=row.name,
        answers=tuple(
            (field, content["answers"][field.code])
            for field in compiled.fields
            if field.code in content["answers"]
        ),
        content_hash=bytes(row.content_hash),
        seal=bytes(row.seal) if row.seal else None,
        answered_at=row.answered_at,
        reason=row.reason,
        basis=signing.basis,
        is_mine=actor is not None and signs_for(actor, row, on) is not None,
        is_open=_is_open(row),
        number=row.proceeding.number if row.proceeding else "",
    )


def _is_open(row: Signature) -> bool:
    """Whether the paper can be answered: before the filing, or asked anew for a live case."""
    if row.proceeding is not None:
        return row.proceeding.ended_at is None
    return row.draft.submitted_at is None and row.draft.discarded_at is None


def case_of_signature(signature_id: int) -> int | None:
    """The case that a signature was filed with, or asked anew for."""
    found = Signature.objects.filter(pk=signature_id).values_list("proceeding_id", flat=True)
    return found.first()


def unsigned(case_ids: Collection[int]) -> QuerySet[Signature]:
    """Signatures filed with these cases that are asked for and not given."""
    return Signature.objects.filter(proceeding_id__in=list(case_ids)).exclude(
        state__in=[SignatureState.VOID, SignatureState.SIGNED]
    )


def waited_for(case_ids: Collection[int]) -> list[tuple[str, Words, SignatureState]]:
    """Name, role and state of the signatures that these cases wait for after a correction."""
    return [
        (row.name, _signing(row).name, SignatureState(row.state))
        for row in unsigned(case_ids).select_related("draft").order_by("id")
    ]


# ---- signatures filed with a case --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FiledSignature:
    """A signature as it was filed with a case."""

    case_id: int
    item: str
    role: Words
    material: str
    name: str
    state: SignatureState
    signed_at: datetime | None
    content: Mapping[str, Any]
    content_hash: bytes
    seal: bytes


def signatures_of(case_ids: Collection[int]) -> list[FiledSignature]:
    """The signatures that were filed with these cases, in the order in which they were given."""
    rows = Signature.objects.filter(
        proceeding_id__in=list(case_ids), state__in=[SignatureState.SIGNED, SignatureState.VOID]
    ).exclude(seal=None)
    return [
        FiledSignature(
            case_id=int(row.proceeding_id or 0),
            item=row.item,
            role=_signing(row).name,
            material=row.material,
            name=row.name,
            state=SignatureState(row.state),
            signed_at=row.answered_at,
            content=row.content,
            content_hash=bytes(row.content_hash),
            seal=bytes(row.seal or b""),
        )
        for row in rows.select_related("draft").order_by("answered_at", "id")
    ]
