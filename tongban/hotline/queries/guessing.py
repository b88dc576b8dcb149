"""What a text is about: kind, urgency, subject, unit and place, with how sure and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tongban.catalogue.queries import live_version, part
from tongban.hotline import rules
from tongban.hotline.queries.places import region_names
from tongban.hotline.queries.tree import content, domains, nodes
from tongban.reading.queries import read_for
from tongban.reading.rules.readable import readable

if TYPE_CHECKING:
    from tongban.reading.rules.lessons import Reading


@dataclass(frozen=True, slots=True)
class Guess:
    """What a text reads like, how sure that is (0 to 1), and by which words."""

    type: str
    domain: str
    confidence: float
    reasons: tuple[str, ...] = ()

    def to_data(self) -> dict[str, Any]:
        """The guess as it is kept with the ticket."""
        return {
            "type": self.type,
            "domain": self.domain,
            "confidence": round(self.confidence, 4),
            "reasons": list(self.reasons),
        }


TYPE_TASK, DOMAIN_TASK = "hotline.type", "hotline.domain"
"""What the reading room learns for the hotline."""

MOST_REASONS = 6
"""Words that say why a text reads like something: more nobody reads."""


def guess(text: str) -> Guess:
    """What a request is about: as learnt from earlier ones, else by the words of the content."""
    learnt = read_for((TYPE_TASK, DOMAIN_TASK), text)
    kind, domain = learnt.get(TYPE_TASK), learnt.get(DOMAIN_TASK)
    known = {one.code for one in domains()}
    if kind is None or domain is None or domain.reading.label not in known:
        return _guess(text, live_version("hotline"))
    reasons = (*domain.reading.reasons, *kind.reading.reasons)
    return Guess(
        kind.reading.label,
        domain.reading.label,
        _sure(kind.reading, domain.reading),
        readable(text, (one.piece for one in reasons), _words())[:MOST_REASONS],
    )


def _sure(*readings: Reading) -> float:
    """How sure readings are together, less so of a text that is strange to their lessons.

    What was never taught looks like the nearest thing that was: such a request is for a person
    (``familiar`` of the content).
    """
    known = min(one.familiarity for one in readings)
    sure = min(one.confidence for one in readings)
    return sure if known >= float(content()["familiar"]["value"]) else sure * known


def _words() -> set[str]:
    """What may be a word of a request: those of the content, and the names of regions."""
    nodes = [word for one in domains() for word in (*one.words, str(one.name["zh"]))]
    kinds = [word for one in content()["types"] for word in one.get("words", ())]
    return {*nodes, *kinds, *content().get("urgent_words", ()), *region_names()}


def _guess(text: str, version_id: int) -> Guess:
    hotline = part(version_id)
    kinds = [
        (one["code"], rules.found_words(text, one.get("words", ()))) for one in hotline["types"]
    ]
    kind = max(kinds, key=lambda one: len(one[1]))
    scored = [(one, rules.found_words(text, one.words)) for one in nodes(version_id)]
    best = sorted(scored, key=lambda one: (-sum(map(len, one[1])), -len(one[0].path)))
    node, words = best[0]
    if not words:
        return Guess(kind[0] if kind[1] else "help", "", 0.0, kind[1])
    first, second = (sum(map(len, one[1])) for one in best[:2])
    sure = first / (first + second + 1) if kind[1] else first / (first + second + 4)
    return Guess(kind[0] if kind[1] else "help", node.code, sure, (*kind[1], *words))
