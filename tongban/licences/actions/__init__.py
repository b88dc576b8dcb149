"""Writing licences: order, produce, change their state, mirror those of others, note their use.

One verb, one transaction, one entry in the licence's own stream. Rendering and sealing happen
outside of any transaction.
"""

from tongban.licences.actions.changing import (
    change_state,
    expire_licences,
    record_use,
)
from tongban.licences.actions.issuing import (
    issue_licence,
    licences_due,
    produce_licence,
)
from tongban.licences.actions.mirroring import MirroredLicence, mirror_licence

__all__ = [
    "MirroredLicence",
    "change_state",
    "expire_licences",
    "issue_licence",
    "licences_due",
    "mirror_licence",
    "produce_licence",
    "record_use",
]
