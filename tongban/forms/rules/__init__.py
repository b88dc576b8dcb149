"""Pure decisions about forms: clean, normalise, check, prefill, decide what is asked."""

from tongban.forms.rules.answers import (
    AskedField,
    Reading,
    asked_fields,
    check_answers,
    read_answers,
)
from tongban.forms.rules.merging import DraftState, Merged, merge
from tongban.forms.rules.prefilling import Prefilled, prefill, source_key
from tongban.forms.rules.texts import MAX_TYPED, neutralise
from tongban.forms.rules.values import check_value, normalise, same_value

__all__ = [
    "MAX_TYPED",
    "AskedField",
    "DraftState",
    "Merged",
    "Prefilled",
    "Reading",
    "asked_fields",
    "check_answers",
    "check_value",
    "merge",
    "neutralise",
    "normalise",
    "prefill",
    "read_answers",
    "same_value",
    "source_key",
]
