"""Who stands at the window now: kept in the clerk's session until the next applicant comes."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from tongban.doors.hall.pages import Walk
from tongban.doors.parts import Step
from tongban.doors.texts import say
from tongban.doors.visits import wall_clock
from tongban.people.queries import parties, party

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

    from tongban.catalogue.rules import CompiledPackage

_KEY = "hall"
PERSON, THING, ASK, FORM, MATERIALS, CONFIRM = range(6)


@dataclass(frozen=True, slots=True)
class Here:
    """The walk-in of a clerk: who stands here, since when (machine time, seconds), for whom."""

    person_id: int
    since: float
    party_id: int = 0
    slug: str = ""
    draft: str = ""


def here(session: SessionBase) -> Here | None:
    """Who stands at the window, None for nobody."""
    kept: Any = session.get(_KEY)
    return Here(**kept) if kept else None


def keep(session: SessionBase, walk: Here) -> None:
    """Remember who stands at the window."""
    session[_KEY] = asdict(walk)


def begin(session: SessionBase, person_id: int) -> Here:
    """Somebody steps up."""
    walk = Here(person_id, wall_clock().timestamp())
    keep(session, walk)
    return walk


def end(session: SessionBase) -> None:
    """The applicant leaves; nothing of him stays on the clerk's page."""
    session.pop(_KEY, None)


def shown(walk: Here, place: int, compiled: CompiledPackage | None = None) -> Walk:
    """The head of every page: who, for whom, what, since when, and the steps."""
    found = parties({walk.person_id, walk.party_id or walk.person_id})
    person = found.get(walk.person_id) or party(walk.person_id)
    principal = found.get(walk.party_id, person)
    return Walk(
        name=person.name,
        id_number=person.masked_code,
        since=int(walk.since * 1000),
        party=principal.name if principal.id != person.id else "",
        package=say(compiled.name) if compiled else "",
        steps=_steps(place, walk.draft),
    )


def _steps(now: int, draft: str) -> tuple[Step, ...]:
    ways = (
        (_("来人"), "/hall/"),
        (_("办什么"), "/hall/thing/"),
        (_("问情况"), "/hall/ask/"),
        (_("填表"), f"/hall/{draft}/form/" if draft else ""),
        (_("材料"), f"/hall/{draft}/materials/" if draft else ""),
        (_("确认提交"), f"/hall/{draft}/confirm/" if draft else ""),
    )
    return tuple(
        Step(label, "done" if at < now else "now" if at == now else "ahead", href)
        for at, (label, href) in enumerate(ways)
    )
