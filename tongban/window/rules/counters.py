"""Pure decisions about a window: who may type for whom, what a pairing code looks like."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tongban.kernel.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tongban.kernel.actors import Actor

# Letters and digits that nobody confuses when he types them from one screen into another.
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_GROUPS, _GROUP = 3, 4
WINDOW = "window"


@dataclass(frozen=True, slots=True)
class Authority:
    """The items that a window may decide for a department, in a region, with the basis."""

    department: str
    items: tuple[str, ...]
    region: str
    basis: str


class NotYourWindow(Refusal):
    """The clerk's window does not take in this package, or not in this region."""

    code = "not-your-window"
    status = 403


class ScreenNotPaired(Refusal):
    """No second screen is paired with this clerk's desk, or its code is not valid any more."""

    code = "screen-not-paired"


class ContentChanged(Refusal):
    """The content changed while the applicant was reading; nothing was confirmed."""

    code = "content-changed"


class OwnIntake(Refusal):
    """Who typed an application at the window does not decide it."""

    code = "own-intake"
    status = 403


class NotEntitled(Refusal):
    """Who stands at the window may not receive the results for the applicant."""

    code = "not-entitled"
    status = 403


def counters(halls: Iterable[Mapping[str, Any]], package: str, lead: str) -> list[str]:
    """The window queues that take in a package: its lead department's, and those of the halls.

    A hall's windows name the packages that they take in (content/places/halls.yaml); the queue is
    that of the department that runs the hall, the comprehensive window (综合窗口).
    """
    running = {
        str(hall["department"])
        for hall in halls
        if any(package in window.get("packages", ()) for window in hall.get("windows", ()))
    }
    return [f"{department}.{WINDOW}" for department in (lead, *sorted(running - {lead}))]


def counter_for(actor: Actor, queues: Iterable[str], region: str) -> str | None:
    """The first of these windows that is this clerk's, in a region that holds the package's."""
    return next((queue for queue in queues if actor.holds(queue, region)), None)


def authorities(halls: Iterable[Mapping[str, Any]], actor: Actor) -> list[Authority]:
    """What departments have authorised this clerk's window to decide at once (授权综窗)."""
    return [
        Authority(one["department"], tuple(one["items"]), str(hall["region"]), one["basis"])
        for hall in halls
        if actor.holds(f"{hall['department']}.{WINDOW}", str(hall["region"]))
        for one in hall.get("authorised", ())
    ]


def in_the_name_of(actor: Actor, one: Authority) -> Actor:
    """The clerk with the department's decision post, for one act and in the hall's region."""
    return with_post(actor, f"{one.department}.decider", one.region)


def with_post(actor: Actor, queue: str, region: str) -> Actor:
    """The clerk with one more post, for one act."""
    return replace(actor, queues=actor.queues | {queue}, posts=actor.posts | {(queue, region)})


def new_code() -> str:
    """A pairing code of sixty bits that can be typed: ABCD-EFGH-JKLM."""
    letters = [secrets.choice(_ALPHABET) for _ in range(_GROUPS * _GROUP)]
    return "-".join("".join(letters[i : i + _GROUP]) for i in range(0, len(letters), _GROUP))


def typed_code(text: str) -> str:
    """A pairing code as it was made, from how somebody typed it; not a code at all: empty."""
    letters = [c for c in text.upper() if c in _ALPHABET]
    if len(letters) != _GROUPS * _GROUP:
        return ""
    return "-".join("".join(letters[i : i + _GROUP]) for i in range(0, len(letters), _GROUP))
