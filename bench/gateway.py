"""`tongban bench gateway`: messages a second to and from departments' own systems.

Out: cases that have been handed over are sent, each with its claim, its delivery and its receipt
in the database; the system on the other side takes a message at once, so that it is our side that
is timed. In: the signed messages of those cases (taken in and decision, out of order, a tenth of
them twice) come through `exchange.actions.hear`, each applied to its case with clocks,
journal and chain. Two processes work at once. Beside each direction runs the floor: other cases
of the same city, the same rows, by the hand-written statements of gateway.sql. Prints one JSON
object a line.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import median
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.conf import settings

from bench.rig import city, meter
from bench.rig.gateway_floor import GatewayFloor
from bench.rig.product import PACKAGE, Product, citizen
from bench.rig.report import p95, say
from tongban.catalogue.queries import package_in_force
from tongban.exchange import queries
from tongban.exchange.actions import hear, send
from tongban.exchange.gateways import Receipt
from tongban.kernel.signatures import signature_of
from tongban.packages.actions import submit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.connection import Connection

    from tongban.exchange.gateways import Envelope

NAME = "bench_gateway"
SYSTEM, KEY = "bench-system", "bench key"
ITEM = "bench-shelf"
AIM = 200.0
CASES = 400
PROCESSES = 2
SHARE_TWICE = 0.1
LATER = city.MORNING + timedelta(hours=1)


class Taker:
    """A system that takes everything at once."""

    def __init__(self, key: str) -> None:
        self.key = key

    def deliver(self, envelope: Envelope) -> Receipt:
        return Receipt(is_acknowledged=len(envelope.content) > 0, reference=envelope.request_hash)


def main(argv: Sequence[str] = ()) -> int:
    """Run the benchmark; the exit status never says how fast it was."""
    parser = argparse.ArgumentParser(prog="tongban bench gateway")
    parser.add_argument("--quick", action="store_true", help="fewer cases")
    parser.add_argument("--cases", type=int, help=f"cases that go out (default {CASES})")
    parser.add_argument("--processes", type=int, default=PROCESSES)
    chosen = parser.parse_args(argv)
    try:
        cases = chosen.cases or (60 if chosen.quick else CASES)
        measure(city.fresh(NAME), cases=cases, processes=chosen.processes)
    finally:
        city.leave()
        city.drop(NAME)
    return 0


def measure(database: str, *, cases: int, processes: int) -> None:
    """Print a line for each direction."""
    settings.DEPARTMENT_SYSTEMS = {SYSTEM: ("bench.gateway.Taker", {"key": KEY})}
    sendings, numbers = _prepare(database, 2 * cases)
    mine, other = slice(0, None, 2), slice(1, None, 2)
    out, floor_out = (_shares(sendings[half], processes) for half in (mine, other))
    told, floor_told = (
        [_story(some, one) for one, some in enumerate(_shares(numbers[half], processes))]
        for half in (mine, other)
    )
    works = (
        ("out", _send, out, _floor_send, floor_out),
        ("in", _hear, told, _floor_hear, floor_told),
    )
    for case, work, shares, floor_work, floor_shares in works:
        floor = _measured(floor_work, database, floor_shares)
        say(_line(case, _measured(work, database, shares), floor, processes))


def _shares(things: Sequence[Any], processes: int) -> list[Sequence[Any]]:
    return [things[one::processes] for one in range(processes)]


def _measured(work: Any, database: str, shares: Sequence[Sequence[Any]]) -> Measured:
    with city.connect(database) as watching:
        postmaster = city.server().pid()
        before, used = meter.written(watching), meter.tree_cpu(postmaster)
        found = _together(work, database, shares)
        cpu = meter.tree_cpu(postmaster) - used
        return Measured(found, meter.written(watching) - before, cpu)


def _prepare(database: str, cases: int) -> tuple[list[int], list[str]]:
    """Applications whose bench item is handed over, through the product's own functions."""
    from tongban.engine.models import Proceeding
    from tongban.exchange.actions import hand_over
    from tongban.exchange.models import Sending

    city.point(database, pool=1)
    client = Product(0, database)
    for _ in range(cases):
        submit(submission=client.submission(), by=citizen(client.party_id), now=city.MORNING)
    client.close()
    for case in Proceeding.objects.filter(kind="case", facts__item=ITEM).order_by("id"):
        case.facts = {**case.facts, "system": SYSTEM}
        Proceeding.objects.filter(pk=case.pk).update(facts=case.facts)
        hand_over(case=case, cause_id=case.pk, now=city.MORNING)
    rows = list(Sending.objects.order_by("id").values_list("id", "number"))
    city.leave()
    city.analyse(database)
    return [pk for pk, _ in rows], [number for _, number in rows]


def _story(numbers: Sequence[str], seed: int) -> list[tuple[bytes, str]]:
    """Signed messages of these cases, a few cases mixed, a tenth of them twice."""
    chance = Random(seed)  # noqa: S311 -- a benchmark
    told: list[tuple[bytes, str]] = []
    for first in range(0, len(numbers), 8):
        some = [
            one
            for number in numbers[first : first + 8]
            for one in (
                _message(number, 1, "taken_in"),
                _message(number, 2, "decision", result="grant", number="1"),
            )
        ]
        some += [one for one in some if chance.random() < SHARE_TWICE]
        chance.shuffle(some)
        told += some
    return told


def _message(case: str, seq: int, kind: str, **more: Any) -> tuple[bytes, str]:
    at = city.MORNING + timedelta(minutes=seq)
    body = {"id": str(uuid4()), "case": case, "seq": seq, "kind": kind,
            "event_at": at.isoformat(), **more}  # fmt: skip
    content = json.dumps(body).encode()
    return content, signature_of(KEY, content, line=SYSTEM)


def _send(sendings: Sequence[int], _floor: GatewayFloor) -> list[float]:
    wall = datetime.now(UTC)  # noqa: TID251 -- attempts go by the machine's clock
    return [_timed(send, sending_id=one, now=LATER, wall=wall) for one in sendings]


def _hear(told: Sequence[tuple[bytes, str]], _floor: GatewayFloor) -> list[float]:
    return [
        _timed(hear, system=SYSTEM, content=content, signature=signature, now=LATER)
        for content, signature in told
    ]


def _floor(database: str) -> GatewayFloor:
    return GatewayFloor(database, system=SYSTEM, key=KEY, item=ITEM, now=LATER)


def _floor_send(sendings: Sequence[int], floor: GatewayFloor) -> list[float]:
    return [_timed(floor.send, sending_id=one) for one in sendings]


def _floor_hear(told: Sequence[tuple[bytes, str]], floor: GatewayFloor) -> list[float]:
    return [
        _timed(floor.hear, content=content, signature=signature) for content, signature in told
    ]


def _timed(do: Callable[..., object], **words: Any) -> float:
    begun = perf_counter()
    do(**words)
    return perf_counter() - begun


@dataclass(frozen=True, slots=True)
class Done:
    """What all processes did together; seconds."""

    wall: float
    walls: list[float]
    client: float


@dataclass(frozen=True, slots=True)
class Measured:
    """What was done, what it wrote, and the server's CPU for it in seconds."""

    done: Done
    wrote: Any
    server: float

    @property
    def cpu(self) -> float:
        """CPU of clients and server for one message, in seconds."""
        return (self.done.client + self.server) / len(self.done.walls)


def _together(
    work: Callable[..., list[float]], database: str, shares: Sequence[Sequence[Any]]
) -> Done:
    """Each process does its share of the work at the same time."""
    fork = multiprocessing.get_context("fork")
    ready, begin = fork.Semaphore(0), fork.Event()
    pipes = []
    for share in shares:
        here, there = fork.Pipe(duplex=False)
        process = fork.Process(target=_work, args=(work, database, share, ready, begin, there))
        process.start()
        pipes.append((process, here))
    for _ in shares:
        ready.acquire()
    begun = perf_counter()
    begin.set()
    found = [here.recv() for _, here in pipes]
    wall = perf_counter() - begun
    for process, _ in pipes:
        process.join()
    return Done(wall, [w for walls, _ in found for w in walls], sum(cpu for _, cpu in found))


def _work(
    work: Any, database: str, share: Sequence[Any], ready: Any, begin: Any, pipe: Connection
) -> None:
    city.point(database, pool=1)
    # The plans, the content and the connection are there before the time runs.
    queries.status_of(SYSTEM)
    package_in_force(PACKAGE, city.MORNING.date())
    floor = _floor(database)
    ready.release()
    begin.wait()
    before = process_time()
    walls = work(share, floor)
    pipe.send((walls, process_time() - before))
    floor.close()
    city.leave()


def _line(case: str, one: Measured, floor: Measured, processes: int) -> dict[str, Any]:
    found, wrote, count = one.done, one.wrote, len(one.done.walls)
    return {
        "bench": "gateway",
        "case": case,
        "clients": processes,
        "rows": round(wrote.rows / count, 2),
        "floor_rows": round(floor.wrote.rows / len(floor.done.walls), 2),
        "statements": None,
        "wal_bytes": round(wrote.wal_bytes / count),
        "cpu_ms": round(1000 * one.cpu, 3),
        "wall_ms": round(1000 * found.wall / count, 3),
        "floor_cpu_ms": round(1000 * floor.cpu, 3),
        "ratio": round(one.cpu / floor.cpu, 2) if floor.cpu else None,
        "client_cpu_ms": round(1000 * found.client / count, 3),
        "server_cpu_ms": round(1000 * one.server / count, 3),
        "p50_ms": round(1000 * median(found.walls), 3),
        "p95_ms": round(1000 * p95(found.walls), 3),
        "messages": count,
        "per_second": round(count / found.wall, 1),
        "floor_per_second": round(len(floor.done.walls) / floor.done.wall, 1),
        "aim_per_second": AIM,
        "load": round(os.getloadavg()[0], 2),
    }
