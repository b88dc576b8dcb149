"""One life over HTTP: the citizen files a draft, officers decide at the desk, all with sessions.

What is sent for an action is one form. A person's browser also asks for the page with the form
and for the page behind it; `with_pages` does the same.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlencode
from uuid import uuid4

from django.db import connection as django_connection
from psycopg.types.json import Jsonb

from bench.rig import city, meter, people, product
from bench.rig.site import TOKEN, Answer, furnish, sign_in
from tongban.catalogue.queries import package_in_force
from tongban.config import database
from tongban.config.options import CHECKOUT, current
from tongban.config.postgres import end_with_parent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import psycopg

READY_PATIENCE = 60.0


class Door(Protocol):
    """A way into the site."""

    def get(self, path: str, session: str = "") -> Answer:
        """Ask for a page."""

    def post(self, path: str, session: str, fields: Mapping[str, str]) -> Answer:
        """Send a form."""

    def rest(self) -> None:
        """Nothing will be asked for a while."""


class Browser:
    """One connection to a site that is kept open. Sends what a form needs and nothing more."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port)

    def get(self, path: str, session: str = "") -> Answer:
        return self._ask("GET", path, session, None)

    def post(self, path: str, session: str, fields: Mapping[str, str]) -> Answer:
        return self._ask("POST", path, session, urlencode(fields))

    def rest(self) -> None:
        """Hang up; the next request opens a connection. Servers end those that stay idle."""
        self._connection.close()

    def _ask(self, method: str, path: str, session: str, body: str | None) -> Answer:
        headers = {"Cookie": f"sessionid={session}; csrftoken={TOKEN}", "X-CSRFToken": TOKEN}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        answer = Answer(response.status, response.read(), response.getheader("Location", ""))
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status}")
        return answer


class Web:
    """Lives through forms that are sent to a site."""

    name = "product"

    def __init__(self, client: int, database: str, door: Door, *, with_pages: bool) -> None:
        self._door, self._with_pages = door, with_pages
        self.aside = city.connect(database)
        account = people.account(people.citizen_login(client))
        self._party_id, self._account_id = account.party_id, account.pk
        self._citizen = sign_in(account)
        logins = [people.decider_login(one, client) for one in people.DEPARTMENTS]
        self._officers = [sign_in(people.account(login)) for login in logins]
        self._version_id = package_in_force(product.PACKAGE, city.MORNING.date()).version_id
        self._drafts: list[str] = []

    @property
    def connection(self) -> psycopg.Connection:
        """The session of a site inside this process."""
        django_connection.ensure_connection()
        found: psycopg.Connection = django_connection.connection
        # Back into the pool, from which the next request takes it again.
        django_connection.close()
        return found

    def close(self) -> None:
        self._door.rest()
        self.aside.close()
        city.leave()

    def ready(self, lives: int) -> None:
        """Write the drafts that will be filed; that a person does over days."""
        self._door.rest()
        for _ in range(lives - len(self._drafts)):
            draft = str(uuid4())
            params = {
                "draft": draft,
                "party": self._party_id,
                "account": self._account_id,
                "version": self._version_id,
                "answers": Jsonb(TYPED),
                "facts": Jsonb(product.FACTS),
                "at": city.MORNING,
            }
            self.aside.execute(_DRAFT, params, prepare=True)
            self._drafts.append(draft)

    def live(self) -> Iterator[str]:
        """One life; the name of each action when it is done, "" for what does not count."""
        if not self._drafts:
            self.ready(1)
        form = f"/apply/{self._drafts.pop()}/check/"
        yield ""
        place = self._send(form, form, self._citizen, {"key": uuid4().hex, "truth": "yes"})
        yield "submit"
        number = place.strip("/").rpartition("/")[2]
        found = self.aside.execute(_CASES, [number], prepare=True).fetchall()
        yield ""
        for (case,), officer in zip(found, self._officers, strict=True):
            self._send(f"/desk/{case}/", f"/desk/{case}/grant_at_once/", officer, {"reasons": ""})
            yield "decide"

    def _send(self, page: str, action: str, session: str, fields: Mapping[str, str]) -> str:
        if self._with_pages:
            self._door.get(page, session)
        sent = self._door.post(action, session, fields)
        if sent.status != 302:
            raise RuntimeError(f"{action}: refused")
        if self._with_pages:
            self._door.get(sent.location, session)
        return sent.location


# Everything that the form asks and no register knows.
TYPED = {code: product.ANSWERS[code] for code in ("applicant.role", "site.region", "site.address")}
_DRAFT = """
INSERT INTO forms_draft (id, party_id, account_id, package, version_id, answers, touched, disputed,
    facts, unsure, revision, created_at, updated_at, counter, region)
VALUES (%(draft)s, %(party)s, %(account)s, 'P90', %(version)s, %(answers)s, '{}', '{}', %(facts)s,
    '{}', 1, %(at)s, %(at)s, '', '')
"""
_CASES = """
SELECT c.number FROM engine_proceeding p JOIN engine_proceeding c ON c.parent_id = p.id
WHERE p.number = %s ORDER BY c.id
"""


@dataclass(frozen=True, slots=True)
class Server:
    """`tongban web` on a database of the benchmark, with the site's own numbers of processes."""

    port: int
    process: subprocess.Popen[bytes]

    def cpu(self) -> float:
        """Seconds of CPU of all its processes so far."""
        return meter.tree_cpu(self.process.pid)


@contextlib.contextmanager
def served(name: str) -> Iterator[Server]:
    """The web processes, answering while the block runs. Raises RuntimeError if they do not."""
    furnish()
    port = _free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "tongban", "web"],
        cwd=CHECKOUT,
        env=os.environ
        | {
            "TONGBAN_HOME": str(current().home),
            "TONGBAN_PORT": str(port),
            "DATABASE_URL": city.url(name, database.APP_ROLE),
        },
        start_new_session=True,
        preexec_fn=_end_with_parent,  # noqa: PLW1509 -- the benchmark has one thread here
    )
    try:
        _await_answer(process, port)
        yield Server(port, process)
    finally:
        process.terminate()
        process.wait(30)


def _end_with_parent() -> None:
    end_with_parent(signal.SIGTERM)


def _await_answer(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + READY_PATIENCE
    while not _answers(port):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("the site did not start")
        time.sleep(0.1)


def _answers(port: int) -> bool:
    browser = Browser(port)
    try:
        return browser.get("/login/").status == 200
    except OSError:
        return False
    finally:
        browser.rest()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
