"""Message catalogues: compiled with Babel, so that no gettext tools are needed.

The pseudo language qps-plocm is made here from the sentences of all catalogues: each stands
between brackets and Arabic letters, so that a page shows at once what is not translatable, what
breaks when texts grow, and what does not turn round from right to left.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

# Django's name of the folder of qps-plocm.
PSEUDO_FOLDER = "qps_Plocm"


def compile_all(folder: Path) -> int:
    """Write a .mo beside every .po that is newer; returns how many were written."""
    written = 0
    sources = sorted(folder.glob("*/LC_MESSAGES/*.po"))
    for source in sources:
        target = source.with_suffix(".mo")
        if _is_stale(target, [source]):
            _write(target, _read(source))
            written += 1
    pseudo = folder / PSEUDO_FOLDER / "LC_MESSAGES" / "django.mo"
    if _is_stale(pseudo, sources):
        _write(pseudo, _pseudo(sources))
        written += 1
    return written


def _is_stale(target: Path, sources: list[Path]) -> bool:
    if not target.exists():
        return True
    made = target.stat().st_mtime_ns
    return any(source.stat().st_mtime_ns > made for source in sources)


def _read(source: Path) -> Catalog:
    with source.open("rb") as file:
        return read_po(file, locale=None, abort_invalid=True)


def _write(target: Path, catalogue: Catalog) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    with draft.open("wb") as file:
        write_mo(file, catalogue)
    draft.rename(target)


def _pseudo(sources: Iterable[Path]) -> Catalog:
    pseudo = Catalog(charset="utf-8")
    for source in sources:
        for message in _read(source):
            if message.id:
                pseudo.add(message.id, _turned(message.id), context=message.context)
    return pseudo


def _turned(text: str | list[str] | tuple[str, ...]) -> str | tuple[str, ...]:
    if isinstance(text, str):
        return f"⟦ئە {text} ھە⟧"
    # A language without plural forms of its own has one.
    return (f"⟦ئە {text[-1]} ھە⟧",)
