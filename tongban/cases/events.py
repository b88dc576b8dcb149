"""What the cases room announces: the verbs of its journal entries that other rooms react to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tongban.cases.states import SIDES

ENDED_VERBS = frozenset(
    {
        "grant_at_once",
        "auto_grant_at_once",
        "issue",
        "deny",
        "refuse_acceptance",
        "not_require",
        "withdraw",
        "cancel",
        "terminate",
    }
)
STARTED_VERBS = frozenset(
    {"open", "open_accepted", "start", "start_accepted", "accept", "deem_accept"}
)
# What stands still the clocks of the whole application: special procedures and hearings.
SPECIAL_STARTED = frozenset(
    verb for side in SIDES.values() if side.stops_clocks for verb in side.begins
)
SPECIAL_ENDED = frozenset(
    verb for side in SIDES.values() if side.stops_clocks for verb in side.ends
)
GRANTED_VERBS = frozenset({"grant", "auto_grant"})


@dataclass(frozen=True, slots=True)
class CaseEnded:
    """A case has reached the end of its life."""

    proceeding_id: int
    number: str
    item_code: str
    state: str
    body: dict[str, Any]
