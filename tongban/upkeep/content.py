"""The schema of `content/upkeep.yaml`: what becomes an answer, by when, and what guides are of."""

from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from tongban.catalogue.content.values import Limit, Marked, Name, Piece, Slug
from tongban.kernel.yamltext import read_yaml


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
    satisfied: Marked
    known: Marked
    same: Marked
    write: Limit
    check: Limit
    review: Limit
    element: Limit
    guide_words: Annotated[tuple[str, ...], Field(min_length=1)]
    elements: Annotated[tuple[ElementKind, ...], Field(min_length=2)]

    def element_name(self, code: str) -> ElementKind | None:
        """The element of that code; None for an unknown one."""
        return next((one for one in self.elements if one.code == code), None)


def read_upkeep(path: Path) -> Upkeep:
    """The file, read anew when it changed. Raises pydantic's ValidationError or YAMLError."""
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int) -> Upkeep:
    return Upkeep.model_validate(read_yaml(path.read_text(encoding="utf-8")))
