"""Showing what a refusal says beside the fields that it means, with nothing typed lost."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tongban.doors.parts import Field, Notice, Problem
from tongban.doors.texts import in_words, language, named
from tongban.kernel.refusals import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tongban.kernel.refusals import Problem as Fault
    from tongban.kernel.refusals import Refusal


def sentences(refusal: Refusal) -> dict[str, str]:
    """The first sentence for each path of a refused input, in the reader's language."""
    found: dict[str, str] = {}
    if isinstance(refusal, BadInput):
        for problem in refusal.problems:
            found.setdefault(problem.path, said(problem))
    return found


def said(problem: Fault) -> str:
    """What is wrong, in the reader's language; a check of the content has its words there."""
    return named(problem.sentence) if problem.code == "check" else in_words(problem.sentence)


def marked(
    fields: Iterable[Field], wrong: Mapping[str, str], values: Mapping[str, str]
) -> tuple[Field, ...]:
    """The fields with what was typed (but no passwords) and what is wrong with it."""
    return tuple(
        replace(
            one,
            value="" if one.kind == "password" else values.get(one.name, one.value),
            error=wrong.get(one.name, ""),
            options=tuple(
                replace(option, chosen=option.value == values.get(one.name))
                if one.name in values
                else option
                for option in one.options
            ),
        )
        for one in fields
    )


def told(refusal: Refusal) -> Notice:
    """A refusal that no single field can put right, with what to do instead."""
    return Notice(title=in_words(refusal.sentence), text=_advice(refusal), tone="alarm")


def _advice(refusal: Refusal) -> str:
    """What is possible instead; between sentences stands what the language has there."""
    gap = "" if language() == "zh" else " "
    return gap.join(in_words(line) for line in refusal.instead)


def problems(fields: Iterable[Field], refusal: Refusal) -> tuple[Problem, ...]:
    """Every problem with a way to its field; the refusal's own sentence where it has none."""
    keys = {one.name: one.key for one in fields}
    found = [
        Problem(sentence, keys.get(path, "")) for path, sentence in sentences(refusal).items()
    ]
    if found:
        return tuple(found)
    gap = "" if language() == "zh" else " "
    whole = (in_words(refusal.sentence), _advice(refusal))
    return (Problem(gap.join(part for part in whole if part)),)
