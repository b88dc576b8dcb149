"""`tongban bench hotline`: requests taken in a second, beside the SQL floor of the same rows.

Two processes take in requests of many callers through `hotline.actions.receive_ticket`, with
journal, chain, clock and step; the floor writes exactly those rows by hand, one statement a
request, without reading what is said or masking numbers. Then a spike: twenty times the aim of a
second at once, and how long until the last is written. Prints one JSON object a line.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
from statistics import median
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from bench.rig import city, meter
from bench.rig.report import p95, say
from tongban.catalogue.queries import live_version
from tongban.hotline.actions import Request, receive_ticket
from tongban.kernel.actors import SYSTEM

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

NAME = "bench_hotline"
AIM, SPIKE = 300.0, 20
REQUESTS, PROCESSES = 3_000, 2
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
    chosen = parser.parse_args(argv)
    requests = chosen.requests or (300 if chosen.quick else REQUESTS)
    try:
        measure(
            city.fresh(NAME),
            requests=requests,
            processes=chosen.processes,
            spike=0 if chosen.quick else int(AIM) * SPIKE,
        )
    finally:
        city.leave()
        city.drop(NAME)
    return 0


def measure(database: str, *, requests: int, processes: int, spike: int) -> None:
    """Print a line for the intake, its floor and the spike."""
    intake = _counted(database, "intake", _take, requests, processes)
    floor = _counted(database, "floor", _floor, requests, processes)
    ratio = round(intake["cpu_ms"] / max(floor["cpu_ms"], 0.001), 2)
    say(intake | {"floor_cpu_ms": floor["cpu_ms"], "ratio": ratio, "aim_per_second": AIM})
    say(floor | {"floor_cpu_ms": floor["cpu_ms"], "ratio": 1.0})
    if spike:
        line = _counted(database, "spike", _take, spike, processes)
        say(line | {"floor_cpu_ms": None, "ratio": None, "aim_per_second": AIM})


def _counted(
    database: str,
    case: str,
    work: Callable[[str, int, int], list[float]],
    requests: int,
    processes: int,
) -> dict[str, Any]:
    fork = multiprocessing.get_context("fork")
    city.leave()
    ready, begin = fork.Semaphore(0), fork.Event()
    pipes = []
    for one in range(processes):
        here, there = fork.Pipe(duplex=False)
        share = requests // processes
        process = fork.Process(
            target=_work, args=(work, database, one, share, ready, begin, there)
        )
        process.start()
        there.close()
        pipes.append((process, here))
    for _ in pipes:
        ready.acquire()
    with city.connect(database) as watching:
        postmaster = city.server().pid()
        before, used = meter.written(watching), meter.tree_cpu(postmaster)
        begun = perf_counter()
        begin.set()
        found = [here.recv() for _, here in pipes]
        wall = perf_counter() - begun
        server = meter.tree_cpu(postmaster) - used
        wrote = meter.written(watching) - before
    for process, _ in pipes:
        process.join()
    walls = [each for took, _ in found for each in took]
    client = sum(cpu for _, cpu in found)
    count = len(walls)
    return {
        "bench": "hotline",
        "case": case,
        "clients": processes,
        "rows": round(wrote.rows / count, 2),
        "statements": None,
        "wal_bytes": round(wrote.wal_bytes / count),
        "cpu_ms": round(1000 * (client + server) / count, 3),
        "wall_ms": round(1000 * wall / count, 3),
        "client_cpu_ms": round(1000 * client / count, 3),
        "server_cpu_ms": round(1000 * server / count, 3),
        "p50_ms": round(1000 * median(walls), 3),
        "p95_ms": round(1000 * p95(walls), 3),
        "requests": count,
        "per_second": round(count / wall, 1),
        "load": round(os.getloadavg()[0], 2),
    }


def _work(
    work: Any, database: str, seed: int, count: int, ready: Any, begin: Any, pipe: Any
) -> None:
    city.point(database, pool=1)
    try:
        # The plans, the content and the connection are there before the time runs.
        work(database, 1000 + seed, 5)
    finally:
        # One that cannot begin ends here, and whoever waits for it reads the end of its pipe.
        ready.release()
    begin.wait()
    before = process_time()
    walls = work(database, seed, count)
    pipe.send((walls, process_time() - before))
    city.leave()


def _request(seed: int, at: int) -> Request:
    place = _PLACES[at % len(_PLACES)]
    return Request(
        text=_SAID[at % len(_SAID)].format(place=place),
        region="650102003",
        place=place,
        phone=f"138{seed % 10}{at % 5_000:07d}",
        source=f"bench/{uuid4().hex}",
    )


def _take(_database: str, seed: int, count: int) -> list[float]:
    """The product: each request in an action of its own."""
    walls = []
    for at in range(count):
        request = _request(seed, at)
        begun = perf_counter()
        receive_ticket(request=request, by=SYSTEM, now=city.MORNING)
        walls.append(perf_counter() - begun)
    return walls


_FLOOR = """
WITH drawn AS MATERIALIZED (SELECT nextval('engine_proceeding_id_seq') AS id),
opened AS (
    INSERT INTO engine_proceeding (id, number, kind, parent_id, region, department, party_id,
        version_id, state, facts, open_children, opened_at)
    SELECT id, 'GD65010220260914' || lpad(id::text, 6, '0') || 'F', 'ticket', NULL, '650102003',
        'hotline-centre', 1, %(version)s, 'received',
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
        %(text)s, %(text)s, %(place)s, 1, false, '', 1, '', '', %(source)s, %(at)s, '{}',
        '', '', '' FROM drawn)
INSERT INTO records_entry (id, stream, stream_id, seq, region, action_id, verb, actor_kind,
    actor_id, at, recorded_at, place, basis, fields, body, public, prev_hash, hash)
SELECT nextval('records_entry_id_seq'), 'proceeding', id, 1, '650102003', %(action)s, 'receive',
    'system', 0, %(at)s, clock_timestamp(), '', '', '{}',
    jsonb_build_object('channel', 'phone', 'type', 'complaint'), true, '\\x00',
    sha256(convert_to(concat_ws(',', 'tongban-entry-1', id, %(action)s), 'UTF8')) FROM drawn
"""


def _floor(database: str, seed: int, count: int) -> list[float]:
    """The same rows by hand: one prepared statement and a commit for each."""
    walls = []
    version = live_version("hotline")
    with city.connect(database, "tongban_owner") as connection:
        connection.prepare_threshold = 0
        for at in range(count):
            request = _request(seed, at)
            values = {
                "version": version,
                "text": request.text,
                "place": request.place,
                "at": city.MORNING,
                "source": request.source,
                "action": uuid4(),
            }
            begun = perf_counter()
            connection.execute(_FLOOR, values)
            walls.append(perf_counter() - begun)
    return walls
