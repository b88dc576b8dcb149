"""What the cases room announces: the verbs of its journal entries that other rooms react to."""

from __future__ import annotations

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
