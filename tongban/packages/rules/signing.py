"""Who must sign besides the applicant, and what exactly a signature stands for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tongban.kernel.identifiers import is_id_number, is_uscc, normalise
from tongban.kernel.names import name_key
from tongban.kernel.refusals import Problem, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tongban.catalogue.rules import CompiledItem, CompiledMaterial, CompiledSigning
    from tongban.catalogue.rules.guide import GuideSigning

FORM = "tongban-signed-paper-1"
_UNREADABLE = (
    "有一行读不出姓名和证件号码。请每位写一行：姓名或名称，证件号码；号码要写对，中间用逗号隔开。"
)
_PARTS = re.compile(r"[,，、;；\t]")


class NotTheSigner(Refusal):
    """The account that is signed in is not the person who was asked; who that is stays unsaid."""

    code = "not-the-signer"
    status = 403


class PaperChanged(Refusal):
    """What stands on the paper is not what this person has read."""

    code = "paper-changed"


class NotReadyToSign(Refusal):
    """What others are to sign is not filled in yet."""

    code = "not-ready-to-sign"
    status = 422


class RemindedToday(Refusal):
    """One reminder a day is enough."""

    code = "reminded-today"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One person who must sign one paper of one item."""

    item: CompiledItem
    signing: CompiledSigning
    name: str
    code: str

    @property
    def is_natural(self) -> bool:
        """Whether the number is that of a citizen, not of an enterprise."""
        return is_id_number(self.code)


def wanted_signers(
    signings: Iterable[GuideSigning], answers: Mapping[str, Any]
) -> tuple[tuple[Wanted, ...], tuple[Problem, ...]]:
    """Everybody who must sign, each once for a paper, and the lines that name nobody.

    An answer that is missing names nobody: that it is missing is told where it is asked for.
    """
    wanted: dict[tuple[str, str, str], Wanted] = {}
    problems: list[Problem] = []
    for one in signings:
        if not one.certain:
            continue
        for path, name, code in _named(one.signing, answers):
            who = Wanted(one.item, one.signing, name, code)
            if not name or not (who.is_natural or is_uscc(code)):
                problems.append(Problem(path, "signer-unreadable", _UNREADABLE))
            else:
                wanted.setdefault((one.item.code, one.signing.material, code), who)
    return tuple(wanted.values()), tuple(problems)


def _named(signing: CompiledSigning, answers: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """The path, name and number of each signer as the answers say."""
    if not signing.listed:
        name, code = answers.get(signing.name_in), answers.get(signing.code_in)
        return [(signing.code_in, str(name), normalise(str(code)))] if name and code else []
    lines = str(answers.get(signing.listed) or "").splitlines()
    return [(signing.listed, *_line(line)) for line in lines if line.strip()]


def _line(line: str) -> tuple[str, str]:
    """The name and the number of one line; the number is the first that looks like one."""
    parts = [part.strip() for part in _PARTS.split(line)]
    codes = [normalise(part) for part in parts[1:]]
    code = next((one for one in codes if is_id_number(one) or is_uscc(one)), "")
    return parts[0], code


def same_name(one: str, other: str) -> bool:
    """Whether two spellings are one name."""
    return name_key(one) == name_key(other)


@dataclass(frozen=True, slots=True)
class Applicant:
    """For whom the paper is, and under which published version it was written."""

    party_id: int
    name: str
    package: str
    version: str


def content_of(
    who: Wanted,
    *,
    applicant: Applicant,
    material: CompiledMaterial,
    answers: Mapping[str, Any],
    files: Sequence[str],
) -> dict[str, Any]:
    """What the signature covers, as plain JSON: a change of anything in here voids it.

    ``files`` are the SHA-256 of what was uploaded for the paper, as hex.
    """
    return {
        "form": FORM,
        "package": applicant.package,
        "version": applicant.version,
        "party": applicant.party_id,
        "applicant": applicant.name,
        "item": who.item.code,
        "role": who.signing.role,
        "material": who.signing.material,
        "signer": who.name,
        "text": who.signing.text.zh,
        "statement": [point.zh for point in material.statement],
        "answers": {one: answers[one] for one in who.signing.covers if one in answers},
        "files": sorted(files),
    }
