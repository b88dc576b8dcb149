"""Reasons that a person reads: whole words of the text around the characters that weighed.

A lesson weighs sequences of characters and knows no words. Words are found by what the caller
knows (its own words, names, times), by punctuation and by the small words that hold a sentence
together; what lies between those is read as one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tongban.reading.rules.text import read_form

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_HAN = re.compile(r"[\u3400-\u9fff]")
_LETTERS = re.compile(r"[^\W_\u3400-\u9fff]+")
# They stand between words and are hardly ever in one that says what a text is about.
_SMALL = re.compile(
    r"(?:[的了着过在是我你您他她它们这那就都也还又很太和与及把被给让向对从到吗呢吧啊呀哦嘛么之而但并且或要请想能会得地谁些])"
)
_LONGEST_RUN = 6
_LONGEST = 10
_SHORTEST_WORD = 3
"""Characters of a word of letters: shorter ones say nothing alone."""


@dataclass(frozen=True, slots=True)
class _Token:
    begin: int
    end: int
    is_known: bool

    def shared(self, begin: int, end: int) -> float:
        """The share of it that lies within."""
        inside = min(self.end, end) - max(self.begin, begin)
        return max(0, inside) / (self.end - self.begin)


def readable(text: str, pieces: Iterable[str], words: Iterable[str]) -> tuple[str, ...]:
    """The words of a text in which its telling pieces lie, the weightiest first, none twice.

    ``pieces`` are sequences of the form that is read (`text.read_form`), ``words`` what may be a
    word. A piece that lies across words without having half of any is shown by the known one;
    where there is none, it is left out.
    """
    form = read_form(text)
    tokens = _tokens(form, words)
    found: list[str] = []
    for piece in pieces:
        word = _around(form, piece.strip(), tokens)
        if word and not any(word in one or one in word for one in found):
            found.append(word)
    return tuple(found)


def _around(form: str, piece: str, tokens: Sequence[_Token]) -> str:
    begin = form.find(piece) if piece else -1
    if begin < 0:
        return ""
    end = begin + len(piece)
    touched = [one for one in tokens if one.shared(begin, end) > 0]
    whole = _trimmed([one for one in touched if _is_shown(one, one.shared(begin, end))])
    kept = _together(whole or [one for one in touched if one.is_known][:1])
    if kept and kept[-1].end - kept[0].begin > _LONGEST:
        kept = kept[:1]
    word = form[kept[0].begin : kept[-1].end] if kept else ""
    shortest = 2 if _HAN.search(word) else _SHORTEST_WORD
    return word if len(word) >= shortest else ""


def _is_shown(token: _Token, share: float) -> bool:
    is_readable = token.is_known or token.end - token.begin <= _LONGEST_RUN
    return is_readable and share >= 0.5


def _trimmed(tokens: list[_Token]) -> list[_Token]:
    """Without single characters at the ends that no word was found around."""
    at = [n for n, one in enumerate(tokens) if one.is_known or one.end - one.begin > 1]
    return tokens[at[0] : at[-1] + 1] if at else []


def _together(tokens: Sequence[_Token]) -> list[_Token]:
    """The first tokens that follow each other without anything between."""
    kept = list(tokens[:1])
    for one in tokens[1:]:
        if one.begin != kept[-1].end:
            break
        kept.append(one)
    return kept


def _tokens(form: str, words: Iterable[str]) -> list[_Token]:
    """Words of letters; known words, the longest together; what is left between small words."""
    found = [_Token(one.start(), one.end(), is_known=True) for one in _LETTERS.finditer(form)]
    known = _known(form, words)
    inside = {at for one in known for at in range(one.begin, one.end)}
    begin = None
    for at in range(len(form) + 1):
        is_run = at < len(form) and at not in inside and _is_plain(form[at])
        if is_run and begin is None:
            begin = at
        elif not is_run and begin is not None:
            found.append(_Token(begin, at, is_known=False))
            begin = None
    return sorted([*found, *known], key=lambda one: one.begin)


def _is_plain(sign: str) -> bool:
    return _HAN.match(sign) is not None and _SMALL.match(sign) is None


def _known(form: str, words: Iterable[str]) -> list[_Token]:
    """The words of Chinese that a text holds, none across another: the most, the longest."""
    by_start: dict[str, list[str]] = {}
    for word in words:
        if len(word) > 1 and _HAN.match(word) and word in form:
            by_start.setdefault(word[:2], []).append(word)
    best = [(0, 0)] * (len(form) + 1)
    # From the end: how well the rest can be covered, and how far the word goes that does it.
    for at in range(len(form) - 1, -1, -1):
        best[at] = (best[at + 1][0], 0)
        for word in by_start.get(form[at : at + 2], ()):
            if form.startswith(word, at):
                worth = best[at + len(word)][0] + len(word) ** 2
                best[at] = max(best[at], (worth, len(word)))
    found, at = [], 0
    while at < len(form):
        length = best[at][1]
        if length:
            found.append(_Token(at, at + length, is_known=True))
        at += length or 1
    return found
