"""Papers that organs hand out: made from data, sealed, kept, numbered.

Making is slow and may fail, so it never happens inside a transaction: a row says that a document
is due, a job makes it, and a second job finds those that were not made. Whoever makes it twice
finds it made: of two workers, or of a worker that died and its successor, one wins.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from procrastinate.contrib.django import app as jobs

from tongban.documents import gateways, rules, sql
from tongban.documents.content import PAGES, Guide, Page
from tongban.documents.models import Document, SealUse, StoredFile
from tongban.documents.states import DOCUMENT_LIFE, FORMS, DocumentKind, DocumentState
from tongban.kernel.actors import SYSTEM, Actor
from tongban.kernel.numbers import public_number
from tongban.kernel.refusals import NotFound
from tongban.kernel.worktime import city_date
from tongban.records.actions import append
from tongban.records.events import NewEntry
from tongban.records.queries import city_now

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.documents.gateways import Organ

STREAM = "document"
SERIAL_PREFIX = "DC"
PDF = "application/pdf"
PURPOSE = "document"
PRODUCE_TASK = "documents.produce_document"

log = logging.getLogger(__name__)


class PaperFault(Exception):  # noqa: N818 -- says what is wrong, like FileExistsError
    """A paper could not be made now; the text says why, for the log and the operator."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A finished paper whose bytes lie in the store, not yet known to any table."""

    content: bytes
    sha256: bytes
    organ: Organ
    seal_id: str
    sealed_at: datetime | None


def make_paper(
    *,
    template: str,
    data: Mapping[str, Any],
    organ: Organ,
    reason: str,
    now: datetime,
    is_sealed: bool = True,
) -> Paper:
    """Render, seal and store; `now` is machine time. Raises PaperFault, and then nothing is kept.

    `data` gets the organ; a `verify_url` in it becomes a QR code. Call it outside transactions.
    """
    filled = {**data, "organ": asdict(organ)}
    typesetter = gateways.renderer()
    try:
        page = typesetter.render(template, filled, made_at=now)
        _check_pdf(page.content)
        sealed = None
        if is_sealed:
            look = typesetter.render("seal", filled, made_at=now).content
            sealed = gateways.seal_service().seal(
                page.content, organ=organ, reason=reason, now=now, spot=page.spot, look=look
            )
        content = sealed.content if sealed else page.content
        sha256 = gateways.object_store().put(content)
    except (gateways.RenderFault, gateways.SealFault, gateways.StoreFull, OSError) as error:
        raise PaperFault(f"{type(error).__name__}: {error}") from error
    return Paper(
        content, sha256, organ, sealed.seal_id if sealed else "", sealed.at if sealed else None
    )


def keep_paper(
    paper: Paper,
    *,
    name: str,
    owner_party_id: int,
    purpose: str,
    reference: str,
    by: Actor,
    now: datetime,
) -> StoredFile:
    """Write the row of a finished paper and the use of its seal, in the caller's transaction."""
    stored = StoredFile.objects.create(
        sha256=paper.sha256,
        received_sha256=paper.sha256,
        size=len(paper.content),
        media_type=PDF,
        name=rules.tidy_name(name),
        owner_party_id=owner_party_id,
        purpose=purpose,
        by_kind=by.kind,
        by_id=by.id,
        stored_at=now,
    )
    if paper.sealed_at:
        SealUse.objects.create(
            organ_uscc=paper.organ.uscc,
            seal_id=paper.seal_id,
            sha256=paper.sha256,
            purpose=purpose,
            reference=reference,
            used_at=paper.sealed_at,
        )
    return stored


def issue_document(  # noqa: PLR0913 -- an action names all that it needs
    *,
    kind: DocumentKind,
    data: Mapping[str, Any] | Page,
    proceeding_id: int,
    region: str,
    organ: Organ,
    party_id: int,
    by: Actor,
    now: datetime,
    cause: str = "",
) -> Document:
    """Decide that a document goes out; a job renders and seals it.

    Once for each (proceeding, kind, cause): asked again, the first one is answered, so that a
    reaction that runs twice issues once. Joins the caller's transaction. Raises pydantic's
    ValidationError where `data` is not what the document shows (`documents.content`).
    """
    page = PAGES[kind].model_validate(data if isinstance(data, Mapping) else data.model_dump())
    with transaction.atomic():
        number = sql.next_document()
        document, made = Document.objects.get_or_create(
            proceeding_id=proceeding_id,
            kind=kind.value,
            cause=cause,
            defaults={
                "id": number,
                "serial": public_number(SERIAL_PREFIX, region[:6], city_date(now), number),
                "token": secrets.token_urlsafe(18),
                "region": region,
                "party_id": party_id,
                "department": organ.code,
                "organ": asdict(organ),
                "data": page.model_dump(),
                "created_at": now,
                "retry_at": Now(),
            },
        )
        if made:
            jobs.configure_task(PRODUCE_TASK, queue="papers").defer(document_id=document.pk)
    return document


def print_guide(data: Mapping[str, Any], *, organ: Organ, url: str, now: datetime) -> bytes:
    """The personal guide as a PDF for download; nothing is kept. Raises PaperFault."""
    page = Guide.model_validate(data)
    filled = {
        **page.model_dump(),
        "title": f"{page.matter} 办事指南",
        "number": "",
        "serial": "",
        "verify_url": url,
        "organ": asdict(organ),
    }
    template = FORMS[DocumentKind.GUIDE].template
    try:
        return gateways.renderer().render(template, filled, made_at=now).content
    except gateways.RenderFault as error:
        raise PaperFault(str(error)) from error


def print_copy(
    document: Document, language: str, *, say: Callable[[str], str], now: datetime
) -> bytes:
    """An issued document in another language, beside the Chinese one, without a seal.

    Rendered from the same data each time and never kept: the Chinese text is what counts, and a
    better translation shows at once. `say` knows the sentences of content and program. Raises
    NotFound where the document or the language has no copy, PaperFault where it cannot be made.
    """
    if document.state != DocumentState.ISSUED.value:
        raise NotFound("没有找到这份文书的译文副本。")
    filled = _filled(document)
    return print_translated(
        FORMS[DocumentKind(document.kind)].template,
        filled | {"organ": document.organ},
        language,
        kept=("addressee", "number", "verify_url"),
        say=say,
        now=now,
    )


def print_translated(
    template: str,
    data: Mapping[str, Any],
    language: str,
    *,
    kept: tuple[str, ...],
    say: Callable[[str], str],
    now: datetime,
) -> bytes:
    """A page of this template in another language, unsealed, marked as a translation, not kept.

    ``kept`` are names and numbers that stay what they are. Raises NotFound where the language has
    no copies, PaperFault where it cannot be made.
    """
    typesetter = gateways.renderer()
    words = typesetter.words(language)
    if not words:
        raise NotFound("没有找到这份文书的译文副本。")
    page = rules.retold(data, say, words) | {
        # Names and addresses of the paper itself stay what they are.
        **{name: data[name] for name in kept},
        "title": say(data["title"]),
        "lang": language,
        "organ": {**data["organ"], "name": say(data["organ"]["name"])},
    }
    try:
        return typesetter.render(template, page, made_at=now).content
    except gateways.RenderFault as error:
        raise PaperFault(str(error)) from error


def documents_due(*, now: datetime, limit: int = 50) -> list[int]:
    """The documents whose next attempt is due by machine time, oldest first."""
    rows = Document.objects.filter(retry_at__lte=now).order_by("retry_at", "id")
    return list(rows.values_list("id", flat=True)[:limit])


def produce_document(*, document_id: int, now: datetime) -> bool:
    """Make one document if it is due; whether it is issued now. `now` is machine time.

    A failed attempt leaves it pending, with the reason and the time of the next attempt.
    """
    document = _claim(document_id, now)
    if document is None:
        return Document.objects.filter(pk=document_id, state=DocumentState.ISSUED.value).exists()
    try:
        form = FORMS[DocumentKind(document.kind)]
        paper = make_paper(
            template=form.template,
            data=_filled(document),
            organ=gateways.Organ(**document.organ),
            reason=form.title,
            now=now,
            is_sealed=form.sealed,
        )
    except PaperFault as fault:
        log.warning("document not made", extra={"document": document_id, "fault": str(fault)})
        Document.objects.filter(pk=document_id).update(last_fault=str(fault)[:2000])
        return False
    return _finish(document_id, paper)


def _claim(document_id: int, now: datetime) -> Document | None:
    """Number the document and reserve it until the next attempt would be due."""
    with transaction.atomic():
        document = (
            Document.objects.select_for_update(skip_locked=True)
            .filter(pk=document_id, retry_at__lte=now)
            .first()
        )
        if document is None:
            return None
        if document.number is None:
            document.number = _number(document)
        document.attempts += 1
        document.retry_at = now + rules.retry_after(document.attempts)
        document.save(update_fields=["number", "attempts", "retry_at"])
    return document


def _number(document: Document) -> str:
    form = FORMS[DocumentKind(document.kind)]
    mark = document.organ["mark"] or document.organ["name"]
    year = city_date(document.created_at).year
    serial = sql.next_number(f"{mark}{form.mark}〔{year}〕")
    return rules.document_number(mark, form.mark, year, serial)


def _filled(document: Document) -> dict[str, Any]:
    form = FORMS[DocumentKind(document.kind)]
    return {
        **document.data,
        "title": rules.document_title(form.title, document.data),
        "number": document.number,
        "serial": document.serial,
        "made_on": city_date(document.created_at).isoformat(),
        "verify_url": f"{settings.SITE_URL}/verify/{document.token}/",
    }


def _finish(document_id: int, paper: Paper) -> bool:
    with transaction.atomic():
        document = Document.objects.select_for_update().get(pk=document_id)
        if document.state != DocumentState.PENDING.value:
            return True
        now = city_now()
        form = FORMS[DocumentKind(document.kind)]
        document.file = keep_paper(
            paper,
            name=f"{rules.document_title(form.title, document.data)} {document.number}.pdf",
            owner_party_id=document.party_id,
            purpose=PURPOSE,
            reference=document.serial,
            by=SYSTEM,
            now=now,
        )
        document.state = DOCUMENT_LIFE.target(document.state, "issue").value
        document.issued_at = now
        document.retry_at = None
        document.last_fault = ""
        document.save()
        append([_entry(document, paper)], by=SYSTEM, now=now)
    return True


def _entry(document: Document, paper: Paper) -> NewEntry:
    return NewEntry(
        stream=STREAM,
        stream_id=document.pk,
        region=document.region,
        verb="document_issued",
        fields=("state", "file"),
        body={
            "kind": document.kind,
            "number": document.number,
            "serial": document.serial,
            "proceeding": document.proceeding_id,
            "party": document.party_id,
            "cause": document.cause,
            "sha256": paper.sha256.hex(),
        },
    )


def _check_pdf(content: bytes) -> None:
    """A typesetter that answers garbage has failed."""
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-64:]:
        raise gateways.RenderFault("the typesetter did not answer a PDF")
