"""What connects the rooms: the loops of the worker and the reactions to what rooms announce.

A room plugs in by having the file: `reactions.py` is imported when Django is ready, `tasks.py` is
found by procrastinate, the functions named here are called by the worker and the command line.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Loop:
    """A function that the worker calls again and again.

    step: returns how much it did; anything but zero means that there may be more at once.
    idle: seconds to wait after a step that found nothing to do.
    """

    name: str
    step: Callable[[], int]
    idle: float


def import_reactions() -> None:
    """Let each room subscribe to what the rooms below announce."""
    for app in apps.get_app_configs():
        name = f"{app.name}.reactions"
        if app.name.startswith("tongban.") and importlib.util.find_spec(name):
            # BUILD-UP: rooms that are not there yet are forgiven; strict at the end.
            with contextlib.suppress(ImportError):
                importlib.import_module(name)


def find(dotted: str) -> Callable[..., Any] | None:
    """The function of this dotted name, None where its module or the name is missing."""
    module, _, name = dotted.rpartition(".")
    try:
        found: Callable[..., Any] | None = getattr(importlib.import_module(module), name, None)
    except ModuleNotFoundError as error:
        if error.name and error.name.startswith("tongban."):
            return None
        raise
    return found


def published_version() -> object:
    """The content version in force, falsy where nothing is published."""
    current = find("tongban.catalogue.queries.current_version")
    return current() if current else None


def loops() -> tuple[Loop, ...]:
    """The loops of one worker process."""
    found = (
        ("sequencer", "tongban.records.actions.sequence", lambda run: run(), 0.2),
        ("reactions", "tongban.records.actions.drain", lambda run: run(200), 0.2),
        ("deadlines", "tongban.engine.actions.sweep", _at_city_time, 0.5),
        ("assignment days", "tongban.engine.actions.reveal_secrets", _at_city_time, 300.0),
        ("seals", "tongban.records.tasks.seal_due", lambda run: run(), 30.0),
    )
    return tuple(
        Loop(name, _step(run, call), idle)
        for name, dotted, call, idle in found
        if (run := find(dotted))
    )


def _step(run: Callable[..., Any], call: Callable[[Callable[..., Any]], Any]) -> Callable[[], int]:
    return lambda: int(call(run) or 0)


def _at_city_time(run: Callable[..., Any]) -> int:
    city_now = find("tongban.records.queries.city_now")
    return int(run(city_now())) if city_now else 0
