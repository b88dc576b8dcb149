"""The faces of scripts that browsers may lack: single files of packages, served as our own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pylopdf_fonts_ar
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

if TYPE_CHECKING:
    from collections.abc import Iterable

PREFIX = "fonts"
FOLDER = Path(str(pylopdf_fonts_ar.__file__)).parent
# The same face that the papers are printed with; its licence (OFL 1.1) comes in the package.
FACES = ("NotoNaskhArabic-Variable.ttf",)


class _Faces(FileSystemStorage):
    """The collector asks the storage under which folder it puts what it finds."""

    prefix = PREFIX


class FaceFinder(BaseFinder):
    """Finds `fonts/<face>`; nothing else of the packages becomes public."""

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.storage = _Faces(location=FOLDER)

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(
        self,
        path: str,
        find_all: bool = False,  # noqa: FBT001, FBT002 -- Django calls it so
        **kwargs: Any,
    ) -> Any:
        folder, _slash, name = path.rpartition("/")
        found = str(FOLDER / name) if folder == PREFIX and name in FACES else ""
        return [found] if found and find_all else found or []

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterable[Any]:
        return ((name, self.storage) for name in FACES)
