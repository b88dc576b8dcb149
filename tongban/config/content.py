"""Checking and writing content/: the catalogue does it, the wiring names the rooms' verbs."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from tongban.cases.states import LIFE as CASE
from tongban.catalogue.checks import check_content
from tongban.catalogue.content.emitter import content_files, reformat
from tongban.config.options import CHECKOUT
from tongban.packages.states import LIFE as PACKAGE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CONTENT = CHECKOUT / "content"
# What happens beside the moves of a life: a proceeding comes into being, special procedures run.
BESIDE: Mapping[str, frozenset[str]] = {
    "package": frozenset({"submit"}),
    "case": frozenset({"open", "special_started", "special_ended"}),
}


def verbs() -> dict[str, set[str]]:
    """The verbs that can happen to a package and to a case."""
    moves = {"package": PACKAGE.verbs, "case": CASE.verbs}
    return {name: {*known, *BESIDE[name]} for name, known in moves.items()}


def cli_check(arguments: Sequence[str]) -> int:
    """`tongban content check`: every finding with file, line, what, why and what instead."""
    argparse.ArgumentParser(prog="tongban content check").parse_args(arguments)
    findings = check_content(CONTENT, verbs=verbs())
    for finding in findings:
        print(finding)
    blocking = sum(finding.blocking for finding in findings)
    print(f"{blocking} findings stop publishing, {len(findings) - blocking} are advice")
    return 1 if blocking else 0


def cli_fmt(arguments: Sequence[str]) -> int:
    """`tongban content fmt [--check]`: every file in the one form that an editor would write."""
    parser = argparse.ArgumentParser(prog="tongban content fmt")
    parser.add_argument("--check", action="store_true", help="change nothing, tell the difference")
    is_looking = parser.parse_args(arguments).check
    changed = 0
    for path, kind in content_files(CONTENT):
        text = path.read_text(encoding="utf-8")
        written = reformat(kind, text)
        if written == text:
            continue
        changed += 1
        print(path.relative_to(CHECKOUT))
        if not is_looking:
            path.write_text(written, encoding="utf-8")
    if changed and is_looking:
        print("run `tongban content fmt`", file=sys.stderr)
    return 1 if changed and is_looking else 0
