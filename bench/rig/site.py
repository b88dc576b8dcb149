"""The whole site inside this process: requests pass every middleware, but no socket.

What is timed is what the server's side does for a page, from the request to the last byte.
"""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass
from functools import cache
from statistics import median
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction

from bench.rig import meter
from bench.rig.report import p95
from tongban.config.messages import compile_all
from tongban.config.options import CHECKOUT, current

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tongban.people.models import Account

# Django takes a token of the browser's own making as long as cookie and header agree.
TOKEN = "b" * 32


def sign_in(account: Account) -> str:
    """The key of a session of this account, as if it had just signed in."""
    session = SessionStore()
    session[SESSION_KEY] = str(account.pk)
    session[BACKEND_SESSION_KEY] = "tongban.people.queries.AccountBackend"
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    session.save()
    return str(session.session_key)


@cache
def furnish() -> None:
    """Texts in every language, styles and scripts: what `tongban setup` prepares for pages."""
    compile_all(CHECKOUT / "web" / "locale")
    if current().collected_static:
        call_command("collectstatic", interactive=False, verbosity=0)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes
    location: str

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass(frozen=True, slots=True)
class Asked:
    """A statement that a page sent, and how long the answer took."""

    sql: str
    params: Any
    seconds: float


class Site:
    """The site on the database that `city.point` chose."""

    def __init__(self) -> None:
        self._application = get_wsgi_application()

    def get(self, path: str, session: str = "") -> Answer:
        """Ask for a page. Raises RuntimeError for a refusal or a fault."""
        return self._visit("GET", path, session, b"")

    def post(self, path: str, session: str, fields: Mapping[str, str]) -> Answer:
        """Send a form."""
        return self._visit("POST", path, session, urlencode(fields).encode())

    def rest(self) -> None:
        """There is no connection that could grow old."""

    def _visit(self, method: str, path: str, session: str, body: bytes) -> Answer:
        place, _mark, query = path.partition("?")
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": place,
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "127.0.0.1:8000",
            "HTTP_COOKIE": f"sessionid={session}; csrftoken={TOKEN}",
            "HTTP_X_CSRFTOKEN": TOKEN,
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "wsgi.url_scheme": "http",
        }
        said: dict[str, Any] = {}
        written: list[bytes] = []

        def start(
            status: str, headers: list[tuple[str, str]], _fault: Any = None, /
        ) -> Callable[[bytes], object]:
            said["status"] = int(status[:3])
            said["location"] = dict(headers).get("Location", "")
            return written.append

        response = self._application(environ, start)
        with contextlib.closing(response):
            answer = Answer(said["status"], b"".join(response), said["location"])
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status}")
        return answer


@contextlib.contextmanager
def listening() -> Iterator[list[Asked]]:
    """The statements that Django sends while the block runs."""
    heard: list[Asked] = []

    def listen(
        execute: Callable[..., Any],
        sql: str,
        params: Any,
        many: bool,  # noqa: FBT001 -- as Django calls it
        context: Any,
    ) -> Any:
        began = perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            heard.append(Asked(sql, params, perf_counter() - began))

    with connection.execute_wrapper(listen):
        yield heard


def explain(asked: Asked) -> str:
    """How the server answers a statement; what it writes is taken back."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {asked.sql}", asked.params)
        plan = "\n".join(line for (line,) in cursor.fetchall())
        transaction.set_rollback(True)
    return f"{asked.sql.strip()}\n\n{plan}"


@dataclass(frozen=True, slots=True)
class Timed:
    """What a round of visits took, in milliseconds.

    `cpu` is that of this process and of its session on the server for one visit, `p95_cpu` what
    95 of 100 visits do not exceed: unlike the wall, it does not grow with other people's work.
    """

    p50: float
    p95: float
    longest: float
    cpu: float
    p95_cpu: float


def timed(visits: Sequence[Callable[[], object]]) -> Timed:
    """Pay the visits one after the other."""
    walls, cpus = [], []
    session = _session()
    for visit in visits:
        cpu, began = process_time() + meter.process_cpu(session), perf_counter()
        visit()
        walls.append(1000 * (perf_counter() - began))
        cpus.append(1000 * (process_time() + meter.process_cpu(session) - cpu))
    found = (median(walls), p95(walls), max(walls), sum(cpus) / len(cpus), p95(cpus))
    return Timed(*(round(one, 2) for one in found))


def _session() -> int:
    """The server's process behind the one connection of this process."""
    connection.ensure_connection()
    pid: int = connection.connection.info.backend_pid
    connection.close()
    return pid
