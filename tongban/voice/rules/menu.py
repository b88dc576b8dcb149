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
from tongban.voice.rules import words
from tongban.voice.states import Do, Node

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tongban.voice.content import Voice

OPERATOR, REPEAT = "operator", "repeat"
LONGEST = 9_000
"""Characters of a request, however often danger is spoken of; a ticket takes no more."""
PLACE_MOST = 100
"""Characters of a place that somebody says."""
_DIGITS_OF_A_NUMBER = 20
_DIGITS_OF_A_CODE = 6
PREFIX = "GD"
PROOFS = frozenset({Node.CODE, Node.RATE_CODE})
"""Where digits are asked for that prove something: they are never kept."""
_DONE = frozenset({"recorded", "progress", "more"})
"""Sayings after which a matter is done: who has no other one may end the call with a word."""
NUMBERS = frozenset({Node.NUMBER, Node.RATE_NUMBER})
"""Where the number of a matter is asked for."""
_ASKED = NUMBERS | PROOFS | {Node.PLACE}
"""Where something is asked for that he may not know."""
_FIGURES = NUMBERS | PROOFS


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
        talk = replace(talk, language=words.language_of(heard.value) or talk.language)
        alarm = means.alarm(heard.value, talk.language)
        if alarm is not None:
            return _emergency(talk, heard, alarm)
    if talk.node == Node.PERSON:
        return Turn(talk, (), Do.NOTHING)
    if not heard.is_key and not heard.value.strip():
        return _silence(talk, voice)
    if heard == Heard("#", is_key=True):
        # Many press it when they have spoken.
        return Turn(talk, ())
    heard = _pressed(talk, heard, voice)
    return _anywhere(talk, heard, voice) or _NODES[Node(talk.node)](talk, heard, voice, means)


def _anywhere(talk: Talk, heard: Heard, voice: Voice) -> Turn | None:
    """What can be asked for wherever somebody stands; None where nothing of it is."""
    if _wants(voice, OPERATOR, heard, talk):
        return hand_over(talk)
    if _wants(voice, REPEAT, heard, talk):
        return Turn(talk, (talk.said,))
    tongue = _tongue(voice, heard, talk)
    if tongue:
        return _in_tongue(replace(talk, language=tongue))
    return None if heard.is_key else _in_words(talk, heard, voice)


def _in_words(talk: Talk, heard: Heard, voice: Voice) -> Turn | None:
    """Goodbye, hello and "I do not know", for which there is no key; None for none of them."""
    if _only(voice.leaves, heard, voice):
        return _goodbye(replace(talk, slots={}))
    if _only(voice.greetings, heard, voice):
        return Turn(talk, (talk.said,))
    is_short = len(heard.value) <= voice.lengths.wish.value
    if talk.node in _ASKED and is_short and words.names_any(heard.value, voice.unknown):
        return hand_over(talk)
    return None


def _goodbye(talk: Talk) -> Turn:
    return Turn(talk, (("goodbye", {}),), Do.HANG_UP)


def _silence(talk: Talk, voice: Voice) -> Turn:
    """Nothing was said in time: asked once more, then a person looks after him.

    Whose matter is done, or who was asked for a rating, need say nothing.
    """
    if talk.node == Node.MAIN and talk.said[0] in _DONE:
        return _goodbye(talk) if talk.said[0] == "more" else _say(talk, Node.MAIN, "more")
    return _missed(talk, voice, "silent")


def _pressed(talk: Talk, heard: Heard, voice: Voice) -> Heard:
    """A key that is named instead of pressed, as if it were; figures of a number are none."""
    if heard.is_key or talk.node in _FIGURES:
        return heard
    key = words.key_of(heard.value, voice)
    return Heard(key, is_key=True) if key else heard


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
    if len(heard.value) > voice.lengths.wish.value:
        return False
    return words.names_any(heard.value, intent.words) or _only(intent.alone, heard, voice)


def _tongue(voice: Voice, heard: Heard, talk: Talk) -> str:
    if not heard.is_key:
        return words.tongue_of(heard.value, voice)
    if talk.node not in {Node.MAIN, Node.RATING}:
        return ""
    return next((one.code for one in voice.tongues if one.key == heard.value), "")


def _in_tongue(talk: Talk) -> Turn:
    """The same in the language that was chosen: the question, or the menu from its beginning."""
    if talk.node != Node.MAIN:
        return Turn(talk, (talk.said,))
    return _say(talk, Node.MAIN, "welcome")


def _say(talk: Talk, node: Node, key: str, **values: str) -> Turn:
    turned = replace(talk, node=node, misses=0, said=(key, values))
    return Turn(turned, (turned.said,))


def _missed(talk: Talk, voice: Voice, why: str = "not_understood") -> Turn:
    """Not understood: once more, then a person."""
    if talk.node == Node.RATING:
        return _not_rated(talk, voice, why)
    if talk.misses + 1 >= voice.misses.value:
        return hand_over(talk, why)
    turned = replace(talk, misses=talk.misses + 1)
    return Turn(turned, ((why, {}), talk.said))


def _lost(talk: Talk, heard: Heard, voice: Voice) -> Turn:
    """Neither these words nor this key mean anything here."""
    return _missed(talk, voice, "wrong_key" if heard.is_key else "not_understood")


def _main(talk: Talk, heard: Heard, voice: Voice, means: Means) -> Turn:
    if heard.is_key:
        by_key = {voice.intent(code).key: code for code in _STARTS}
        code = by_key.get(heard.value, "")
        return _STARTS[code](talk) if code else _lost(talk, heard, voice)
    if talk.said[0] in _DONE and _only(voice.farewells, heard, voice):
        return _goodbye(talk)
    wish = _mere_wish(heard, voice)
    if wish:
        return _STARTS[wish](talk)
    is_whole = _size(heard, voice) >= voice.lengths.whole.value
    code, sure = means.intent(heard.value)
    if sure < voice.sure.value:
        # Nobody calls for nothing: a long sentence is told back as a request.
        code = "request" if is_whole else ""
    if code == "consult" and is_whole:
        return _question(talk, heard, voice, means)
    if code == "request" and is_whole:
        return _request(talk, heard, voice, means)
    return _STARTS[code](talk) if code else _missed(talk, voice)


def _size(heard: Heard, voice: Voice) -> float:
    return words.size(heard.value, voice.lengths.word.value)


def _mere_wish(heard: Heard, voice: Voice) -> str:
    """What somebody wants who says no more than that he wants it (我要投诉, I have a question)."""
    for code in _STARTS:
        if _only(voice.intent(code).alone, heard, voice):
            return code
    return ""


_STARTS: dict[str, Callable[[Talk], Turn]] = {
    "consult": lambda talk: _say(talk, Node.QUESTION, "question"),
    "progress": lambda talk: _say(talk, Node.NUMBER, "number"),
    "request": lambda talk: _say(talk, Node.REQUEST, "request"),
    "rate": lambda talk: _say(talk, Node.RATE_NUMBER, "rate_number"),
}


def _question(talk: Talk, heard: Heard, voice: Voice, means: Means) -> Turn:
    if turn := _says_nothing(talk, heard, voice):
        return turn
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
    reply = _reply(heard, voice)
    if reply == words.DISAGREE:
        return _STARTS["consult"](talk)
    if reply == words.AGREE or _only(voice.farewells, heard, voice):
        return _goodbye(talk)
    wish = _mere_wish(heard, voice)
    if wish:
        return _STARTS[wish](talk)
    return _lost(talk, heard, voice) if heard.is_key else _question(talk, heard, voice, means)


def _reply(heard: Heard, voice: Voice) -> str:
    """Whether he agrees or not, by key or by words; empty for neither."""
    if not heard.is_key:
        return words.reply(heard.value, voice)
    keys = {voice.intent(code).key: code for code in (words.AGREE, words.DISAGREE)}
    return keys.get(heard.value, "")


def _only(some: Iterable[str], heard: Heard, voice: Voice) -> bool:
    """Whether these words are all that was said, with nothing but fillers between."""
    return not heard.is_key and bool(words.only(heard.value, some, voice.fillers))


def _says_nothing(talk: Talk, heard: Heard, voice: Voice) -> Turn | None:
    """What follows where it is too short to be a matter, or only says that there is one."""
    if heard.is_key or _size(heard, voice) < voice.lengths.least.value:
        return _lost(talk, heard, voice)
    return Turn(talk, (talk.said,)) if _mere_wish(heard, voice) else None


def _number(talk: Talk, heard: Heard, voice: Voice, means: Means) -> Turn:
    number = spoken_number(words.in_figures(heard.value, voice))
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
    figures = words.in_figures(text, voice)
    found = (spoken_number(figures, prefix) for prefix in voice.prefixes)
    return tuple(dict.fromkeys(filter(None, found)))


def _code(talk: Talk, heard: Heard, voice: Voice, means: Means) -> Turn:
    ending = re.sub(r"[^0-9]", "", words.in_figures(heard.value, voice))
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
    if turn := _says_nothing(talk, heard, voice):
        return turn
    place = means.place(heard.value)
    talk = replace(talk, slots={**talk.slots, "text": heard.value, "place": place})
    return _read_back(talk) if place else _say(talk, Node.PLACE, "place")


def _place(talk: Talk, heard: Heard, voice: Voice, means: Means) -> Turn:
    if heard.is_key or _size(heard, voice) < voice.lengths.place.value:
        return _lost(talk, heard, voice)
    if words.mere_reply(heard.value, voice) or _only(voice.farewells, heard, voice):
        # Yes, no or thanks says no place.
        return _missed(talk, voice)
    # Asked for a place alone, he names nothing else: all of it is kept.
    return _read_back(replace(talk, slots={**talk.slots, "place": heard.value[:PLACE_MOST]}))


def _read_back(talk: Talk, **slots: str) -> Turn:
    """What is understood is said before it is recorded."""
    talk = replace(talk, slots={**talk.slots, **slots})
    return _say(talk, Node.CONFIRM, "confirm", text=talk.slots["text"], place=talk.slots["place"])


def _confirm(talk: Talk, heard: Heard, voice: Voice, means: Means) -> Turn:
    """Yes records; whoever says what is wrong is heard, else asked; what he adds is added."""
    reply = _reply(heard, voice)
    if not heard.is_key:
        if place := _other_place(talk, heard, means):
            # Whoever hears a wrong place says the right one.
            return _read_back(talk, place=place)
        if _names_where(heard, voice):
            return _say(talk, Node.PLACE, "place")
        reply = reply or _yes_to_place(heard, voice, means)
        if reply != words.AGREE and _adds(heard, voice):
            return _read_back(talk, text=_more(talk, heard))
    return _YES_OR_NO[reply](talk) if reply else _lost(talk, heard, voice)


def _adds(heard: Heard, voice: Voice) -> bool:
    """Whether somebody who does not agree, or not only, tells enough to be part of his matter."""
    reply = words.reply(heard.value, voice)
    enough = voice.lengths.least if reply else voice.lengths.whole
    return words.left_of(heard.value, voice) >= enough.value


def _more(talk: Talk, heard: Heard) -> str:
    """What was read back with what he says to it: nothing that was said is lost."""
    return f"{talk.slots['text']}\n{heard.value}"[:LONGEST]


_YES_OR_NO: dict[str, Callable[[Talk], Turn]] = {
    words.AGREE: lambda talk: Turn(talk, (), Do.LISTEN, records=True),
    words.DISAGREE: lambda talk: _say(talk, Node.WRONG, "what_wrong"),
}


def _wrong(talk: Talk, heard: Heard, voice: Voice, means: Means) -> Turn:
    """Told what is wrong: the right place, or the matter once more."""
    if heard.is_key:
        key, node = _WRONG_KEYS.get(heard.value, ("", Node.WRONG))
        return _say(talk, node, key) if key else _lost(talk, heard, voice)
    place = _other_place(talk, heard, means)
    if place and _is_place_alone(talk, heard, place, voice):
        return _read_back(talk, place=place)
    if _names_where(heard, voice):
        return _say(talk, Node.PLACE, "place")
    reply = words.reply(heard.value, voice)
    if reply == words.AGREE:
        return _read_back(talk)
    if words.left_of(heard.value, voice) < voice.lengths.least.value:
        return _STARTS["request"](talk)
    text = _more(talk, heard) if reply else heard.value
    return _read_back(talk, text=text, place=place or talk.slots["place"])


_WRONG_KEYS = {"1": ("place", Node.PLACE), "2": ("request", Node.REQUEST)}
"""Asked what is wrong: the place, or what happened."""


def _other_place(talk: Talk, heard: Heard, means: Means) -> str:
    """A place that he names and that was not read back; empty for none.

    Who says 不是胜利路，是友好路 means the second.
    """
    told, rest = talk.slots.get("place", ""), heard.value
    while place := means.place(rest):
        if place not in told:
            return place
        rest = rest.split(place, 1)[1] if place in rest else ""
    return ""


def _is_place_alone(talk: Talk, heard: Heard, place: str, voice: Voice) -> bool:
    """Whether somebody says little more than where it is and where it is not."""
    rest = heard.value.replace(place, " ").replace(talk.slots["place"] or place, " ")
    return words.left_of(rest, voice) < voice.lengths.whole.value


def _yes_to_place(heard: Heard, voice: Voice, means: Means) -> str:
    """Agreement of who says yes and then only the place that was read to him (对，就是胜利路)."""
    place = means.place(heard.value)
    if not place:
        return ""
    return words.reply(words.without(heard.value.replace(place, " ", 1), voice.where), voice)


def _names_where(heard: Heard, voice: Voice) -> bool:
    """Whether he says that the place is wrong, and not which it is."""
    is_short = _size(heard, voice) < voice.lengths.whole.value
    is_about = is_short or words.reply(heard.value, voice) == words.DISAGREE
    return is_about and words.names_any(heard.value, voice.where)


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
    code = re.sub(r"[^0-9]", "", words.in_figures(heard.value, voice))
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
    """One key from 1 to 5, or the words of it."""
    level = heard.value if heard.is_key else words.level_of(heard.value, voice)
    if level in {one.key for one in voice.levels}:
        return Turn(talk, (), level=int(level))
    return _lost(talk, heard, voice)


def _not_rated(talk: Talk, voice: Voice, why: str) -> Turn:
    """Who says something else twice is asked no more, and is not counted.

    He is not led to a person from here: that may be who is rated.
    """
    if talk.misses + 1 >= voice.misses.value:
        return _goodbye(replace(talk, slots={}))
    missed = replace(talk, misses=talk.misses + 1)
    return Turn(missed, ((why, {}), talk.said))


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
    Node.WRONG: _wrong,
    Node.RATE_NUMBER: _rate_number,
    Node.RATE_CODE: _rate_code,
    Node.RATING: _rating,
}
