"""Which database this process talks to, and as which role."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tongban.config import postgres
from tongban.config.options import OptionError, Options, current

if TYPE_CHECKING:
    from collections.abc import Iterator

APP_ROLE = "tongban_app"
OWNER_ROLE = "tongban_owner"
NAME = "tongban"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a database is and who asks."""

    name: str
    user: str
    password: str
    host: str
    port: str
    parameters: tuple[tuple[str, str], ...] = ()

    def django(self) -> dict[str, Any]:
        return {
            "NAME": self.name,
            "USER": self.user,
            "PASSWORD": self.password,
            "HOST": self.host,
            "PORT": self.port,
        }

    def psycopg(self) -> dict[str, Any]:
        """Keyword arguments of psycopg.connect."""
        return {
            "dbname": self.name,
            "user": self.user,
            "password": self.password,
            "host": self.host,
            "port": self.port,
            **dict(self.parameters),
        }


def parse(url: str) -> Address:
    """An address from postgresql://user:password@host:port/name?parameter=value."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql") or not parts.path.strip("/"):
        raise OptionError(
            "DATABASE_URL must read postgresql://user:password@host:port/name; "
            "PostgreSQL is the only database that is supported."
        )
    parameters = dict(parse_qsl(parts.query))
    host = parameters.pop("host", "") or unquote(parts.hostname or "")
    try:
        port = parameters.pop("port", "") or str(parts.port or "")
    except ValueError:
        raise OptionError("The port in DATABASE_URL must be a number up to 65535.") from None
    return Address(
        name=unquote(parts.path.strip("/")),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        host=host,
        port=port,
        parameters=tuple(sorted(parameters.items())),
    )


def is_embedded(options: Options) -> bool:
    return not options.database_url


def cluster(options: Options) -> postgres.Cluster:
    """The embedded server of this home folder."""
    return postgres.Cluster(
        home=options.home,
        binaries=options.postgres_bin,
        tcp=options.postgres_tcp,
    )


def address(options: Options, role: str = "") -> Address:
    """The address for a role, app or owner; the option decides where none is given."""
    role = role or options.database_role
    if role not in ("app", "owner"):
        raise OptionError(f"TONGBAN_DATABASE_ROLE={role!r} is unknown: write app or owner.")
    if not is_embedded(options):
        return parse(
            (options.owner_database_url if role == "owner" else "") or options.database_url
        )
    server = cluster(options)
    user = OWNER_ROLE if role == "owner" else APP_ROLE
    return Address(
        name=NAME,
        user=user,
        password=server.password(user),
        host=str(server.socket_dir),
        port=str(server.port),
    )


@contextlib.contextmanager
def available(options: Options | None = None) -> Iterator[postgres.Hold | None]:
    """Keep the embedded server up while the block runs; a real server is left to its operator."""
    options = options or current()
    if not is_embedded(options):
        yield None
        return
    server = cluster(options)
    with server.hold() as hold:
        server.prepare(NAME, owner=OWNER_ROLE, users=(APP_ROLE,))
        yield hold
