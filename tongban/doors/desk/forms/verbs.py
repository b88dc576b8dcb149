"""Which verbs the desk has for each kind of proceeding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tongban.doors.desk.forms.cases import CASE_VERBS
from tongban.doors.desk.forms.checks import CHECK_VERBS
from tongban.doors.desk.forms.credit import CREDIT_VERBS
from tongban.doors.desk.forms.early import EARLY_VERBS
from tongban.doors.desk.forms.hot import HOT_VERBS
from tongban.doors.desk.forms.hotline import HOTLINE_VERBS
from tongban.doors.desk.forms.incidents import INCIDENT_VERBS
from tongban.doors.desk.forms.inputs import Data, Input, Verb
from tongban.doors.desk.forms.packages import PACKAGE_VERBS
from tongban.doors.desk.forms.ratings import RATING_VERBS
from tongban.doors.desk.forms.sides import SIDE_VERBS
from tongban.doors.desk.forms.upkeep import UPKEEP_VERBS

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Data", "Input", "Verb", "verbs_of"]


_VERBS: Mapping[str, Mapping[str, Verb]] = {
    "package": PACKAGE_VERBS,
    "case": CASE_VERBS,
    **SIDE_VERBS,
    "check": CHECK_VERBS,
    "credit": CREDIT_VERBS,
    "early": EARLY_VERBS,
    "rectification": RATING_VERBS,
    **HOTLINE_VERBS,
    **HOT_VERBS,
    **INCIDENT_VERBS,
    **UPKEEP_VERBS,
}


def verbs_of(kind: str) -> Mapping[str, Verb]:
    """The desk's verbs for a kind of proceeding, in the order in which they are offered."""
    return _VERBS.get(kind, {})
