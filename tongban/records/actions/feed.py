"""Put entries into the one order and tell it to the subscribers."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.db import transaction

from tongban.records import models, sql
from tongban.records.events import SUBSCRIBERS, FedEntry, Subscriber

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

log = logging.getLogger(__name__)

LONGEST_WAIT = 300
"""Seconds after which a failing subscriber tries again at the latest."""
LONGEST_ERROR = 500
"""Characters of an error that are kept."""
EVERYTHING = 100_000
"""Places of the feed that `drain_all` lets a subscriber take at once."""


class ReactionFailed(Exception):  # noqa: N818 -- says what happened
    """A subscriber raised; only `drain_all` says so by an exception."""


def sequence() -> int:
    """Give positions to what has been committed; how many, 0 also while another one does it."""
    return max(sql.sequence(), 0)


def drain(limit: int = 500, *, name: str | None = None, now: datetime | None = None) -> int:
    """Let each subscriber that is behind hear up to `limit` places of the feed.

    Answers how many places the subscribers moved on together. A subscriber that raises keeps
    what it did before, stands still before the entry that it cannot take, and tries again after
    1, 2, 4 … at most 300 seconds; the others go on. `now` is the machine's time, by default the
    database's.
    """
    names = [name] if name else sorted(SUBSCRIBERS)
    return sum(_tell(SUBSCRIBERS[n], limit, now)[0] for n in sql.behind(names, now))


def drain_all(*, name: str | None = None) -> int:
    """Sequence and drain until nothing moves; for tests and rebuilding.

    Raises ReactionFailed from the error of the first subscriber that fails.
    """
    total = 0
    names = [name] if name else sorted(SUBSCRIBERS)
    retry_subscriptions(names)
    while True:
        moved = sequence() + sql.move_idle([SUBSCRIBERS[n] for n in names])
        for behind in sql.behind(names, None):
            places, error = _tell(SUBSCRIBERS[behind], EVERYTHING, None)
            if error is not None:
                raise ReactionFailed(f"{behind}: {error}") from error
            moved += places
        if not moved:
            return total
        total += moved


def retry_subscriptions(names: Iterable[str]) -> int:
    """Let failing subscribers try again at once; answers how many were waiting."""
    waiting = models.Subscription.objects.filter(name__in=list(names), retry_at__isnull=False)
    return waiting.update(retry_at=None)


def _tell(
    subscriber: Subscriber, limit: int, now: datetime | None
) -> tuple[int, Exception | None]:
    """Handlers and cursor in one transaction: how many places it moved, and what stopped it."""
    with transaction.atomic():
        cursor = sql.take_cursor(subscriber.name, now)
        if cursor is None:
            sql.add_cursor(subscriber)
            cursor = sql.take_cursor(subscriber.name, now)
        if cursor is None:
            return 0, None
        position, end = cursor
        upto = min(position + limit, end)
        stopped, error = _handle(subscriber, sql.fed(position, upto, subscriber))
        if error is None:
            sql.move_cursor(subscriber.name, upto)
            return upto - position, None
        sql.stop_cursor(
            subscriber.name, stopped, error=_named(error), now=now, longest_wait=LONGEST_WAIT
        )
        return stopped - position, error


def _handle(subscriber: Subscriber, batch: list[FedEntry]) -> tuple[int, Exception | None]:
    """Handle a batch in one savepoint; where an entry fails, again all that stand before it."""
    stopped, failure = 0, None
    while batch:
        done = 0
        try:
            with transaction.atomic():
                for entry in batch:
                    subscriber.handler(entry)
                    done += 1
            break
        except Exception as error:  # noqa: BLE001 -- the outermost loop: one reaction stops alone
            stopped, failure = batch[done].position - 1, error
            batch = batch[:done]
    if failure is not None:
        log.error(
            "a reaction failed",
            exc_info=failure,
            extra={"subscriber": subscriber.name, "position": stopped + 1},
        )
    return stopped, failure


def _named(error: Exception) -> str:
    """The kind of the error and its first line: further lines of databases quote rows."""
    first = str(error).strip().partition("\n")[0]
    return f"{type(error).__name__}: {first}"[:LONGEST_ERROR]
