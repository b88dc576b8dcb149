"""Reading before anything was learnt: words that speak for a label, given by the caller."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tongban.reading.rules.lessons import Reading, Reason
from tongban.reading.rules.text import clean

# Label -> words. What a word weighs grows with its length: longer words are mistaken less often.
Words = Mapping[str, Sequence[str]]
# How much has to be found until a label is likelier than all that was not found.
_DOUBT = 4.0
_REASONS = 5


def read_by_words(text: str, words: Words) -> Reading:
    """The label most of whose words are found; the first label, hardly sure, where none is.

    Raises ValueError where there are no labels.
    """
    if not words:
        raise ValueError("no labels")
    read = clean(text)
    found = {
        label: [word for word in some if clean(word) in read] for label, some in words.items()
    }
    scores = {label: float(sum(len(word) for word in some)) for label, some in found.items()}
    total = sum(scores.values()) + _DOUBT
    shares = {label: (score + _DOUBT / len(words)) / total for label, score in scores.items()}
    order = sorted(shares, key=lambda label: -shares[label])
    best = order[0]
    reasons = sorted(set(found[best]), key=lambda word: (-len(word), word))
    weight = max(1.0, float(sum(map(len, reasons))))
    return Reading(
        best,
        shares[best],
        tuple(Reason(word, round(len(word) / weight, 3)) for word in reasons[:_REASONS]),
        tuple((label, shares[label]) for label in order[:_REASONS]),
    )
