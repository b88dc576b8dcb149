"""Pictures must be large enough to be read; how large is content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tongban.documents.queries import picture_size
from tongban.packages import rules

if TYPE_CHECKING:
    from tongban.catalogue.rules import CompiledPackage


def need_picture(
    *, compiled: CompiledPackage, material_code: str, file_id: int, path: str = ""
) -> None:
    """Raise PictureTooSmall for a picture below the material's least size; other files pass."""
    least = {one.code: one.least_pixels for one in compiled.materials}.get(material_code)
    if least is not None:
        rules.need_pixels(picture_size(file_id), least, path or f"material:{material_code}")
