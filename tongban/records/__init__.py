"""The journal: what happened, who did it, when, where and on what basis.

Every action of every room appends here, in its own transaction. The journal is at once the audit
trail, the outbox that tells the rooms above, the source of statistics and of the public timeline.
It knows no proceeding, licence or person: only streams of entries, their order and their proof.
"""
