"""What connects the rooms: the loops of the worker and the reactions to what rooms announce.

A room plugs in by having the file: `reactions.py` is imported when Django is ready, `tasks.py` is
found by procrastinate. What the worker repeats is listed here.
"""

from __future__ import annotations

import importlib
import importlib.util
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.apps import apps

if TYPE_CHECKING:
    from collections.abc import Callable

# Places of the feed that one round of reactions takes on.
REACTIONS_AT_ONCE = 200


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
            importlib.import_module(name)


def loops() -> tuple[Loop, ...]:
    """The loops of one worker process."""
    # Imported here: Django is not ready yet when this module is read.
    from tongban.engine.actions import keep_assignment_days, sweep
    from tongban.ratings.actions import fold_changes
    from tongban.records.actions import drain, sequence
    from tongban.records.queries import city_now
    from tongban.records.tasks import seal_due

    return (
        Loop("sequencer", sequence, 0.2),
        Loop("reactions", lambda: drain(REACTIONS_AT_ONCE), 0.2),
        Loop("deadlines", lambda: sweep(city_now()), 0.5),
        Loop("assignment days", lambda: keep_assignment_days(city_now()), 300.0),
        Loop("ratings", fold_changes, 5.0),
        Loop("seals", seal_due, 30.0),
    )
