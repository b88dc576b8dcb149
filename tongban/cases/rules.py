"""Pure decisions about a case: its route, what may close it, what its licence will say."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from tongban.kernel.conditions import OUTCOME_WORDS, Fact, Line, Op
from tongban.kernel.refusals import BadInput, Problem, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tongban.catalogue.rules.compiled import CompiledFace, CompiledItem, CompiledPackage


class RouteNotDone(Refusal):
    """A decision was asked for while steps before it are open."""

    code = "route-not-done"


class ReliesOnBrokenLicence(Refusal):
    """A licence that the case relies on has lost its validity."""

    code = "relies-on-broken-licence"


class RequirementsOpen(Refusal):
    """Acceptance was asked for while departments still miss something."""

    code = "requirements-open"


class NoticeSentAlready(Refusal):
    """The law allows one correction notice only (行政许可法 32(4))."""

    code = "notice-sent-already"


class HumanReviewNotOpen(Refusal):
    """A person may ask for a human only where a machine decided."""

    code = "human-review-not-open"


class DecidedByAnother(Refusal):
    """Two officers decided in the same moment; the first decision stands."""

    code = "decided-by-another"


def need_text(path: str, text: str, sentence: str) -> str:
    """The text without surrounding blanks; BadInput with the sentence where nothing is left."""
    kept = text.strip()
    if not kept:
        raise BadInput(sentence, problems=(Problem(path, "missing", sentence),))
    return kept


def need_target(item: CompiledItem, target: str) -> None:
    """Refuse a requirement that names neither an answer nor a material of the item."""
    if target not in item.field_codes and target not in item.material_codes:
        sentence = "请从本事项要填的项目或要交的材料中选择补正的对象。"
        raise BadInput(sentence, problems=(Problem("target", "unknown", sentence),))


def shown_words(
    compiled: CompiledPackage, face: Iterable[CompiledFace], answers: Mapping[str, Any]
) -> dict[str, str]:
    """Words for the face fields whose answers are codes of options, by face field."""
    shown = {}
    for one in face:
        value = answers.get(one.element)
        if one.element and value not in (None, "", []):
            field = compiled.field(one.element)
            names = {option.code: option.name.zh for option in field.options}
            codes = value if isinstance(value, list) else [value]
            if names:
                shown[one.field] = "、".join(names.get(str(code), str(code)) for code in codes)
    return shown


def valid_until(start: date, years: int | None) -> date | None:
    """The last day of validity: the day before the anniversary; None for unlimited validity."""
    if years is None:
        return None
    try:
        anniversary = start.replace(year=start.year + years)
    except ValueError:  # 29 February
        anniversary = date(start.year + years, 3, 1)
    return date.fromordinal(anniversary.toordinal() - 1)


def reliances_of(materials: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Pairs of licence identifier and material code that an application relies on."""
    return [(m["licence"], m["material"]) for m in materials if m.get("licence")]


def facts_of(facts: Mapping[str, Any]) -> dict[str, Fact]:
    """The facts that a case took along at filing, as conditions take them."""
    return {
        name: Fact(known["value"], known["source"], _day(known.get("as_of")))
        for name, known in facts.get("known", {}).items()
    }


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def told(line: Line) -> dict[str, Any]:
    """One line of a verdict as it is kept with a decision: what was asked, found, and where.

    The codes of licences held say nothing to a person; their names stand in the source.
    """
    words = line.zh.rstrip("。")
    if line.op is Op.HAS_LICENCE and line.text:
        since = f"，截至{line.as_of}" if line.as_of else ""
        outcome = OUTCOME_WORDS[line.outcome]
        words = f"{line.text.rstrip('。')}：{outcome}（来源：{line.source or '—'}{since}）"
    return {"text": words, "outcome": str(line.outcome)}
