"""What migrations did stays done: a record of their SQL, and of the functions that it leaves.

A migration runs once in a database. Whoever edits its text afterwards changes new databases and
leaves the old ones as they are, without a word. `frozen.json` keeps a hash of the SQL of each
migration (a test compares) and of each function's body (`tongban migrate` compares).
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunSQL

from tongban.config.setup import SetupError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from django.db.migrations import Migration

RECORD = Path(__file__).with_name("frozen.json")

# Bodies written as text: a body that the server has parsed reads differently from one server
# version to the next. Functions of extensions and of packages are not ours.
_BODIES = """
select p.proname, md5(p.prosrc || coalesce(array_to_string(p.proconfig, ','), ''))
from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosrc <> ''
  and split_part(p.proname, '_', 1) = any (%s)
order by p.proname
"""


class FunctionsDifferError(SetupError):
    """The database was made by migrations that were edited since; the text says what to do."""


NEW_DATABASE = (
    "Nothing will bring it up to date by itself: set up a new database (the embedded one: "
    "`make clean`; it takes all data with it), or mend it by a new migration (CONTRIBUTING.md)."
)


def record() -> dict[str, dict[str, str]]:
    """`migrations` and `functions`, each name with its hash, as they were frozen."""
    found: dict[str, dict[str, str]] = json.loads(RECORD.read_text(encoding="utf-8"))
    return found


def write(*, migrations: Mapping[str, str], functions: Mapping[str, str]) -> None:
    """Freeze."""
    text = json.dumps(
        {"migrations": dict(migrations), "functions": dict(functions)}, indent=1, sort_keys=True
    )
    RECORD.write_text(text + "\n", encoding="utf-8")


def migrations() -> dict[str, str]:
    """The rooms' migrations that run SQL, as `room.name`, with a hash of all that they run."""
    disk = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    ours = {key: one for key, one in disk.items() if type(one).__module__.startswith("tongban.")}
    hashes = {".".join(key): _hash(one) for key, one in sorted(ours.items())}
    return {name: found for name, found in hashes.items() if found}


def functions() -> dict[str, str]:
    """The functions of the rooms in this database, with a hash of what they do."""
    rooms = sorted({name.partition(".")[0] for name in migrations()})
    with connection.cursor() as cursor:
        cursor.execute(_BODIES, [rooms])
        return dict(cursor.fetchall())


def compare_functions() -> None:
    """Raise FunctionsDifferError where this database has other functions than a new one.

    Nothing is compared while a migration is not on record yet: the tests ask its author for that.
    """
    kept = record()
    if kept["migrations"] != migrations():
        return
    wanted, found = kept["functions"], functions()
    differing = sorted(
        name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name)
    )
    if differing:
        raise FunctionsDifferError(
            f"Functions of this database are not those of this version: {', '.join(differing)}.\n"
            "It was migrated by a draft of a migration that was edited afterwards, or somebody "
            f"replaced a function by hand. {NEW_DATABASE}"
        )


def stopped(error: Exception) -> str:
    """What to say when the server refuses a migration; the error quotes no rows."""
    return (
        f"A migration does not fit this database: {str(error).strip()}\n"
        "It was probably made by a draft of a migration that was edited afterwards. "
        f"That migration changed nothing. {NEW_DATABASE}"
    )


def _hash(migration: Migration) -> str:
    texts = [
        text
        for operation in migration.operations
        if isinstance(operation, RunSQL)
        for text in _texts(operation.sql)
    ]
    return hashlib.sha256("\0".join(texts).encode()).hexdigest() if texts else ""


def _texts(given: object) -> Iterator[str]:
    """The statements of RunSQL: one text, or a list of texts and of pairs with parameters."""
    if isinstance(given, str):
        yield given
    elif isinstance(given, list | tuple):
        for part in given:
            yield from [part] if isinstance(part, str) else [str(part[0]), repr(part[1])]
