"""The verbs of an application for one thing."""

from tongban.packages.actions.acceptance import accept_application, deemed_accepted_in
from tongban.packages.actions.correction import (
    Supply,
    ask_correction,
    lapse_correction_in,
    resume_application,
    signatures_given,
    supply_correction,
)
from tongban.packages.actions.delivery import (
    deliver_results,
    note_arrival,
    note_return,
    post_results,
)
from tongban.packages.actions.drafts import (
    Confirmed,
    Typed,
    promise_material,
    put_material,
    submit_application,
    take_material_away,
    take_promise_back,
    write_answers,
    write_situation,
)
from tongban.packages.actions.endings import (
    collect_results,
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
from tongban.packages.actions.rehandling import set_aside
from tongban.packages.actions.signing import (
    ask_again,
    ask_signatures,
    decline_paper,
    remind_signer,
    renew_sign_link,
    sign_paper,
    void_changed_signatures,
)
from tongban.packages.actions.visiting import cancel_visit, propose_visit

__all__ = [
    "Confirmed",
    "Filed",
    "Submission",
    "Supply",
    "Typed",
    "accept_application",
    "advance_dependants",
    "ask_again",
    "ask_correction",
    "ask_signatures",
    "cancel_visit",
    "child_ended_in",
    "collect_results",
    "decline_paper",
    "deemed_accepted_in",
    "deliver_results",
    "extend_application",
    "hold_clocks",
    "lapse_correction_in",
    "need_picture",
    "note_arrival",
    "note_return",
    "post_results",
    "promise_material",
    "propose_visit",
    "put_material",
    "remind_signer",
    "renew_sign_link",
    "resume_application",
    "revoke_shares",
    "set_aside",
    "share_progress",
    "sign_paper",
    "signatures_given",
    "submit",
    "submit_application",
    "supply_correction",
    "supply_owed",
    "take_material_away",
    "take_promise_back",
    "void_changed_signatures",
    "withdraw_application",
    "write_answers",
    "write_situation",
]
