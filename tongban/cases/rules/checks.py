"""Pure decisions about commitments: which letters are needed, which cases are checked."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from tongban.kernel.clocks import ClockSpec, Owner, Unit
from tongban.kernel.conditions import Outcome, evaluate
from tongban.kernel.refusals import BadInput, Problem, Refusal, worded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from tongban.catalogue.rules.compiled import CompiledItem, CompiledLetter, CompiledPackage
    from tongban.kernel.conditions import Fact


class CorrectedOnce(Refusal):
    """Time to put faults right is given once; what is still wrong then ends the matter."""

    code = "corrected-once"


class NothingToLeave(Refusal):
    """A case without a commitment is handled in the ordinary way already."""

    code = "nothing-to-leave"


def otherwise(item: CompiledItem) -> dict[str, str]:
    """The answers that stand for the ordinary way of an item decided on a letter."""
    given = item.commitment
    return dict(given.otherwise) if given is not None else {}


def replaced(compiled: CompiledPackage, materials: Iterable[Mapping[str, Any]]) -> list[str]:
    """The proofs of a set for which a letter stands; a promise of its own is none."""
    given = [m["material"] for m in materials if m.get("exempt") == "COMMIT"]
    return [code for code in given if compiled.material(code).type != "form"]


def proofs_of(
    compiled: CompiledPackage, item: CompiledItem, facts: Mapping[str, Fact], on: date
) -> list[str]:
    """What the ordinary way needs from the applicant: papers, and proofs instead of a letter.

    A paper that is itself a promise is no proof.
    """
    found = []
    for material in compiled.materials:
        for use in material.uses:
            asks = use.exempt == "NONE" or (use.exempt == "COMMIT" and material.type != "form")
            if use.item != item.code or not use.required or not asks:
                continue
            known = compiled.parameters_by_name
            verdict = evaluate(use.when, facts, on=on, parameters=known) if use.when else None
            if verdict is None or verdict.outcome is Outcome.MET:
                found.append(material.code)
    return list(dict.fromkeys(found))


def committed(
    item: CompiledItem, facts: Mapping[str, Fact], compiled: CompiledPackage, on: date
) -> bool:
    """Whether the applicant has chosen to have this item decided on a commitment."""
    given = item.commitment
    if given is None:
        return False
    if given.when is None:
        return True
    verdict = evaluate(given.when, facts, on=on, parameters=compiled.parameters_by_name)
    return verdict.outcome is Outcome.MET


def letters_of(
    item: CompiledItem, materials: Iterable[Mapping[str, Any]], *, is_committed: bool
) -> list[CompiledLetter]:
    """The letters that are signed with an item: for its licence, and instead of its proofs."""
    found = [item.commitment.letter] if is_committed and item.commitment else []
    own = item.commitment.letter if item.commitment else None
    proofs = [m for m in materials if m.get("exempt") == "COMMIT"]
    if item.proof_letter is not None and proofs and not (own and is_committed):
        found.append(item.proof_letter)
    return found


def words_of(letter: CompiledLetter, item: CompiledItem, names: Iterable[str]) -> list[str]:
    """What was signed, in Chinese: the clauses and the consequence, filled in."""
    told = {"item": item.name.zh, "materials": "、".join(names), "days": ""}
    return [clause.zh.format(**told) for clause in (*letter.clauses, letter.consequence)]


def hash_of(words: Iterable[str]) -> str:
    """SHA-256 of the signed text, in hexadecimal."""
    return hashlib.sha256("\n".join(words).encode()).hexdigest()


def is_drawn(number: str, percent: float) -> bool:
    """Whether a case falls into the share that is checked: by its number, open to recompute."""
    drawn = int.from_bytes(hashlib.sha256(number.encode()).digest()[:4], "big")
    return drawn % 10000 < percent * 100


def check_clocks(days: int, correct: int) -> tuple[ClockSpec, ...]:
    """The clock of the check, and that of the holder who puts faults right."""
    return (
        ClockSpec(
            name="post_check",
            length=days,
            unit=Unit.WORKDAY,
            starts_on=frozenset({"begin_check"}),
            stops_on=frozenset({"pass_check", "fail_check"}),
            pauses_on=frozenset({"ask_to_correct"}),
            resumes_on=frozenset({"report_corrected", "lapse_correcting"}),
            basis="告知承诺：作出决定后在规定期限内核查",
            mark="V2",
        ),
        ClockSpec(
            name="correcting",
            length=correct,
            unit=Unit.WORKDAY,
            starts_on=frozenset({"ask_to_correct"}),
            stops_on=frozenset({"report_corrected", "lapse_correcting"}),
            on_expiry="lapse_correcting",
            basis="告知承诺：限期改正",
            mark="A",
            owner=Owner.APPLICANT,
        ),
    )


def need_companions(officers: int, by: int, companions: Iterable[int], fit: set[int]) -> list[int]:
    """The others who went along; BadInput where fewer went than it takes (行政许可法 34(3))."""
    others = set(companions) - {by}
    if others - fit:
        sentence = "同行人员必须是本部门在岗的工作人员。"
        raise BadInput(sentence, problems=(Problem("companion", "unknown", sentence),))
    if len(others) + 1 < officers:
        sentence = worded(
            "核查应当由 {officers} 名以上工作人员进行，请选择同行人员。", officers=officers
        )
        raise BadInput(sentence, problems=(Problem("companion", "missing", sentence),))
    return sorted(others)
