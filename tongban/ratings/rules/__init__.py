"""Pure decisions about reviews: who may rate what, what looks wrong, what numbers say."""

from tongban.ratings.rules.detectors import (
    Burst,
    Signals,
    burst_of,
    idle_share,
    immediate,
)
from tongban.ratings.rules.masking import masked_text, text_words
from tongban.ratings.rules.rating import (
    Counted,
    InvitationClosed,
    NothingToRate,
    NotTwoPersons,
    RatedAlready,
    Rating,
    changes,
    checked,
    clocks,
    may_rate_again,
    need_text,
    weight_of,
)
from tongban.ratings.rules.statistics import (
    Figures,
    Interval,
    Ranked,
    add_up,
    good_rate,
    ranked,
    wilson,
)

__all__ = [
    "Burst",
    "Counted",
    "Figures",
    "Interval",
    "InvitationClosed",
    "NotTwoPersons",
    "NothingToRate",
    "Ranked",
    "RatedAlready",
    "Rating",
    "Signals",
    "add_up",
    "burst_of",
    "changes",
    "checked",
    "clocks",
    "good_rate",
    "idle_share",
    "immediate",
    "masked_text",
    "may_rate_again",
    "need_text",
    "ranked",
    "text_words",
    "weight_of",
    "wilson",
]
