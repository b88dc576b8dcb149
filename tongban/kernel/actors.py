"""Actors: who does something, with everything that decides what they may do and see.

An actor is read once by a door or a task and passed down as `by`. It holds no permissions,
only facts about the person's posts; the rules of each room decide.
"""

from __future__ import annotations

from dataclasses import dataclass

KINDS = frozenset({"citizen", "staff", "system"})


@dataclass(frozen=True, slots=True)
class Actor:
    """One acting person or the system itself.

    `acts_for` holds the parties the person may act for, the own party included. `queues` are
    the inboxes "<department>.<role>" of the posts held. `regions` are region code prefixes
    such as "6501": a post in a city reaches its districts. `posts` pairs each queue with its
    region and is what decides: two posts in two places do not lend each other their reach. An
    actor made without posts holds every queue in every region that is named. `stands_for` are the
    accounts of colleagues who are away and whose posts are among these meanwhile. `wards` are the
    parties of `acts_for` for whom the person acts as a guardian.
    """

    kind: str
    id: int
    name: str
    party_id: int | None = None
    acts_for: frozenset[int] = frozenset()
    queues: frozenset[str] = frozenset()
    regions: tuple[str, ...] = ()
    departments: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    supervises: bool = False
    posts: frozenset[tuple[str, str]] = frozenset()
    stands_for: frozenset[int] = frozenset()
    wards: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind of actor: {self.kind!r}")
        if not self.posts:
            posts = frozenset((queue, region) for queue in self.queues for region in self.regions)
            object.__setattr__(self, "posts", posts)

    def may_act_for(self, party_id: int) -> bool:
        return party_id in self.acts_for

    def capacity_for(self, party_id: int) -> dict[str, int]:
        """What an entry says of whoever acts as a guardian of the party; empty for all others."""
        return {"as_guardian_of": party_id} if party_id in self.wards else {}

    def holds(self, queue: str, region: str) -> bool:
        """Whether one post serves this queue in a region that holds the one with this code."""
        return any(held == queue and region.startswith(prefix) for held, prefix in self.posts)

    def works_for(self, account_id: int | None) -> bool:
        """Whether what is given to this account, or to nobody, is this actor's to do today."""
        return account_id is None or account_id == self.id or account_id in self.stands_for

    def covers_region(self, code: str) -> bool:
        """Whether one of the actor's posts reaches the region with this code."""
        return any(code.startswith(prefix) for prefix in self.regions)


SYSTEM = Actor(kind="system", id=0, name="系统")
