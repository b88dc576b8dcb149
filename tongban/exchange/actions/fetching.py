"""The content of materials, fetched by the system that works on their case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tongban.documents.queries import get_file
from tongban.exchange import queries, rules
from tongban.exchange.actions.links import actor_of, link_of
from tongban.exchange.gateways import key_of
from tongban.exchange.models import Sending
from tongban.exchange.states import Sent
from tongban.kernel.refusals import NotFound
from tongban.records.actions import log_reads

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.documents.models import StoredFile


def fetch_file(
    *, system: str, number: str, file_id: int, signature: str, now: datetime
) -> StoredFile:
    """A file of a case that was handed over to this system; the reading is logged.

    ``signature`` is that of the words of `fetch_words`. Raises SignatureWrong, and NotFound for a
    system that nobody knows, a case that is not its own and a file that is not of that case.
    """
    words = fetch_words(number, file_id)
    rules.WIRE.need_signed(key_of(system), words, signature, line=system, now=now)
    handed = (
        Sending.objects.select_related("proceeding")
        .filter(system=system, number=number, kind=Sent.APPLICATION)
        .first()
    )
    if handed is None:
        raise NotFound("没有找到这个文件。")
    if file_id not in queries.files_of_case(handed.proceeding_id):
        raise NotFound("没有找到这个文件。")
    stored = get_file(file_id)
    by = actor_of(link_of(system))
    log_reads([handed.proceeding.party_id], by=by, what=f"file:{file_id}", why=number)
    return stored


def fetch_words(number: str, file_id: int) -> bytes:
    """What a system signs in order to fetch a file."""
    return f"GET {number} {file_id}".encode()
