"""Conditions: who needs or is entitled to what, as data that staff can read and check.

A condition is a tree of `all`, `any` and `not` over leaves that compare one named fact with a
value or with a dated parameter. Its outcome is three-valued (Kleene): what is not known stays
unknown, and is named. No program code stands in a condition.

Data form: `{all: [...]}`, `{any: [...]}`, `{not: ...}`, or a leaf
`{field: site.area, op: le, value: 50}`, `{..., parameter: small_eatery_area}` or
`{..., other: site.rented_area}` (another fact), each leaf with an optional `text` (a sentence, or
one per language).
"""

from tongban.kernel.conditions.evaluation import (
    OUTCOME_WORDS,
    Fact,
    Line,
    Outcome,
    Parameters,
    Verdict,
    evaluate,
    parameter_on,
)
from tongban.kernel.conditions.operators import Op, value_fault
from tongban.kernel.conditions.tree import (
    MAX_DEPTH,
    All,
    Any,
    Condition,
    Leaf,
    Not,
    fields_of,
    leaves_of,
    parameters_of,
    parse,
    to_data,
)

__all__ = [
    "MAX_DEPTH",
    "OUTCOME_WORDS",
    "All",
    "Any",
    "Condition",
    "Fact",
    "Leaf",
    "Line",
    "Not",
    "Op",
    "Outcome",
    "Parameters",
    "Verdict",
    "evaluate",
    "fields_of",
    "leaves_of",
    "parameter_on",
    "parameters_of",
    "parse",
    "to_data",
    "value_fault",
]
