"""What words mean where a key could be pressed as well: yes, no, thanks, numbers, a language.

Pure. Words of the content are found whole in letters that have words (Latin, Arabic: their
beginning, for endings follow), as characters in Chinese; the longest that fits counts, from left
to right, so that 没错 is no 错了 and "not right" no "right".
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tongban.voice.content import Voice

AGREE, DISAGREE = "agree", "disagree"
KEYS = tuple("0123456789")
_HAN = re.compile(r"[\u3400-\u9fff]")
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_WORD = re.compile(r"[^\W\d_\u3400-\u9fff]+(?:['’][^\W\d_]+)*")
_STOP = re.compile(r"[,，。.;；!！、،؛]")
_FIGURES_ENOUGH = 4
"""Where so many figures are said as figures, number words beside them are words."""
_SEVERAL = 2
_MOST = 200
"""Characters that are looked at for words that stand alone; who says more tells a story."""


def plain(text: str) -> str:
    """A text as words are compared: one width, small letters, one kind of apostrophe."""
    return unicodedata.normalize("NFKC", text).casefold().replace("’", "'")


def size(text: str, word: float) -> float:
    """How long a text is: characters of Chinese, words of other letters as ``word`` of them."""
    words = len(_WORD.findall(text))
    signs = sum(one.isalnum() for one in _WORD.sub(" ", text))
    return signs + words * word


def names_any(text: str, words: Iterable[str]) -> bool:
    """Whether one of these words stands in a text."""
    return _any_of(tuple(words)).search(plain(text)) is not None


def without(text: str, words: Iterable[str]) -> str:
    """A text without these words."""
    return _any_of(tuple(words)).sub(" ", plain(text))


def only(text: str, words: Iterable[str], between: Iterable[str]) -> tuple[str, ...]:
    """The words that a text consists of, where it has nothing else but what may stand between.

    Empty where something else was said, or nothing.
    """
    said = plain(text)[:_MOST]
    wanted = dict.fromkeys(map(plain, words))
    found, rest = [], 0
    pattern = _any_of((*wanted, *map(plain, between)))
    for match in pattern.finditer(said):
        if any(one.isalnum() for one in said[rest : match.start()]):
            return ()
        found.append(match[0])
        rest = match.end()
    if len(text) > _MOST or any(one.isalnum() for one in said[rest:]):
        return ()
    return tuple(one for one in found if one in wanted)


@lru_cache(maxsize=256)
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    """Any of the words, the longest first; a pattern that fits nothing for none."""
    ordered = sorted({plain(one) for one in words}, key=lambda one: (-len(one), one))
    return re.compile("|".join(map(_whole, ordered)) or r"(?!)")


def _whole(word: str) -> str:
    found = re.escape(word)
    if _ARABIC.search(word):
        # Endings follow a word of Uyghur.
        return rf"(?<![\u0600-\u06ff]){found}"
    return rf"(?<![a-z]){found}(?![a-z])" if word.isascii() else found


def reply(text: str, voice: Voice) -> str:
    """Whether somebody agrees or not with what he was told; empty where he says neither.

    Short words (好, 对, right) count alone, others anywhere in what is short enough, and whoever
    says yes first may add a word or two (行，快点修). Who says both does not agree.
    """
    found = mere_reply(text, voice)
    if found or size(text, voice.lengths.word.value) > voice.lengths.reply.value:
        return found
    yes, no = voice.intent(AGREE), voice.intent(DISAGREE)
    return _meant(_any_of((*yes.words, *no.words)).findall(plain(text)), voice) or (
        AGREE if _begins_with_yes(text, voice) else ""
    )


def mere_reply(text: str, voice: Voice) -> str:
    """Whether somebody agrees or not and says nothing else; empty where he says more."""
    yes, no = voice.intent(AGREE), voice.intent(DISAGREE)
    wanted = (*yes.words, *yes.alone, *no.words, *no.alone)
    return _meant(only(text, wanted, (*voice.fillers, *voice.farewells)), voice)


def _meant(found: Sequence[str], voice: Voice) -> str:
    no = voice.intent(DISAGREE)
    refused = {plain(one) for one in (*no.words, *no.alone)}
    if any(one in refused for one in found):
        return DISAGREE
    return AGREE if found else ""


def _begins_with_yes(text: str, voice: Voice) -> bool:
    """Whether a text is agreement, a stop, and too little behind it to be a matter."""
    yes = voice.intent(AGREE)
    head, _, rest = plain(text).partition(next(iter(_STOP.findall(plain(text))), "\0"))
    rest = without(rest, voice.fillers)
    is_little = size(rest, voice.lengths.word.value) <= voice.lengths.least.value
    return is_little and bool(only(head, (*yes.words, *yes.alone), voice.fillers))


def left_of(text: str, voice: Voice) -> float:
    """How much somebody says beside yes and no, as `size`."""
    yes, no = voice.intent(AGREE), voice.intent(DISAGREE)
    spent = (*yes.words, *yes.alone, *no.words, *no.alone, *voice.fillers)
    return size(without(text, spent), voice.lengths.word.value)


def key_of(text: str, voice: Voice) -> str:
    """The key that somebody names instead of pressing it (按三, press one); empty for none."""
    found = only(in_figures(text, voice), KEYS, voice.pressing)
    return found[0] if len(found) == 1 else ""


def level_of(text: str, voice: Voice) -> str:
    """The key from 1 to 5 of how content somebody says he is; empty where he says no such thing.

    Who says two different things has said none.
    """
    by_word = {plain(word): one.key for one in voice.levels for word in one.words}
    found = {by_word[word] for word in only(text, by_word, (*voice.fillers, *voice.farewells))}
    if len(found) == 1:
        return found.pop()
    key = key_of(text, voice)
    return key if key in {one.key for one in voice.levels} else ""


def in_figures(text: str, voice: Voice) -> str:
    """A text with its number words (幺, oh, بىر) as figures, where it has not enough of them."""
    said = plain(text)
    if sum(one.isdecimal() for one in said) >= _FIGURES_ENOUGH:
        return said
    by_word = {plain(word): figure for figure, some in voice.digits.items() for word in some}
    return _any_of(tuple(by_word)).sub(lambda match: by_word[match[0]], said)


def tongue_of(text: str, voice: Voice) -> str:
    """The language that somebody asks for by its name; empty where he does not."""
    for one in voice.tongues:
        if only(text, one.words, voice.fillers):
            return one.code
    return ""


def language_of(text: str) -> str:
    """The language that a text is in by its letters, where they tell it; empty where not.

    A single English word (ok, bye) is said in any language.
    """
    if _ARABIC.search(text):
        return "ug"
    words = [one for one in _WORD.findall(text) if len(one) >= _SEVERAL and one.isascii()]
    return "en" if len(words) >= _SEVERAL and not _HAN.search(text) else ""
