"""Pure decisions of the window: whose it is, and what is in a capture."""

from tongban.window.rules.counters import (
    ContentChanged,
    NotYourWindow,
    ScreenNotPaired,
    counter_for,
    counters,
    new_code,
    typed_code,
)
from tongban.window.rules.pictures import as_jpeg, split, turned
from tongban.window.rules.reading import Proposal, Wanted, propose

__all__ = [
    "ContentChanged",
    "NotYourWindow",
    "Proposal",
    "ScreenNotPaired",
    "Wanted",
    "as_jpeg",
    "counter_for",
    "counters",
    "new_code",
    "propose",
    "split",
    "turned",
    "typed_code",
]
