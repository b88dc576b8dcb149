"""Pure decisions about a case: its route, what may close it, what its licence will say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

from tongban.kernel.clocks import ClockSpec, Owner, Unit
from tongban.kernel.conditions import (
    OUTCOME_WORDS,
    Condition,
    Fact,
    Line,
    Op,
    Outcome,
    evaluate,
)
from tongban.kernel.refusals import BadInput, Problem, Refusal, worded
from tongban.kernel.worktime import city_date

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from tongban.catalogue.rules.compiled import (
        CompiledDeficiency,
        CompiledFace,
        CompiledItem,
        CompiledPackage,
        CompiledProcedure,
        CompiledStep,
    )
    from tongban.kernel.actors import Actor
    from tongban.kernel.clocks import Reading
    from tongban.kernel.worktime import Calendar


class Standing(Protocol):
    """What a rule needs to know of a case: which one, where it stands, its small facts."""

    number: str
    state: str
    facts: dict[str, Any]


class RouteNotDone(Refusal):
    """A decision was asked for while steps before it are open."""

    code = "route-not-done"


class ReliesOnBrokenLicence(Refusal):
    """A licence that the case relies on has lost its validity."""

    code = "relies-on-broken-licence"


class SignatureMissing(Refusal):
    """Somebody has not signed the content as it is after a correction."""

    code = "signature-missing"


class RequirementsOpen(Refusal):
    """Acceptance was asked for while departments still miss something."""

    code = "requirements-open"


class NoticeSentAlready(Refusal):
    """The law allows one correction notice only (行政许可法 32(4))."""

    code = "notice-sent-already"


class HumanReviewNotOpen(Refusal):
    """A person may ask for a human only where a machine decided."""

    code = "human-review-not-open"


class SpecialProcedureOpen(Refusal):
    """A decision was asked for while a hearing, a test or a review by experts goes on."""

    code = "special-procedure-open"


class NotExtendable(Refusal):
    """A limit may be extended once, before it has passed, and only where a law says how long."""

    code = "not-extendable"


class NotToBeUrged(Refusal):
    """Urging waits for its share of the limit, and comes once a working day."""

    code = "not-to-be-urged"


class MaterialOwed(Refusal):
    """A grant was asked for while a material that was promised is not there yet."""

    code = "material-owed"


class NothingOwed(Refusal):
    """A material was given for a debt that is not there, or is settled."""

    code = "nothing-owed"


class ReturnNotPossible(Refusal):
    """What was accepted wrongly goes back to the window once, and soon after the acceptance."""

    code = "return-not-possible"


class NotFirst(Refusal):
    """Where the number is limited, who was accepted earlier is decided on first (57)."""

    code = "not-first"


class NothingToRenew(Refusal):
    """A renewal was asked for by somebody who holds no such licence in force (50)."""

    code = "nothing-to-renew"


class Barred(Refusal):
    """The applicant cheated and may not apply for this kind of item for a time (78, 79)."""

    code = "barred"


class HandledElsewhere(Refusal):
    """The department works on this case in a system of its own; the desk only shows it."""

    code = "handled-elsewhere"


class DecidedByAnother(Refusal):
    """Two officers decided in the same moment; the first decision stands."""

    code = "decided-by-another"


def system_for(item: CompiledItem, systems: Mapping[str, str]) -> str:
    """The system that works on a new case of this item; empty where it is worked on here.

    ``systems`` name it by the department, or else by the item.
    """
    if item.handled_in != "department_system" or item.automatic is not None:
        return ""
    return systems.get(item.department) or systems.get(item.code, "")


def elsewhere(item: CompiledItem, facts: Mapping[str, Any], state: str) -> str:
    """The department's system that a case has been handed over to; empty while it is here.

    It is handed over on acceptance, or on receipt where the limit of its law runs from receipt.
    """
    handed = {"accepted", "producing"} | ({"received"} if item.legal_from == "receipt" else set())
    return str(facts.get("system", "")) if state in handed else ""


def need_here(item: CompiledItem, case: Standing, by: Actor) -> None:
    """Refuse an officer a case that his department works on in its own system."""
    if by.kind == "staff" and elsewhere(item, case.facts, case.state):
        raise HandledElsewhere(
            "本事项由部门自己的业务系统办理，这里只能查看，办理结果会自动传回。",
            facts={"number": case.number, "system": case.facts["system"]},
            instead=("链路中断时，可以按规定补录编号、结果和扫描件。",),
        )


@dataclass(frozen=True, slots=True)
class Urged:
    """How often a case was urged, and when for the last time."""

    count: int = 0
    at: datetime | None = None


def urged(facts: Mapping[str, Any]) -> Urged:
    """How often a case was urged, from its facts."""
    found = facts.get("urged")
    if found is None:
        return Urged()
    return Urged(int(found["count"]), datetime.fromisoformat(found["at"]))


def why_not_urge(
    clocks: Mapping[str, Reading],
    facts: Mapping[str, Any],
    *,
    share: int,
    calendar: Calendar,
    now: datetime,
) -> Refusal | None:
    """Why a case may not be urged now; None where it may.

    ``share`` is the part of its limit, in percent, that must have gone by.
    """
    limit = next((clocks[name] for name in _LIMITS if name in clocks), None)
    if limit is None or limit.used is None or limit.remaining is None:
        return NotToBeUrged("办理期限还没有开始计算，现在不能催办。")
    total = limit.used + limit.remaining
    if limit.used * 100 < share * total:
        return NotToBeUrged(
            worded(
                "办理期限共{total}个工作日，已用{used}个；过了{share}%以后才可以催办。",
                total=total,
                used=limit.used,
                share=share,
            ),
            facts={"used": limit.used, "total": total, "share": share},
        )
    last = urged(facts).at
    if last is not None and calendar.working_days_between(city_date(last), city_date(now)) < 1:
        return NotToBeUrged("今天已经催办过，下一个工作日可以再次催办。")
    return None


_LIMITS = ("promise", "legal", "legal_from_receipt")


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


def need_procedure(item: CompiledItem, code: str, *, life: str) -> CompiledProcedure:
    """A special procedure of that life that the item announces; BadInput for any other."""
    fit = [one for one in item.procedures if one.life == life]
    if all(one.code != code for one in fit):
        names = "、".join(one.name.zh for one in fit) or "无"
        sentence = f"本事项没有公布这项特别程序。公布的有：{names}。"
        raise BadInput(sentence, problems=(Problem("procedure", "unknown", sentence),))
    return item.procedure(code)


def need_extendable(*, is_provided: bool, is_used: bool, is_over: bool, number: str) -> None:
    """Refuse an extension that the law does not allow."""
    why = {
        "本事项没有规定可以延长期限。": not is_provided,
        "期限已经延长过一次，不能再延长。": is_used,
        "法定期限已经届满，届满以后不能再批准延长。请尽快作出决定。": is_over,
    }
    for sentence, holds in why.items():
        if holds:
            raise NotExtendable(
                sentence, basis="行政许可法第四十二条第一款", facts={"number": number}
            )


def need_returnable(*, is_used: bool, is_late: bool, number: str) -> None:
    """Refuse a second or a late return to the window."""
    why = {
        "本件已经退回过窗口一次，不能再退回。请依法审查并作出决定。": is_used,
        "退回窗口的时间已过。请依法审查并作出决定，需要时说明理由。": is_late,
    }
    for sentence, holds in why.items():
        if holds:
            raise ReturnNotPossible(sentence, facts={"number": number})


def need_first(earlier: str, number: str) -> None:
    """Refuse to grant what is limited in number before an earlier application is decided."""
    if earlier:
        raise NotFirst(
            "本事项有数量限制，应当按受理的先后顺序作出决定；有更早受理的申请还没有决定。",
            basis="行政许可法第五十七条",
            facts={"number": number, "earlier": earlier},
        )


def need_not_barred(until: date | None, on: date, item: str) -> None:
    """Refuse an application for an item from which the applicant is barred."""
    if until is not None and on <= until:
        raise Barred(
            worded(
                "因申请“{item}”时隐瞒情况、提供虚假材料或者以不正当手段取得许可，"
                "{until}以前不能再次申请。不服的，可以申请行政复议或者提起行政诉讼。",
                item=item,
                until=until,
            ),
            basis="行政许可法第七十八条、第七十九条",
            facts={"until": until.isoformat()},
        )


def need_days(days: int, procedure: CompiledProcedure) -> int:
    """The working days that the applicant is told; BadInput outside of what content allows."""
    most = int(procedure.max_days.value or 0)
    if not 1 <= days <= most:
        sentence = worded("请填写所需的工作日数，1 至 {most} 之间。", most=most)
        raise BadInput(sentence, problems=(Problem("days", "out-of-range", sentence),))
    return days


def special_clock(days: int, owner: Owner) -> ClockSpec:
    """The clock of a special procedure: the working days that the applicant was told."""
    return ClockSpec(
        name="special",
        length=days,
        unit=Unit.WORKDAY,
        starts_on=frozenset({"begin_special"}),
        stops_on=frozenset({"conclude_special", "cancel_special"}),
        basis="行政许可法第四十五条：所需时间书面告知申请人",
        mark="V",
        owner=owner,
    )


def debt_days(rule: CompiledDeficiency, promise: float) -> int:
    """The working days in which a debt is to be paid: never beyond the promised decision.

    Where the decision comes first it waits for nothing, and the rule's days stand.
    """
    days = int(rule.days.value)
    return days if rule.after_decision else max(1, min(days, int(promise)))


def debt_clock(
    days: int, extension: int, warn_percent: int, reminders: Iterable[int]
) -> ClockSpec:
    """The clock of a debt: the days that were promised, extended once at most."""
    return ClockSpec(
        name="debt",
        length=days,
        unit=Unit.WORKDAY,
        starts_on=frozenset({"begin_debt"}),
        stops_on=frozenset({"settle", "lapse_debt", "cancel_debt"}),
        extends_on=frozenset({"extend_debt"}),
        extension=extension,
        on_expiry="lapse_debt",
        warn_percent=warn_percent,
        remind_left=tuple(left for left in reminders if left < days),
        basis="容缺受理承诺书：承诺的补交期限",
        mark="A",
        owner=Owner.APPLICANT,
    )


def owed_in(materials: Iterable[Mapping[str, Any]]) -> list[str]:
    """The materials of a set that were promised for later."""
    return [one["material"] for one in materials if one.get("owed")]


def blocks_grant(facts: Mapping[str, Any], item: CompiledItem) -> list[str]:
    """Materials without which nothing may be granted (domain-03 §3.7 rule 4)."""
    if item.deficiency is not None and item.deficiency.after_decision:
        return []
    return [*facts.get("owed", ()), *facts.get("owed_lapsed", ())]


def need_officers(step: CompiledStep, by: int, companions: Iterable[int], fit: set[int]) -> None:
    """Refuse a step done by fewer officers than it takes (行政许可法 34(3)); BadInput.

    ``fit`` are the colleagues who may go along.
    """
    others = set(companions) - {by}
    if others - fit:
        sentence = "同行人员必须是本部门在岗的工作人员。"
        raise BadInput(sentence, problems=(Problem("companion", "unknown", sentence),))
    if len(others) + 1 < step.officers:
        sentence = worded(
            "“{step}”应当由 {officers} 名以上工作人员进行，请选择同行人员。",
            step=step.name,
            officers=step.officers,
        )
        raise BadInput(sentence, problems=(Problem("companion", "missing", sentence),))


def need_inspectors(named: Collection[int], need: int) -> None:
    """Refuse an inspection with fewer officers of the department than it takes (55)."""
    if need > 1 and len(named) < need:
        sentence = worded(
            "检验、检测应当指派 {need} 名以上本部门的工作人员，请先指派。", need=need
        )
        raise BadInput(
            sentence,
            problems=(Problem("inspectors", "missing", sentence),),
            basis="行政许可法第五十五条第二款",
        )


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


def applies(
    when: Condition | None, facts: Mapping[str, Any], compiled: CompiledPackage, on: date
) -> bool:
    """Whether a step belongs to a case with these facts; what is unknown belongs."""
    if when is None:
        return True
    known = facts_of(facts)
    verdict = evaluate(when, known, on=on, parameters=compiled.parameters_by_name)
    return verdict.outcome is not Outcome.NOT_MET


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def named(line: Line, compiled: CompiledPackage) -> Line:
    """The line with the names of fields and options where a machine has codes."""
    names, options = _names_of(line.field, compiled)

    def say(value: object) -> object:
        if isinstance(value, list | tuple):
            return tuple(say(one) for one in value)
        return options.get(value, value) if isinstance(value, str) else value

    return replace(
        line,
        field=names,
        value=say(line.value),
        expected=say(line.expected),
        missing=f"“{names}”" if line.missing == line.field else line.missing,
    )


def _names_of(code: str, compiled: CompiledPackage) -> tuple[str, dict[str, str]]:
    """What a fact is called in the form or by its question, and the names of its options."""
    asked = [(one.code, one.name.zh, one.options) for one in compiled.fields]
    asked += [(one.fact, one.text.zh.rstrip("？?"), one.options) for one in compiled.questions]
    found = [(name, options) for known, name, options in asked if known == code]
    codes = {option.code: option.name.zh for _, options in found for option in options}
    return (found[0][0] if found else code), codes


def told(line: Line, compiled: CompiledPackage) -> dict[str, Any]:
    """One line of a verdict as it is kept with a decision: what was asked, found, and where.

    Options are said by their names. The codes of licences held say nothing to a person; their
    names stand in the source.
    """
    words = named(line, compiled).zh.rstrip("。")
    if line.op is Op.HAS_LICENCE and line.text:
        since = f"，截至{line.as_of}" if line.as_of else ""
        outcome = OUTCOME_WORDS[line.outcome]
        words = f"{line.text.rstrip('。')}：{outcome}（来源：{line.source or '—'}{since}）"
    return {
        "text": words,
        "outcome": str(line.outcome),
        "asked": line.text,
        "found": _found(line, compiled),
        "source": line.source,
        "as_of": line.as_of.isoformat() if line.as_of else "",
    }


def _found(line: Line, compiled: CompiledPackage) -> list[str]:
    """What was found, in words; licences held are told by their source."""
    if line.value is None or line.op is Op.HAS_LICENCE:
        return []
    value = named(line, compiled).value
    members = value if isinstance(value, list | tuple) else (value,)
    return [("是" if one else "否") if isinstance(one, bool) else str(one) for one in members]


# How a line of a machine's decision is put together in other languages than Chinese.
_FRAMES = {
    "en": {
        "met": "met", "not_met": "not met", "unknown": "not known yet",
        "found": "found: {}", "source": "source: {}", "as_of": "as of {}",
        "是": "yes", "否": "no", "between": ", ", "电子证照库": "e-licence library",
    },
    "ug": {
        "met": "ئۇيغۇن", "not_met": "ئۇيغۇن ئەمەس", "unknown": "تېخى ئېنىق ئەمەس",
        "found": "ئەمەلىيىتى: {}", "source": "مەنبەسى: {}", "as_of": "{} غىچە",
        "是": "ھەئە", "否": "ياق", "between": "، ",
        "电子证照库": "ئېلېكترونلۇق كىنىشكا ئامبىرى",
    },
}  # fmt: skip


def retold(line: Mapping[str, Any], language: str, say: Callable[[str], str]) -> str:
    """A kept line in another language; `say` knows the sentences of the content.

    In Chinese, and for a line that was kept without its parts, the text as it was decided on.
    """
    frame = _FRAMES.get(language)
    if frame is None or not line.get("asked"):
        return str(line.get("text") or line.get("field", ""))
    found = frame["between"].join(frame.get(one) or say(one) for one in line["found"])
    source = _source_said(line["source"], frame, say)
    parts = {"found": found, "source": source, "as_of": line["as_of"]}
    known = frame["between"].join(frame[name].format(part) for name, part in parts.items() if part)
    told_so = f"{say(line['asked']).rstrip('.。')}: {frame[line['outcome']]}"
    return f"{told_so} ({known})" if known else told_so


def _source_said(source: str, frame: Mapping[str, str], say: Callable[[str], str]) -> str:
    """A source with what was read there, as 电子证照库（营业执照、居民身份证）, part by part."""
    place, _bracket, parts = source.partition("（")
    said = frame.get(place) or say(place)
    if not parts:
        return said
    return f"{said} ({frame['between'].join(map(say, parts.removesuffix('）').split('、')))})"
