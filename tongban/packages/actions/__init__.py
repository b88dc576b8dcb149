"""The verbs of an application for one thing."""

from tongban.packages.actions.acceptance import accept_application, deemed_accepted_in
from tongban.packages.actions.correction import (
    Supply,
    ask_correction,
    lapse_correction_in,
    resume_application,
    supply_correction,
)
from tongban.packages.actions.drafts import (
    Confirmed,
    promise_material,
    put_material,
    submit_application,
    take_material_away,
    take_promise_back,
)
from tongban.packages.actions.endings import (
    collect_results,
    deliver_results,
    revoke_shares,
    share_progress,
    withdraw_application,
)
from tongban.packages.actions.extending import extend_application
from tongban.packages.actions.filing import Filed, Submission, submit
from tongban.packages.actions.owed import supply_owed
from tongban.packages.actions.pictures import need_picture
from tongban.packages.actions.progress import (
    advance_dependants,
    child_ended_in,
    hold_clocks,
)

__all__ = [
    "Confirmed",
    "Filed",
    "Submission",
    "Supply",
    "accept_application",
    "advance_dependants",
    "ask_correction",
    "child_ended_in",
    "collect_results",
    "deemed_accepted_in",
    "deliver_results",
    "extend_application",
    "hold_clocks",
    "lapse_correction_in",
    "need_picture",
    "promise_material",
    "put_material",
    "resume_application",
    "revoke_shares",
    "share_progress",
    "submit",
    "submit_application",
    "supply_correction",
    "supply_owed",
    "take_material_away",
    "take_promise_back",
    "withdraw_application",
]
