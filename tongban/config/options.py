"""Every variable that an operator may set, declared once: name, type, default and help.

`docs/settings.md` is generated from this module. An unknown `TONGBAN_…` variable is an error, so
that a misspelt name never passes for a setting.
"""

from __future__ import annotations

import dataclasses
import difflib
import os
import secrets
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "TONGBAN_"
CHECKOUT = Path(__file__).resolve().parents[2]

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})


class OptionError(Exception):
    """A variable is unknown or its value cannot be read; the text says which and what to write."""


def _option(default: Any, help_text: str, *, name: str = "", secret: bool = False) -> Any:
    return field(default=default, metadata={"help": help_text, "name": name, "secret": secret})


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The settings of one process, read from the environment by `current`."""

    home: Path = _option(
        CHECKOUT / ".tongban",
        "Folder of all data: database, documents, secrets, logs, stamps.",
    )
    port: int = _option(8000, "Port of the site on the loopback address.")
    bind: str = _option("127.0.0.1", "Address on which the site listens.")
    public_url: str = _option(
        "",
        "Address that people type and that QR codes carry; empty: http://127.0.0.1:<port>.",
    )
    hosts: str = _option(
        "",
        "Host names the site answers to, separated by commas; the one of the public address and "
        "the loopback names are always answered.",
    )
    secret_key: str = _option(
        "",
        "Key of sessions and signed links; empty: made once and kept under the home folder.",
        secret=True,
    )
    debug: bool = _option(False, "Show faults in full; never where strangers can look.")  # noqa: FBT003 -- a declaration, not a call
    log_level: str = _option("INFO", "Least level that is logged: DEBUG, INFO, WARNING, ERROR.")
    log_format: str = _option("text", "How a line of the log looks: text or json.")
    workers: int = _option(2, "Web processes.")
    threads: int = _option(4, "Blocking threads of each web process.")
    backpressure: int = _option(64, "Requests that one web process holds before it refuses more.")
    database_url: str = _option(
        "",
        "A PostgreSQL server (15 or newer) for the running site, for example "
        "postgresql://tongban_app:password@host:5432/tongban; empty: the embedded one.",
        name="DATABASE_URL",
        secret=True,
    )
    owner_database_url: str = _option(
        "",
        "The same database as the role that owns the tables, for migrations; empty: DATABASE_URL "
        "or, with the embedded server, its own owner role.",
        secret=True,
    )
    database_role: str = _option(
        "app",
        "Which role this process uses, app or owner; `tongban migrate` sets it for itself.",
    )
    database_pool: int = _option(
        8, "Most database connections of one process; 0: one connection a thread, no pool."
    )
    postgres_bin: str = _option(
        "",
        "Folder with initdb and postgres for the embedded server; empty: the packaged one.",
    )
    postgres_port: int = _option(
        0,
        "Loopback port of the embedded server for other programs; 0: Unix socket only, "
        "-1: any free port.",
    )
    shared_data: str = _option(
        "",
        "Folder with shared reference data for tests and checks; empty: ../shared/data.",
    )
    chromium: str = _option(
        "", "Chromium for browser tests and screenshots; empty: looked for on the path."
    )
    pseudo_locale: bool = _option(
        False,  # noqa: FBT003 -- a declaration, not a call
        "Offer the pseudo right-to-left language qps-plocm, to try layouts before Uyghur is ready.",
    )

    @property
    def site_url(self) -> str:
        """The public address without a slash at its end."""
        return (self.public_url or f"http://127.0.0.1:{self.port}").rstrip("/")


@dataclass(frozen=True, slots=True)
class Declaration:
    """One variable as the documentation shows it."""

    name: str
    kind: str
    default: str
    help: str
    secret: bool


def declarations() -> tuple[Declaration, ...]:
    """All variables in the order of their declaration."""
    return tuple(
        Declaration(
            name=_name(item),
            kind=str(item.type),
            default=_shown(item.default),
            help=item.metadata["help"],
            secret=item.metadata["secret"],
        )
        for item in dataclasses.fields(Options)
    )


def read(environ: Mapping[str, str]) -> Options:
    """Options from the environment; raises OptionError for unknown names and unreadable values."""
    fields = {_name(item): item for item in dataclasses.fields(Options)}
    _refuse_unknown(environ, known=frozenset(fields))
    values = {
        item.name: _parse(name, str(item.type), environ[name])
        for name, item in fields.items()
        if environ.get(name, "") != ""
    }
    return Options(**values)


@cache
def current() -> Options:
    """The options of this process, read once."""
    return read(os.environ)


def secret(home: Path, name: str) -> str:
    """The secret of this name under the home folder; made at first use, readable by the owner."""
    path = home / "secrets" / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.parent.chmod(0o700)
        _write_once(path, secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()


def _write_once(path: Path, text: str) -> None:
    # A hard link is atomic and refuses an existing name: of two processes one secret wins.
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text + "\n")
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _name(item: dataclasses.Field[Any]) -> str:
    return item.metadata["name"] or PREFIX + item.name.upper()


def _shown(default: object) -> str:
    if isinstance(default, Path):
        return default.relative_to(CHECKOUT).as_posix()
    return str(default).lower() if isinstance(default, bool) else str(default)


def _refuse_unknown(environ: Mapping[str, str], *, known: frozenset[str]) -> None:
    unknown = sorted(name for name in environ if name.startswith(PREFIX) and name not in known)
    if not unknown:
        return
    lines = []
    for name in unknown:
        close = difflib.get_close_matches(name, known, n=1)
        advice = f"; did you mean {close[0]}?" if close else ""
        lines.append(f"unknown setting {name}{advice}")
    raise OptionError("\n".join([*lines, "All settings are listed in docs/settings.md."]))


def _parse(name: str, kind: str, text: str) -> object:
    try:
        return _READERS[kind](text)
    except ValueError as error:
        raise OptionError(f"{name}={text!r} is not readable: {error}") from error


def _boolean(text: str) -> bool:
    word = text.strip().lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise ValueError("write 1 or 0")


def _path(text: str) -> Path:
    return Path(text).expanduser().resolve()


_READERS: dict[str, Any] = {"str": str, "int": int, "bool": _boolean, "Path": _path}
