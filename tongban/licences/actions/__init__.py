"""Writing licences: order, produce, change their state, mirror those of others, note their use.

One verb, one transaction, one entry in the licence's own stream. Rendering and sealing happen
outside of any transaction.
"""

from tongban.licences.actions.changing import (
    change_state,
    expire_licences,
    record_use,
)
from tongban.licences.actions.comprehensive import (
    comprehensive_paper,
    make_comprehensive,
    refresh_comprehensives,
)
from tongban.licences.actions.granting import NewGrant, grant_use, revoke_grant, use_grant
from tongban.licences.actions.issuing import (
    issue_licence,
    licences_due,
    print_licence_copy,
    produce_licence,
)
from tongban.licences.actions.mirroring import MirroredLicence, mirror_licence
from tongban.licences.actions.reminding import remind_expiring
from tongban.licences.actions.renewing import ask_renewal, end_renewal, renew_licence
from tongban.licences.actions.reports import answer_report
from tongban.licences.actions.starting import (
    NoMoreTime,
    NothingToStart,
    ask_more_time,
    grant_more_time,
    refuse_more_time,
    report_start,
)

__all__ = [
    "MirroredLicence",
    "NewGrant",
    "NoMoreTime",
    "NothingToStart",
    "answer_report",
    "ask_more_time",
    "ask_renewal",
    "change_state",
    "comprehensive_paper",
    "end_renewal",
    "expire_licences",
    "grant_more_time",
    "grant_use",
    "issue_licence",
    "licences_due",
    "make_comprehensive",
    "mirror_licence",
    "print_licence_copy",
    "produce_licence",
    "record_use",
    "refresh_comprehensives",
    "refuse_more_time",
    "remind_expiring",
    "renew_licence",
    "report_start",
    "revoke_grant",
    "use_grant",
]
