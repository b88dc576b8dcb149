"""Reads of an officer's own ready phrases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tongban.cases import models

if TYPE_CHECKING:
    from tongban.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text that an officer keeps for a step and an outcome."""

    id: int
    step: str
    outcome: str
    text: str


def own_phrases(actor: Actor) -> list[Phrase]:
    """All phrases that this officer keeps, by step, the oldest first."""
    rows = models.Phrase.objects.filter(account_id=actor.id).order_by("step", "outcome", "id")
    return [Phrase(row.pk, row.step, row.outcome, row.text) for row in rows]
