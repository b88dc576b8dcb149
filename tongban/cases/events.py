"""What the cases room announces: the verbs of its journal entries that other rooms react to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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
        "lapse",
    }
)
STARTED_VERBS = frozenset(
    {"open", "open_accepted", "start", "start_accepted", "accept", "deem_accept"}
)
# What stops the clocks of the whole application: special procedures and hearings.
SPECIAL_STARTED = frozenset({"begin_special", "begin_hearing"})
SPECIAL_ENDED = frozenset(
    {
        "conclude_special",
        "cancel_special",
        "waive_hearing",
        "lapse_hearing",
        "conclude_hearing",
        "cancel_hearing",
    }
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
