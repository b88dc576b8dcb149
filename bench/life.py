"""`tongban bench life`: what one life of an application costs, beside the floor.

One life is a submission of four items, four decisions, the join and the journal with its chain.
CPU is that of the clients and of the server together; product and floor take turns in one run,
and `ratio` is the median of their quotients. Prints one JSON object a line.
"""

from __future__ import annotations

import argparse
import sys
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

from bench.rig import city, meter
from bench.rig.clients import Block, Clients
from bench.rig.report import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WAYS = ("product", "floor")
AIMS = {1: 5.0, 8: 6.0}
AIM_FULL = 1.1
COUNTED = 20


def main(argv: Sequence[str] = ()) -> int:
    """Run the benchmark; the exit status never says how fast it was."""
    parser = argparse.ArgumentParser(prog="tongban bench life")
    parser.add_argument("--quick", action="store_true", help="shorter blocks: under 50 s in all")
    parser.add_argument("--clients", type=int, action="append", help="default: 1 and 8")
    parser.add_argument("--runs", type=int, default=5, help="pairs of blocks (default 5)")
    parser.add_argument("--lives", type=int, help="lives of one block, over all clients")
    chosen = parser.parse_args(argv)
    lives = chosen.lives or (32 if chosen.quick else 400)
    databases = {"empty": small_city()}
    full = city.full()
    if full:
        databases["full"] = full
    else:
        print("no large database of this version: run `tongban bench fill`", file=sys.stderr)
    for clients in chosen.clients or (1, 8):
        measure(databases, clients=clients, runs=chosen.runs, lives=lives)
    return 0


def small_city() -> str:
    """A city that has just opened: some lives lived, so that the planner knows its tables."""
    name = city.fresh(city.EMPTY)
    with Clients(1, name) as one:
        for way in WAYS:
            one.block(way, 50)
    city.analyse(name)
    return name


def measure(databases: dict[str, str], *, clients: int, runs: int, lives: int) -> None:
    """Print a line for each database: product beside floor, empty beside full."""
    each = max(1, lives // clients)
    opened = {case: Clients(clients, name) for case, name in databases.items()}
    try:
        pairs: dict[str, list[dict[str, Block]]] = {case: [] for case in opened}
        counted = {case: _counts(databases[case], one) for case, one in opened.items()}
        for run in range(runs):
            for case, one in opened.items():
                order = WAYS if run % 2 == 0 else WAYS[::-1]
                pairs[case].append({way: one.block(way, each) for way in order})
    finally:
        for one in opened.values():
            one.close()
    ratios = {case: _ratio(found) for case, found in pairs.items()}
    for case, found in pairs.items():
        line = report(case, clients, found, counted[case])
        if case != "empty" and "empty" in ratios:
            line["ratio_to_empty"] = round(
                median(
                    (full["product"].cpu / full["floor"].cpu)
                    / (empty["product"].cpu / empty["floor"].cpu)
                    for full, empty in zip(found, pairs["empty"], strict=True)
                ),
                3,
            )
            line["aim_ratio_to_empty"] = AIM_FULL
        say(line)


def _counts(database: str, clients: Clients) -> dict[str, Any]:
    """Rows, bytes and statements of one life of each way, counted apart from the timed blocks."""
    found: dict[str, Any] = {}
    with city.connect(database) as watching:
        for way in WAYS:
            # Prepared and generic plans are there after a few lives; they warm the caches too.
            clients.block(way, 8)
            clients.flush()
            before = meter.written(watching)
            lives = clients.block(way, max(1, COUNTED // clients.count)).lives
            clients.flush()
            wrote = meter.written(watching) - before
            seen = clients.wire(way)
            found[way] = {
                "rows": round(wrote.rows / lives, 2),
                "wal_bytes": round(wrote.wal_bytes / lives),
                "statements": seen.statements,
                "round_trips": seen.round_trips,
            }
    return found


def _ratio(pairs: Iterable[dict[str, Block]]) -> float:
    return median(pair["product"].cpu / pair["floor"].cpu for pair in pairs)


def report(
    case: str, clients: int, pairs: list[dict[str, Block]], counted: dict[str, Any]
) -> dict[str, Any]:
    """One line of the report; milliseconds are those of one life, medians over the runs."""
    mine = [pair["product"] for pair in pairs]
    floor = [pair["floor"] for pair in pairs]
    product_counts, floor_counts = counted["product"], counted["floor"]
    return {
        "bench": "life",
        "case": f"in process, {case}",
        "clients": clients,
        **product_counts,
        "cpu_ms": _ms(block.cpu for block in mine),
        "wall_ms": _ms(block.wall / block.lives for block in mine),
        "floor_cpu_ms": _ms(block.cpu for block in floor),
        "ratio": round(_ratio(pairs), 2),
        "aim_ratio": AIMS.get(clients),
        "ratios": [round(p["product"].cpu / p["floor"].cpu, 2) for p in pairs],
        "client_cpu_ms": _ms(block.client / block.lives for block in mine),
        "server_cpu_ms": _ms(block.server.total / block.lives for block in mine),
        "floor_client_cpu_ms": _ms(block.client / block.lives for block in floor),
        "floor_server_cpu_ms": _ms(block.server.total / block.lives for block in floor),
        "floor_wall_ms": _ms(block.wall / block.lives for block in floor),
        **{f"floor_{name}": value for name, value in floor_counts.items()},
        "breakdown": breakdown(mine),
        "floor_breakdown": breakdown(floor),
        "lives": sum(block.lives for block in mine),
    }


def breakdown(blocks: list[Block]) -> dict[str, float]:
    """Where the milliseconds of one life go, and how long each action takes on the wall."""
    found = {}
    for action in blocks[0].by_action:
        found[f"{action}_client_cpu_ms"] = _ms(b.by_action[action] / b.lives for b in blocks)
        walls = sorted(wall for block in blocks for wall in block.walls[action])
        found[f"{action}_p50_ms"] = round(1000 * median(walls), 3)
        found[f"{action}_p95_ms"] = round(1000 * quantiles(walls, n=20)[-1], 3)
    found["server_sessions_cpu_ms"] = _ms(b.server.sessions / b.lives for b in blocks)
    found["server_others_cpu_ms"] = _ms(b.server.others / b.lives for b in blocks)
    return found


def _ms(seconds: Iterable[float]) -> float:
    return round(1000 * median(seconds), 3)
