"""`tongban`: the operators' command line.

The house's own commands are functions of `commands`; those of rooms are functions
`cli_<verb>(arguments) -> exit status` of the room's `tasks`, which read their own options. All of
them are imported when they are called, so that `tongban up` stays small.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tongban.config.called import command
from tongban.config.options import OptionError, current

if TYPE_CHECKING:
    # argparse keeps the class private.
    _Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 -- see above


@dataclass(frozen=True, slots=True)
class RoomCommand:
    """A command that a room carries out: the rest of the line goes to its function."""

    help: str
    run: str
    needs_database: bool = True
    tells_help: bool = True


ROOM_COMMANDS: dict[str, RoomCommand] = {
    "city": RoomCommand(
        "rebuild the demo city; --accounts and --code LOGIN print, --on DATE sets its day",
        "tongban.config.city.cli_city",
    ),
    "content check": RoomCommand(
        "read and lint every file; FOLDER instead of content/",
        "tongban.config.content.cli_check",
        needs_database=False,
        tells_help=False,
    ),
    "content fmt": RoomCommand(
        "write every file in its one form; --check only looks",
        "tongban.catalogue.tasks.cli_fmt",
        needs_database=False,
        tells_help=False,
    ),
    "content languages": RoomCommand(
        "say how much of each package is written in each language; FOLDER instead of content/",
        "tongban.catalogue.tasks.cli_languages",
        needs_database=False,
        tells_help=False,
    ),
    "content publish": RoomCommand(
        "publish what has changed; FOLDER instead of content/",
        "tongban.config.content.cli_publish",
        tells_help=False,
    ),
    "content diff": RoomCommand(
        "say in words what publishing would change for citizens; FOLDER instead of content/, --en",
        "tongban.catalogue.tasks.cli_diff",
        tells_help=False,
    ),
    "payments reconcile": RoomCommand(
        "compare the bank's statement of DAY with the orders; 1 when they differ",
        "tongban.payments.tasks.cli_reconcile",
    ),
    "journal verify": RoomCommand(
        "check chains and seals, or an export FILE", "tongban.records.tasks.cli_verify"
    ),
    "journal seal": RoomCommand("seal at once", "tongban.records.tasks.cli_seal"),
    "journal export": RoomCommand(
        "write FILE for verification elsewhere", "tongban.records.tasks.cli_export"
    ),
    "journal rotate": RoomCommand(
        "wrap the keys of personal data with the first master key",
        "tongban.records.tasks.cli_rotate",
    ),
    "reactions": RoomCommand(
        "how far each reaction is, what made it stop; --resume NAME tries again at once",
        "tongban.records.tasks.cli_reactions",
    ),
    "exchange status": RoomCommand(
        "how the exchange with departments' systems stands; --json, --rejects",
        "tongban.exchange.tasks.cli_status",
    ),
    "exchange reconcile": RoomCommand(
        "compare what each side holds, list what differs; --json",
        "tongban.exchange.tasks.cli_reconcile",
    ),
    "exchange down": RoomCommand(
        "say that the link to SYSTEM is down, for REASON", "tongban.exchange.tasks.cli_down"
    ),
    "exchange up": RoomCommand(
        "say that the link to SYSTEM is up again", "tongban.exchange.tasks.cli_up"
    ),
    "exchange report": RoomCommand(
        "report to the regional platform now, say how it stands; --json",
        "tongban.exchange.tasks.cli_report",
    ),
    "exchange rejects": RoomCommand(
        "what the regional platform refused, and why; --json",
        "tongban.exchange.tasks.cli_rejects",
    ),
    "exchange resend": RoomCommand(
        "send again to SYSTEM, or report to `regional`, what was given up or refused",
        "tongban.exchange.tasks.cli_resend",
    ),
    "ratings report": RoomCommand(
        "write the report of MONTH as a PDF; --out FILE", "tongban.ratings.tasks.cli_report"
    ),
    "ratings detect": RoomCommand(
        "look DAY over for bursts and ratings of idle windows", "tongban.ratings.tasks.cli_detect"
    ),
    "ratings simulate": RoomCommand(
        "plant honest and cheating windows in the demo city, say what was found",
        "tongban.ratings.tasks.cli_simulate",
    ),
    "bridge": RoomCommand(
        "let a window's page use this machine's card reader and camera; --origin URL",
        "tongban.doors.hall.bridge.command.cli_bridge",
        needs_database=False,
    ),
    "hotline hot": RoomCommand(
        "plant matters among requests and say how well hot issues are found; --measure [FILE]",
        "tongban.config.hot.cli_hot",
        needs_database=False,
    ),
    "hotline train": RoomCommand(
        "learn to label texts from a labelled FILE; print accuracy and macro-F1",
        "tongban.reading.tasks.cli_train",
        needs_database=False,
    ),
    "hotline predict": RoomCommand(
        "label the lines of FILE or of standard input",
        "tongban.reading.tasks.cli_predict",
        needs_database=False,
    ),
    "open311 services": RoomCommand(
        "what may be reported to the Open311 endpoint of PARTNER",
        "tongban.relay.tasks.cli_services",
    ),
    "open311 send": RoomCommand(
        "send now what waits for those outside", "tongban.relay.tasks.cli_send"
    ),
    "open311 poll": RoomCommand(
        "ask now how what was sent stands; PARTNER alone", "tongban.relay.tasks.cli_poll"
    ),
    "open311 fake": RoomCommand(
        "play an Open311 endpoint on the loopback; --port N",
        "tongban.relay.tasks.cli_fake",
        needs_database=False,
    ),
    "clocks audit": RoomCommand(
        "recompute every due date and fail on a difference", "tongban.engine.tasks.cli_audit"
    ),
    "clocks sweep": RoomCommand("fire what is due now", "tongban.engine.tasks.cli_sweep"),
    "assignment replay": RoomCommand(
        "draw a day's assignments again from its published FILE and compare",
        "tongban.engine.tasks.cli_replay",
        needs_database=False,
    ),
}
OWN_COMMANDS = {
    "up": "start everything: database, web, worker",
    "web": "the web processes alone",
    "worker": "the worker alone",
    "migrate": "bring the tables up to date, as their owner",
    "compile": "compile the modules of the house",
    "messages": "compile the message catalogues",
    "static": "collect styles and scripts",
    "map": "write the generated pages of docs/",
    "bench": "run a benchmark: NAME [--quick]; JSON lines",
}
GROUPS = {
    "content": "what the city offers",
    "journal": "the record of everything that happened",
    "exchange": "departments' own systems",
    "clocks": "legal deadlines",
    "ratings": "good and bad reviews",
    "payments": "fees, and the bank that collects them",
    "hotline": "learning to label what people write",
    "open311": "requests that go to another system by Open311",
    "assignment": "the daily draw of who works on what",
}


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.config.settings")
    words = sys.argv[1:] if arguments is None else arguments
    passed_on = _passed_on(words)
    if passed_on is not None:
        return _call(*passed_on)
    if _asks_for_help(words):
        _warn_of_settings()
    parsed = _parser().parse_args(words)
    return _call(parsed.run, parsed)


def _passed_on(words: list[str]) -> tuple[str, argparse.Namespace] | None:
    """What a room or Django reads itself: their options are none of the parser's business."""
    if words[:1] in (["manage"], ["bench"]):
        return words[0], argparse.Namespace(words=words[1:])
    for length in (2, 1):
        found = ROOM_COMMANDS.get(" ".join(words[:length]))
        if found is not None and (found.tells_help or not _asks_for_help(words)):
            return "room", argparse.Namespace(command=found, words=words[length:])
    return None


def _asks_for_help(words: list[str]) -> bool:
    return not {"-h", "--help"}.isdisjoint(words)


def _warn_of_settings() -> None:
    """Help is given whatever the settings say; but what would stop a command is told."""
    try:
        current()
    except OptionError as error:
        print(f"Warning: no command will run with these settings.\n{error}\n", file=sys.stderr)


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
    parser = argparse.ArgumentParser(prog=command(), description="Run and look after a Tongban.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    setup = _add(commands, "setup", "prepare everything that `up` needs, then stop")
    setup.add_argument("--again", metavar="STEP", help="do this step even if it is done")
    for name, text in OWN_COMMANDS.items():
        _add(commands, name, text)
    groups = {
        name: _add(commands, name, text).add_subparsers(required=True, metavar="WHAT")
        for name, text in GROUPS.items()
    }
    for words, one in ROOM_COMMANDS.items():
        group, _, verb = words.rpartition(" ")
        _add(groups[group] if group else commands, verb, one.help)
    commands.add_parser("manage", help="Django's own commands", add_help=False)
    return parser


def _add(commands: _Commands, name: str, help_text: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=help_text, description=help_text)
    parser.set_defaults(run=name)
    return parser
