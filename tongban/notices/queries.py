"""Reads of the room of notices: the inbox, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.module_loading import import_string

from tongban.kernel.refusals import NotFound
from tongban.notices.content import FILE, Messages
from tongban.notices.models import Attempt, Choice, Message
from tongban.notices.states import Outcome

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from django.db.models import QuerySet

    from tongban.kernel.actors import Actor
    from tongban.notices.gateways import AddressBook, SmsGateway

PAGE = 20


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message as it is read; ``proceeding`` is the public number it is about, if any."""

    id: int
    party_id: int
    kind: str
    key: str
    title: str
    body: str
    proceeding: str
    statutory: bool
    created_at: datetime
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class Page:
    """Messages, newest first; ``cursor`` asks for the next page and is None on the last."""

    messages: tuple[MessageView, ...]
    cursor: int | None


@dataclass(frozen=True, slots=True)
class AttemptView:
    """One attempt to reach the party beyond the inbox."""

    channel: str
    at: datetime
    outcome: Outcome
    address: str
    detail: str


def messages() -> Messages:
    """What `content/messages.yaml` says."""
    return FILE.read(settings.CONTENT)


def word(key: str) -> dict[str, str]:
    """Words of `content/messages.yaml` for a parameter, in every language. Raises KeyError."""
    return messages().words[key].model_dump(exclude_none=True)


def address_book() -> AddressBook:
    """The function that the settings name."""
    book: AddressBook = import_string(settings.ADDRESS_BOOK)
    return book


def sms_gateway() -> SmsGateway:
    """The gateway that the settings name."""
    name, options = settings.SMS_GATEWAY
    gateway: SmsGateway = import_string(name)(**options)
    return gateway


def unread_count(party_ids: Collection[int], *, apart_from: Collection[str] = ()) -> int:
    """How many messages to these parties nobody has read; none about the numbers apart from."""
    return _to(party_ids, apart_from).filter(read_at=None).count()


def _to(party_ids: Collection[int], apart_from: Collection[str]) -> QuerySet[Message]:
    found = Message.objects.filter(party_id__in=party_ids)
    return found.exclude(proceeding__in=sorted(apart_from)) if apart_from else found


def messages_of(
    party_ids: Collection[int],
    *,
    language: str = "zh",
    cursor: int | None = None,
    limit: int = PAGE,
    apart_from: Collection[str] = (),
) -> Page:
    """A page of the inbox of these parties, from the newest or from after a cursor.

    ``apart_from`` are public numbers about which the reader is shown nothing.
    """
    rows = _to(party_ids, apart_from)
    if cursor is not None:
        rows = rows.filter(id__lt=cursor)
    found = list(rows.order_by("-id")[: limit + 1])
    shown = found[:limit]
    return Page(
        tuple(_view(row, language) for row in shown),
        shown[-1].pk if len(found) > limit else None,
    )


def access_message(person: Actor, message_id: int, *, language: str = "zh") -> MessageView:
    """A message to a party that this person acts for. Raises NotFound for everybody else."""
    row = Message.objects.filter(id=message_id, party_id__in=person.acts_for).first()
    if row is None:
        raise NotFound
    return _view(row, language)


def attempts_of(message_id: int) -> list[AttemptView]:
    """Every attempt to reach the party beyond the inbox, in order: the proof that it was tried."""
    rows = Attempt.objects.filter(delivery__message_id=message_id).select_related("delivery")
    return [
        AttemptView(row.delivery.channel, row.at, Outcome(row.outcome), row.address, row.detail)
        for row in rows.order_by("id")
    ]


def wants_sms(party_id: int) -> bool:
    """Whether a party takes short messages that the law does not ask for."""
    choice = Choice.objects.filter(party_id=party_id).values_list("sms", flat=True).first()
    return choice is not False


def said(row: Message, language: str) -> dict[str, str]:
    """The words of a message in a language, in Chinese where it was not written in that one."""
    words: dict[str, str] = row.words.get(language) or row.words["zh"]
    return words


def _view(row: Message, language: str) -> MessageView:
    words = said(row, language)
    return MessageView(
        id=row.pk,
        party_id=row.party_id,
        kind=row.kind,
        key=row.key,
        title=words["title"],
        body=words["body"],
        proceeding=row.proceeding,
        statutory=row.statutory,
        created_at=row.created_at,
        read_at=row.read_at,
    )
