"""`tongban bench life`: what one life of an application costs, beside the floor.

One life is a submission of four items, four decisions, the join and the journal with its chain.
CPU is that of the clients and of the server together; product and floor take turns in one run,
and `ratio` is the median of their quotients. With `--http` the product is asked over HTTP: CPU is
then that of the clients, of the web processes and of the database server. Prints one JSON object
a line.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.rig import city, meter
from bench.rig.clients import Block, Clients
from bench.rig.report import p95, say
from bench.rig.web import served

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

IN_PROCESS, HTTP, PAGES = "in process", "http", "http with pages"
FLOOR = "floor"
WAYS = {IN_PROCESS: "product", HTTP: "product", PAGES: "pages", FLOOR: "floor"}
COUNTED_BY = {IN_PROCESS: "counted", HTTP: "counted", PAGES: "counted pages", FLOOR: "floor"}
AIMS = {(IN_PROCESS, 1): 5.0, (IN_PROCESS, 8): 6.0, (HTTP, 1): 25.0, (HTTP, 8): 25.0}
AIM_FULL = 1.1
FLOOR_BESIDE_HTTP = 10
# Lives of each client before it is measured, and of all of them to count rows and bytes.
WARM = {IN_PROCESS: 8, HTTP: 3, PAGES: 1, FLOOR: 8}
COUNTED = {IN_PROCESS: 20, HTTP: 8, PAGES: 4, FLOOR: 20}


def main(argv: Sequence[str] = ()) -> int:
    """Run the benchmark; the exit status never says how fast it was."""
    parser = argparse.ArgumentParser(prog="tongban bench life")
    parser.add_argument("--quick", action="store_true", help="shorter blocks: under 50 s in all")
    parser.add_argument("--http", action="store_true", help="over the real web server")
    parser.add_argument(
        "--clients", type=int, action="append", help="default: 1 and 8; --quick --http: 1"
    )
    parser.add_argument("--runs", type=int, help="pairs of blocks (default 5)")
    parser.add_argument("--lives", type=int, help="lives of one block, over all clients")
    chosen = parser.parse_args(argv)
    usual = (8 if chosen.quick else 40) if chosen.http else (32 if chosen.quick else 400)
    lives = chosen.lives or usual
    runs = chosen.runs or (1 if chosen.quick and chosen.http else 5)
    databases = {"empty": small_city()}
    full = city.full()
    if full and not (chosen.quick and chosen.http):
        databases["full"] = full
    elif not full:
        print("no large database of this version: run `tongban bench fill`", file=sys.stderr)
    usual_clients = (1,) if chosen.quick and chosen.http else (1, 8)
    for clients in chosen.clients or usual_clients:
        measure(databases, clients=clients, runs=runs, lives=lives, http=chosen.http)
    return 0


def small_city() -> str:
    """A city that has just opened: some lives lived, so that the planner knows its tables."""
    name = city.fresh(city.EMPTY)
    with Clients(1, name) as one:
        for way in ("product", "floor"):
            one.block(way, 50)
    city.analyse(name)
    return name


@dataclass(frozen=True, slots=True)
class Pair:
    """What one run of a database found: a block of the floor, and one of each way beside it."""

    floor: Block
    ways: dict[str, Block]

    def ratio(self, over: str) -> float:
        """How much more CPU a life of the product takes than one of the floor."""
        return self.ways[over].cpu / self.floor.cpu


def measure(
    databases: dict[str, str], *, clients: int, runs: int, lives: int, http: bool = False
) -> None:
    """Print a line for each database and way: product beside floor, full beside empty."""
    ways = (HTTP, PAGES) if http else (IN_PROCESS,)
    each = max(1, lives // clients)
    with contextlib.ExitStack() as stack:
        opened = {}
        for case, name in databases.items():
            site = stack.enter_context(served(name)) if http else None
            opened[case] = stack.enter_context(Clients(clients, name, site))
        counted = {
            case: {over: _counts(databases[case], one, over) for over in (*ways, FLOOR)}
            for case, one in opened.items()
        }
        pairs: dict[str, list[Pair]] = {case: [] for case in opened}
        for run in range(runs):
            for case, one in opened.items():
                pairs[case].append(_pair(one, ways, each, floor_first=run % 2 == 1))
    for case, found in pairs.items():
        for over in ways:
            line = report(over, case, clients, found, counted[case])
            if case != "empty" and "empty" in pairs:
                line |= _to_empty(over, found, pairs["empty"])
            say(line)


def _pair(one: Clients, ways: Sequence[str], lives: int, *, floor_first: bool) -> Pair:
    # Beside a way that takes long, a block of so few lives of the floor would be over at once.
    short = lives * (1 if IN_PROCESS in ways else FLOOR_BESIDE_HTTP)
    floor = one.block("floor", short) if floor_first else None
    found = {over: one.block(WAYS[over], lives) for over in ways}
    return Pair(floor or one.block("floor", short), found)


def _to_empty(over: str, full: list[Pair], empty: list[Pair]) -> dict[str, float]:
    """How much the ratio grows with the city."""
    grown = median(f.ratio(over) / e.ratio(over) for f, e in zip(full, empty, strict=True))
    return {"ratio_to_empty": round(grown, 3), "aim_ratio_to_empty": AIM_FULL}


def _counts(database: str, clients: Clients, over: str) -> dict[str, Any]:
    """Rows, bytes and statements of one life of a way, counted apart from the timed blocks."""
    way = COUNTED_BY[over]
    with city.connect(database) as watching:
        # Prepared and generic plans are there after a few lives; they warm the caches too.
        for warmed in dict.fromkeys((way, WAYS[over])):
            clients.block(warmed, WARM[over])
        clients.flush()
        before = meter.written(watching)
        lives = clients.block(way, max(1, COUNTED[over] // clients.count)).lives
        clients.flush()
        wrote = meter.written(watching) - before
        seen = clients.wire(way)
    return {
        "rows": round(wrote.rows / lives, 2),
        "wal_bytes": round(wrote.wal_bytes / lives),
        "statements": seen.statements,
        "round_trips": seen.round_trips,
    }


def report(
    over: str, case: str, clients: int, pairs: list[Pair], counted: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    """One line of the report; milliseconds are those of one life, medians over the runs."""
    mine = [pair.ways[over] for pair in pairs]
    floor = [pair.floor for pair in pairs]
    ratios = [pair.ratio(over) for pair in pairs]
    return {
        "bench": "life",
        "case": f"{over}, {case}",
        "clients": clients,
        **counted[over],
        "cpu_ms": _ms(block.cpu for block in mine),
        "wall_ms": _ms(block.wall / block.lives for block in mine),
        "floor_cpu_ms": _ms(block.cpu for block in floor),
        "ratio": round(median(ratios), 2),
        "aim_ratio": AIMS.get((over, clients)),
        "ratios": [round(one, 2) for one in ratios],
        "client_cpu_ms": _ms(block.client / block.lives for block in mine),
        "web_cpu_ms": _ms(block.web / block.lives for block in mine),
        "server_cpu_ms": _ms(block.server.total / block.lives for block in mine),
        "floor_client_cpu_ms": _ms(block.client / block.lives for block in floor),
        "floor_server_cpu_ms": _ms(block.server.total / block.lives for block in floor),
        "floor_wall_ms": _ms(block.wall / block.lives for block in floor),
        **{f"floor_{name}": value for name, value in counted[FLOOR].items()},
        "breakdown": breakdown(mine),
        "floor_breakdown": breakdown(floor),
        "lives": sum(block.lives for block in mine),
        "load": round(os.getloadavg()[0], 2),
    }


def breakdown(blocks: list[Block]) -> dict[str, float]:
    """Where the milliseconds of one life go, and how long each action takes on the wall."""
    found = {}
    for action in blocks[0].by_action:
        found[f"{action}_client_cpu_ms"] = _ms(b.by_action[action] / b.lives for b in blocks)
        walls = sorted(wall for block in blocks for wall in block.walls[action])
        found[f"{action}_p50_ms"] = round(1000 * median(walls), 3)
        found[f"{action}_p95_ms"] = round(1000 * p95(walls), 3)
    found["server_sessions_cpu_ms"] = _ms(b.server.sessions / b.lives for b in blocks)
    found["server_others_cpu_ms"] = _ms(b.server.others / b.lives for b in blocks)
    return found


def _ms(seconds: Iterable[float]) -> float:
    return round(1000 * median(seconds), 3)
