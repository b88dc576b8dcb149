"""`tongban bench hotline`: requests taken in a second, beside the SQL floor of the same rows.

*intake*: two processes take in requests of many callers through `hotline.actions.receive_ticket`,
with journal, chain, clock and step, as fast as they can. *floor*: exactly those rows by hand, one
statement a request, without reading what is said or masking numbers. *http*: citizens with
sessions send the form of `/12345/` to the site. *spike* and *http spike*: requests come at their
own times, whether the earlier ones are done or not; for a minute twenty times as many as before
and after it, at the aim. Prints one JSON object a line; in a spike `p95_ms` counts from the
moment at which a request came, and `recovered_s` is how long after it the last request waited.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import time
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from itertools import count as counting
from statistics import median
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any, Protocol
from uuid import uuid4

from bench.rig import city, meter, people
from bench.rig.report import p95, say
from bench.rig.site import sign_in
from bench.rig.web import Browser, served
from tongban.catalogue.queries import live_version
from tongban.config.database import OWNER_ROLE
from tongban.hotline.actions import Request, receive_ticket
from tongban.kernel.actors import SYSTEM
from tongban.people.actions import caller_party

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

NAME = "bench_hotline"
AIM, AIM_HTTP, AIM_P95 = 300.0, 150.0, 100.0
TIMES = 20
"""How many times the usual a spike is."""
REQUESTS, PROCESSES = 3_000, 2
PHONES = 500
_PLACES = ("胜利路", "友好南路", "北京路", "南湖南路", "长江路", "东风路")
_SAID = (
    "{place}工地夜间施工打桩，噪音很大，睡不着觉，请管一管",
    "{place}小区停水两天了，家里有老人，什么时候来水",
    "请问办营业执照需要什么材料，{place}的窗口几点开门",
    "{place}有人占道摆摊，油烟很大，投诉好几次了",
)


def main(argv: Sequence[str] = ()) -> int:
    """Run the benchmark; the exit status never says how fast it was."""
    parser = argparse.ArgumentParser(prog="tongban bench hotline")
    parser.add_argument("--quick", action="store_true", help="fewer requests, no spike")
    parser.add_argument("--requests", type=int, help=f"requests (default {REQUESTS:,})")
    parser.add_argument("--processes", type=int, default=PROCESSES)
    parser.add_argument("--minute", type=float, default=60.0, help="seconds of the spike")
    parser.add_argument("--case", help="this one alone: intake, http, spike, http-spike")
    chosen = parser.parse_args(argv)
    requests = chosen.requests or (300 if chosen.quick else REQUESTS)
    usual = ("intake", "http") if chosen.quick else CASES
    cases = (chosen.case,) if chosen.case else usual
    try:
        measure(
            city.fresh(NAME), requests, cases, processes=chosen.processes, minute=chosen.minute
        )
    finally:
        city.leave()
        city.drop(NAME)
    return 0


CASES = ("intake", "http", "spike", "http-spike")


def measure(
    database: str, requests: int, cases: Sequence[str], *, processes: int, minute: float
) -> None:
    """Print a line for each case; the intake has its floor beside it."""
    for case in cases:
        over_http = case.startswith("http")
        aim = AIM_HTTP if over_http else AIM
        plan = _spike(aim, minute) if case.endswith("spike") else _at_once(requests)
        way: type[_Way] = _Http if over_http else _InProcess
        line = _counted(database, case, way, plan, processes)
        if case != "intake":
            say(line | {"floor_cpu_ms": None, "ratio": None, "aim_per_second": aim})
            continue
        floor = _counted(database, "floor", _Floor, plan, processes)
        ratio = round(line["cpu_ms"] / max(floor["cpu_ms"], 0.001), 2)
        say(line | {"floor_cpu_ms": floor["cpu_ms"], "ratio": ratio, "aim_per_second": aim})
        say(floor | {"floor_cpu_ms": floor["cpu_ms"], "ratio": 1.0})


# ---- when requests come -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Plan:
    """At which second each request comes, none where they come as fast as they are taken.

    The spike lies between two of these seconds.
    """

    comes: tuple[float | None, ...]
    spike: tuple[float, float] | None = None


def _at_once(requests: int) -> _Plan:
    return _Plan((None,) * requests)


def _spike(aim: float, minute: float) -> _Plan:
    """The usual rate for ten seconds, the aim for a minute, the usual rate again for twenty."""
    usual = aim / TIMES
    before, after = minute / 6, minute / 3
    parts = (
        (0.0, before, usual), (before, before + minute, aim),
        (before + minute, before + minute + after, usual),
    )  # fmt: skip
    comes = tuple(
        since + n / rate
        for since, until, rate in parts
        for n in range(int((until - since) * rate))
    )
    return _Plan(comes, (before, before + minute))


@dataclass(frozen=True, slots=True)
class _Done:
    """One request: at which second it came and was done, of the same clock."""

    came: float
    done: float

    @property
    def took_ms(self) -> float:
        return 1000 * (self.done - self.came)


def _of_spike(found: Sequence[_Done], spike: tuple[float, float]) -> dict[str, Any]:
    """How late requests of the spike were, and how long after it one still waited."""
    since, until = spike
    inside = [one for one in found if since <= one.came < until]
    late = [one.done for one in found if one.took_ms > AIM_P95]
    return {
        "requests_in_spike": len(inside),
        "spike_p50_ms": round(median(one.took_ms for one in inside), 3),
        "spike_p95_ms": round(p95([one.took_ms for one in inside]), 3),
        "spike_longest_ms": round(max(one.took_ms for one in inside), 3),
        "recovered_s": round(max([0.0, *(done - until for done in late)]), 3),
    }


# ---- what is measured ---------------------------------------------------------------------------


def _counted(
    database: str, case: str, way: type[_Way], plan: _Plan, processes: int
) -> dict[str, Any]:
    """All clients at once: rate, rows, log and CPU of clients, web processes and server."""
    fork = multiprocessing.get_context("fork")
    city.point(database)
    makers = [way.prepared(database, one) for one in range(processes * way.CLIENTS)]
    city.leave()
    with served(database) if way is _Http else nullcontext() as site:
        ready, begin = fork.Semaphore(0), fork.Event()
        pipes = []
        for one, make in enumerate(makers):
            here, there = fork.Pipe(duplex=False)
            share = plan.comes[one :: len(makers)]
            port = site.port if site else 0
            arguments = (make, port, share, ready, begin, there)
            process = fork.Process(target=_work, args=arguments)
            process.start()
            there.close()
            pipes.append((process, here))
        for _ in pipes:
            ready.acquire()
        with city.connect(database) as watching:
            postmaster = city.server().pid()
            before, used = meter.written(watching), meter.tree_cpu(postmaster)
            web = site.cpu() if site else 0.0
            begun = perf_counter()
            begin.set()
            found = [here.recv() for _, here in pipes]
            wall = perf_counter() - begun
            server = meter.tree_cpu(postmaster) - used
            web = (site.cpu() if site else 0.0) - web
            time.sleep(1.0)  # what sessions have written is told once they have told the server
            wrote = meter.written(watching) - before
        for process, _ in pipes:
            process.join()
    done = [each for one, _, _ in found for each in one]
    walls = [one.took_ms for one in done]
    client = sum(cpu for _, cpu, _ in found)
    return {
        "bench": "hotline",
        "case": case,
        "clients": len(makers),
        "rows": round(wrote.rows / len(done), 2),
        "statements": None,
        "wal_bytes": round(wrote.wal_bytes / len(done)),
        "cpu_ms": round(1000 * (client + web + server) / len(done), 3),
        "wall_ms": round(1000 * wall / len(done), 3),
        "client_cpu_ms": round(1000 * client / len(done), 3),
        "web_cpu_ms": round(1000 * web / len(done), 3),
        "server_cpu_ms": round(1000 * server / len(done), 3),
        "p50_ms": round(median(walls), 3),
        "p95_ms": round(p95(walls), 3),
        "requests": len(done),
        "errors": sum(failed for _, _, failed in found),
        "per_second": round(len(done) / wall, 1),
        "load": round(os.getloadavg()[0], 2),
    } | (_of_spike(done, plan.spike) if plan.spike else {})


def _work(
    make: partial[_Way],
    port: int,
    share: Sequence[float | None],
    ready: Any,
    begin: Any,
    pipe: Any,
) -> None:
    try:
        way = make(port)
        # The plans, the content and the connection are there before the time runs.
        for _ in range(5):
            way.take()
    finally:
        # One that cannot begin ends here, and whoever waits for it reads the end of its pipe.
        ready.release()
    begin.wait()
    used, begun = process_time(), perf_counter()
    done, failed = [], 0
    for comes in share:
        ahead = 0.0 if comes is None else comes - (perf_counter() - begun)
        if ahead > 0:
            time.sleep(ahead)
        came = perf_counter() - begun if comes is None else comes
        try:
            way.take()
        except Exception:  # noqa: BLE001 -- whatever it is, the request was not absorbed
            failed += 1
        done.append(_Done(came, perf_counter() - begun))
    pipe.send((done, process_time() - used, failed))
    way.close()
    city.leave()


# ---- ways in ------------------------------------------------------------------------------------


class _Way(Protocol):
    """How one client sends its requests."""

    CLIENTS: int
    """Clients of this way for each process that is asked for."""

    @classmethod
    def prepared(cls, database: str, client: int) -> partial[_Way]:
        """What the client needs, made before the time runs; called with the port of the site."""

    def take(self) -> None:
        """Send the next request."""

    def close(self) -> None:
        """Nothing more will be sent."""


def _requests(client: int) -> Iterator[Request]:
    """Requests of a client, each with its source, from callers who are known."""
    for at in counting():
        place = _PLACES[at % len(_PLACES)]
        yield Request(
            text=_SAID[at % len(_SAID)].format(place=place),
            region="650102003",
            place=place,
            phone=_phone(client, at % PHONES),
            source=f"bench/{uuid4().hex}",
        )


def _phone(client: int, at: int) -> str:
    return f"138{client:03d}{at:05d}"


class _InProcess:
    """The product: each request in an action of its own."""

    CLIENTS = 1

    @classmethod
    def prepared(cls, database: str, client: int) -> partial[_InProcess]:
        for at in range(PHONES):
            caller_party(_phone(client, at))
        return partial(cls, database, client)

    def __init__(self, database: str, client: int, _port: int) -> None:
        city.point(database, pool=1)
        self._requests = _requests(client)

    def take(self) -> None:
        receive_ticket(request=next(self._requests), by=SYSTEM, now=city.MORNING)

    def close(self) -> None:
        city.leave()


class _Http:
    """Citizens with sessions send the form of the page, four of them for each process."""

    CLIENTS = 4

    @classmethod
    def prepared(cls, database: str, client: int) -> partial[_Http]:
        del database
        for at in range(PHONES):
            caller_party(_phone(client, at))
        account = people.account(people.citizen_login(client % people.CITIZENS))
        return partial(cls, sign_in(account), client)

    def __init__(self, session: str, client: int, port: int) -> None:
        self._session, self._browser = session, Browser(port)
        self._requests = _requests(client)

    def take(self) -> None:
        request = next(self._requests)
        form = {
            "text": request.text, "region": request.region, "place": request.place,
            "phone": request.phone, "type": "complaint", "once": uuid4().hex, "do": "send",
        }  # fmt: skip
        answer = self._browser.post("/12345/", self._session, form)
        if answer.status != 302:
            raise RuntimeError("the request was not taken")

    def close(self) -> None:
        self._browser.rest()


_FLOOR = """
WITH drawn AS MATERIALIZED (SELECT nextval('engine_proceeding_id_seq') AS id),
opened AS (
    INSERT INTO engine_proceeding (id, number, kind, parent_id, region, department, party_id,
        version_id, state, facts, open_children, opened_at)
    SELECT id, 'GD65010220260914' || lpad(id::text, 6, '0') || 'F', 'ticket', NULL, '650102003',
        'hotline-centre', %(party)s, %(version)s, 'received',
        jsonb_build_object('title', %(text)s::text, 'type', 'complaint', 'urgency', 'normal',
            'domain', 'city-noise-construction', 'round', 1), 0, %(at)s
    FROM drawn),
step AS (
    INSERT INTO engine_step (proceeding_id, code, queue, region, whose, state, turn, opened_at,
        rank_at, outcome)
    SELECT id, 'dispatch', 'hotline-centre.window', '650102003', 'government', 'open', 0, %(at)s,
        %(at)s, '' FROM drawn),
clock AS (
    INSERT INTO engine_clock (proceeding_id, name, started_at, suspensions, pauses, due_at,
        next_fire_at, next_fire_level)
    SELECT id, 'dispatch', %(at)s, '[]'::jsonb, 0, %(at)s, %(at)s, 'warn' FROM drawn),
ticket AS (
    INSERT INTO hotline_ticket (proceeding_id, region, channel, type, urgency, domain, special,
        title, text, place, caller_id, hides_caller, unit, round, of_number, of_item, source,
        received_at, reading, reply, outcome,
        contact_name)
    SELECT id, '650102003', 'phone', 'complaint', 'normal', 'city-noise-construction', '',
        %(text)s, %(text)s, %(place)s, %(party)s, false, '', 1, '', '', %(source)s, %(at)s, '{}',
        '', '', '' FROM drawn)
SELECT records_append(%(action)s::uuid, %(at)s::timestamptz, 'system', 0, '',
    jsonb_build_array(jsonb_build_object('stream', 'proceeding', 'stream_id', id,
        'region', '650102003', 'verb', 'receive',
        'body', jsonb_build_object('channel', 'phone', 'type', 'complaint'))))
FROM drawn
"""


class _Floor:
    """The same rows by hand: one prepared statement and a commit for each."""

    CLIENTS = 1

    @classmethod
    def prepared(cls, database: str, client: int) -> partial[_Floor]:
        parties = [caller_party(_phone(client, at)) for at in range(PHONES)]
        return partial(cls, database, client, live_version("hotline"), parties)

    def __init__(
        self, database: str, client: int, version: int, parties: Sequence[int], _port: int
    ) -> None:
        self._connection = city.connect(database, OWNER_ROLE)
        self._connection.prepare_threshold = 0
        self._requests = _requests(client)
        self._always = {"version": version, "at": city.MORNING}
        self._at, self._known = counting(), parties

    def take(self) -> None:
        request = next(self._requests)
        values = self._always | {
            "text": request.text, "place": request.place, "source": request.source,
            "party": self._known[next(self._at) % PHONES], "action": uuid4(),
        }  # fmt: skip
        self._connection.execute(_FLOOR, values)

    def close(self) -> None:
        self._connection.close()
