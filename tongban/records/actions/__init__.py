"""Writing the journal: append, order, tell, seal; keep personal data; set the city's clock."""

from tongban.records.actions.entries import CityClockOnlyForward, append, set_city_clock
from tongban.records.actions.feed import (
    ReactionFailed,
    drain,
    drain_all,
    retry_subscriptions,
    sequence,
)
from tongban.records.actions.keys import destroy_subject_key, rotate_master_key
from tongban.records.actions.private import (
    PersonalDataDestroyed,
    log_reads,
    read_private,
    read_privates,
    seal_private,
)
from tongban.records.actions.seals import JournalBroken, publish_seals, seal, seal_reads

__all__ = [
    "CityClockOnlyForward",
    "JournalBroken",
    "PersonalDataDestroyed",
    "ReactionFailed",
    "append",
    "destroy_subject_key",
    "drain",
    "drain_all",
    "log_reads",
    "publish_seals",
    "read_private",
    "read_privates",
    "retry_subscriptions",
    "rotate_master_key",
    "seal",
    "seal_private",
    "seal_reads",
    "sequence",
    "set_city_clock",
]
