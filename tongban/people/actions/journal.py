"""One line of history on the stream of an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tongban.records.actions import append
from tongban.records.events import NewEntry

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from tongban.kernel.actors import Actor

STREAM = "account"


def record(
    account_ids: int | Iterable[int],
    verb: str,
    *,
    by: Actor,
    now: datetime,
    fields: tuple[str, ...] = (),
    body: Mapping[str, Any] | None = None,
) -> None:
    """Append the same entry to one stream or several, under one action id."""
    ids = [account_ids] if isinstance(account_ids, int) else sorted(set(account_ids))
    entries = [
        NewEntry(stream=STREAM, stream_id=id_, verb=verb, fields=fields, body=body or {})
        for id_ in ids
    ]
    append(entries, by=by, now=now)
