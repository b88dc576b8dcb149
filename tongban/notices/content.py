"""The schema of `content/messages.yaml`: what people are told, in which words, and when not."""

import re
from datetime import time
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from tongban.kernel.yamltext import read_yaml

Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
Line = Annotated[str, StringConstraints(min_length=1)]


class _Piece(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Wording(_Piece):
    """A text with its languages. Chinese is the source; others fall back to it."""

    zh: Line
    en: Line
    ug: Line | None = None
    kk: Line | None = None

    def in_language(self, language: str) -> str:
        """The text in a language, in Chinese where that one is not written."""
        return getattr(self, language, None) or self.zh


class QuietHours(_Piece):
    """When no short message is sent, by the city's clock; may run across midnight."""

    since: time
    until: time
    mark: Literal["S", "V", "VL", "V2", "M", "A"]
    basis: str = ""


class Template(_Piece):
    """One kind of message. Every placeholder of its texts is a parameter, and the reverse.

    ``statutory`` messages reach even people who want no short messages (domain-07 §12.2).
    Without ``sms`` the message stays in the inbox. An ``urgent`` one does not wait for the end of
    the quiet hours: danger to life does not either.
    """

    key: Word
    kind: Literal["progress", "todo", "expiry", "authorisation", "evaluation", "system"]
    statutory: bool
    params: tuple[Word, ...]
    title: Wording
    body: Wording
    sms: Wording | None = None
    urgent: bool = False

    @model_validator(mode="after")
    def _placeholders_are_parameters(self) -> Self:
        used: set[str] = set()
        for wording in (self.title, self.body, self.sms):
            for text in wording.model_dump(exclude_none=True).values() if wording else ():
                used |= set(PLACEHOLDER.findall(text))
        if used != set(self.params):
            wrong = ", ".join(sorted(used ^ set(self.params)))
            raise ValueError(f"{self.key}: parameters and placeholders differ in {wrong}")
        return self


class Messages(_Piece):
    """`content/messages.yaml`.

    ``words`` stand in the place of a parameter that has no value yet, or name a state.
    """

    signature: Wording
    quiet_hours: QuietHours
    words: dict[Word, Wording] = Field(default_factory=dict)
    messages: Annotated[tuple[Template, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _keys_are_unique(self) -> Self:
        keys = [template.key for template in self.messages]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        if twice:
            raise ValueError(f"written twice: {', '.join(twice)}")
        return self

    def template(self, key: str) -> Template:
        """The template of this key. Raises KeyError: an unknown one is a fault of the program."""
        return {template.key: template for template in self.messages}[key]


def read_messages(path: Path) -> Messages:
    """The file, read anew when it changed. Raises pydantic's ValidationError or YAMLError."""
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int) -> Messages:
    return Messages.model_validate(read_yaml(path.read_text(encoding="utf-8")))
