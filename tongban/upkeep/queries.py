"""Reads of the upkeep room: answers and elements of a unit, their pages, what is published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Exists, F, OuterRef

from tongban.catalogue.queries import item_version, package_in_force, package_version, search
from tongban.engine.queries import Proceeding, clocks_of, steps_of, visible_to
from tongban.engine.rules import may_do, may_take
from tongban.hotline.queries import content as hotline_content
from tongban.kernel.refusals import NotFound
from tongban.people.queries import officers_for
from tongban.upkeep import rules
from tongban.upkeep.content import FILE, Upkeep
from tongban.upkeep.models import Answer, Element, Report
from tongban.upkeep.states import ANSWER, ELEMENT, WRITERS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from tongban.catalogue.rules import Words
    from tongban.engine.queries import ClockReading
    from tongban.kernel.actors import Actor

PAGE = 50


def upkeep() -> Upkeep:
    """What `content/upkeep.yaml` says."""
    return FILE.read(settings.CONTENT)


def centre() -> str:
    """The unit that checks what others would publish: the hotline centre."""
    return str(hotline_content()["centre"])


def role_here(unit: str, region: str, roles: tuple[str, ...], on: date) -> str:
    """The first of these roles that somebody holds in a unit; the first where nobody does."""
    held = (role for role in roles if officers_for(f"{unit}.{role}", region, on=on))
    return next(held, roles[0])


def units_of(actor: Actor) -> tuple[str, ...]:
    """The units for which this officer may write an answer."""
    found = (queue.rpartition(".") for queue in actor.queues)
    return tuple(sorted({unit for unit, _dot, role in found if role in WRITERS}))


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One answer in a list."""

    number: str
    title: str
    unit: str
    state: str
    asked: int
    version: int
    opened_at: datetime

    @property
    def cursor(self) -> str:
        """Where the next page starts."""
        return self.number


def answers_of(
    actor: Actor, *, state: str = "", before: str = "", limit: int = PAGE
) -> list[AnswerLine]:
    """Answers that this officer may see, the newest first; keyset by number."""
    found = Answer.objects.filter(Exists(visible_to(actor).filter(pk=OuterRef("pk"))))
    if state:
        found = found.filter(proceeding__state=state)
    if before:
        last = (
            Answer.objects.filter(proceeding__number=before).values_list("pk", flat=True).first()
        )
        found = found.filter(pk__lt=last or 0)
    rows = found.order_by("-pk").values_list(
        "proceeding__number", "title", "unit", "proceeding__state", "asked", "number",
        "proceeding__opened_at",
    )  # fmt: skip
    return [AnswerLine(*row) for row in rows[:limit]]


@dataclass(frozen=True, slots=True)
class ElementLine:
    """One task about an element in a list; ``count`` is how many people say so."""

    number: str
    package: str
    item: str
    element: str
    unit: str
    state: str
    count: int
    opened_at: datetime


def elements_of(actor: Actor, *, limit: int = PAGE) -> list[ElementLine]:
    """Tasks about elements that this officer may see: what is open first, then the newest."""
    found = Element.objects.filter(Exists(visible_to(actor).filter(pk=OuterRef("pk"))))
    values = found.order_by(F("closed_at").desc(nulls_first=True), "-pk").values_list(
        "proceeding__number", "package", "item", "element", "unit", "proceeding__state", "count",
        "proceeding__opened_at",
    )  # fmt: skip
    return [ElementLine(*row) for row in values[:limit]]


@dataclass(frozen=True, slots=True)
class AnswerPage:
    """An answer on the desk, with what may be done now."""

    proceeding: Proceeding
    row: Answer
    clocks: tuple[ClockReading, ...]
    open_verbs: tuple[str, ...]
    is_mine: bool


@dataclass(frozen=True, slots=True)
class ElementPage:
    """A task about an element, with what people wrote; nobody is named."""

    proceeding: Proceeding
    row: Element
    reports: tuple[Report, ...]
    clocks: tuple[ClockReading, ...]
    open_verbs: tuple[str, ...]
    is_mine: bool


_SHOWN = 20


def answer_page(actor: Actor, proceeding: Proceeding, now: datetime) -> AnswerPage:
    """The page of an answer that `access_proceeding` has let this actor see."""
    row = Answer.objects.get(proceeding_id=proceeding.pk)
    mine = _mine(actor, proceeding)
    return AnswerPage(
        proceeding=proceeding,
        row=row,
        clocks=tuple(clocks_of(proceeding, now)),
        open_verbs=tuple(_answer_verbs(actor, proceeding, row, mine)),
        is_mine=bool(mine),
    )


def element_page(actor: Actor, proceeding: Proceeding, now: datetime) -> ElementPage:
    """The page of a task about an element."""
    row = Element.objects.get(proceeding_id=proceeding.pk)
    mine = _mine(actor, proceeding)
    verbs = [move.verb for move in ELEMENT.open_moves(proceeding.state) if mine]
    return ElementPage(
        proceeding=proceeding,
        row=row,
        reports=tuple(Report.objects.filter(element=row).order_by("-id")[:_SHOWN]),
        clocks=tuple(clocks_of(proceeding, now)),
        open_verbs=tuple(verb for verb in verbs if verb != "reassign"),
        is_mine=bool(mine),
    )


def _mine(actor: Actor, proceeding: Proceeding) -> set[str]:
    """The roles of the open steps that he may work on."""
    steps = steps_of([proceeding.pk])[proceeding.pk]
    taken = [s for s in steps if s.state == "open" and may_take(actor, proceeding, s)]
    return {step.queue.rpartition(".")[2] for step in taken}


def _answer_verbs(actor: Actor, proceeding: Proceeding, row: Answer, roles: set[str]) -> list[str]:
    """The verbs of the steps that he may work on, and taking off or revising what is published."""
    found = []
    for move in ANSWER.open_moves(proceeding.state):
        if move.verb == "reassign" or move.verb in _of_other(row):
            continue
        if move.verb in _WITHOUT_STEP:
            if any(may_do(actor, proceeding, role) for role in move.roles):
                found.append(move.verb)
        elif roles & set(move.roles):
            found.append(move.verb)
    others = {
        "approve_answer": (row.author_id,),
        "publish_answer": (row.author_id, row.approver_id),
    }
    return [verb for verb in found if actor.id not in others.get(verb, ())]


_WITHOUT_STEP = frozenset({"revise_answer", "retire_answer"})


def _of_other(row: Answer) -> tuple[str, ...]:
    """Verbs of a draft that nothing is published of, or of one that revises what is."""
    return ("drop_answer",) if row.number else ("drop_revision", "retire_answer")


@dataclass(frozen=True, slots=True)
class GuideChoice:
    """A guide that a request may be about: a package as a whole, or one item of it."""

    package: str
    item: str
    name: Words
    item_name: Words | None = None


MOST_GUIDES = 2


def guides_about(text: str, number: str, on: date) -> tuple[GuideChoice, ...]:
    """The guides that a request may be about, the likeliest first; none where it is about none.

    It is about one where it names an application or a case (``number``), or where its text says
    what stands in a guide and which thing it is of.
    """
    codes = [_package_of(number)] if number else []
    if rules.speaks_of_guide(text, upkeep()):
        codes += [one.code for one in search(text, on)[:MOST_GUIDES]]
    return tuple(one for code in dict.fromkeys(filter(None, codes)) for one in _choices(code, on))


def _package_of(number: str) -> str:
    found = Proceeding.objects.filter(number=number, kind__in=("package", "case"))
    version = found.values_list("version_id", flat=True).first()
    return package_version(version).compiled.code if version is not None else ""


def _choices(package: str, on: date) -> Iterator[GuideChoice]:
    try:
        compiled = package_in_force(package, on).compiled
    except NotFound:
        return
    yield GuideChoice(package, "", compiled.name)
    for one in compiled.items:
        if not one.internal:
            yield GuideChoice(package, one.code, compiled.name, one.name)


def report_of(number: str) -> Report | None:
    """What of a guide the request of that number is about; None for nothing."""
    found = Report.objects.select_related("element__proceeding")
    return found.filter(kind="ticket", number=number).first()


def guide_now(package: str, item: str, on: date) -> tuple[str, int, int] | None:
    """Who answers for a guide or one of its items: unit, number of the version, version's id.

    None where it is not published any more.
    """
    try:
        found = package_in_force(package, on)
        if not item:
            return found.compiled.lead_department, found.number, found.version_id
        version = item_version(item, on)
    except NotFound:
        return None
    return version.item.department, version.number, found.version_id
