"""The bank: makes a payment, says what became of it, gives money back, states every day.

The built-in bank keeps its own book, a file that only it writes: what the orders say and what the
bank says are two records that can differ, as in life, and that are compared every day. A real
acquirer takes its place behind the same protocol.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Protocol

from tongban.kernel.signatures import is_signed, signature_of
from tongban.kernel.worktime import city_date

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime
    from pathlib import Path

MOST_NOTICE_BYTES = 8192
TROUBLES = ("twice", "late", "lost", "wrong_amount")


class BankUnclear(Exception):  # noqa: N818 -- says what is wrong, like FileExistsError
    """The bank could not be asked, or made no sense; nothing is known then."""


@dataclass(frozen=True, slots=True)
class Bill:
    """What the bank is asked to collect; ``order`` is our number, the amount in fen."""

    order: str
    amount_fen: int
    subject: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What the bank says of one payment: open, paid, declined, or refunded."""

    reference: str
    order: str
    amount_fen: int
    state: str
    serial: str = ""


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One movement of a day: kind pay or refund, the amount in fen."""

    kind: str
    reference: str
    order: str
    amount_fen: int
    serial: str


class Bank(Protocol):
    """Collects and gives back money. Raises BankUnclear where nothing can be known."""

    def create(self, bill: Bill) -> str:
        """Open a payment; answers the bank's reference, under which the person pays."""
        ...

    def query(self, reference: str) -> Standing:
        """What became of a payment."""
        ...

    def refund(self, reference: str, amount_fen: int, at: datetime) -> Standing:
        """Give back; asked again for the same payment, the first time is answered."""
        ...

    def statement(self, day: date) -> tuple[StatementLine, ...]:
        """Every movement of a day, in the bank's order."""
        ...

    def trusted(self, body: bytes, signature: str, now: datetime) -> Standing | None:
        """What a notice says if its signature is the bank's; None for anything else."""
        ...


@dataclass(frozen=True)
class FileBank:
    """The built-in bank: a book of one JSON object a line, a lock, and a key for its notices."""

    folder: Path
    key: str

    def create(self, bill: Bill) -> str:
        reference = f"B{secrets.token_hex(10)}"
        with self._book() as write:
            write({"kind": "open", "reference": reference, **asdict(bill)})
        return reference

    def query(self, reference: str) -> Standing:
        found = self._standings().get(reference)
        if found is None:
            raise BankUnclear(f"no payment {reference}")
        return found

    def refund(self, reference: str, amount_fen: int, at: datetime) -> Standing:
        with self._book() as write:
            standing = self.query(reference)
            if standing.state == "paid":
                if amount_fen != standing.amount_fen:
                    raise BankUnclear(f"{reference}: a part is not given back")
                write(self._moved("refund", reference, at))
        return self.query(reference)

    def statement(self, day: date) -> tuple[StatementLine, ...]:
        standings = self._standings()
        return tuple(
            StatementLine(
                line["kind"],
                line["reference"],
                standings[line["reference"]].order,
                int(line.get("amount_fen", standings[line["reference"]].amount_fen)),
                line["serial"],
            )
            for line in self._lines()
            if line["kind"] in ("pay", "refund") and line["day"] == day.isoformat()
        )

    def trusted(self, body: bytes, signature: str, now: datetime) -> Standing | None:
        if len(body) > MOST_NOTICE_BYTES or not is_signed(self.key, body, signature, now=now):
            return None
        try:
            told = json.loads(body)
            return Standing(
                str(told["reference"]),
                str(told["order"]),
                int(told["amount_fen"]),
                str(told["state"]),
                str(told.get("serial", "")),
            )
        except (ValueError, TypeError, KeyError):
            return None

    # What people do at its cashier

    def pay(self, reference: str, *, at: datetime, trouble: str = "") -> list[tuple[bytes, str]]:
        """Somebody pays; answers the signed notices that the bank sends now, none if it is slow.

        A payment that was paid or declined before stays as it was. ``trouble`` is a bad day:
        twice, late, lost, or wrong_amount (the bank collected one fen too little).
        """
        with self._book() as write:
            if self.query(reference).state == "open":
                line = self._moved("pay", reference, at)
                if trouble == "wrong_amount":
                    line["amount_fen"] = self.query(reference).amount_fen - 1
                write(line)
        if trouble in ("late", "lost"):
            return []
        return [self.notice(reference)] * (2 if trouble == "twice" else 1)

    def decline(self, reference: str) -> list[tuple[bytes, str]]:
        """The person has no money or changed his mind."""
        with self._book() as write:
            if self.query(reference).state == "open":
                write({"kind": "decline", "reference": reference})
        return [self.notice(reference)]

    def notice(self, reference: str) -> tuple[bytes, str]:
        """What the bank tells about a payment, with its signature."""
        body = json.dumps(asdict(self.query(reference)), sort_keys=True).encode()
        return body, self.sign(body)

    def sign(self, body: bytes) -> str:
        """HMAC-SHA256 over the body, in hexadecimal."""
        return signature_of(self.key, body)

    def _moved(self, kind: str, reference: str, at: datetime) -> dict[str, Any]:
        serial = secrets.token_hex(8)
        day = city_date(at).isoformat()
        return {"kind": kind, "reference": reference, "day": day, "serial": serial}

    def _standings(self) -> dict[str, Standing]:
        found: dict[str, Standing] = {}
        states = {"pay": "paid", "decline": "declined", "refund": "refunded"}
        for line in self._lines():
            reference = line["reference"]
            if line["kind"] == "open":
                found[reference] = Standing(
                    reference, line["order"], int(line["amount_fen"]), "open"
                )
                continue
            one = found[reference]
            found[reference] = Standing(
                reference,
                one.order,
                int(line.get("amount_fen", one.amount_fen)),
                states[line["kind"]],
                line.get("serial", one.serial),
            )
        return found

    def _lines(self) -> list[dict[str, Any]]:
        path = self.folder / "book.jsonl"
        if not path.exists():
            return []
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    @contextmanager
    def _book(self) -> Iterator[Any]:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.folder / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield self._write

    def _write(self, line: dict[str, Any]) -> None:
        with (self.folder / "book.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())
