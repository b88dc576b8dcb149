"""Checking and publishing content/: the catalogue does it, the wiring names the rooms' verbs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tongban.cases import states as cases
from tongban.catalogue import tasks
from tongban.packages import states as packages

if TYPE_CHECKING:
    from collections.abc import Sequence


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
    return tasks.cli_check(arguments, verbs=verbs())


def cli_publish(arguments: Sequence[str]) -> int:
    """`tongban content publish`: refuses what the check refuses, then says what changed."""
    return tasks.cli_publish(arguments, verbs=verbs())
