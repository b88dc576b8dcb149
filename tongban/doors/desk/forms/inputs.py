"""What a verb asks an officer for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import signature
from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext_noop

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.kernel.actors import Actor

Data = Mapping[str, str]
Run = Callable[["Actor", int, Data, "datetime"], object]


def runs(of: str, action: Callable[..., object], *names: str, **fixed: object) -> Run:
    """What a verb does that is one action of the house.

    ``of`` is what the action calls the proceeding; the fields of these names go in as they were
    typed, ``fixed`` is what the form does not ask. Raises TypeError, as this module is read, for
    what the action does not know.
    """
    asked = {of: 0, **dict.fromkeys(names, ""), **fixed, "by": None, "now": None}
    signature(action).bind(**asked)

    def run(by: Actor, proceeding_id: int, data: Data, now: datetime) -> object:
        given = {name: data[name] for name in names}
        return action(**{of: proceeding_id}, **given, **fixed, by=by, now=now)

    return run


InputKind = Literal[
    "longtext",
    "text",
    "integer",
    "target",
    "officer",
    "companion",
    "procedure",
    "result",
    "department",
    "way",
    "chair",
    "view",
    "inspector",
    "ground",
    "forum",
    "relief",
    "fault",
    "pick",
    "date",
    "file",
    "hidden",
]
LONGEST_TEXT = 2000
LONGEST_LINE = 200


@dataclass(frozen=True, slots=True)
class Input:
    """One field of a verb's form.

    ``target``, ``officer``, ``companion``, ``procedure``, ``result``, ``department``, ``way``,
    ``chair``, ``view``, ``inspector``, ``ground``, ``forum``, ``relief`` and ``fault`` are choices
    whose options the page knows by their kind, those of a ``pick`` by the name of the field; what
    is chosen among them stands there already. A ``file`` comes beside the form: the verb gets the
    number under which it was kept.
    ``has_opinions`` puts the ready phrases (常用意见) below the field.
    """

    name: str
    label: str
    kind: InputKind = "longtext"
    required: bool = True
    help: str = ""
    has_opinions: bool = False

    @property
    def most(self) -> int:
        """How many characters fit."""
        return LONGEST_TEXT if self.kind == "longtext" else LONGEST_LINE


WHEN = (
    Input("day", gettext_noop("日期"), "date"),
    Input("time", gettext_noop("时间"), "text", help=gettext_noop("写成 10:00 的样子。")),
    Input("place", gettext_noop("地点"), "text"),
)
"""When and where people meet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """One verb as the desk offers it; ``title`` is what its button says to do.

    ``step`` and ``outcome`` choose the ready opinions. ``per_step`` verbs are offered once for
    each step that the officer may work on, ``fits`` says for which. ``grave`` ones cannot be
    undone, ``main`` is what is done most. ``values`` are what the note says by the content.
    """

    name: str
    title: str
    run: Run
    inputs: tuple[Input, ...] = ()
    step: str = ""
    outcome: str = ""
    note: str = ""
    values: Callable[[], Mapping[str, str]] | None = None
    key: str = ""
    main: bool = False
    grave: bool = False
    per_step: bool = False
    fits: Callable[[str, int], bool] = lambda _code, _turn: True

    @property
    def files(self) -> tuple[Input, ...]:
        """The files that the form asks for."""
        return tuple(one for one in self.inputs if one.kind == "file")

    @property
    def asks_step(self) -> bool:
        """Whether the form says which step is meant."""
        return any(one.kind == "hidden" for one in self.inputs)
