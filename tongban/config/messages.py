"""Message catalogues: compiled with Babel, so that no gettext tools are needed.

The pseudo language qps-plocm is made here from the sentences of all catalogues: each stands
between brackets and Arabic letters, so that a page shows at once what is not translatable, what
breaks when texts grow, and what does not turn round from right to left.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

# The folders of languages that run from right to left.
TURNED = frozenset({"ug", "kk_Arab"})
_ELEMENT = re.compile(r"(<[^>]*>)")
_HOLE = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
# Django's name of the folder of qps-plocm.
PSEUDO_FOLDER = "qps_Plocm"


def compile_all(folder: Path) -> int:
    """Write a .mo beside every .po that is newer; returns how many were written."""
    written = 0
    sources = sorted(folder.glob("*/LC_MESSAGES/*.po"))
    for source in sources:
        target = source.with_suffix(".mo")
        if _is_stale(target, [source]):
            read = _read(source)
            _write(target, _isolated(read) if source.parts[-3] in TURNED else read)
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


def _isolated(catalogue: Catalog) -> Catalog:
    """Values of sentences that run from right to left keep their own direction.

    Between Arabic letters 2026-10-11 would be read as 11-10-2026, and a Chinese name would draw
    the number beside it along. Marks in elements and attributes stay as they are.
    """
    for message in catalogue:
        if message.id and isinstance(message.string, str):
            message.string = _with_isolates(message.string)
        elif message.id:
            message.string = tuple(_with_isolates(one) for one in message.string or ())
    return catalogue


def _with_isolates(text: str) -> str:
    return "".join(
        part if part.startswith("<") else _HOLE.sub("\u2068\\g<0>\u2069", part)
        for part in _ELEMENT.split(text)
    )


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
