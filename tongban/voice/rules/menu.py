"""The spoken menu: what is said to a caller after his words or keys, and what follows from them.

Pure: what it needs to know of the city comes through `Means`. Words of danger come first, a person
can be asked for anywhere, and nothing is recorded that was not read back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

from tongban.kernel.iso7064 import check_character
from tongban.kernel.numbers import check_number, normalise_number
from tongban.voice.states import Do, Node

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tongban.voice.content import Voice

OPERATOR, REPEAT = "operator", "repeat"
LONGEST = 9_000
"""Characters of a request, however often danger is spoken of; a ticket takes no more."""
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_DIGITS_OF_A_NUMBER = 20
_DIGITS_OF_A_CODE = 6
PREFIX = "GD"
PROOFS = frozenset({Node.CODE, Node.RATE_CODE})
"""Where digits are asked for that prove something: they are never kept."""
_DONE = frozenset({"recorded", "progress"})
"""Sayings after which a matter is done: who has no other one may end the call with a word."""
NUMBERS = frozenset({Node.NUMBER, Node.RATE_NUMBER})
"""Where the number of a matter is asked for."""


@dataclass(frozen=True, slots=True)
class Talk:
    """Where a caller stands in the menu and what was understood so far.

    ``slots``: text, place, number, question; ``matter`` is what he is asked to rate. ``said`` is
    the last saying and its values, to hear it again. ``danger`` is the code of an emergency of
    the hotline's content.
    """

    node: str = Node.MAIN
    language: str = "zh"
    slots: Mapping[str, str] = field(default_factory=dict)
    misses: int = 0
    said: tuple[str, Mapping[str, str]] = ("welcome", {})
    danger: str = ""

    def to_data(self) -> dict[str, Any]:
        """The talk as it is kept with its call."""
        return {
            "node": str(self.node),
            "language": self.language,
            "slots": dict(self.slots),
            "misses": self.misses,
            "said": [self.said[0], dict(self.said[1])],
            "danger": self.danger,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Talk:
        """The talk as it was kept; an empty one where nothing was."""
        if not data:
            return cls()
        key, values = data["said"]
        return cls(**{**data, "said": (key, values)})


@dataclass(frozen=True, slots=True)
class Heard:
    """What came from the caller: keys, or words."""

    value: str
    is_key: bool


@dataclass(frozen=True, slots=True)
class Told:
    """An answer of the knowledge base in the caller's language: who says so, since when."""

    title: str
    text: str
    source: str
    day: str


@dataclass(frozen=True, slots=True)
class Alarm:
    """An emergency that words speak of, and what is said at once."""

    code: str
    say: str


class Means(Protocol):
    """What the menu asks of the city."""

    def alarm(self, text: str, language: str) -> Alarm | None: ...

    def intent(self, text: str) -> tuple[str, float]: ...

    def answer(self, text: str, language: str) -> Told | None: ...

    def place(self, text: str) -> str: ...

    def progress(self, number: str, ending: str, language: str) -> str | None: ...

    def matter(self, numbers: tuple[str, ...], code: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Turn:
    """What is said next, what the telephone does, and whether the request is recorded now.

    ``level`` is how content he is with the matter of the talk; 0 says nothing.
    """

    talk: Talk
    says: tuple[tuple[str, Mapping[str, str]], ...]
    do: str = Do.LISTEN
    records: bool = False
    level: int = 0


def spoken(says: tuple[tuple[str, Mapping[str, str]], ...], voice: Voice, language: str) -> str:
    """The sentences of a turn in a language."""
    return " ".join(voice.says[key].say(language).format(**values) for key, values in says)


def begin(language: str = "zh") -> Turn:
    """The machine lifts: it says who it is and what one can do."""
    talk = Talk(language=language)
    return Turn(talk, (talk.said,))


def next_turn(talk: Talk, heard: Heard, voice: Voice, means: Means) -> Turn:
    """What follows from what a caller said or pressed."""
    if not heard.is_key:
        if _ARABIC.search(heard.value):
            talk = replace(talk, language="ug")
        alarm = means.alarm(heard.value, talk.language)
        if alarm is not None:
            return _emergency(talk, heard, alarm)
    if talk.node == Node.PERSON:
        return Turn(talk, (), Do.NOTHING)
    if _wants(voice, OPERATOR, heard, talk):
        return hand_over(talk)
    if _wants(voice, REPEAT, heard, talk):
        return Turn(talk, (talk.said,))
    tongue = _tongue(voice, heard, talk)
    if tongue:
        return _in_tongue(replace(talk, language=tongue))
    return _NODES[Node(talk.node)](talk, heard, voice, means)


def hand_over(talk: Talk, *before: str) -> Turn:
    """Call an operator; what was understood goes with the call."""
    turned = replace(talk, node=Node.PERSON, said=("operator", {}))
    return Turn(turned, (*((key, {}) for key in before), ("operator", {})), Do.CONNECT)


def _emergency(talk: Talk, heard: Heard, alarm: Alarm) -> Turn:
    """Words of danger: what to do is said at once, a person is called, a record is made."""
    text = "\n".join(filter(None, (talk.slots.get("text", ""), heard.value)))[:LONGEST]
    said = ("danger", {"text": alarm.say})
    turned = replace(
        talk, node=Node.PERSON, danger=alarm.code, slots={**talk.slots, "text": text}, said=said
    )
    return Turn(turned, (said,), Do.CONNECT, records=not talk.danger)


def _wants(voice: Voice, code: str, heard: Heard, talk: Talk) -> bool:
    """Whether a person is asked for, or the last words again: by key or by words, anywhere."""
    intent = voice.intent(code)
    if heard.is_key:
        return heard.value == intent.key and talk.node not in PROOFS
    low = heard.value.casefold()
    return len(low) <= voice.lengths.wish.value and any(word in low for word in intent.words)


def _tongue(voice: Voice, heard: Heard, talk: Talk) -> str:
    if not heard.is_key or talk.node not in {Node.MAIN, Node.RATING}:
        return ""
    return next((one.code for one in voice.tongues if one.key == heard.value), "")


def _in_tongue(talk: Talk) -> Turn:
    """The same in the language that was chosen: the question, or the menu from its beginning."""
    if talk.node == Node.RATING:
        return Turn(talk, (talk.said,))
    return _say(talk, Node.MAIN, "welcome")


def _say(talk: Talk, node: Node, key: str, **values: str) -> Turn:
    turned = replace(talk, node=node, misses=0, said=(key, values))
    return Turn(turned, (turned.said,))


def _missed(talk: Talk, voice: Voice) -> Turn:
    """Not understood: once more, then a person."""
    if talk.misses + 1 >= voice.misses.value:
        return hand_over(talk, "not_understood")
    turned = replace(talk, misses=talk.misses + 1)
    return Turn(turned, (("not_understood", {}), talk.said))


def _main(talk: Talk, heard: Heard, voice: Voice, means: Means) -> Turn:
    if heard.is_key:
        by_key = {voice.intent(code).key: code for code in _STARTS}
        code = by_key.get(heard.value, "")
        return _STARTS[code](talk) if code else _missed(talk, voice)
    if talk.said[0] in _DONE and _only(voice.farewells, heard, voice):
        return Turn(talk, (("goodbye", {}),), Do.HANG_UP)
    code, sure = means.intent(heard.value)
    if sure < voice.sure.value:
        # Nobody calls for nothing: a long sentence is told back as a request.
        code = "request" if len(heard.value) >= voice.lengths.whole.value else ""
    if code == "consult" and len(heard.value) >= voice.lengths.whole.value:
        return _question(talk, heard, voice, means)
    if code == "request" and len(heard.value) >= voice.lengths.whole.value:
        return _request(talk, heard, voice, means)
    return _STARTS[code](talk) if code else _missed(talk, voice)


_STARTS: dict[str, Callable[[Talk], Turn]] = {
    "consult": lambda talk: _say(talk, Node.QUESTION, "question"),
    "progress": lambda talk: _say(talk, Node.NUMBER, "number"),
    "request": lambda talk: _say(talk, Node.REQUEST, "request"),
    "rate": lambda talk: _say(talk, Node.RATE_NUMBER, "rate_number"),
}


def _question(talk: Talk, heard: Heard, voice: Voice, means: Means) -> Turn:
    if heard.is_key or len(heard.value) < voice.lengths.least.value:
        return _missed(talk, voice)
    talk = replace(talk, slots={**talk.slots, "question": heard.value})
    found = means.answer(heard.value, talk.language)
    if found is None:
        # No source, no answer: a person is asked (domain-04 §5.7).
        return hand_over(talk, "no_answer")
    return _say(
        talk, Node.ANSWERED, "answer",
        title=found.title, text=found.text, source=found.source, day=found.day,
    )  # fmt: skip


def _answered(talk: Talk, heard: Heard, voice: Voice, means: Means) -> Turn:
    if heard.is_key and heard.value == voice.intent("request").key:
        return _STARTS["request"](talk)
    if _is(voice, "disagree", heard):
        return _STARTS["consult"](talk)
    if _is(voice, "agree", heard):
        return Turn(talk, (("goodbye", {}),), Do.HANG_UP)
    return _missed(talk, voice) if heard.is_key else _question(talk, heard, voice, means)


def _is(voice: Voice, code: str, heard: Heard) -> bool:
    intent = voice.intent(code)
    if heard.is_key:
        return heard.value == intent.key
    low = heard.value.casefold()
    return len(low) <= voice.lengths.reply.value and any(word in low for word in intent.words)


def _only(words: Iterable[str], heard: Heard, voice: Voice) -> bool:
    """Whether these words are all that was said: one or more of them and nothing between."""
    if heard.is_key or len(heard.value) > voice.lengths.reply.value:
        return False
    longest_first = sorted((re.escape(one.casefold()) for one in words), key=len, reverse=True)
    said = rf"[\W_]*(?:(?:{'|'.join(longest_first)})[\W_]*)+"
    return re.fullmatch(said, heard.value.casefold()) is not None


def _number(talk: Talk, heard: Heard, voice: Voice, means: Means) -> Turn:
    number = spoken_number(heard.value)
    if not number:
        turn = _missed(talk, voice)
        return turn if turn.do == Do.CONNECT else replace(turn, says=(("no_number", {}),))
    talk = replace(talk, slots={**talk.slots, "number": number})
    return _say(talk, Node.CODE, "code")


def spoken_number(text: str, prefix: str = PREFIX) -> str:
    """The number of a ticket as it is keyed or said; empty where it is none.

    Letters cannot be keyed: without them, and without the check character, it is the same number.
    """
    plain = re.sub(r"[^0-9A-Z]", "", normalise_number(text))
    if plain[:1].isdecimal():
        plain = prefix + plain
    if check_number(plain):
        return plain
    if len(plain) - len(prefix) < _DIGITS_OF_A_NUMBER:
        return ""
    whole = plain + check_character(plain)
    return whole if check_number(whole) else ""


def spoken_numbers(text: str, voice: Voice) -> tuple[str, ...]:
    """The numbers of what may be rated that these digits can mean: one for each of the letters."""
    found = (spoken_number(text, prefix) for prefix in voice.prefixes)
    return tuple(dict.fromkeys(filter(None, found)))


def _code(talk: Talk, heard: Heard, voice: Voice, means: Means) -> Turn:
    ending = re.sub(r"[^0-9]", "", heard.value)
    if len(ending) != 4:
        return _missed(talk, voice)
    told = means.progress(talk.slots.get("number", ""), ending, talk.language)
    if told is None:
        turn = _missed(talk, voice)
        if turn.do == Do.CONNECT:
            return turn
        again = replace(turn.talk, node=Node.NUMBER, said=("no_match", {}))
        return Turn(again, (again.said,))
    if not told:
        told = voice.says["no_news"].say(talk.language)
    return _say(talk, Node.MAIN, "progress", text=told)


def _request(talk: Talk, heard: Heard, voice: Voice, means: Means) -> Turn:
    if heard.is_key or len(heard.value) < voice.lengths.least.value:
        return _missed(talk, voice)
    place = means.place(heard.value)
    talk = replace(talk, slots={**talk.slots, "text": heard.value, "place": place})
    return _read_back(talk) if place else _say(talk, Node.PLACE, "place")


def _place(talk: Talk, heard: Heard, voice: Voice, means: Means) -> Turn:
    if heard.is_key or len(heard.value) < voice.lengths.place.value:
        return _missed(talk, voice)
    replies = (*voice.intent("agree").words, *voice.intent("disagree").words, *voice.farewells)
    if _only(replies, heard, voice):
        # Yes, no or thanks says no place.
        return _missed(talk, voice)
    # Asked for a place alone, he names nothing else: all of it is kept.
    return _read_back(replace(talk, slots={**talk.slots, "place": heard.value[:100]}))


def _read_back(talk: Talk) -> Turn:
    return _say(talk, Node.CONFIRM, "confirm", text=talk.slots["text"], place=talk.slots["place"])


def _confirm(talk: Talk, heard: Heard, voice: Voice, means: Means) -> Turn:
    if _is(voice, "disagree", heard):
        return _STARTS["request"](talk)
    if _is(voice, "agree", heard):
        return Turn(talk, (), Do.LISTEN, records=True)
    place = "" if heard.is_key else means.place(heard.value)
    if place:
        # Whoever hears a wrong place says the right one.
        return _read_back(replace(talk, slots={**talk.slots, "place": place}))
    return _missed(talk, voice)


def spelled(number: str) -> str:
    """A number as it is read out, character by character."""
    return " ".join(number)


def recorded(talk: Talk, number: str) -> Turn:
    """The request stands: its number is said, character by character."""
    turn = _say(talk, Node.MAIN, "recorded", number=number, spoken=spelled(number))
    return replace(turn, talk=replace(turn.talk, slots={}))


def _rate_number(talk: Talk, heard: Heard, voice: Voice, means: Means) -> Turn:
    if not spoken_numbers(heard.value, voice):
        turn = _missed(talk, voice)
        return turn if turn.do == Do.CONNECT else replace(turn, says=(("no_number", {}),))
    talk = replace(talk, slots={**talk.slots, "number": heard.value})
    return _say(talk, Node.RATE_CODE, "rate_code")


def _rate_code(talk: Talk, heard: Heard, voice: Voice, means: Means) -> Turn:
    code = re.sub(r"[^0-9]", "", heard.value)
    if len(code) != _DIGITS_OF_A_CODE:
        return _missed(talk, voice)
    matter = means.matter(spoken_numbers(talk.slots.get("number", ""), voice), code)
    if matter:
        return ask_rating(talk, matter)
    turn = _missed(talk, voice)
    if turn.do == Do.CONNECT:
        return turn
    again = replace(turn.talk, node=Node.RATE_NUMBER, said=("no_rating", {}))
    return Turn(again, (again.said,))


def ask_rating(talk: Talk, matter: str) -> Turn:
    """Ask how content the caller is with a matter; saying nothing is no rating."""
    asked = replace(talk, slots={**talk.slots, "matter": matter})
    return _say(asked, Node.RATING, "rating")


def _rating(talk: Talk, heard: Heard, voice: Voice, means: Means) -> Turn:
    """One key from 1 to 5. Who presses something else twice is asked no more, and is not counted.

    Who is not understood is not led to a person from here: that may be who is rated.
    """
    if heard.value in {"1", "2", "3", "4", "5"}:
        return Turn(talk, (), level=int(heard.value))
    if talk.misses + 1 >= voice.misses.value:
        return Turn(replace(talk, slots={}), (("goodbye", {}),), Do.HANG_UP)
    missed = replace(talk, misses=talk.misses + 1)
    return Turn(missed, (("not_understood", {}), talk.said))


def rated(talk: Talk, *, is_kept: bool) -> Turn:
    """The rating stands, or cannot any more: it is said which, and that is the end."""
    turned = replace(talk, node=Node.MAIN, slots={})
    key = "rated" if is_kept else "not_rated"
    return Turn(turned, ((key, {}),), Do.HANG_UP)


_NODES: dict[Node, Callable[[Talk, Heard, Voice, Means], Turn]] = {
    Node.MAIN: _main,
    Node.QUESTION: _question,
    Node.ANSWERED: _answered,
    Node.NUMBER: _number,
    Node.CODE: _code,
    Node.REQUEST: _request,
    Node.PLACE: _place,
    Node.CONFIRM: _confirm,
    Node.RATE_NUMBER: _rate_number,
    Node.RATE_CODE: _rate_code,
    Node.RATING: _rating,
}
