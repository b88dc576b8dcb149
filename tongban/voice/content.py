"""The schema of `content/voice.yaml`: what the menu says, understands and waits for."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from tongban.catalogue.content.values import Marked, Name, Piece, Text
from tongban.kernel.yamltext import read_yaml

INTENTS = (
    "consult",
    "progress",
    "request",
    "rate",
    "operator",
    "repeat",
    "agree",
    "disagree",
)
"""What a caller can want; each needs its words."""
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
_BOUNDS = {
    "sure": (0, 1),
    "misses": (1, 10),
    "gap": (1, 120),
    "silent": (1, 1440),
    "prompt": (1, 600),
    "answered": (1, 100),
}
Key = Annotated[str, StringConstraints(pattern=r"^[0-9*#]$")]


class Intent(Piece):
    """What a caller can want: its words in every language, its key in the main menu."""

    code: Literal[
        "consult", "progress", "request", "rate", "operator", "repeat", "agree", "disagree"
    ]
    name: Name
    key: Key
    words: Annotated[tuple[str, ...], Field(min_length=1)]


class Tongue(Piece):
    """A language of the menu and the key that chooses it."""

    code: Literal["zh", "en", "ug"]
    key: Key
    name: Name


class Voice(Piece):
    """`content/voice.yaml`.

    ``prompt`` is how soon an operator should answer, ``answered`` how many of a hundred calls
    should be (domain-04 §5.6, R25). ``prefixes`` are the letters
    of numbers that may be rated: a telephone has no keys for them.
    """

    intents: Annotated[tuple[Intent, ...], Field(min_length=len(INTENTS))]
    tongues: tuple[Tongue, ...]
    says: Mapping[str, Text]
    sure: Marked
    misses: Marked
    gap: Marked
    silent: Marked
    prompt: Marked
    answered: Marked
    prefixes: Annotated[
        tuple[Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,6}$")], ...], Field(min_length=1)
    ]

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        missing = {*INTENTS} - {one.code for one in self.intents}
        silent = {*SAYINGS} ^ set(self.says)
        if missing or silent:
            raise ValueError(f"intents {sorted(missing)} or sayings {sorted(silent)} do not fit")
        wrong = [name for name, (low, high) in _BOUNDS.items() if not self._is_in(name, low, high)]
        if wrong:
            raise ValueError(f"numbers out of bounds: {', '.join(wrong)}")
        keys = [one.key for one in self.intents if one.code not in {"agree", "disagree"}]
        keys += [one.key for one in self.tongues]
        if len(keys) != len(set(keys)):
            raise ValueError("one key has two meanings in the main menu")
        return self

    def _is_in(self, name: str, low: float, high: float) -> bool:
        value = getattr(self, name).value
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number and low <= value <= high

    def intent(self, code: str) -> Intent:
        """The intent of that code. Raises StopIteration for none."""
        return next(one for one in self.intents if one.code == code)

    @property
    def gap_seconds(self) -> float:
        """How long an event waits for one before it that does not come."""
        return float(str(self.gap.value))

    @property
    def silent_minutes(self) -> float:
        """How long nothing is told of a call until it counts as ended."""
        return float(str(self.silent.value))

    @property
    def prompt_seconds(self) -> float:
        """How soon after a caller was offered to operators one of them should answer."""
        return float(str(self.prompt.value))

    @property
    def words(self) -> dict[str, tuple[str, ...]]:
        """The words of each intent that a sentence may have in the main menu."""
        return {
            one.code: one.words
            for one in self.intents
            if one.code in {"consult", "progress", "request", "rate"}
        }


def read_voice(path: Path) -> Voice:
    """The file, read anew when it changed. Raises pydantic's ValidationError or YAMLError."""
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _read(path: Path, _changed: int) -> Voice:
    return Voice.model_validate(read_yaml(path.read_text(encoding="utf-8")))
