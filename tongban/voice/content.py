"""The schema of `content/voice.yaml`: what the menu says, understands and waits for."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, StringConstraints, model_validator

from tongban.kernel.contentfiles import ContentFile
from tongban.kernel.values import Evidenced, Name, Number, Piece, Share, Text, Whole

IntentCode = Literal[
    "consult", "progress", "request", "rate", "operator", "repeat", "agree", "disagree"
]
"""What a caller can want; each needs its words."""
INTENTS: tuple[IntentCode, ...] = get_args(IntentCode)
SAYINGS = (
    "welcome",
    "question",
    "answer",
    "no_answer",
    "number",
    "no_number",
    "code",
    "no_match",
    "progress",
    "no_news",
    "request",
    "place",
    "confirm",
    "what_wrong",
    "recorded",
    "more",
    "not_understood",
    "wrong_key",
    "silent",
    "operator",
    "danger",
    "goodbye",
    "not_recorded",
    "rate_number",
    "rate_code",
    "no_rating",
    "rating",
    "rated",
    "not_rated",
)
"""What the menu says; each needs its text."""
Key = Annotated[str, StringConstraints(pattern=r"^[0-9*#]$")]
Shown = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Words = Annotated[tuple[Shown, ...], Field(min_length=1)]


class Intent(Piece):
    """What a caller can want: its words in every language, its key in the main menu.

    ``alone`` are words too short or too common to count beside others (对, 人工, right).
    """

    code: IntentCode
    name: Name
    key: Key
    words: Annotated[tuple[str, ...], Field(min_length=1)]
    alone: tuple[Shown, ...] = ()


class Tongue(Piece):
    """A language of the menu, the key that chooses it and the words that ask for it."""

    code: Literal["zh", "en", "ug"]
    key: Key
    name: Name
    words: Words


class Level(Piece):
    """How content somebody is: the key of it and the words in which he may say so."""

    key: Annotated[str, StringConstraints(pattern=r"^[1-5]$")]
    words: Words


Characters = Evidenced[Annotated[Whole, Field(ge=1, le=1000)]]


class Lengths(Piece):
    """How long what a caller says is, in characters, and what follows from it.

    A word of letters (English, Uyghur) counts as ``word`` characters; ``wish`` counts every sign.
    Less than ``least`` is no request or question, less than ``place`` no place. A first sentence
    of ``whole`` or more is the matter itself. Who wants a person or the last words again says
    ``wish`` at most, who agrees or not ``reply``: a long story may hold the word.
    """

    word: Characters
    least: Characters
    place: Characters
    whole: Characters
    wish: Characters
    reply: Characters


class Voice(Piece):
    """`content/voice.yaml`.

    ``sure`` is the likeness below which the menu asks again, ``misses`` after how many failures in
    a row it hands over. ``gap`` (seconds) is how long an event waits for one before it that does
    not come, ``silent`` (minutes) how long nothing is told of a call until it counts as ended.
    ``prompt`` (seconds) is how soon an operator should answer, ``answered`` how many of a hundred
    calls should be (domain-04 §5.6, R25). ``prefixes`` are the letters of numbers that may be
    rated: a telephone has no keys for them. ``farewells`` are words with which somebody ends a
    call whose matter is done, where he says nothing else, ``leaves`` those that end it wherever
    he stands. ``greetings`` say nothing yet; ``unknown`` that he does not know what he is asked
    for; ``where`` that he speaks of the place of his request. ``fillers`` may stand between words
    that count alone, ``pressing`` beside a key that is
    named. ``levels`` are how content he may say that he is, ``digits`` the words of
    each figure.
    """

    intents: Annotated[tuple[Intent, ...], Field(min_length=len(INTENTS))]
    tongues: tuple[Tongue, ...]
    says: Mapping[str, Text]
    sure: Evidenced[Share]
    misses: Evidenced[Annotated[Whole, Field(ge=1, le=10)]]
    gap: Evidenced[Annotated[Number, Field(ge=1, le=120)]]
    silent: Evidenced[Annotated[Number, Field(ge=1, le=1440)]]
    prompt: Evidenced[Annotated[Number, Field(ge=1, le=600)]]
    lengths: Lengths
    answered: Evidenced[Annotated[Number, Field(ge=1, le=100)]]
    farewells: Words
    leaves: Words
    greetings: Words
    unknown: Words
    where: Words
    fillers: Words
    pressing: Words
    levels: Annotated[tuple[Level, ...], Field(min_length=5, max_length=5)]
    digits: Mapping[Annotated[str, StringConstraints(pattern=r"^[0-9]$")], Words]
    prefixes: Annotated[
        tuple[Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,6}$")], ...], Field(min_length=1)
    ]

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        missing = {*INTENTS} - {one.code for one in self.intents}
        silent = {*SAYINGS} ^ set(self.says)
        if missing or silent:
            raise ValueError(f"intents {sorted(missing)} or sayings {sorted(silent)} do not fit")
        keys = [one.key for one in self.intents if one.code not in {"agree", "disagree"}]
        keys += [one.key for one in self.tongues]
        if len(keys) != len(set(keys)):
            raise ValueError("one key has two meanings in the main menu")
        if len({one.key for one in self.levels}) != len(self.levels):
            raise ValueError("one key stands for two levels")
        return self

    def intent(self, code: str) -> Intent:
        """The intent of that code. Raises StopIteration for none."""
        return next(one for one in self.intents if one.code == code)

    @property
    def words(self) -> dict[str, tuple[str, ...]]:
        """The words of each intent that a sentence may have in the main menu."""
        return {
            one.code: one.words
            for one in self.intents
            if one.code in {"consult", "progress", "request", "rate"}
        }


FILE = ContentFile("voice.yaml", Voice)
