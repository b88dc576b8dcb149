"""Single files of packages that browsers need, served as our own: a face of script, the map.

Nothing else of the packages becomes public.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import js_lib_leaflet
import pylopdf_fonts_ar
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

if TYPE_CHECKING:
    from collections.abc import Iterable

_LEAFLET = Path(str(js_lib_leaflet.__file__)).parent / "static" / "js_lib_leaflet"
FOLDERS = {
    # The same face that the papers are printed with; its licence (OFL 1.1) comes in the package.
    "fonts": (Path(str(pylopdf_fonts_ar.__file__)).parent, ("NotoNaskhArabic-Variable.ttf",)),
    # Leaflet (BSD-2-Clause): what its style sheet and its script name is served too.
    "leaflet": (
        _LEAFLET,
        (
            "leaflet.css",
            "leaflet.js",
            "leaflet.js.map",
            "images/layers.png",
            "images/layers-2x.png",
            "images/marker-icon.png",
        ),
    ),
}
"""Under which folder of the site: the folder of the package, and the files of it."""


class _Files(FileSystemStorage):
    """The collector asks the storage under which folder it puts what it finds."""

    def __init__(self, prefix: str, location: Path) -> None:
        super().__init__(location=location)
        self.prefix = prefix


class PackagedFinder(BaseFinder):
    """Finds `fonts/<face>` and `leaflet/<file>`."""

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.storages = {name: _Files(name, folder) for name, (folder, _) in FOLDERS.items()}

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(
        self,
        path: str,
        find_all: bool = False,  # noqa: FBT001, FBT002 -- Django calls it so
        **kwargs: Any,
    ) -> Any:
        prefix, _slash, name = path.partition("/")
        folder, names = FOLDERS.get(prefix, (Path(), ()))
        found = str(folder / name) if name in names else ""
        return [found] if found and find_all else found or []

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterable[Any]:
        return (
            (name, self.storages[prefix])
            for prefix, (_folder, names) in FOLDERS.items()
            for name in names
        )
