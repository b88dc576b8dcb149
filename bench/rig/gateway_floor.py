"""Messages to and from a department's system through the statements of gateway.sql.

The leanest client that Python has: prepared statements, one message to the server for each.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import orjson
from psycopg import pq

from bench.rig.city import connect, statements
from tongban.kernel.signatures import signature_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_FINE = {pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK}


class GatewayFloor:
    """One connection that writes the rows of messages out and in."""

    def __init__(self, database: str, *, system: str, key: str, item: str, now: datetime) -> None:
        self._connection = connect(database)
        self._system, self._key, self._item = system, key, item.encode()
        self._now = now.isoformat().encode()
        self._retry = (now + timedelta(seconds=30)).isoformat().encode()
        self._taken: set[bytes] = set()
        self._parked: dict[bytes, Any] = {}
        texts = {**statements("gateway.sql"), "begin": "BEGIN", "commit": "COMMIT"}
        for name, text in texts.items():
            self._check(self._connection.pgconn.prepare(name.encode(), text.encode()))

    def send(self, sending_id: int) -> None:
        """Claim it, deliver what stands in it, keep the receipt."""
        pk = str(sending_id).encode()
        [row] = self._run(b"claim", [pk, self._retry])
        self._run(b"receipt", [pk, row[1], self._now])

    def hear(self, content: bytes, signature: str) -> None:
        """Check the signature, keep the message once, apply it when its turn has come."""
        right = signature_of(self._key, content, line=self._system)
        if not hmac.compare_digest(signature, right):
            raise ValueError("the signature is not that of the system")
        told = orjson.loads(content)
        number = told["case"].encode()
        self._run(b"begin", [])
        rows = self._run(b"lock", [number])
        case = next(row for row in rows if row[1] is not None)
        [[copies]] = self._run(
            b"arrive",
            [
                self._system.encode(), told["id"].encode(), case[0], str(told["seq"]).encode(),
                told["kind"].encode(), content, hashlib.sha256(content).hexdigest().encode(),
                told["event_at"].encode(), self._now,
            ],
        )  # fmt: skip
        if copies == b"1":
            if told["seq"] == 1 or number in self._taken:
                self._apply(case, number, told)
            else:
                self._parked[number] = told
        self._run(b"commit", [])

    def _apply(self, case: Sequence[bytes], number: bytes, told: Any) -> None:
        action, event = str(uuid4()).encode(), told["event_at"].encode()
        if told["seq"] == 1:
            self._run(b"take_in", [case[0], action, event, self._now])
            self._taken.add(number)
        else:
            self._run(b"decide", [case[0], case[1], self._item, number, action, event, self._now])
        self._run(b"applied", [case[0], str(told["seq"]).encode(), self._now])
        if told["seq"] == 1 and number in self._parked:
            self._apply(case, number, self._parked.pop(number))

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()

    def _run(self, name: bytes, values: list[Any]) -> list[list[Any]]:
        result = self._connection.pgconn.exec_prepared(name, values)
        self._check(result)
        return [
            [result.get_value(row, column) for column in range(result.nfields)]
            for row in range(result.ntuples)
        ]

    def _check(self, result: Any) -> None:
        if result.status not in _FINE:
            raise ValueError(result.error_message.decode())
