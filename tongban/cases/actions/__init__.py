"""The verbs of a case. Each public function is one action, or takes part in the package's one."""

from tongban.cases.actions.acceptance import (
    Missing,
    clear_requirement,
    declare_not_required,
    raise_requirement,
    refuse_acceptance,
)
from tongban.cases.actions.deciding import (
    ask_human,
    confirm_review,
    decide_by_machine,
    decide_case,
    refer_to_human,
    try_machine,
)
from tongban.cases.actions.elsewhere import (
    IssuedElsewhere,
    decide_elsewhere,
    mirror_elsewhere,
    pass_elsewhere,
    take_in_elsewhere,
)
from tongban.cases.actions.filing import (
    Filing,
    accept_in,
    cancel_in,
    file_cases_in,
    new_case,
    start_in,
    supply_in,
    withdraw_case,
    withdraw_in,
)
from tongban.cases.actions.issuing import (
    break_reliance,
    mark_issued,
    mend_reliance,
    note_licence_uses,
    order_licence,
)
from tongban.cases.actions.periods import (
    cancel_specials_in,
    conclude_special,
    extend_case,
    special_ended_in,
    start_special,
    terminate_case,
)
from tongban.cases.actions.route import item_of, pass_step, return_step

__all__ = [
    "Filing",
    "IssuedElsewhere",
    "Missing",
    "accept_in",
    "ask_human",
    "break_reliance",
    "cancel_in",
    "cancel_specials_in",
    "clear_requirement",
    "conclude_special",
    "confirm_review",
    "decide_by_machine",
    "decide_case",
    "decide_elsewhere",
    "declare_not_required",
    "extend_case",
    "file_cases_in",
    "item_of",
    "mark_issued",
    "mend_reliance",
    "mirror_elsewhere",
    "new_case",
    "note_licence_uses",
    "order_licence",
    "pass_elsewhere",
    "pass_step",
    "raise_requirement",
    "refer_to_human",
    "refuse_acceptance",
    "return_step",
    "special_ended_in",
    "start_in",
    "start_special",
    "supply_in",
    "take_in_elsewhere",
    "terminate_case",
    "try_machine",
    "withdraw_case",
    "withdraw_in",
]
