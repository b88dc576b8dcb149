"""What may be rated as a whole, and what was said of it: apart from the reviews of matters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count

from tongban.catalogue.queries import department_names, live
from tongban.catalogue.rules import Words
from tongban.kernel.refusals import NotFound
from tongban.ratings import rules
from tongban.ratings.models import Review
from tongban.ratings.queries.boards import mended_by
from tongban.ratings.queries.rules import COMMENT, kind_of, objects_of, ratings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tongban.ratings.queries.boards import Mended
    from tongban.ratings.rules import Figures

UNIT, HALL, PLATFORM = "unit", "hall", "platform"


@dataclass(frozen=True, slots=True)
class Subject:
    """A unit, a hall or the platform, with the department that is answerable for it."""

    kind: str
    code: str
    name: Words
    department: str


def subjects() -> tuple[Subject, ...]:
    """Everything that anybody may rate as a whole, in the order of the content."""
    return tuple(one for kind in objects_of(COMMENT) for one in _subjects(kind))


def _subjects(kind: str) -> Iterator[Subject]:
    body = ratings().body.value
    known = kind_of(kind)
    if known is None:
        return
    if known.item == UNIT:
        for code, name in department_names().items():
            yield Subject(kind, code, name, code)
    elif known.item == HALL:
        for hall in live("halls"):
            yield Subject(kind, hall["code"], Words(**hall["name"]), hall["department"])
    elif known.item == PLATFORM:
        called = known.subject or known.name
        yield Subject(kind, kind, Words(**called.model_dump(exclude_none=True)), body)


def subject_of(kind: str, code: str) -> Subject:
    """One of them. Raises NotFound."""
    for one in _subjects(kind) if kind in objects_of(COMMENT) else ():
        if one.code == code:
            return one
    raise NotFound("没有找到可以点评的单位、大厅或者平台。")


def name_of_subject(kind: str, code: str) -> Words | None:
    """What something is called that is rated as a whole or checked; None where it is gone."""
    return next((one.name for one in _subjects(kind) if one.code == code), None)


def comments_on(one: Subject) -> tuple[Figures, Mended]:
    """All that was said of it so far, and how the bad of it was put right."""
    found = Review.objects.filter(invitation__object=one.kind, item=one.code, weight=1)
    levels = found.values_list("level").annotate(n=Count("pk")).order_by()
    rows = [(level, n, 0, 0) for level, n in levels]
    mended = mended_by(review__object=one.kind, review__item=one.code)
    return rules.add_up(rows, ratings().worst_good), mended


def apart_figures(kind: str, *, department: str = "") -> tuple[Figures, Mended]:
    """All comments, or all spot checks, of a department or of the city."""
    objects = objects_of(kind)
    found = Review.objects.filter(invitation__object__in=objects, weight=1)
    of: dict[str, Any] = {"invitation__object__in": objects}
    if department:
        found = found.filter(department=department)
        of["proceeding__department"] = department
    levels = found.values_list("level").annotate(n=Count("pk")).order_by()
    rows = [(level, n, 0, 0) for level, n in levels]
    return rules.add_up(rows, ratings().worst_good), mended_by(**of)
