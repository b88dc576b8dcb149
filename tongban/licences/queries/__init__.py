"""Reading licences: what somebody holds, what is in force, and whether a paper is genuine."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import segno
from django.conf import settings

from tongban.catalogue import queries as catalogue
from tongban.documents import queries as documents
from tongban.kernel.conditions import Fact
from tongban.kernel.identifiers import CERTIFICATE_ROOT, parse_certificate_identifier
from tongban.kernel.refusals import BadInput, NotFound, worded
from tongban.kernel.worktime import city_date
from tongban.licences import rules
from tongban.licences.models import Licence, LicenceGrant, LicenceUse, LicenceVersion
from tongban.licences.models import MoreTime as MoreTime
from tongban.licences.states import (
    LIFE,
    STATE_CODES,
    GrantState,
    LicenceState,
    MoreTimeState,
    Origin,
)
from tongban.people import queries as people
from tongban.people.states import PartyKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from django.db.models import QuerySet

    from tongban.catalogue.rules.compiled import CompiledSource
    from tongban.kernel.actors import Actor

# Far longer than any identifier; what is behind it cannot be one.
MOST_TYPED = 400
REMINDER_PARAMETER = "licence_reminder_days"


@dataclass(frozen=True, slots=True)
class FaceItem:
    """One 照面 item: the value that forms reuse, and the text that people read."""

    field: str
    label: str
    value: Any
    text: str
    element: str


@dataclass(frozen=True, slots=True)
class HeldLicence:
    """A licence as it stands on a day. `state` counts the day in, `face` maps field to value."""

    id: int
    identifier: str
    type_code: str
    name: str
    number: str
    state: LicenceState
    state_reason: str
    is_in_force: bool
    is_expiring: bool
    holder_id: int
    holder_name: str
    issuer: str
    department: str
    region: str
    issued_on: date
    valid_from: date
    valid_to: date | None
    items: tuple[FaceItem, ...]
    as_of: date
    seq: int
    edition: int
    origin: str
    case_number: str
    file_id: int | None

    @property
    def is_mirrored(self) -> bool:
        """Whether another system issued it."""
        return self.origin == Origin.MIRRORED

    @property
    def face(self) -> dict[str, Any]:
        return {item.field: item.value for item in self.items}

    @property
    def state_title(self) -> str:
        return LIFE.title(self.state)


class Verdict(StrEnum):
    """What a verification found."""

    IN_FORCE = "in_force"
    EXPIRING = "expiring"
    NOT_IN_FORCE = "not_in_force"
    SUPERSEDED = "superseded"
    DOCUMENT = "document"
    TAMPERED = "tampered"
    FOREIGN = "foreign"
    UNKNOWN = "unknown"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyResult:
    """What anybody may know about a licence or document, as of an instant, personal data masked.

    `checks` are single findings, each with whether it holds; `genuine` is empty where nothing
    was compared but the register.
    """

    verdict: Verdict
    sentence: str
    checked_at: datetime
    identifier: str = ""
    name: str = ""
    number: str = ""
    holder: str = ""
    issuer: str = ""
    state: str = ""
    state_title: str = ""
    state_code: str = ""
    issued_on: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    replaced_by: str = ""
    checks: tuple[tuple[bool, str], ...] = ()

    @property
    def is_good(self) -> bool:
        return self.verdict in (Verdict.IN_FORCE, Verdict.EXPIRING, Verdict.DOCUMENT)


def licences_of(party_ids: Iterable[int], on: date) -> tuple[HeldLicence, ...]:
    """Everything that these parties hold or held, newest first, those in the making included."""
    rows = _current().filter(licence__holder_id__in=set(party_ids)).order_by("-licence_id")
    return _held(rows, on)


def valid_licences_of(party_ids: Iterable[int], on: date) -> tuple[HeldLicence, ...]:
    """Those of them that are in force on the day; of one type the oldest first."""
    rows = _current().filter(
        licence__holder_id__in=set(party_ids), licence__state=LicenceState.VALID.value
    )
    held = _held(rows.order_by("valid_from", "licence_id"), on)
    return tuple(one for one in held if one.is_in_force)


def find_valid(party_id: int, type_code: str, on: date) -> HeldLicence | None:
    """The newest licence of a type that is in force, or None."""
    held = [one for one in valid_licences_of([party_id], on) if one.type_code == type_code]
    return held[-1] if held else None


def get_licence(identifier: str, on: date) -> HeldLicence:
    """The licence, as it stands now, by any identifier that it had. Raises NotFound."""
    version = _current().filter(licence_id__in=_ids_of(identifier)).first()
    if version is None:
        raise NotFound("没有找到这份证照。")
    return _held([version], on)[0]


def access_licence(person: Actor, identifier: str, on: date) -> HeldLicence:
    """A licence of somebody whom the person acts for; to a stranger it does not exist."""
    licence = get_licence(identifier, on)
    if not person.may_act_for(licence.holder_id):
        raise NotFound("没有找到这份证照。")
    return licence


def licences_of_proceedings(ids: Sequence[int], on: date) -> dict[int, HeldLicence]:
    """What was issued in these proceedings, by proceeding."""
    rows = _current().filter(licence__proceeding_id__in=list(ids)).order_by("licence_id")
    versions = list(rows)
    held = _held(versions, on)
    return {
        version.licence.proceeding_id: one
        for version, one in zip(versions, held, strict=True)
        if version.licence.proceeding_id is not None
    }


def identifier_of(licence_id: int) -> str:
    """The identifier of a licence as it stands now."""
    return LicenceVersion.objects.get(licence_id=licence_id, succeeded_at=None).identifier


def versions_of(licence_id: int) -> QuerySet[LicenceVersion]:
    """Its history, oldest first."""
    return LicenceVersion.objects.filter(licence_id=licence_id).order_by("seq")


def facts_for(
    *, party_ids: Sequence[int], wanted: Mapping[str, tuple[str, str]], on: date
) -> dict[str, Fact]:
    """What licences in force say about the wanted elements, for prefilling and conditions.

    `wanted` maps an element to (licence type, face field); of several parties the first that
    holds the type answers. Each fact names the licence and its day as the source.
    """
    held: dict[int, dict[str, HeldLicence]] = {party: {} for party in party_ids}
    for one in valid_licences_of(party_ids, on):
        held[one.holder_id][one.type_code] = one
    found = {}
    for element, (type_code, field) in wanted.items():
        licence = next((held[p][type_code] for p in party_ids if type_code in held[p]), None)
        value = licence.face.get(field) if licence else None
        if licence and value not in (None, ""):
            found[element] = Fact(value, licence.name, licence.as_of)
    return found


def held_types(party_ids: Sequence[int], on: date) -> Fact:
    """The types in force, for the condition `has_licence`."""
    types = sorted({one.type_code for one in valid_licences_of(party_ids, on)})
    return Fact(types, "电子证照库", on)


def expiring(on: date, *, limit: int = 500) -> tuple[HeldLicence, ...]:
    """Licences in force that end within the reminder period of the content, soonest first."""
    last = date.fromordinal(on.toordinal() + reminder_days(on))
    rows = _current().filter(
        licence__state=LicenceState.VALID.value, valid_to__gte=on, valid_to__lte=last
    )
    return _held(rows.order_by("valid_to", "licence_id")[:limit], on)


def reminder_days(on: date) -> int:
    """How long before its end a licence counts as expiring; 0 where the content names no days."""
    values = catalogue.parameters(on).get(REMINDER_PARAMETER, ())
    return max((int(day) for day in values[-1][1]), default=0) if values else 0


def uses_of(identifier: str) -> QuerySet[LicenceUse]:
    """Who used this licence, newest first (domain-05 §6.6)."""
    found = LicenceUse.objects.filter(licence_id__in=_ids_of(identifier))
    return found.select_related("grant__grantee").order_by("-id")


def uses_of_party(party_id: int) -> QuerySet[LicenceUse]:
    """Who used my licences, newest first."""
    return (
        LicenceUse.objects.filter(licence__holder_id=party_id)
        .select_related("licence")
        .order_by("-id")
    )


@dataclass(frozen=True, slots=True)
class GrantView:
    """A grant as both sides see it; ``why_not`` is empty while it can be used."""

    id: int
    held: HeldLicence
    grantee_id: int
    grantee_name: str
    package: str
    role: str
    fields: tuple[str, ...]
    times: int | None
    used: int
    until: date
    state: GrantState
    why_not: str


def why_not_usable(row: LicenceGrant, held: HeldLicence, on: date) -> str:
    """Why a grant cannot be used on a day, as a sentence; empty when it can."""
    if row.state != GrantState.ACTIVE:
        return "持证人已经收回授权。"
    if row.until < on:
        return "授权已经到期。"
    if row.times is not None and row.used >= row.times:
        return "授权的次数已经用完。"
    return "" if held.is_in_force else "授权使用的证照现在不是有效状态。"


def grants_by(party_ids: Iterable[int], on: date) -> list[GrantView]:
    """What these parties let others use, the newest first."""
    return _grants(LicenceGrant.objects.filter(licence__holder_id__in=set(party_ids)), on)


def grants_to(party_ids: Iterable[int], on: date, *, package: str = "") -> list[GrantView]:
    """What others let these parties use, the newest first; of one package where it is named."""
    rows = LicenceGrant.objects.filter(grantee_id__in=set(party_ids))
    return _grants(rows.filter(package=package) if package else rows, on)


def _grants(rows: QuerySet[LicenceGrant], on: date) -> list[GrantView]:
    found = list(rows.select_related("grantee").order_by("-id"))
    if not found:
        return []
    versions = _current().filter(licence_id__in={row.licence_id for row in found})
    held = {one.id: one for one in _held(versions, on)}
    return [
        GrantView(
            id=row.pk,
            held=held[row.licence_id],
            grantee_id=row.grantee_id,
            grantee_name=row.grantee.name,
            package=row.package,
            role=row.role,
            fields=tuple(row.fields),
            times=row.times,
            used=row.used,
            until=row.until,
            state=GrantState(row.state),
            why_not=why_not_usable(row, held[row.licence_id], on),
        )
        for row in found
    ]


def words_of_codes(
    kind: rules.TypeOfLicence, given: Mapping[str, Any], on: date
) -> dict[str, str]:
    """Words for the codes and amounts on a face, as the published forms call them, by field.

    The form that collects what is on the face speaks first; a form that is filled in from the
    licence knows the codes of those that were issued elsewhere as well.
    """
    fields = [f for package in catalogue.packages_in_force(on) for f in package.compiled.fields]
    found = {}
    for one in kind.face:
        known = [f for f in fields if f.code == one.element]
        known += [f for f in fields if _reads(f.source, kind.code, one.field)]
        if one.field in given and (words := rules.words_in_fields(known, given[one.field])):
            found[one.field] = words
    return found


def _reads(source: CompiledSource, licence: str, field: str) -> bool:
    return (source.kind, source.licence, source.field) == ("licence", licence, field)


@dataclass(frozen=True, slots=True)
class Start:
    """Where a permit stands that lapses without work: `due` is None while a request waits."""

    due: date | None
    started_at: datetime | None
    asked: tuple[MoreTime, ...]
    times: int

    @property
    def is_asked(self) -> bool:
        return any(one.state == MoreTimeState.ASKED.value for one in self.asked)

    @property
    def left(self) -> int:
        """How many extensions are left."""
        granted = sum(one.state == MoreTimeState.GRANTED.value for one in self.asked)
        return max(0, self.times - granted)


def start_of(licence_id: int) -> Start | None:
    """Whether the work must begin, and has; None for a licence that does not lapse so."""
    licence = Licence.objects.get(pk=licence_id)
    if licence.start_rule is None:
        return None
    asked = tuple(MoreTime.objects.filter(licence=licence).order_by("id"))
    return Start(licence.valid_to, licence.started_at, asked, int(licence.start_rule["times"]))


def more_time_for(person: Actor) -> list[MoreTime]:
    """Requests for more time that wait for an answer of the officer's departments."""
    rows = MoreTime.objects.filter(
        licence__department__in=person.departments, state=MoreTimeState.ASKED.value
    )
    return list(rows.select_related("licence__holder").order_by("id")[:200])


def access_more_time(person: Actor, request_id: int) -> MoreTime:
    """A request to a department of the officer; to others it does not exist. Raises NotFound."""
    rows = MoreTime.objects.filter(licence__department__in=person.departments, pk=request_id)
    found = rows.select_related("licence").first()
    if found is None:
        raise NotFound("没有找到这项延期申请，或它不由您的部门答复。")
    return found


def verify_url(identifier: str) -> str:
    """Where anybody can verify this licence; what its QR code carries."""
    return f"{settings.SITE_URL}/verify/{identifier}/"


def verify_qr(identifier: str) -> str:
    """The QR code of the same address, as SVG for a page."""
    out = io.BytesIO()
    segno.make_qr(verify_url(identifier), error="m").save(
        out, kind="svg", border=2, xmldecl=False, svgclass=None, lineclass=None, omitsize=True
    )
    return out.getvalue().decode()


def verify(text: str, *, now: datetime) -> VerifyResult:
    """What an identifier or the code of a document leads to; for everybody, without an account.

    Never raises for what was typed. `now` is the city's time: states count on that day.
    """
    tidy = "".join(c for c in text[:MOST_TYPED] if c.isprintable() and c != " ").strip("/")
    if not tidy.startswith(CERTIFICATE_ROOT + "."):
        return _verified_document(documents.find_document(tidy), now)
    try:
        parse_certificate_identifier(tidy.upper())
    except BadInput as refusal:
        return _result(
            Verdict.MALFORMED,
            worded("{why}请对照证照重新输入，或扫描二维码。", why=refusal.sentence),
            now,
        )
    version = _version_of(tidy.upper())
    if version is None:
        return _result(
            Verdict.UNKNOWN,
            "证照库中没有这份证照。请核对标识；如果它印在证照上，该证照不是本平台制发的。",
            now,
        )
    return _verified(version, now)


def verify_file(content: bytes, *, now: datetime) -> VerifyResult:
    """Whether a PDF is one that was issued here, unchanged, and what became of it since.

    Three things are compared: the seal, the bytes with the register, and the present state.
    """
    seal = documents.verify_pdf(content)
    sha256 = bytes.fromhex(seal.sha256)
    version = _current_of_file(sha256)
    document = documents.find_document_of_file(sha256)
    checks = _seal_checks(seal, is_known=version is not None or document is not None)
    if version is not None:
        return _verified(version, now, checks=checks)
    if document is not None:
        return _verified_document(document, now, checks=checks)
    if seal.is_sealed and not seal.intact:
        return _result(
            Verdict.TAMPERED, "文件在签章之后被修改过，内容不可信。", now, checks=checks
        )
    sentence = (
        "文件带有可信的签章，但登记簿中没有这份文件，请向发证机关核实。"
        if seal.is_genuine
        else "这不是本平台制发的文件，无法证明它的真伪。"
    )
    return _result(Verdict.FOREIGN, sentence, now, checks=checks)


def _seal_checks(seal: documents.SealCheck, *, is_known: bool) -> tuple[tuple[bool, str], ...]:
    who = seal.signer or "未知"
    return (
        (seal.is_sealed, f"签章：{who}" if seal.is_sealed else "文件没有电子签章"),
        (seal.intact, "签章之后没有修改" if seal.intact else "签章之后被修改过，或没有签章"),
        (seal.trusted, "签章证书可信" if seal.trusted else "签章证书不可信"),
        (is_known, "与登记簿中的文件一致" if is_known else "登记簿中没有这份文件"),
    )


def _verified(
    version: LicenceVersion, now: datetime, *, checks: tuple[tuple[bool, str], ...] = ()
) -> VerifyResult:
    on = city_date(now)
    current = _current().get(licence_id=version.licence_id)
    one = _held([current], on)[0]
    natural = people.party(one.holder_id).kind == PartyKind.NATURAL
    verdict = _verdict(one, is_current=version.edition == one.edition)
    return VerifyResult(
        verdict=verdict,
        sentence=_sentence(verdict, one, on),
        checked_at=now,
        identifier=version.identifier,
        name=one.name,
        number=rules.masked_number(one.number, is_natural=natural),
        holder=rules.masked_holder(one.holder_name, is_natural=natural),
        issuer=one.issuer,
        state=one.state.value,
        state_title=one.state_title,
        state_code=STATE_CODES.get(one.state, ""),
        issued_on=one.issued_on,
        valid_from=one.valid_from,
        valid_to=one.valid_to,
        replaced_by=one.identifier if verdict is Verdict.SUPERSEDED else "",
        checks=checks,
    )


def _verdict(one: HeldLicence, *, is_current: bool) -> Verdict:
    if not is_current:
        return Verdict.SUPERSEDED
    if not one.is_in_force:
        return Verdict.NOT_IN_FORCE
    return Verdict.EXPIRING if one.is_expiring else Verdict.IN_FORCE


def _sentence(verdict: Verdict, one: HeldLicence, on: date) -> str:
    if verdict is Verdict.IN_FORCE:
        return "证照真实，当前有效。"
    if verdict is Verdict.EXPIRING and one.valid_to:
        return worded("证照真实，当前有效，将于 {day}到期。", day=one.valid_to)
    if verdict is Verdict.SUPERSEDED:
        return "证照真实，但已经换发，请核验新的版本。"
    if one.state is LicenceState.PRODUCING:
        return "该证照正在制作，尚未生效。"
    if one.state is LicenceState.VALID and one.valid_from > on:
        return worded("证照真实，自 {day}起有效。", day=one.valid_from)
    return worded("证照真实，但当前状态是“{state}”，不能作为有效证照使用。", state=one.state_title)


def _verified_document(
    found: documents.DocumentCheck | None,
    now: datetime,
    *,
    checks: tuple[tuple[bool, str], ...] = (),
) -> VerifyResult:
    if found is None:
        return _result(
            Verdict.UNKNOWN, "没有找到这个编号对应的证照或文书，请核对后重新输入。", now
        )
    return VerifyResult(
        verdict=Verdict.DOCUMENT,
        sentence="文书真实，由以下机关出具。" if found.is_issued else "该文书正在制作。",
        checked_at=now,
        identifier=found.serial,
        name=found.title,
        number=found.number,
        issuer=found.organ,
        issued_on=found.issued_on,
        checks=checks,
    )


def _result(
    verdict: Verdict,
    sentence: str,
    now: datetime,
    *,
    checks: tuple[tuple[bool, str], ...] = (),
) -> VerifyResult:
    return VerifyResult(verdict=verdict, sentence=sentence, checked_at=now, checks=checks)


def _current() -> QuerySet[LicenceVersion]:
    return LicenceVersion.objects.filter(succeeded_at=None).select_related("licence")


def _ids_of(identifier: str) -> list[int]:
    rows = LicenceVersion.objects.filter(identifier=identifier)
    return list(rows.values_list("licence_id", flat=True)[:1])


def _version_of(identifier: str) -> LicenceVersion | None:
    return LicenceVersion.objects.filter(identifier=identifier).order_by("-seq").first()


def _current_of_file(sha256: bytes) -> LicenceVersion | None:
    return LicenceVersion.objects.filter(file_sha256=sha256).order_by("-seq").first()


def _held(versions: Iterable[LicenceVersion], on: date) -> tuple[HeldLicence, ...]:
    days = reminder_days(on)
    return tuple(_one(version, on, days) for version in versions)


def _one(version: LicenceVersion, on: date, days: int) -> HeldLicence:
    licence = version.licence
    dates = (version.valid_from, version.valid_to)
    return HeldLicence(
        id=licence.pk,
        identifier=version.identifier,
        type_code=licence.type_code,
        name=version.name,
        number=licence.number,
        state=rules.state_on(version.state, version.valid_to, on),
        state_reason=version.state_reason,
        is_in_force=rules.is_in_force(version.state, *dates, on),
        is_expiring=rules.is_expiring(version.state, version.valid_to, on, days=days),
        holder_id=licence.holder_id,
        holder_name=version.holder_name,
        issuer=licence.issuer["name"],
        department=licence.department,
        region=licence.region,
        issued_on=licence.issued_on,
        valid_from=version.valid_from,
        valid_to=version.valid_to,
        items=tuple(FaceItem(**item) for item in version.face),
        as_of=city_date(version.at),
        seq=version.seq,
        edition=version.edition,
        origin=licence.origin,
        case_number=licence.case_number,
        file_id=version.file_id,
    )
