"""Checking and publishing content/: the catalogue does it, the wiring names what rooms add.

They add the verbs that can happen, and the files that they read for themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tongban.cases import states as cases
from tongban.catalogue import tasks
from tongban.catalogue.content import citymap
from tongban.notices import content as notices
from tongban.packages import states as packages
from tongban.ratings import content as ratings
from tongban.relay import content as relay
from tongban.upkeep import content as upkeep
from tongban.voice import content as voice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tongban.kernel.contentfiles import ContentFile

FILES: tuple[ContentFile[Any], ...] = (
    notices.FILE,
    ratings.FILE,
    voice.FILE,
    upkeep.FILE,
    relay.FILE,
    citymap.FILE,
)
"""What rooms read for themselves, live; the rest of content/ is published."""


def verbs() -> dict[str, set[str]]:
    """The verbs that can happen to a package and to a case."""
    return {
        "package": {*packages.LIFE.verbs, *packages.RECORDED},
        "case": {*cases.LIFE.verbs, *cases.RECORDED},
        "side": {
            verb for side in cases.SIDES.values() for verb in (*side.begins, *side.machine.verbs)
        },
    }


def cli_check(arguments: Sequence[str]) -> int:
    """`tongban content check`: every finding with file, line, what, why and what instead."""
    return tasks.cli_check(arguments, verbs=verbs(), files=FILES)


def cli_publish(arguments: Sequence[str]) -> int:
    """`tongban content publish`: refuses what the check refuses, then says what changed."""
    return tasks.cli_publish(arguments, verbs=verbs(), files=FILES)
