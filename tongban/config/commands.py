"""What the subcommands do: start Django where it is needed, call one room, print the answer."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

import psycopg
from django.db import OperationalError, ProgrammingError
from psycopg.errors import UndefinedFunction, UndefinedTable

from tongban.config import database
from tongban.config.called import command
from tongban.config.options import CHECKOUT, OptionError, current
from tongban.config.postgres import PostgresError
from tongban.config.setup import SetupError
from tongban.config.supervisor import UpError
from tongban.kernel.refusals import Refusal

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

OLDEST_SERVER = 15


def up(_arguments: argparse.Namespace) -> int:
    from tongban.config import supervisor

    return _told(lambda: supervisor.main(current()))


def setup(arguments: argparse.Namespace) -> int:
    from tongban.config import setup as steps

    def prepare() -> None:
        if arguments.again:
            steps.forget(current(), arguments.again)
        with database.available():
            steps.set_up(current())

    return _told(prepare)


def web(_arguments: argparse.Namespace) -> int:
    from tongban.config import web as server

    with database.available():
        server.main(current())
    return 0


def worker(_arguments: argparse.Namespace) -> int:
    with _django():
        from tongban.config import worker as loops

        loops.main()
    return 0


def migrate(_arguments: argparse.Namespace) -> int:
    _become_owner()

    def bring_up_to_date() -> None:
        with _django():
            from django.core.management import call_command

            from tongban.config import frozen, grants

            _refuse_old_server()
            try:
                call_command("migrate", verbosity=0)
            except ProgrammingError as error:
                raise frozen.FunctionsDifferError(frozen.stopped(error)) from error
            runtime, owner = (database.address(current(), role).user for role in ("app", "owner"))
            # One role for both is an operator's choice; then there is nothing to give.
            if runtime != owner:
                grants.grant_runtime(runtime)
            frozen.compare_functions()

    return _told(bring_up_to_date)


def _refuse_old_server() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("show server_version_num")
        (version,) = cursor.fetchone()
    found = int(version) // 10_000
    if found < OLDEST_SERVER:
        raise OptionError(f"The server is PostgreSQL {found}; {OLDEST_SERVER} or newer is needed.")


def compile(_arguments: argparse.Namespace) -> int:  # noqa: A001 -- the name of the subcommand
    import compileall

    return 0 if compileall.compile_dir(CHECKOUT / "tongban", quiet=1) else 1


def messages(_arguments: argparse.Namespace) -> int:
    from tongban.config.messages import compile_all

    print(f"{compile_all(CHECKOUT / 'web' / 'locale')} catalogues compiled")
    return 0


def static(_arguments: argparse.Namespace) -> int:
    with _django(database_needed=False):
        from django.core.management import call_command

        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    return 0


def map(_arguments: argparse.Namespace) -> int:  # noqa: A001 -- the name of the subcommand
    from tongban.config.pages import write_pages

    write_pages()
    return 0


def manage(arguments: argparse.Namespace) -> int:
    with database.available():
        from django.core.management import execute_from_command_line

        execute_from_command_line(["tongban manage", *arguments.words])
    return 0


def room(arguments: argparse.Namespace) -> int:
    """Call a room's own function with the rest of the line; its help needs no database."""
    chosen, words = arguments.command, arguments.words
    is_help = not {"-h", "--help"}.isdisjoint(words)
    try:
        with _django(database_needed=chosen.needs_database and not is_help):
            return _run(chosen.run, words)
    except PostgresError as error:
        print(error, file=sys.stderr)
    except OperationalError as error:
        print(f"The database cannot be reached: {str(error).strip()}", file=sys.stderr)
    except Refusal as refusal:
        print(*(refusal.sentence, *refusal.instead), sep="\n", file=sys.stderr)
    except OSError as error:
        if error.filename is None:
            raise
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
    except ProgrammingError as error:
        if not isinstance(error.__cause__, UndefinedTable | UndefinedFunction):
            raise
        print(f"The database has no tables yet: run `{command()} setup` first.", file=sys.stderr)
    return 1


def bench(arguments: argparse.Namespace) -> int:
    """Run `bench/<name>.py`, whose `main` reads the rest of the line, on a server of its own."""
    name, *rest = arguments.words or [""]
    if not (CHECKOUT / "bench" / f"{name}.py").exists():
        known = sorted(path.stem for path in (CHECKOUT / "bench").glob("[a-z]*.py"))
        print(f"unknown benchmark {name!r}; known: {', '.join(known)}", file=sys.stderr)
        return 2
    _leave_the_city()
    with _django():
        return _run(f"bench.{name}.main", rest)


def _leave_the_city() -> None:
    """Benchmarks fill databases, so that they get a home of their own, never the site's."""
    os.environ["TONGBAN_HOME"] = str(current().home / "bench")
    os.environ.pop("DATABASE_URL", None)
    current.cache_clear()


def _run(dotted: str, words: list[str]) -> int:
    from django.utils.module_loading import import_string

    status: int = import_string(dotted)(words)
    return status


def _become_owner() -> None:
    os.environ["TONGBAN_DATABASE_ROLE"] = "owner"
    current.cache_clear()


def _told(action: Callable[[], None]) -> int:
    """Troubles that an operator can mend are told in one line, without a traceback."""
    try:
        action()
    except (UpError, SetupError, PostgresError, OptionError) as error:
        print(error, file=sys.stderr)
        return 1
    except (OperationalError, psycopg.OperationalError) as error:
        print(f"The database cannot be reached: {str(error).strip()}", file=sys.stderr)
        return 1
    return 0


@contextlib.contextmanager
def _django(*, database_needed: bool = True) -> Iterator[None]:
    """Django, set up; and the database, up while the block runs."""
    with database.available() if database_needed else contextlib.nullcontext():
        import django

        django.setup()
        yield
