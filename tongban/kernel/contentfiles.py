"""A content file that one room reads for itself: where it stands, and the schema of all of it.

The catalogue publishes what applications are pinned to; what is live (messages, the menu of the
telephone, the rules of reviews) a room reads in place, anew when the file has changed.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from tongban.kernel.yamltext import read_yaml

T = TypeVar("T", bound=BaseModel)

# As many files as rooms read, twice: tests and a change of the folder have the old one beside.
_KEPT = 16


@dataclass(frozen=True, slots=True)
class ContentFile(Generic[T]):
    """``place`` is below the content folder."""

    place: str
    schema: type[T]

    def read(self, folder: Path) -> T:
        """What the file of that folder says.

        Raises OSError, yaml.YAMLError or pydantic's ValidationError; `content check` says the
        same with line, reason and remedy before anybody publishes.
        """
        path = folder / self.place
        found: T = _read(self.schema, path, path.stat().st_mtime_ns)
        return found


@lru_cache(maxsize=_KEPT)
def _read(schema: type[BaseModel], path: Path, _changed: int) -> Any:
    return schema.model_validate(read_yaml(path.read_text(encoding="utf-8")))
