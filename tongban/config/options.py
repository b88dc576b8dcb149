"""Every variable that an operator may set, declared once: name, type, default and help.

`docs/settings.md` is generated from this module. An unknown `TONGBAN_…` variable is an error, so
that a misspelt name never passes for a setting.
"""

from __future__ import annotations

import dataclasses
import difflib
import json
import os
import secrets
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_type_hints

from tongban.kernel.signatures import Keys

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "TONGBAN_"
CHECKOUT = Path(__file__).resolve().parents[2]
# The demo city's accounts in the home folder, readable by the operator alone.
ACCOUNTS = "demo-accounts.jsonl"

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})


class OptionError(Exception):
    """A variable is unknown or its value cannot be read; the text says which and what to write."""


@dataclass(frozen=True, slots=True)
class Note:
    """What the declaration of an option says beside its name, type and default."""

    help: str
    name: str = ""
    is_secret: bool = False
    within: tuple[int, int] | None = None
    one_of: tuple[str, ...] = ()


# fmt: off
@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The settings of one process, read from the environment by `current`."""

    home: Annotated[Path, Note(
        "Folder of all data: database, documents, secrets, logs, stamps.",
    )] = CHECKOUT / ".tongban"
    port: Annotated[int, Note("Port of the site.", within=(1, 65535))] = 8000
    bind: Annotated[str, Note("Address on which the site listens.")] = "127.0.0.1"
    public_url: Annotated[str, Note(
        "Address that people type and that QR codes carry; empty: http://127.0.0.1:<port>.",
    )] = ""
    hosts: Annotated[str, Note(
        "Further host names that the site answers to, separated by commas; the host of the public "
        "address and the loopback names are always answered.",
    )] = ""
    secret_key: Annotated[str, Note(
        "Key of sessions and signed links; empty: made once and kept under the home folder.",
        is_secret=True,
    )] = ""
    journal_keys: Annotated[str, Note(
        "Master keys of personal data in the journal, separated by commas: the first one wraps, "
        "all of them unwrap; to rotate, put the new one first until `tongban journal rotate` has "
        "run. Empty: made once and kept under the home folder.",
        is_secret=True,
    )] = ""
    journal_seal_key: Annotated[str, Note(
        "Secret from which the key that signs the journal's seals is derived; empty: made once "
        "and kept under the home folder.",
        is_secret=True,
    )] = ""
    journal_published: Annotated[str, Note(
        "Folder outside the database where seals are published; empty: published/ in the home "
        "folder.",
    )] = ""
    code_key: Annotated[str, Note(
        "Key of the exact search for citizen numbers and credit codes; it cannot be changed once "
        "people are registered. Empty: made once and kept under the home folder.",
        is_secret=True,
    )] = ""
    population_register_url: Annotated[str, Note(
        "Address of the population register that confirms real names; empty: the built-in one.",
    )] = ""
    population_register_token: Annotated[str, Note(
        "Token shown to the population register.",
        is_secret=True,
    )] = ""
    sms_url: Annotated[str, Note(
        "Address of the gateway for short messages; empty: they are written to sms.log in the "
        "home folder.",
    )] = ""
    sms_token: Annotated[str, Note(
        "Token shown to the gateway for short messages.",
        is_secret=True,
    )] = ""
    department_systems: Annotated[str, Note(
        "File with departments' own systems, a JSON object of name to {\"url\", \"key\"}; empty: "
        "the built-in simulators alone.",
    )] = ""
    open311_clients: Annotated[str, Note(
        "File with apps that may report by Open311, a JSON object of name to {\"key\"} and, to be"
        " told what happens, {\"webhook\", \"secret\"}; \"private\": true allows a webhook in the"
        " own network; empty: none.",
    )] = ""
    relay_partners: Annotated[str, Note(
        "File with those outside to whom requests are handed over, a JSON object of the partner's"
        " code in content/relay.yaml to {\"url\", \"key\"} and, for Open311, \"open311\": true and"
        " \"jurisdiction\"; \"private\": true allows an address in the own network; empty: none.",
    )] = ""
    relay_simulator: Annotated[bool, Note(
        "Let a built-in 110 take what is handed over to it; a partner of the file replaces it.",
    )] = True
    voice_key: Annotated[str, Note(
        "Key with which the telephone system signs events of calls (/voice/events/); empty: such"
        " events are refused.",
        is_secret=True,
    )] = ""
    voice_page: Annotated[bool, Note(
        "Offer the page that plays a telephone (/voice/); it is gone once there is a voice key.",
    )] = True
    simulated_items: Annotated[str, Note(
        "Items that a built-in department system works on although content names none, as"
        " ITEM=SYSTEM with commas between; none: all of them are worked on at the desk.",
    )] = "tobacco-licence=tobacco-simulator,enterprise-registration=registration-simulator"
    simulated_seconds: Annotated[int, Note(
        "Seconds of the city's clock between two acts of a built-in department system.",
        within=(1, 86_400),
    )] = 20
    regional_platform_url: Annotated[str, Note(
        "Address of the regional platform that the city reports to; empty: the built-in one.",
    )] = ""
    regional_platform_key: Annotated[str, Note(
        "Key with which reports to the regional platform are signed.",
        is_secret=True,
    )] = ""
    map_tiles: Annotated[str, Note(
        "Address of the city's map tiles, https://…/{z}/{x}/{y}.png in WGS 84 or CGCS 2000; empty:"
        " the sketch of content/places/map.yaml alone.",
    )] = ""
    map_credit: Annotated[str, Note(
        "Whose map it is and its review number, shown below each map with tiles.",
    )] = ""
    debug: Annotated[bool, Note(
        "Show faults in full; never where strangers can look.",
    )] = False
    log_level: Annotated[str, Note(
        "Least level that is logged: DEBUG, INFO, WARNING, ERROR.",
        one_of=("DEBUG", "INFO", "WARNING", "ERROR"),
    )] = "INFO"
    log_format: Annotated[str, Note(
        "How a line of the log looks: text or json.",
        one_of=("text", "json"),
    )] = "text"
    workers: Annotated[int, Note("Web processes.", within=(1, 256))] = 2
    threads: Annotated[int, Note("Blocking threads of each web process.", within=(1, 256))] = 4
    backpressure: Annotated[int, Note(
        "Requests that one web process takes on at once; further ones wait in the socket.",
        within=(1, 100_000),
    )] = 32
    database_url: Annotated[str, Note(
        "A PostgreSQL server (15 or newer) for the running site, written "
        "postgresql://user:password@host:port/name; empty: the embedded server.",
        name="DATABASE_URL",
        is_secret=True,
    )] = ""
    owner_database_url: Annotated[str, Note(
        "The same database as the role that owns the tables, for migrations; empty: DATABASE_URL "
        "or, with the embedded server, its own owner role.",
        is_secret=True,
    )] = ""
    database_role: Annotated[str, Note(
        "The role of this process, app or owner; `tongban migrate` sets it for itself.",
        one_of=("app", "owner"),
    )] = "app"
    database_pool: Annotated[int, Note(
        "Most database connections of one process; 0: one connection a thread, no pool.",
        within=(0, 10_000),
    )] = 8
    postgres_bin: Annotated[str, Note(
        "Folder with initdb and postgres for the embedded server; empty: the packaged one.",
    )] = ""
    postgres_tcp: Annotated[bool, Note(
        "Let the embedded server listen on a free loopback port too, for other programs; "
        "`tongban up` prints the port.",
    )] = False
    upload_megabytes: Annotated[int, Note(
        "Largest file, in MB, that a person may hand in. The one limit; content sets none.",
        within=(1, 2_000),
    )] = 20
    upload_megapixels: Annotated[int, Note(
        "Largest picture, in million pixels, that a person may hand in.",
        within=(1, 1_000),
    )] = 60
    shared_data: Annotated[str, Note(
        "Folder with shared reference data for tests and checks; empty: ../shared/data.",
    )] = ""
    chromium: Annotated[str, Note(
        "Chromium for browser tests and screenshots; empty: looked for on the path.",
    )] = ""
    collected_static: Annotated[bool, Note(
        "Serve styles and scripts as `tongban static` collected them; tests read the sources.",
    )] = True
    pseudo_locale: Annotated[bool, Note(
        "Offer the pseudo right-to-left language qps-plocm, to try layouts with.",
    )] = False

    @property
    def site_url(self) -> str:
        """The public address without a slash at its end."""
        return (self.public_url or f"http://127.0.0.1:{self.port}").rstrip("/")
# fmt: on


@dataclass(frozen=True, slots=True)
class Declaration:
    """One variable as the documentation shows it."""

    name: str
    kind: str
    default: str
    help: str
    is_secret: bool
    within: tuple[int, int] | None
    one_of: tuple[str, ...]


def declarations() -> tuple[Declaration, ...]:
    """All variables in the order of their declaration."""
    return tuple(declaration for _field, declaration in _declared())


def read(environ: Mapping[str, str]) -> Options:
    """Options from the environment; raises OptionError for unknown names and unreadable values."""
    declared = _declared()
    _refuse_unknown(environ, known=frozenset(item.name for _field, item in declared))
    values: dict[str, Any] = {
        field: _parse(item, environ[item.name])
        for field, item in declared
        if environ.get(item.name, "") != ""
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


def _key_in(said: Any) -> str | Keys:
    """A key of the operator's file: a text, or an object of names to keys, the newest last."""
    return Keys.of(said) if isinstance(said, dict) else str(said)


def department_systems(file: str) -> dict[str, dict[str, Any]]:
    """Departments' own systems as the operator's file names them, each with address and key."""
    if not file:
        return {}
    try:
        found = json.loads(Path(file).read_text(encoding="utf-8"))
        return {
            code: {"url": str(how["url"]), "key": _key_in(how["key"])}
            for code, how in found.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise OptionError(
            f"{PREFIX}DEPARTMENT_SYSTEMS: {file} is no JSON object of name to url and key"
            f" ({type(error).__name__})."
        ) from error


def pairs(text: str, option: str) -> dict[str, str]:
    """What an option says as NAME=VALUE with commas between, or "none". Raises OptionError.

    An empty option means its default, so that nothing at all needs a word of its own.
    """
    if text.strip() == "none":
        return {}
    said = [one.strip().partition("=") for one in text.split(",") if one.strip()]
    if not all(name and value for name, _, value in said):
        raise OptionError(f"{PREFIX}{option.upper()}: {text!r} is not NAME=VALUE,NAME=VALUE.")
    return {name.strip(): value.strip() for name, _, value in said}


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


@cache
def _declared() -> tuple[tuple[str, Declaration], ...]:
    hints = get_type_hints(Options, include_extras=True)
    return tuple(_declare(item, hints[item.name]) for item in dataclasses.fields(Options))


def _declare(item: dataclasses.Field[Any], hint: Any) -> tuple[str, Declaration]:
    kind, note = get_args(hint)
    name = note.name or PREFIX + item.name.upper()
    return item.name, Declaration(
        name,
        kind.__name__,
        _shown(item.default),
        note.help,
        note.is_secret,
        note.within,
        note.one_of,
    )


def _shown(default: object) -> str:
    if isinstance(default, Path):
        return default.relative_to(CHECKOUT).as_posix()
    return str(int(default)) if isinstance(default, bool) else str(default)


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


def _parse(item: Declaration, text: str) -> object:
    try:
        return _allowed(item, _READERS[item.kind](text))
    except ValueError as error:
        shown = "…" if item.is_secret else repr(text)
        raise OptionError(f"{item.name}={shown} is not readable: {error}") from error


def _allowed(item: Declaration, value: Any) -> object:
    if item.one_of and value not in item.one_of:
        raise ValueError(f"write {' or '.join(item.one_of)}")
    if item.within and not item.within[0] <= value <= item.within[1]:
        raise ValueError(f"write a number from {item.within[0]} to {item.within[1]}")
    return value


def _boolean(text: str) -> bool:
    word = text.strip().lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise ValueError("write 1 or 0")


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError("write a whole number") from None


def _path(text: str) -> Path:
    return Path(text).expanduser().resolve()


_READERS: dict[str, Any] = {"str": str, "int": _whole, "bool": _boolean, "Path": _path}


def open311_clients(file: str) -> dict[str, dict[str, str]]:
    """Apps that may report by Open311, as the operator's file names them."""
    if not file:
        return {}
    try:
        found = json.loads(Path(file).read_text(encoding="utf-8"))
        return {
            str(name): {
                "key": str(how["key"]),
                "webhook": str(how.get("webhook", "")),
                "secret": str(how["secret"]) if "webhook" in how else "",
                "private": "1" if how.get("private") is True else "",
            }
            for name, how in found.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise OptionError(
            f"{PREFIX}OPEN311_CLIENTS: {file} is no JSON object of name to key, webhook and secret"
            f" ({type(error).__name__})."
        ) from error


def relay_partners(file: str) -> dict[str, tuple[str, dict[str, Any]]]:
    """Those outside to whom requests are handed over, as the operator's file names them."""
    if not file:
        return {}
    try:
        found = json.loads(Path(file).read_text(encoding="utf-8"))
        return {str(code): _partner(str(code), how) for code, how in found.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise OptionError(
            f"{PREFIX}RELAY_PARTNERS: {file} is no JSON object of code to url and key"
            f" ({type(error).__name__})."
        ) from error


def _partner(code: str, how: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    options: dict[str, Any] = {"code": code, "url": str(how["url"])}
    options |= {"key": _key_in(how["key"]), "private": how.get("private") is True}
    if how.get("open311") is True:
        options |= {"key": str(how["key"]), "jurisdiction": str(how.get("jurisdiction", ""))}
        return "tongban.relay.gateways.open311.Open311Client", options
    return "tongban.relay.gateways.SignedLine", options
