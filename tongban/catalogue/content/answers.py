"""The knowledge base (知识库): answers that a unit stands behind, with their source and validity.

One base serves the hotline, the pages and whoever answers by machine (domain-04 §5.7). Numbers
that the catalogue knows are never written out: an answer names them in braces and they are
filled in from the item as it is in force on the day of the question.
"""

import re
from datetime import date
from typing import Annotated

from pydantic import Field

from tongban.catalogue.content.city import RegionCode
from tongban.catalogue.content.packages import PackageCode
from tongban.kernel.values import Mark, Name, Piece, Slug

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
FACTS = ("promise", "legal", "bring", "visits", "phone")
"""What an answer may name: the promised time and that of the law, what must be brought, how often
one must come, whom to call. They are those of the first item; a package has `promise` alone."""


class Answer(Piece):
    """One entry: what is asked, in which words people ask it, and what is answered.

    It holds in a region from `from` on, to the day of `to` where one is set. `updated` is the
    day on which the unit last read it. `basis` and `mark` say what it rests on.
    """

    code: Slug
    title: Name
    questions: Annotated[tuple[str, ...], Field(min_length=2)]
    answer: Name
    region: RegionCode = "650100"
    since: date = Field(alias="from")
    until: date | None = Field(default=None, alias="to")
    updated: date
    items: tuple[Slug, ...] = ()
    packages: tuple[PackageCode, ...] = ()
    domains: tuple[Slug, ...] = ()
    basis: Annotated[str, Field(min_length=4)]
    mark: Mark

    @property
    def names(self) -> set[str]:
        """What the answer names in braces."""
        said = self.answer.model_dump(exclude_none=True).values()
        return {name for text in said for name in PLACEHOLDER.findall(text)}


class AnswerSheet(Piece):
    """`content/answers/<unit>.yaml`: the answers that one unit writes and keeps true."""

    unit: Slug
    answers: Annotated[tuple[Answer, ...], Field(min_length=1)]
