"""What this room tells the journal, in the stream of each licence."""

STREAM = "licence"

ORDERED = "licence_ordered"
"""A licence is to be made. Body: identifier, type, proceeding_id, case_number, party."""

PRODUCED = "licence_produced"
"""It is made, sealed and in force. Body: as above, and number, sha256, seal."""

STATE_CHANGED = "licence_state_changed"
"""Its state is another one. Body: identifier, type, party, from, to, seq."""

RENEWAL_ASKED = "licence_renewal_asked"
"""A case asks to renew it. Body: as above, and renewal (the case), in_time."""

RENEWED = "licence_renewed"
"""It is renewed by a decision, its next edition is made. Body: as above, and renewal."""

DEEMED_RENEWED = "licence_deemed_renewed"
"""Its validity ended without a decision on a timely application: renewed. Body: as RENEWED."""

MIRRORED = "licence_mirrored"
"""The licence of another system was taken over or updated. Body: identifier, type, party."""

STARTED = "licence_started"
"""The work that it permits has begun: it does not lapse any more. Body: as above."""


COMPREHENSIVE_STREAM = "comprehensive"

MADE = "comprehensive_made"
"""The permits of a trade are one licence now. Body: number, identifier, trade, party, state."""

CHANGED = "comprehensive_changed"
"""A part is another one or has another state; a new version. Body: as above, and version."""

ANSWERED = "report_answered"
"""A person has answered. Body: number, report."""
