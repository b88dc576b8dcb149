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
    "recorded",
    "more",
    "not_understood",
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


class Intent(Piece):
    """What a caller can want: its words in every language, its key in the main menu."""

    code: IntentCode
    name: Name
    key: Key
    words: Annotated[tuple[str, ...], Field(min_length=1)]


class Tongue(Piece):
    """A language of the menu and the key that chooses it."""

    code: Literal["zh", "en", "ug"]
    key: Key
    name: Name


Shown = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Characters = Evidenced[Annotated[Whole, Field(ge=1, le=1000)]]


class Lengths(Piece):
    """How long what a caller says is, in characters, and what follows from it.

    Less than ``least`` is no request or question, less than ``place`` no place. A first sentence
    of ``whole`` or more is the matter itself. Who wants a person or the last words again says
    ``wish`` at most, who agrees or not ``reply``: a long story may hold the word.
    """

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
    call whose matter is done, where he says nothing else.
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
    farewells: Annotated[tuple[Shown, ...], Field(min_length=1)]
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
