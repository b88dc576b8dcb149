"""Deficient acceptance (容缺受理) and letters, said alike on the site and at the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from tongban.doors.parts import Later
from tongban.doors.texts import say
from tongban.doors.units import days

if TYPE_CHECKING:
    from tongban.catalogue.rules import CompiledItem, CompiledPackage
    from tongban.packages.queries import DraftCheck, MaterialLine

# The name of a letter and its clauses.
Letter = tuple[str, tuple[str, ...]]


def later(line: MaterialLine, compiled: CompiledPackage) -> Later | None:
    """The way of deficient acceptance: promise the material, or hand it in after all."""
    rules = [compiled.item(code).deficiency for code in line.spec.needed_by]
    if not line.may_owe or line.given or not all(rules):
        return None
    if line.owed:
        return Later("hand_in", line.code, _("改为现在提交"))
    most = min((one.days for one in rules if one), key=lambda found: found.value)
    note = _(
        "主要材料齐全的，可以先受理：承诺在受理后 %(days)s内补交，到期没有补齐的视为撤回申请。"
    )
    return Later(
        "promise",
        line.code,
        _("先受理，后补交"),
        note % {"days": days(most.value, most.unit)},
    )


def owed(check: DraftCheck) -> dict[str, list[MaterialLine]]:
    """What is promised for later, by the item that needs it."""
    found: dict[str, list[MaterialLine]] = {}
    for line in check.materials:
        if line.owed and not line.given:
            for code in line.spec.needed_by:
                found.setdefault(code, []).append(line)
    return found


def promise(
    code: str, lines: list[MaterialLine], check: DraftCheck
) -> tuple[str, tuple[str, ...]]:
    """The letter that promises what is missing: its name, its clauses and what follows."""
    item = check.published.compiled.item(code)
    rule = item.deficiency
    letter = rule.letter if rule else None
    words = {
        "item": say(item.name),
        "materials": _("、").join(say(line.spec.material.name) for line in lines),
        "days": days(rule.days.value, rule.days.unit) if rule else "",
    }
    clauses = (*letter.clauses, letter.consequence) if letter else ()
    return say(letter.name) if letter else "", tuple(say(one).format(**words) for one in clauses)


def letter(item: CompiledItem) -> Letter:
    """The letter on which an item is decided: what was told, what is promised, what follows."""
    given = item.commitment
    signed = given.letter if given else None
    clauses = (*signed.clauses, signed.consequence) if signed else ()
    words = {"item": say(item.name), "materials": "", "days": ""}
    return say(signed.name) if signed else "", tuple(say(one).format(**words) for one in clauses)
