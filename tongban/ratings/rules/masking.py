"""What a review may show of people: numbers and names of address are hidden before it is kept."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_NUMBER = re.compile(r"(?<![\dA-Za-z])(\d[\d\- ]{5,}[\dXx])(?![\dA-Za-z])")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_NAMED = re.compile(r"([\u4e00-\u9fff])([\u4e00-\u9fff]{0,2})(先生|女士|同志|小姐|师傅|老师)")
_CALLED = re.compile(r"(?:)(我叫|本人|名叫|姓名[:：]?)\s*([\u4e00-\u9fff])([\u4e00-\u9fff·]{1,6})")
_KEPT = frozenset("\n\t")


def _plain(text: str) -> str:
    """Without control characters and marks that turn the direction of writing round."""
    return "".join(
        one
        for one in text
        if one in _KEPT or (unicodedata.category(one) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    )


def masked_text(text: str, names: Iterable[str] = ()) -> str:
    """The text as everybody may read it: telephones, citizen numbers, mail and names are hidden.

    ``names`` are those that must not stand in it in any form: whoever rated signs his words, and
    a unit that knows him greets him by his name. Idempotent: what is masked stays as it is.
    """
    shown = _MAIL.sub("***", _plain(text))
    for name in sorted(filter(_is_told, names), key=len, reverse=True):
        shown = re.sub(re.escape(name), "***", shown, flags=re.IGNORECASE)
    shown = _NUMBER.sub(lambda m: "*" * 6 + m.group(1)[-2:], shown)
    shown = _NAMED.sub(lambda m: f"{m.group(1)}{'*' * len(m.group(2))}{m.group(3)}", shown)
    return _CALLED.sub(lambda m: f"{m.group(1)}{m.group(2)}{'*' * len(m.group(3))}", shown)


def _is_told(name: str) -> bool:
    """Whether a name says who somebody is: one letter by itself says nothing."""
    return len(name.strip("* ")) > 1


def text_words(text: str) -> str:
    """What two texts have in common when they say the very same: letters and digits alone."""
    return "".join(one for one in unicodedata.normalize("NFKC", text).lower() if one.isalnum())
