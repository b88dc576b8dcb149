"""The schema of `content/upkeep.yaml`: what becomes an answer, by when, and what guides are of."""

from typing import Annotated

from pydantic import Field

from tongban.kernel.contentfiles import ContentFile
from tongban.kernel.values import Evidenced, Limit, Name, Piece, Share, Slug, Whole


class ElementKind(Piece):
    """An element of a guide, with the words by which the reader suggests it."""

    code: Slug
    name: Name
    words: Annotated[tuple[str, ...], Field(min_length=1)]


class Upkeep(Piece):
    """`content/upkeep.yaml`.

    ``types`` of requests become drafts where their callers are as content as ``satisfied`` or
    more; ``known`` is the likeness from which the knowledge base has the answer already, ``same``
    that from which two questions are one. ``guide_words`` say that a text speaks of a guide.
    """

    types: Annotated[tuple[Slug, ...], Field(min_length=1)]
    satisfied: Evidenced[Annotated[Whole, Field(ge=1, le=5)]]
    known: Evidenced[Share]
    same: Evidenced[Share]
    write: Limit
    check: Limit
    review: Limit
    element: Limit
    guide_words: Annotated[tuple[str, ...], Field(min_length=1)]
    elements: Annotated[tuple[ElementKind, ...], Field(min_length=2)]

    def element_name(self, code: str) -> ElementKind | None:
        """The element of that code; None for an unknown one."""
        return next((one for one in self.elements if one.code == code), None)


FILE = ContentFile("upkeep.yaml", Upkeep)
