"""The general guide of a package and the personal guide, as pages."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from tongban.catalogue.queries import calendar, live
from tongban.catalogue.rules import direct, variant_of
from tongban.doors.citizen import pages
from tongban.doors.citizen.helpful import helpful
from tongban.doors.parts import Evidence, Fact, Figure, Link, Material, Plan, PlanBar, Tag
from tongban.doors.texts import say
from tongban.doors.units import days, length, number
from tongban.kernel.refusals import NotFound
from tongban.kernel.worktime import CalendarUnpublished
from tongban.people.queries import departments

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from tongban.catalogue.queries import PublishedPackage
    from tongban.catalogue.rules import (
        CompiledItem,
        CompiledMaterial,
        CompiledPackage,
        Figures,
        GuideMaterial,
        PersonalGuide,
    )
    from tongban.catalogue.rules.compiled import Evidenced, LegalArticle
    from tongban.doors.citizen.helpful import Helpful
    from tongban.kernel.conditions import Fact as KnownFact

# How short a bar may become: an instant item must still be seen.
LEAST_BAR = 3.0
EXEMPTIONS = {
    "LICENCE": gettext_noop("由电子证照库直接取用，不用交复印件。"),
    "SHARE": gettext_noop("由部门之间共享的数据核验，不用交。"),
    "COMMIT": gettext_noop("以书面承诺代替，提交时一并确认。"),
    "REUSE": gettext_noop("沿用您以前交过的，不用重交。"),
    "GENERATE": gettext_noop("由您填的一张表自动生成，不用另写。"),
    "INTERNAL": gettext_noop("由部门内部核验，不用交。"),
}


def evidence(one: Evidenced | None) -> Evidence | None:
    """The mark of a length of time, with what it rests on."""
    return Evidence(one.mark, one.basis) if one and one.mark else None


def department_names() -> dict[str, str]:
    """The departments' names in the reader's language, by code."""
    return {one.code: say(one.short) for one in departments()}


def figures(found: Figures) -> tuple[Figure, ...]:
    """The computed figures before and after."""
    rows = (
        (_("办理环节"), found.links, _("个")),
        (_("申请材料"), found.materials, _("份")),
        (_("填写内容"), found.fields, _("项")),
        (_("办理时间"), found.days, _("个工作日")),
        (_("跑动次数"), found.visits, _("次")),
    )
    return tuple(
        Figure(
            label=label,
            before=number(one.before),
            after=number(one.after),
            unit=unit,
            share=100 - max(0, one.saved_percent),
        )
        for label, one, unit in rows
    )


def plan_of(
    items: Sequence[CompiledItem],
    order: Mapping[str, tuple[str, ...]],
    promises: Mapping[str, Evidenced],
    critical: Iterable[str],
    total: float,
    *,
    is_general: bool = False,
) -> Plan:
    """The items on the time axis, each after those that it waits for."""
    names = department_names()
    by_code = {item.code: item for item in items}
    ends: dict[str, float] = {}

    def end_of(code: str) -> float:
        if code not in ends:
            start = max((end_of(before) for before in order.get(code, ())), default=0.0)
            ends[code] = start + promises[code].value
        return ends[code]

    span = max((end_of(item.code) for item in items), default=0.0) or 1.0
    room = 100 - LEAST_BAR
    longest = frozenset(critical)
    just_before = direct(order)
    bars = [
        PlanBar(
            name=say(item.name),
            department=names.get(item.department, ""),
            start=room * (ends[item.code] - promises[item.code].value) / span,
            length=max(LEAST_BAR, room * promises[item.code].value / span),
            days=length(promises[item.code]),
            after=tuple(say(by_code[before].name) for before in just_before.get(item.code, ())),
            critical=item.code in longest,
            when=situation(item) if is_general else "",
            evidence=evidence(promises[item.code]),
        )
        for item in items
    ]
    return Plan(bars=tuple(bars), total=_("全部办结：%(days)s") % {"days": days(total)})


def situation(item: CompiledItem) -> str:
    """For whom an item is, in two or three words; empty for everybody."""
    return {"choose": _("需要的才办"), "auto": _("视情况而定")}.get(item.required, "")


def basis_line(one: LegalArticle) -> str:
    """A legal article in one line."""
    document = f"（{one.document_no}）" if one.document_no else ""
    return (
        f"{one.law}{document}{one.article}：{one.text}" if one.text else f"{one.law}{one.article}"
    )


def _charge(item: CompiledItem) -> str:
    if not item.fee.charged:
        return _("不收费")
    return _("%(yuan)s 元（%(basis)s）") % {"yuan": item.fee.yuan, "basis": item.fee.basis}


def _visits(item: CompiledItem) -> str:
    if item.visits.value == 0:
        return _("不用跑")
    times = _("%(n)s 次") % {"n": item.visits.value}
    return f"{times}：{say(item.visits.reason)}" if item.visits.reason else times


def item_line(item: CompiledItem, names: Mapping[str, str]) -> pages.ItemLine:
    """One item of the general guide."""
    legal = length(item.legal) if item.legal else ""
    if item.legal and item.extension:
        more = _("经批准可延长 %(days)s") % {"days": length(item.extension)}
        legal = f"{legal}，{more}"
    return pages.ItemLine(
        name=say(item.name),
        department=names.get(item.department, ""),
        result=say(item.result.name),
        when=situation(item),
        legal=legal,
        legal_evidence=evidence(item.legal),
        promise=length(item.promise),
        promise_evidence=evidence(item.promise),
        charge=_charge(item),
        visits=_visits(item),
        basis=tuple(basis_line(one) for one in item.basis),
        conditions=tuple(say(one.text) for one in item.conditions),
        contacts=contact_facts(item),
        internal=item.internal,
    )


def contact_facts(item: CompiledItem) -> tuple[Fact, ...]:
    """Whom to ask about an item."""
    return (
        Fact(_("咨询电话"), item.contacts.consult),
        Fact(_("投诉电话"), item.contacts.complain),
        Fact(_("地点"), say(item.contacts.address)),
        Fact(_("时间"), say(item.contacts.hours)),
    )


def package_page(
    published: PublishedPackage, draft: Link | None, early: Link | None = None
) -> pages.PackagePage:
    """The general guide."""
    compiled = published.compiled
    names = department_names()
    order = {item.code: tuple(edge.item for edge in item.depends_on) for item in compiled.items}
    promises = {item.code: item.promise for item in compiled.items}
    materials = [_general_material(one, compiled) for one in compiled.materials]
    here = f"/packages/{compiled.slug}"
    return pages.PackagePage(
        name=say(compiled.name),
        summary=say(compiled.summary),
        object=say(compiled.object),
        lead=names.get(compiled.lead_department, ""),
        ask=Link(_("回答问题，看我的清单"), f"{here}/ask/"),
        figures=figures(compiled.figures),
        plan=plan_of(
            compiled.items,
            order,
            promises,
            compiled.critical_path,
            compiled.promised_days,
            is_general=True,
        ),
        items=tuple(item_line(item, names) for item in compiled.items),
        materials=tuple(m for m in materials if not m.exempt),
        exempt=tuple(m for m in materials if m.exempt),
        facts=_package_facts(compiled),
        faq=tuple({say(one.q): say(one.a) for item in compiled.items for one in item.faq}.items()),
        basis=tuple(basis_line(one) for one in compiled.basis),
        version=f"{published.code}-{published.number} · {published.hash[:12]}",
        draft=draft,
        early=early,
        helpful=helpful(compiled),
    )


def with_helpful(page: pages.PackagePage, asked: Helpful) -> pages.PackagePage:
    """The guide with what was wrong with what somebody said about it."""
    return replace(page, helpful=asked)


def _package_facts(compiled: CompiledPackage) -> tuple[Fact, ...]:
    fee = _("不收费") if not compiled.fee_yuan else _("%(n)s 元") % {"n": compiled.fee_yuan}
    return (
        Fact(
            _("几天答复受理"), length(compiled.acceptance), evidence=evidence(compiled.acceptance)
        ),
        Fact(_("承诺"), days(compiled.promised_days)),
        Fact(_("法定最长"), length(compiled.joint), evidence=evidence(compiled.joint)),
        Fact(_("收费"), fee),
        Fact(_("送达"), say(compiled.delivery_text)),
    )


def _standards(material: CompiledMaterial) -> tuple[str, ...]:
    return tuple(say(one.text) for one in material.accept_standard)


def _general_material(material: CompiledMaterial, compiled: CompiledPackage) -> Material:
    asked = next((use for use in material.uses if use.is_asked), None)
    use = asked or material.uses[0]
    state = Tag(_("自己准备")) if asked else Tag(_("免交"), "done", "tick")
    return Material(
        code=material.code,
        name=say(material.name),
        necessity=necessity(any(each.required for each in material.uses)),
        state=state,
        exempt="" if asked else exemption(use.exempt),
        used_by=tuple(say(compiled.item(code).name) for code in material.needed_by),
        note=say(use.note) or say(material.help),
        standards=_standards(material) if asked else (),
        evidence=Evidence(use.mark) if use.mark else None,
    )


def necessity(required: bool) -> Tag:  # noqa: FBT001 -- a word for a fact of the content
    """Whether a material must be there."""
    return Tag(_("必要")) if required else Tag(_("有就交"))


def asked_state(one: GuideMaterial) -> Tag:
    """Whether a material that is not there yet must be given, may be given or need not be."""
    if not one.asked:
        return Tag(_("免交"), "done", "tick")
    return Tag(_("要交"), "soon") if one.required else Tag(_("可以不交"))


def exemption(word: str) -> str:
    """Why a material is not asked for."""
    return _(EXEMPTIONS[word]) if word in EXEMPTIONS else ""


def guide_material(one: GuideMaterial, compiled: CompiledPackage) -> Material:
    """A material of a personal guide."""
    material = one.material
    reason = exemption(one.exempt)
    if one.from_item:
        name = say(compiled.item(one.from_item).name)
        reason = _("由本次申请的“%(name)s”产生，不用交。") % {"name": name}
    return Material(
        code=material.code,
        name=say(material.name),
        necessity=necessity(one.required),
        state=asked_state(one),
        exempt="" if one.asked else reason,
        used_by=tuple(say(compiled.item(code).name) for code in one.needed_by),
        note=_note(one, say(one.use.note) or say(material.help)),
        standards=_standards(material) if one.asked else (),
        evidence=Evidence(one.use.mark) if one.use.mark else None,
    )


def _note(one: GuideMaterial, words: str) -> str:
    if one.asked and one.exempt == "LICENCE":
        return _("没有查到这份电子证照，请上传照片或扫描件。")
    return words


def promised_on(on: date, working_days: float, region: str) -> tuple[date | None, str]:
    """The day until which everything is promised; a sentence instead where no year is known."""
    whole = math.ceil(working_days)
    try:
        return calendar(region).add_working_days(on, whole), ""
    except CalendarUnpublished as unknown:
        return None, _("放假安排尚未公布，%(year)s 年的办结日期暂时算不出来。") % {
            "year": unknown.year
        }


def personal_plan(
    compiled: CompiledPackage, found: PersonalGuide, facts: Mapping[str, KnownFact], on: date
) -> Plan:
    """The items of a personal guide on the time axis, with the promises of this situation."""
    promises = {}
    for advice in found.items:
        variant = variant_of(compiled, advice.item, facts, on)
        promises[advice.item.code] = variant.promise if variant else advice.item.promise
    return plan_of(
        [advice.item for advice in found.items],
        dict(found.order),
        promises,
        found.critical_path,
        found.promised_days,
    )


def hall_facts() -> tuple[Fact, ...]:
    """Where and when the window is open; nothing where no hall is published."""
    try:
        halls = live("halls")
    except NotFound:
        return ()
    first = next(iter(halls), None)
    if first is None:
        return ()
    return (
        Fact(_("地点"), say(first["address"])),
        Fact(_("电话"), first.get("phone", "")),
        *(
            Fact(
                _("%(since)s 至 %(until)s") % {"since": hours["from"], "until": hours["to"]},
                _("，").join(f"{shift['opens']}–{shift['closes']}" for shift in hours["shifts"]),
                evidence=Evidence(hours["mark"], hours.get("basis", "")),
            )
            for hours in first.get("hours", ())
        ),
    )


def ask_words(item: CompiledItem) -> str:
    """Whom to ask where an answer is not known: the item's own contact, by telephone or there."""
    told = {"phone": item.contacts.consult, "place": say(item.contacts.address)}
    words = _("拿不准时，请拨打 %(phone)s 或到%(place)s问清楚，再回来回答；已填的都会保留。")
    return words % told
