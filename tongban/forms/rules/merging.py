"""Autosave from several devices: nothing that was typed is lost or overwritten unseen.

Each element remembers the revision at which it last changed. A device that saves on top of an
older revision wins for elements that nobody else touched since. Where another device was there
first, the element is disputed: the value of the first stays, the others are kept beside it, and
only the person's explicit choice, made in sight of all of them, settles it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

MAX_DISPUTED = 20


@dataclass(frozen=True, slots=True)
class DraftState:
    """The part of a draft that saving changes."""

    answers: Mapping[str, Any]
    touched: Mapping[str, int]
    disputed: Mapping[str, list[Any]]
    revision: int


@dataclass(frozen=True, slots=True)
class Merged:
    """The draft after saving, and the saved elements that are disputed now."""

    draft: DraftState
    conflicts: tuple[str, ...]


def merge(
    draft: DraftState,
    patch: Mapping[str, Any],
    *,
    base: int,
    chosen: Collection[str] = (),
) -> Merged:
    """Merge what a device typed on top of revision ``base`` into the draft.

    ``chosen`` are disputed elements whose value in the patch is the person's choice; it counts
    only where nothing came in after ``base``. A save that changes nothing keeps the revision.
    """
    answers, touched = dict(draft.answers), dict(draft.touched)
    disputed = {code: list(values) for code, values in draft.disputed.items()}
    for code, value in patch.items():
        fresh = touched.get(code, 0) <= base
        if fresh and (code in chosen or code not in disputed):
            answers[code] = value
            disputed.pop(code, None)
        elif answers[code] != value:
            _dispute(answers, disputed, code, value)
        if _changed(code, draft, answers, disputed):
            touched[code] = draft.revision + 1
    after = DraftState(answers, touched, disputed, draft.revision + 1)
    conflicts = tuple(code for code in patch if code in disputed)
    return Merged(after if touched != draft.touched else draft, conflicts)


def _dispute(
    answers: dict[str, Any], disputed: dict[str, list[Any]], code: str, value: Any
) -> None:
    """Put a value beside the kept one; somebody typing on replaces what they typed so far."""
    others = disputed.get(code, [])
    if others and _goes_on(answers[code], value):
        answers[code] = value
        return
    apart = [other for other in others if not _goes_on(other, value)]
    disputed[code] = [*apart, value][-MAX_DISPUTED:]


def _goes_on(before: Any, after: Any) -> bool:
    if isinstance(before, str) and isinstance(after, str) and before and after:
        return after.startswith(before) or before.startswith(after)
    return bool(before == after)


def _changed(
    code: str,
    draft: DraftState,
    answers: Mapping[str, Any],
    disputed: Mapping[str, list[Any]],
) -> bool:
    return (
        code not in draft.answers
        or draft.answers[code] != answers[code]
        or draft.disputed.get(code) != disputed.get(code)
    )
