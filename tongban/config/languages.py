"""The languages that the site speaks, and when one is offered.

Chinese is the source. A language whose catalogue is compiled and not empty is offered by itself,
so that a new catalogue file is all that switches a prepared language on.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = ("zh-hans", "简体中文")
TRANSLATED = (("en", "English"), ("ug", "ئۇيغۇرچە"))
# Kazakh as it is written in Xinjiang, in Arabic letters; Django itself knows the Cyrillic one.
PREPARED = (("kk-arab", "قازاقشا"),)
KAZAKH: dict[str, Any] = {
    "bidi": True,
    "code": "kk-arab",
    "name": "Kazakh (Arabic script)",
    "name_local": "قازاقشا",
}
CITIZENS_ONLY = frozenset({"ug", "kk-arab"})
"""Languages of the citizens' pages alone; the desk speaks Chinese and English."""

_MO_MAGIC = 0x950412DE


def offered(locales: Path) -> list[tuple[str, str]]:
    """Codes and own names of the languages to choose from, Chinese first."""
    prepared = [one for one in PREPARED if _messages_in(locales / folder_of(one[0])) > 0]
    return [SOURCE, *TRANSLATED, *prepared]


def folder_of(code: str) -> str:
    """Django's name of the folder of a language: kk-arab is kk_Arab."""
    language, dash, script = code.partition("-")
    return f"{language}_{script.title()}" if dash else language


def _messages_in(folder: Path) -> int:
    """How many messages the compiled catalogue holds beside its head; 0 without one."""
    path = folder / "LC_MESSAGES" / "django.mo"
    if not path.is_file():
        return 0
    with path.open("rb") as file:
        head = file.read(12)
    if len(head) < 12:
        return 0
    magic, _revision, count = struct.unpack("=III", head)
    return max(0, int(count) - 1) if magic == _MO_MAGIC else 0
