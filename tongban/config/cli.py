"""`tongban`: the operators' command line.

Each subcommand names a function of `commands`, which is imported only when it is called, so that
`tongban up` stays small. A refusal is printed as one line and ends with status 1.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import os
import sys
from datetime import date
from typing import TYPE_CHECKING

from tongban.config.options import OptionError, current

if TYPE_CHECKING:
    # argparse keeps the class private.
    _Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 -- see above


def main(arguments: list[str] | None = None) -> int:
    """Run one subcommand; returns the exit status."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.config.settings")
    words = sys.argv[1:] if arguments is None else arguments
    if words[:1] == ["manage"]:
        # Django reads the rest itself.
        return _call("manage", argparse.Namespace(words=words[1:]))
    parsed = _parser().parse_args(words)
    return _call(parsed.run, parsed)


def _call(name: str, arguments: argparse.Namespace) -> int:
    try:
        current()
        commands = importlib.import_module("tongban.config.commands")
        status: int = getattr(commands, name)(arguments)
    except OptionError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of a pipe went away: nothing is wrong here.
        with contextlib.suppress(OSError):
            sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 -- stays open on purpose
        return 0
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tongban", description="Run and look after a Tongban.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add(commands, "up", "start everything: database, web, worker")
    setup = _add(commands, "setup", "prepare everything that `up` needs, then stop")
    setup.add_argument("--again", metavar="STEP", help="do this step even if it is done")
    _add(commands, "web", "the web processes alone")
    _add(commands, "worker", "the worker alone")
    _add(commands, "migrate", "bring the tables up to date, as the owner of the tables")
    _add(commands, "messages", "compile the message catalogues")
    _add(commands, "static", "collect styles and scripts")
    _add(commands, "settings", "print docs/settings.md")
    _add(commands, "map", "write the generated pages of docs/")
    _city(commands)
    _content(commands)
    _journal(commands)
    _rest(commands)
    commands.add_parser("manage", help="Django's own commands", add_help=False)
    return parser


def _city(commands: _Commands) -> None:
    city = _add(commands, "city", "rebuild the demo city")
    city.add_argument("--accounts", action="store_true", help="print the accounts as JSON lines")
    city.add_argument("--on", type=date.fromisoformat, help="the city's date, YYYY-MM-DD")


def _content(commands: _Commands) -> None:
    content = _group(commands, "content", "what the city offers")
    _add(content, "check", "read and lint every file", run="content_check")
    fmt = _add(content, "fmt", "write every file in the canonical form", run="content_fmt")
    fmt.add_argument("--check", action="store_true", help="change nothing, fail on a difference")
    _add(content, "publish", "publish a new version if something changed", run="content_publish")
    _add(content, "diff", "say in words what changed for citizens", run="content_diff")


def _journal(commands: _Commands) -> None:
    journal = _group(commands, "journal", "the record of everything that happened")
    verify = _add(journal, "verify", "check chains and seals", run="journal_verify")
    verify.add_argument("file", nargs="?", help="an export, checked without the database")
    _add(journal, "seal", "seal what is not sealed yet", run="journal_seal")
    export = _add(journal, "export", "write the journal for offline checks", run="journal_export")
    export.add_argument("file")


def _rest(commands: _Commands) -> None:
    clocks = _group(commands, "clocks", "legal deadlines")
    _add(clocks, "audit", "recompute every due date; fail on a difference", run="clocks_audit")
    _add(clocks, "sweep", "fire what is due now", run="clocks_sweep")
    assignment = _group(commands, "assignment", "the daily draw of who works on what")
    replay = _add(assignment, "replay", "draw again and compare", run="assignment_replay")
    replay.add_argument("--on", type=date.fromisoformat, help="the day, YYYY-MM-DD")
    bench = _add(commands, "bench", "run a benchmark; JSON lines")
    bench.add_argument("name")
    bench.add_argument("--quick", action="store_true", help="a run under 50 s")


def _add(
    commands: _Commands, name: str, help_text: str, *, run: str = ""
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=help_text, description=help_text)
    parser.set_defaults(run=run or name)
    return parser


def _group(commands: _Commands, name: str, help_text: str) -> _Commands:
    parser = commands.add_parser(name, help=help_text, description=help_text)
    return parser.add_subparsers(required=True, metavar="WHAT")
