"""A guide put right: the city's content with one sentence of an item changed, published."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tongban.config.options import CHECKOUT

if TYPE_CHECKING:
    from datetime import datetime

BEFORE, AFTER = "由系统按所填内容生成", "由系统按所填内容生成，并附租赁合同"


def publish_anew(item: str, now: datetime) -> None:
    """A new version of the item, and so of the packages that it belongs to, is in force."""
    from tongban.catalogue.actions import publish
    from tongban.config.content import verbs
    from tongban.kernel.actors import SYSTEM

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "content"
        shutil.copytree(CHECKOUT / "content", folder)
        file = folder / "items" / f"{item}.yaml"
        text = file.read_text(encoding="utf-8")
        assert BEFORE in text, item
        file.write_text(text.replace(BEFORE, AFTER), encoding="utf-8")
        published = publish(folder, by=SYSTEM, now=now, verbs=verbs())
    assert published.packages
