"""Refusals: the answers that say no, why, on what basis, and what is possible instead.

A refusal is an answer, not a fault. Rooms define their own subclasses next to the function
that raises them; doors translate `status` and show the rest. Faults are ordinary exceptions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar, Self

if TYPE_CHECKING:
    from collections.abc import Iterable

CODE_SHAPE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
STATUSES = frozenset({403, 404, 409, 422})


class Worded(str):
    """A Chinese sentence put together with values, which another language can put together anew.

    It is the sentence itself wherever a string is wanted; a door says `template` in the reader's
    language with the same `values`. A value is a text, a number, a date, a text of the content
    (with ``zh`` or a mapping by language), another `Worded`, or a tuple of these.
    """

    __slots__ = ("template", "values")

    template: str
    values: Mapping[str, Any]

    @classmethod
    def of(cls, template: str, values: Mapping[str, Any]) -> Worded:
        """The sentence with its values in Chinese."""
        made = cls(template.format(**{name: _in_chinese(one) for name, one in values.items()}))
        made.template = template
        made.values = values
        return made


def worded(template: str, /, **values: Any) -> Worded:
    """A sentence of a refusal with values: ``worded("最多{most}个字。", most=40)``."""
    return Worded.of(template, values)


def _in_chinese(value: Any) -> str:
    if isinstance(value, tuple):
        return "、".join(map(_in_chinese, value))
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, Mapping):
        return str(value.get("zh", ""))
    return str(getattr(value, "zh", value))


class Refusal(Exception):  # noqa: N818 -- a refusal is an answer, the word "error" would mislead
    """A well-founded no.

    `code` is stable and unique among all refusals; `status` is 409 for a move that the state
    forbids, 403 for a person who may not, 404 for a thing that is not there (for this person),
    422 for input. `sentence` is Chinese and complete; `instead` lists what is possible now.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not CODE_SHAPE.fullmatch(cls.code):
            raise TypeError(f"{cls.__name__}.code {cls.code!r} is not dashed lower case")
        if cls.status not in STATUSES:
            raise TypeError(f"{cls.__name__}.status {cls.status} is not one of {sorted(STATUSES)}")

    def __init__(
        self,
        sentence: str,
        *,
        facts: Mapping[str, Any] | None = None,
        basis: str = "",
        instead: Iterable[str] = (),
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.facts: dict[str, Any] = dict(facts or {})
        self.basis = basis
        self.instead: tuple[str, ...] = tuple(instead)


class NotFound(Refusal):
    """The thing is not there, or this person may not know that it is: both read the same."""

    code = "not-found"
    status = 404

    def __init__(
        self,
        sentence: str = "没有找到您要的内容。",
        *,
        facts: Mapping[str, Any] | None = None,
        basis: str = "",
        instead: Iterable[str] = (),
    ) -> None:
        super().__init__(sentence, facts=facts, basis=basis, instead=instead)


class NotAllowed(Refusal):
    """This person may not do this."""

    code = "not-allowed"
    status = 403

    def __init__(
        self,
        sentence: str = "您没有办理此操作的权限。",
        *,
        facts: Mapping[str, Any] | None = None,
        basis: str = "",
        instead: Iterable[str] = (),
    ) -> None:
        super().__init__(sentence, facts=facts, basis=basis, instead=instead)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an input: where (`path` into the input), which kind, in words."""

    path: str
    code: str
    sentence: str

    @classmethod
    def each_of(cls, errors: Iterable[Mapping[str, Any]], most: int = 10) -> tuple[Self, ...]:
        """What a schema found wrong with a message of a machine, as pydantic lists it."""
        return tuple(
            cls(".".join(map(str, one["loc"])), str(one["type"]), str(one["msg"])[:200])
            for one in islice(errors, most)
        )


class BadInput(Refusal):
    """The input cannot be used. `problems` names every fault, not just the first."""

    code = "bad-input"
    status = 422

    def __init__(
        self,
        sentence: str = "填写的内容有误，请按提示修改。",
        *,
        problems: Iterable[Problem] = (),
        facts: Mapping[str, Any] | None = None,
        basis: str = "",
        instead: Iterable[str] = (),
    ) -> None:
        super().__init__(sentence, facts=facts, basis=basis, instead=instead)
        self.problems: tuple[Problem, ...] = tuple(problems)

    @classmethod
    def at(cls, path: str, code: str, sentence: str) -> BadInput:
        """A refusal with a single problem, which is also its sentence."""
        return cls(sentence, problems=(Problem(path, code, sentence),))


class MoveNotAllowed(Refusal):
    """The verb is not open in the present state. `facts` names machine, state, verb, open."""

    code = "move-not-allowed"
    status = 409
