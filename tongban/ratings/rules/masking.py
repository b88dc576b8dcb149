"""What a review may show of people: numbers and names of address are hidden before it is kept."""

from __future__ import annotations

import re
import unicodedata

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


def masked_text(text: str) -> str:
    """The text as everybody may read it: telephones, citizen numbers, mail and names are hidden.

    Idempotent: what is masked stays as it is.
    """
    shown = _MAIL.sub("***", _plain(text))
    shown = _NUMBER.sub(lambda m: "*" * 6 + m.group(1)[-2:], shown)
    shown = _NAMED.sub(lambda m: f"{m.group(1)}{'*' * len(m.group(2))}{m.group(3)}", shown)
    return _CALLED.sub(lambda m: f"{m.group(1)}{m.group(2)}{'*' * len(m.group(3))}", shown)


def text_words(text: str) -> str:
    """What two texts have in common when they say the very same: letters and digits alone."""
    return "".join(one for one in unicodedata.normalize("NFKC", text).lower() if one.isalnum())
