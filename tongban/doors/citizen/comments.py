"""The pages of comments (综合点评): what may be rated as a whole, and what was said of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from tongban.doors import reviews
from tongban.doors.parts import Fact, Field, Link
from tongban.doors.texts import refusal_in_words, say
from tongban.kernel.refusals import BadInput, Refusal
from tongban.ratings import queries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tongban.doors.parts import Problem
    from tongban.ratings.queries import Mended, Subject
    from tongban.ratings.rules import Figures, Rating


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentPage:
    """A unit, a hall or the platform: what was said of it as a whole, and the form."""

    what: str
    kind: str
    facts: tuple[Fact, ...]
    fields: tuple[Field, ...]
    opened: str
    refused: str = ""
    problems: tuple[Problem, ...] = ()


def comment_page(
    one: Subject, *, is_known: bool, said: Rating | None = None, no: Refusal | None = None
) -> CommentPage:
    """The page of one of them; ``is_known``: whoever reads is signed in as a citizen."""
    bad = no if isinstance(no, BadInput) else None
    return CommentPage(
        what=name_of(one),
        kind=reviews.object_name(one.kind),
        facts=tuple(_facts(*queries.comments_on(one))),
        fields=reviews.fields_of_whole(said, bad, is_known=is_known),
        opened=reviews.opened(),
        refused=refusal_in_words(no) if no is not None and bad is None else "",
        problems=reviews.problems(bad),
    )


def _facts(figures: Figures, mended: Mended) -> list[Fact]:
    """Of few voices the bad ones are not counted in public: they would say who spoke."""
    is_few = figures.total < queries.ratings().statistics.minimum.value
    return [
        Fact(_("点评数"), str(figures.total)),
        Fact(_("满意的占比"), _("点评太少") if is_few else reviews.rate_words(figures)),
        Fact(_("不满意的已经整改"), "—" if is_few else reviews.percent(mended.rate)),
    ]


def name_of(one: Subject) -> str:
    """What the page calls it: the platform has no other name than its kind."""
    return say(one.name) or one.code


def ways(found: Sequence[Subject]) -> tuple[Link, ...]:
    """The way to each of them: the platform and the halls first, then the units."""
    first = [one for one in found if one.code != one.department]
    rest = [one for one in found if one.code == one.department]
    return tuple(
        Link(_way(one), reverse("comment", args=[one.kind, one.code]))
        for one in (*reversed(first), *rest)
    )


def _way(one: Subject) -> str:
    """A hall may be called like the unit that runs it: the kind tells them apart."""
    return _("%(name)s（%(kind)s）") % {
        "name": name_of(one), "kind": reviews.object_name(one.kind),
    }  # fmt: skip
