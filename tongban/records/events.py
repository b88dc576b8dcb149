"""What goes into the journal, what comes out of it, and who listens."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """One line of history to be appended.

    `body` holds ids and public facts only. What is personal goes into `private`, is encrypted
    under the key of `private_subject` (a party) and can be destroyed without breaking the chain.
    """

    stream: str
    stream_id: int
    verb: str
    region: str = ""
    basis: str = ""
    fields: tuple[str, ...] = ()
    body: Mapping[str, Any] = field(default_factory=dict)
    private: Mapping[str, Any] | None = None
    private_subject: int | None = None
    public: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """An entry as it is read. What is personal is not in here, see `actions.read_private`."""

    id: int
    stream: str
    stream_id: int
    seq: int
    verb: str
    at: datetime
    recorded_at: datetime
    actor_kind: str
    actor_id: int
    region: str
    place: str
    basis: str
    fields: tuple[str, ...]
    body: dict[str, Any]
    public: bool
    private_subject: int | None
    action_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class FedEntry(JournalEntry):
    """An entry as subscribers get it: committed, and at its place in the one order."""

    position: int


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A handler and what it wants to hear: None stands for everything."""

    name: str
    handler: Callable[[FedEntry], None]
    verbs: frozenset[str] | None
    streams: frozenset[str] | None
    from_start: bool


SUBSCRIBERS: dict[str, Subscriber] = {}


def subscribe(
    name: str,
    handler: Callable[[FedEntry], None],
    *,
    verbs: frozenset[str] | set[str] | tuple[str, ...] | None = None,
    streams: frozenset[str] | set[str] | tuple[str, ...] | None = None,
    from_start: bool = True,
) -> None:
    """Have `handler` called once for each matching entry, in the order of the feed.

    The handler's writes and the cursor commit together, so the effect in this database is exactly
    once; anything that reaches outside must be enqueued, not done. `from_start=False` skips what
    was fed before the subscriber first ran. Registering the same handler again is harmless; a
    second handler under a known name raises ValueError.
    """
    known = SUBSCRIBERS.get(name)
    if known is not None and known.handler is not handler:
        raise ValueError(f"two subscribers are called {name!r}")
    SUBSCRIBERS[name] = Subscriber(
        name=name,
        handler=handler,
        verbs=None if verbs is None else frozenset(verbs),
        streams=None if streams is None else frozenset(streams),
        from_start=from_start,
    )
