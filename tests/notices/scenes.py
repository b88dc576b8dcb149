"""Parties with telephones and gateways that behave as told."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import ClassVar

from tongban.kernel.actors import Actor
from tongban.notices import actions
from tongban.notices.gateways import Receipt
from tongban.notices.states import Outcome

NOON = datetime(2026, 9, 21, 4, 0, tzinfo=UTC)
WALL = datetime(2099, 1, 1, tzinfo=UTC)
ALIYA, HASAN, SILENT = 900_001, 900_002, 900_003


@dataclass(frozen=True)
class Contact:
    phone: str
    language: str = "zh"


PHONES = {ALIYA: Contact("13800138000"), HASAN: Contact("13900139000", "en"), SILENT: Contact("")}


def address_book(party_id, number=""):
    return PHONES.get(party_id)


@dataclass
class FakeSms:
    """Answers from `answers`, then always with success; keeps what it was given in `sent`."""

    sent: ClassVar[list] = []
    answers: ClassVar[list] = []
    name: str = field(default="fake")

    def send(self, *, to, text, reference):
        self.sent.append((to, text, reference))
        return self.answers.pop(0) if self.answers else Receipt(Outcome.SENT, "r1")


def withdrawn(party=ALIYA, *, dedup="P02-1:withdrawn", now=NOON, number="P02-1"):
    """Not statutory, with a short message."""
    return actions.send_message(
        party_id=party,
        key="withdrawn",
        params={"number": number, "thing": {"zh": "开办餐饮店", "en": "Opening a restaurant"}},
        dedup=dedup,
        proceeding=number,
        now=now,
    )


def accepted(party=ALIYA, *, dedup="P02-1:accepted", now=NOON):
    """Statutory, with a short message."""
    return actions.send_message(
        party_id=party,
        key="accepted",
        params={
            "number": "P02-1",
            "thing": {"zh": "开办餐饮店", "en": "Opening a restaurant"},
            "due": date(2026, 10, 8),
        },
        dedup=dedup,
        proceeding="P02-1",
        now=now,
    )


def citizen(party=ALIYA, account=77):
    return Actor("citizen", account, "阿丽娅", party, frozenset({party}))
