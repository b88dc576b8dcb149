"""Pure decisions of the window: whose it is, and what is in a capture."""

from tongban.window.rules.counters import (
    WINDOW,
    Authority,
    ContentChanged,
    NotEntitled,
    NotYourWindow,
    OwnIntake,
    ScreenNotPaired,
    authorities,
    counter_for,
    counters,
    in_the_name_of,
    new_code,
    typed_code,
    with_post,
)
from tongban.window.rules.pictures import as_jpeg, split, turned
from tongban.window.rules.reading import Proposal, Wanted, propose

__all__ = [
    "WINDOW",
    "Authority",
    "ContentChanged",
    "NotEntitled",
    "NotYourWindow",
    "OwnIntake",
    "Proposal",
    "ScreenNotPaired",
    "Wanted",
    "as_jpeg",
    "authorities",
    "counter_for",
    "counters",
    "in_the_name_of",
    "new_code",
    "propose",
    "split",
    "turned",
    "typed_code",
    "with_post",
]
