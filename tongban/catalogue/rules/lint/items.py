"""Rules of items: codes, routes, clocks, evidence."""

from collections.abc import Iterator

from tongban.catalogue.content import Exempt, Item, Limit, Mark, Marked
from tongban.catalogue.content.items import TYPE_CODES
from tongban.catalogue.content.values import LegalBasis
from tongban.catalogue.rules.lint.references import steps_of
from tongban.catalogue.rules.lint.view import Found, Place, View
from tongban.kernel.clocks import Unit
from tongban.kernel.identifiers import parse_catalog_code, parse_task_code
from tongban.kernel.refusals import BadInput

NATIONAL_CODES = "00"


def codes_are_valid(view: View) -> Found:
    """C050: catalogue code, task code and handling-item code are well formed and stand once."""
    seen: dict[str, str] = {}
    for place, item in view.items:
        here = place / "catalog_code"
        for what, instead in _code_faults(view, item):
            yield view.find(here, "C050", what, "编码错误的事项无法与国家平台交换", instead)
        full = f"{item.department}/{item.catalog_code}/{item.serial}"
        if full in seen:
            yield view.find(
                here,
                "C050",
                f"与事项“{seen[full]}”的编码完全相同",
                "两个事项会有同样的业务办理项编码",
                "换一个 serial 或 catalog_code",
            )
        seen[full] = item.code


def _code_faults(view: View, item: Item) -> Iterator[tuple[str, str]]:
    wanted = TYPE_CODES[item.type]
    if item.catalog_code[2:4] != wanted:
        yield (
            f"基本编码第3、4位“{item.catalog_code[2:4]}”与事项类型 {item.type} 不符",
            f"第3、4位写 {wanted}",
        )
    if item.catalog_code[:2] not in (NATIONAL_CODES, view.content.city.code[:2]):
        yield (
            f"基本编码前2位“{item.catalog_code[:2]}”不是国家（00）或本区的代码",
            f"前2位写 00 或 {view.content.city.code[:2]}",
        )
    department = view.content.departments.get(item.department)
    try:
        parse_catalog_code(item.catalog_code)
        if department:
            parse_task_code(f"{department.uscc}{item.level}{item.catalog_code}")
    except BadInput as bad:
        yield (f"实施编码无效：{bad.sentence.rstrip('。')}", "核对部门代码、行使层级和基本编码")


def routes_lead_to_a_decision(view: View) -> Found:
    """C051: a route ends in one step `decide` by a decider, and its step codes stand once."""
    for place, item in view.items:
        steps = [step for _, step in steps_of(place, item)]
        codes = [step.step for step in steps]
        last = item.route[-1] if item.route else None
        decided = getattr(last, "step", "") == "decide" and getattr(last, "role", "") == "decider"
        if not decided or codes.count("decide") != 1 or len(set(codes)) < len(codes):
            yield view.find(
                place / "route",
                "C051",
                "路径应当以唯一的决定环节结束，环节代码不得重复",
                "没有决定环节的办件永远办不结",
                "最后一步写 {step: decide, role: decider, ...}，每步用不同的代码",
            )


def batches_are_safe(view: View) -> Found:
    """C058: several cases at once only where one officer decides by the file alone."""
    for place, item in view.items:
        for step_place, step in steps_of(place, item):
            wrong = "pass_step" if step.step == "decide" else "grant"
            if step.batch and (wrong in step.batch or step.officers > 1):
                yield view.find(
                    step_place / "batch",
                    "C058",
                    f"环节“{step.step}”不能这样批量办理",
                    "要两名以上人员到场的、或者本环节没有的动作，不能一次办多件",
                    "审查环节写 [pass_step]，决定环节写 [grant]，两人以上的环节不写",
                )


def clocks_hear_real_verbs(view: View) -> Found:
    """C052: a clock starts and stops on verbs that can happen; pauses are advice."""
    for index, clock in enumerate(view.content.clocks):
        known = view.verbs.get(clock.on)
        if known is None:
            continue
        place = Place("clocks.yaml", (index,))
        for key in ("starts_on", "stops_on", "pauses_on", "resumes_on", "extends_on"):
            for verb in getattr(clock, key):
                if verb not in known:
                    yield view.find(
                        place / key,
                        "C052",
                        f"时钟“{clock.name}”等待“{verb}”，但这个动作不会发生",
                        "时钟永远不会起算或停止",
                        f"可以写：{'、'.join(sorted(known))}",
                        blocking=key in ("starts_on", "stops_on"),
                    )


def clocks_are_sound(view: View) -> Found:
    """C053: a clock starts on something, can be resumed, and stands once for each lane."""
    seen: set[tuple[str, str, str | None]] = set()
    for index, clock in enumerate(view.content.clocks):
        place = Place("clocks.yaml", (index,))
        key = (clock.on, clock.name, clock.legal_from)
        confused = set(clock.starts_on) & set(clock.stops_on)
        if key in seen or not clock.starts_on or confused:
            yield view.find(
                place,
                "C053",
                f"时钟“{clock.name}”重复、没有起点，或起点又是终点",
                "期限无法计算",
                "写 starts_on，起止动作分开，名称不重复",
            )
        if bool(clock.pauses_on) != bool(clock.resumes_on):
            yield view.find(
                place,
                "C053",
                f"时钟“{clock.name}”只能暂停不能恢复（或相反）",
                "暂停的时间无法计算",
                "pauses_on 与 resumes_on 成对写",
            )
        seen.add(key)


def numbers_carry_evidence(view: View) -> Found:
    """C054: a limit of the law names the article; one that is not verified says where from."""
    for place, item in view.items:
        for here, limit in _numbers(place, item):
            if not limit.basis:
                yield view.find(
                    here,
                    "C054",
                    f"数值 {limit.value} 没有依据",
                    "页面要显示每个数字的来历",
                    "写 basis：条款、文件，或“本产品的设计假设”",
                )
    for place, package in view.packages:
        for key in ("joint", "correction", "acceptance", "delivery"):
            if not getattr(package.limits, key).basis:
                yield view.find(
                    place / "limits" / key,
                    "C054",
                    f"期限 {key} 没有依据",
                    "页面要显示每个数字的来历",
                    "写 basis",
                )


def _numbers(place: Place, item: Item) -> list[tuple[Place, Limit | Marked]]:
    limits = place / "limits"
    found: list[tuple[Place, Limit | Marked | None]] = [
        (limits / "legal", item.limits.legal),
        (limits / "promise", item.limits.promise),
        (limits / "extension", item.limits.extension),
        (limits / "delivery", item.limits.delivery),
        (place / "remedies" / "days", item.remedies.days),
        (place / "before" / "days", item.before.days),
    ]
    for index, variant in enumerate(item.limits.variants):
        here = limits / "variants" / index
        found += [(here / "legal", variant.legal), (here / "promise", variant.promise)]
    return [(here, limit) for here, limit in found if limit is not None]


def legal_bases_hold_here(view: View) -> Found:
    """C055: a legal basis is verified; a rule of another place is never shown as one."""
    for place, basis in _bases(view):
        if basis.mark in (Mark.VERIFIED_ELSEWHERE, Mark.MEMORY, Mark.ASSUMED):
            yield view.find(
                place,
                "C055",
                f"依据《{basis.law}》的证据标记是 {basis.mark}",
                "外地规定、凭记忆的内容和设计假设不能作为本市的法律依据展示",
                "核对原文后改标记，或把它移到 note 里",
            )


def _bases(view: View) -> list[tuple[Place, LegalBasis]]:
    found = [(p / "basis" / i, b) for p, item in view.items for i, b in enumerate(item.basis)]
    found += [(p / "basis" / i, b) for p, pack in view.packages for i, b in enumerate(pack.basis)]
    return found


def promised_days_are_working_days(view: View) -> Found:
    """C056: what is added up along the critical path is in working days, in halves."""
    for place, item in view.items:
        limits = [(place / "limits" / "promise", item.limits.promise)]
        limits += [
            (place / "limits" / "variants" / i / "promise", variant.promise)
            for i, variant in enumerate(item.limits.variants)
        ]
        limits.append((place / "before" / "days", item.before.days))
        for here, limit in limits:
            if limit.unit is not Unit.WORKDAY or limit.value * 2 != int(limit.value * 2):
                yield view.find(
                    here,
                    "C056",
                    f"“{limit.value} {limit.unit}”不是以半个工作日为单位的工作日数",
                    "一件事的承诺时限要把各事项的工作日加起来",
                    "换算成工作日，如 0.5、1、3",
                )


def main_materials_are_not_owed(view: View) -> Found:
    """C057: what proves who applies and for what is never supplied later (domain-03 §3.7)."""
    for place, item in view.items:
        for index, use in enumerate(item.materials):
            kind = view.content.materials.get(use.material)
            proves_who = use.licence == "resident-id-card" or (kind and kind.type == "form")
            if use.deficient_allowed and (proves_who or use.exempt is Exempt.COMMIT):
                yield view.find(
                    place / "materials" / index,
                    "C057",
                    f"“{use.material}”不能容缺",
                    "身份证明、申请书和承诺书是主要材料，缺了就不知道谁在申请什么",
                    "删去 deficient_allowed",
                )


RULES = (
    codes_are_valid,
    routes_lead_to_a_decision,
    batches_are_safe,
    clocks_hear_real_verbs,
    clocks_are_sound,
    numbers_carry_evidence,
    legal_bases_hold_here,
    promised_days_are_working_days,
    main_materials_are_not_owed,
)
