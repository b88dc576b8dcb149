"""What departments' systems say in tests."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from tests.exchange.conftest import KEYS, TOBACCO
from tongban.exchange.actions import hear
from tongban.exchange.gateways import department_system
from tongban.kernel.signatures import signature_of

# By the machine's clock every attempt is due.
ANY_TIME = datetime(2100, 1, 1, tzinfo=UTC)
ITEM = "tobacco-licence"
ISSUER = "11650100MB0U010T8K"


def message(case, seq, kind, at, **more):
    return {
        "id": str(uuid4()),
        "case": case.number,
        "seq": seq,
        "kind": kind,
        "event_at": at.isoformat(),
        **more,
    }


def story(case, start, *, deny=False):
    """All that a system tells of a tobacco licence, an hour between any two."""
    at = [start + timedelta(hours=n) for n in range(5)]
    told = [
        message(case, 1, "taken_in", at[0], reference="YC-1"),
        message(case, 2, "step", at[1], step="review", opinion="符合布局"),
    ]
    if deny:
        said = {"result": "deny", "reasons": "距学校不足", "number": "乌烟不字1号"}
        return [*told, message(case, 3, "decision", at[2], **said)]
    day = f"{at[3]:%Y-%m-%d}"
    return [
        *told,
        message(case, 3, "decision", at[2], result="grant", reasons="", number="乌烟准字1号"),
        message(
            case, 4, "licence", at[3], number="650100100001", issuer=ISSUER,
            issued_on=day, valid_from=day, valid_to="2031-09-08",
        ),
    ]  # fmt: skip


def say(told, now, *, system=TOBACCO, key=None):
    """Let a system say something; bytes are said as they are."""
    content = told if isinstance(told, bytes) else json.dumps(told, ensure_ascii=False).encode()
    signature = signature_of(key or KEYS[system], content, line=system)
    return hear(system=system, content=content, signature=signature, now=now)


def outbound(code=TOBACCO):
    """What the simulator has taken in: one line for each message."""
    folder = department_system(code).folder / "taken"
    return [json.loads(path.read_bytes()) for path in sorted(folder.glob("*/*.json"))]
