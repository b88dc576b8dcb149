"""One life through the statements of floor.sql, by the leanest client that Python has.

Statements are prepared, and those of one step of an action go out in one message: begin and lock,
then write and commit.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import orjson
from psycopg import pq

from bench.rig import product
from bench.rig.city import MORNING, connect, statements
from tongban.catalogue.queries import calendar, package_in_force
from tongban.kernel.clocks import Ledger, due, firings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tongban.kernel.clocks import ClockSpec

_FINE = {pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK}


class Floor:
    """Lives through prepared statements; what does not change from life to life is made once."""

    name = "floor"

    def __init__(self, client: int, database: str) -> None:
        self.connection = connect(database)
        self.aside = None
        for name, text in {
            **statements("floor.sql"),
            "begin": "BEGIN",
            "commit": "COMMIT",
        }.items():
            self._check(self.connection.pgconn.prepare(name.encode(), text.encode()))
        self.party = str(client + 1).encode()
        published = package_in_force(product.PACKAGE, MORNING.date())
        self._version = str(published.version_id).encode()
        compiled = published.compiled
        package = {spec.name: spec for spec in compiled.clocks_promising(5)}
        case = {spec.name: spec for spec in compiled.item(product.ITEMS[0]).clocks}
        later = MORNING + timedelta(hours=1)
        self._dues = [
            *_moments(package["promise"], MORNING),
            *_moments(case["legal"], MORNING),
            *_moments(package["joint"], MORNING),
        ]
        self._delivery = _moments(package["delivery"], later)
        self._queues = [
            f"{compiled.item(code).department}.decider".encode() for code in product.ITEMS
        ]
        self._told = [
            orjson.dumps(part)
            for part in (
                product.ANSWERS,
                product.SOURCES,
                product.MATERIALS,
                product.FACTS,
                product.PROMISE,
            )
        ]
        self._at, self._later = _text(MORNING), _text(later)
        self._day = MORNING.strftime("%Y%m%d").encode()

    def close(self) -> None:
        self.connection.close()

    def ready(self, _lives: int) -> None:
        """There is nothing to prepare."""

    def live(self) -> Iterator[str]:
        """One life; the name of each action when it is done."""
        action = str(uuid4()).encode()
        key = str(uuid4()).encode()
        params = (self.party, key, self._version, self._at, action, self._day)
        submitted = self._send((b"submit", [*params, *self._told, *self._dues]))
        yield "submit"
        for number in range(4):
            self._decide(_cell(submitted, number + 1, 0), number)
            yield "decide"

    def _decide(self, case_id: bytes, number: int) -> None:
        action = str(uuid4()).encode()
        held = self._send((b"begin", []), (b"lock", [case_id]))
        params = [
            *(_cell(held, 1, 0), _cell(held, 0, 0), product.ITEMS[number].encode()),
            *(_cell(held, 1, 1), str(number + 1).encode(), self._queues[number]),
            *(action, self._later),
        ]
        is_last = _cell(held, 0, 2) == b"1"
        write = (b"finish", [*params, *self._delivery]) if is_last else (b"decide", params)
        self._send(write, (b"commit", []))

    def _send(self, *statements: tuple[bytes, Sequence[bytes]]) -> pq.abc.PGresult:
        """Send prepared statements in one message; answers the last result."""
        pg = self.connection.pgconn
        pg.enter_pipeline_mode()
        for name, params in statements:
            pg.send_query_prepared(name, params)
        pg.pipeline_sync()
        last = None
        while True:
            result = pg.get_result()
            if result is None:
                continue
            if result.status == pq.ExecStatus.PIPELINE_SYNC:
                break
            last = self._check(result)
        pg.exit_pipeline_mode()
        assert last is not None  # noqa: S101 -- one result for each statement
        return last

    def _check(self, result: pq.abc.PGresult) -> pq.abc.PGresult:
        if result.status not in _FINE:
            raise RuntimeError(result.error_message.decode())
        return result


def _cell(result: pq.abc.PGresult, row: int, column: int) -> bytes:
    return result.get_value(row, column) or b""


def _text(at: datetime) -> bytes:
    return at.astimezone(UTC).isoformat().encode()


def _moments(spec: ClockSpec, start: datetime) -> list[bytes]:
    """When a clock that starts now is due and fires first."""
    days, ledger = calendar(product.REGION), Ledger(start)
    limit = due(spec, ledger, days).at
    first = firings(spec, ledger, days)[0].at
    return [_text(limit or first), _text(first)]
