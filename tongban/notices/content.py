"""The schema of `content/messages.yaml`: what people are told, in which words, and when not."""

import re
from datetime import time
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tongban.kernel.contentfiles import ContentFile
from tongban.kernel.values import Mark, Name, Piece, Word

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")


class QuietHours(Piece):
    """When no short message is sent, by the city's clock; may run across midnight."""

    since: time
    until: time
    mark: Mark
    basis: str = ""


class Template(Piece):
    """One kind of message. Every placeholder of its texts is a parameter, and the reverse.

    ``statutory`` messages reach even people who want no short messages (domain-07 §12.2).
    Without ``sms`` the message stays in the inbox. An ``urgent`` one does not wait for the end of
    the quiet hours: danger to life does not either.
    """

    key: Word
    kind: Literal["progress", "todo", "expiry", "authorisation", "evaluation", "system"]
    statutory: bool
    params: tuple[Word, ...]
    title: Name
    body: Name
    sms: Name | None = None
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


class Messages(Piece):
    """`content/messages.yaml`.

    ``words`` stand in the place of a parameter that has no value yet, or name a state.
    """

    signature: Name
    quiet_hours: QuietHours
    words: dict[Word, Name] = Field(default_factory=dict)
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


FILE = ContentFile("messages.yaml", Messages)
