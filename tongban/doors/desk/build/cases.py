"""The page of one case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from tongban.cases.queries import companions_for, system_of
from tongban.cases.queries.phrases import own_phrases
from tongban.cases.queries.publicity import objections_of
from tongban.cases.rules import urged
from tongban.cases.rules.visits import site_step, visit_at
from tongban.cases.states import LIFE, SIDES
from tongban.catalogue.queries import department_names
from tongban.doors.desk import pages
from tongban.doors.desk.build.answers import answer_groups, documents, materials
from tongban.doors.desk.build.clocks import deadline_glance
from tongban.doors.desk.build.history import Teller, target_name
from tongban.doors.desk.build.queues import keys, sidebar
from tongban.doors.desk.build.sides import WAYS, side_facts
from tongban.doors.desk.build.tried import notice_of
from tongban.doors.desk.build.verbs import Offer, place_of, verb_forms
from tongban.doors.desk.build.words import department_name, moment, state_tag, step_name
from tongban.doors.desk.forms import verbs_of
from tongban.doors.parts import (
    Cell,
    Column,
    Empty,
    Evidence,
    Fact,
    FactGroup,
    Link,
    Notice,
    Option,
    Row,
    Table,
    Tag,
)
from tongban.doors.texts import clock, say
from tongban.doors.units import days
from tongban.engine.queries import clocks_of, visible_to
from tongban.engine.rules import excluded_from, may_take
from tongban.exchange.queries import backfill_of, is_down, may_backfill
from tongban.exchange.states import BACKFILL_TITLES, BackfillState
from tongban.kernel.worktime import city_date
from tongban.licences.queries import licences_of_proceedings
from tongban.payments.queries import order_of_case
from tongban.payments.rules import yuan_words
from tongban.people.queries import officers_for, party, staff_names
from tongban.records.queries import entries_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from tongban.cases.models import Requirement
    from tongban.cases.queries import CasePage, DebtLine, DecisionLine, SideLine, SpecialLine
    from tongban.doors.desk.build.tried import Tried
    from tongban.doors.desk.forms import Verb
    from tongban.doors.visits import KnownVisit
    from tongban.engine.queries import ClockReading
    from tongban.exchange.models import Backfill
    from tongban.kernel.actors import Actor

_WHOSE = {
    "government": "政府", "applicant": "申请人", "third": "第三方", "elsewhere": "部门业务系统",
}  # fmt: skip
BAR_GROUNDS = {
    "false": gettext_noop("隐瞒有关情况或者提供虚假材料申请"),
    "fraud": gettext_noop("以欺骗、贿赂等不正当手段取得许可"),
}
_RESULTS = {"grant": "准予", "deny": "不予"}
_ORDERED = {
    "forum": {"review": gettext_noop("行政复议"), "court": gettext_noop("行政诉讼")},
    "relief": {
        "redo": gettext_noop("撤销并责令重新作出"),
        "quash": gettext_noop("撤销，没有责令重新作出"),
    },
    "fault": {
        "merits": gettext_noop("事实、依据或者处理不当"),
        "procedure": gettext_noop("只因违反法定程序"),
    },
}
# Choices that are the same for every case, by verb and kind of input.
_FIXED: dict[str, dict[str, dict[str, str]]] = {
    "bar": {"ground": BAR_GROUNDS},
    "set_aside": _ORDERED,
}


def case_page(request: KnownVisit, page: CasePage, tried: Tried | None) -> pages.CasePage:
    """The page of one case: only what its item consumes."""
    p = page.proceeding
    entries = entries_of("proceeding", [p.pk])[p.pk]
    teller = Teller.of(
        page.compiled, {p.pk: page.item}, entries, opinions=page.opinions, people=_people(page)
    )
    mine = [s for s in page.open_steps if may_take(request.actor, p, s)]
    offers = tuple(_offers(page, mine, request.actor, city_date(request.now)))
    clocks = _clocks(page, request.now)
    place = place_of(offers, tried) if tried else ""
    refused = notice_of(tried, entries, teller, place=place) if tried else None
    return pages.CasePage(
        queues=sidebar(request, mine[0].queue if mine else ""),
        keys=keys(),
        number=p.number,
        title=say(page.item.name),
        party=party(p.party_id).name,
        state=state_tag("case", p.state),
        next=reverse("desk-next", args=[p.number]),
        parent=_parent(request.actor, page),
        glances=(_turn(page, mine, teller), deadline_glance(clocks), _decided(page, teller)),
        clocks=tuple(clock(c) for c in clocks),
        facts=tuple(_facts(page, request.now)),
        verbs=verb_forms(p.number, offers, tried, own_phrases(request.actor) if offers else ()),
        refused=refused,
        kept=tried.kept if tried and not place else (),
        idle="" if offers else _idle(page, mine, teller),
        notices=tuple(_notices(page)),
        answers=answer_groups(page),
        materials=materials(page),
        requirements=tuple(_requirement(page, r, teller) for r in page.requirements),
        documents=documents(p.pk, p.number),
        history=teller.tell(entries),
        segments=_segments(page),
        specials=tuple(_special(one) for one in page.specials),
        sides=tuple(_side(one) for one in page.sides),
        decision=tuple(_decision(page, teller)),
        backfill=tuple(_backfill(page, teller)),
        explanation=tuple(str(x["text"]) for x in page.decision.explanation)
        if page.decision
        else (),
        remedies=_remedies(page),
    )


def _clocks(page: CasePage, now: datetime) -> Sequence[ClockReading]:
    """The clocks of the case; before acceptance the one of the whole application decides."""
    parent = page.proceeding.parent
    if page.clocks or parent is None or page.proceeding.state != "received":
        return page.clocks
    return clocks_of(parent, now)


def _people(page: CasePage) -> set[int]:
    found = {s.assignee_id for s in page.open_steps} | {o.by_account for o in page.opinions}
    found |= {r.raised_by for r in page.requirements}
    found |= {one for o in page.opinions for one in o.with_accounts}
    if page.decision:
        found.add(page.decision.decided_by)
    if entered := _by_hand(page):
        found.add(entered.entered_by)
    return {one for one in found if one}


# What may be done


def _offers(page: CasePage, mine: Sequence[Any], actor: Actor, on: date) -> Iterator[Offer]:
    known = verbs_of("case")
    taken: set[str] = set()
    broken = page.proceeding.facts.get("broken")
    for name in _by_use(page):
        verb = known[name]
        if name in _OF_THEIR_OWN:
            yield from _OF_THEIR_OWN[name](page, verb, on)
            continue
        steps = [s for s in mine if verb.fits(s.code, s.turn)] if verb.per_step else [None]
        for step in steps:
            code = step.code if step else verb.step
            back = _back_to(page, step.turn) if step and name == "return_step" else ()
            choices = _choices(name, page)
            if step and name == "pass_step":
                choices = {"companion": tuple(_companions(page, step, actor, on))}
            if name == "reassign" and not choices["officer"]:
                continue
            yield Offer(
                verb=verb,
                step=code,
                about=step_name(code, page.item) if step and not back else "",
                title=_back_title(page, back) if back else "",
                opinions_of=back or (code,),
                item=page.item.code,
                choices=choices,
                is_first=verb.key not in taken
                and not (verb.step == "decide" and verb.main and broken),
            )
            taken |= {verb.key} - {""}

    if may_backfill(actor, page.proceeding):
        yield Offer(verb=known["backfill"], choices={"result": tuple(_results())}, opens=True)


def _results() -> Iterator[Option]:
    """What a paper may say."""
    for code, name in _RESULTS.items():
        yield Option(code, _(name))


def _companions(page: CasePage, step: Any, actor: Actor, on: date) -> Iterator[Option]:
    """Who may go along to a step that takes several officers."""
    spec = next((s for turn in page.item.route for s in turn if s.code == step.code), None)
    has_named = bool(page.proceeding.facts.get("visit", {}).get("officers"))
    if spec is not None and spec.officers > 1 and not has_named:
        for officer in companions_for(spec, page.proceeding.region, on=on):
            away = {actor.id, *excluded_from(page.proceeding.facts, step.code)}
            if officer.account_id not in away:
                yield Option(str(officer.account_id), officer.name)


def _more_time(page: CasePage, verb: Verb, _on: date) -> Iterator[Offer]:
    """To lengthen a debt that may still be lengthened."""
    if page.debt is not None and page.debt.may_extend:
        yield Offer(verb=verb, step=page.debt.number)


def _conclusions(page: CasePage, verb: Verb, _on: date) -> Iterator[Offer]:
    """One form for each special procedure that goes on."""
    for place, one in enumerate(s for s in page.specials if s.is_open):
        about = say(one.procedure.name)
        yield Offer(verb=verb, step=one.number, about=about, is_first=place == 0)


def _inspections(page: CasePage, verb: Verb, on: date) -> Iterator[Offer]:
    """One form for each inspection to which nobody is assigned yet."""
    p = page.proceeding
    officers = {
        one.account_id: Option(str(one.account_id), one.name)
        for role in ("reviewer", "checker")
        for one in officers_for(f"{p.department}.{role}", p.region, on=on)
    }
    for one in page.specials:
        if one.is_open and one.officers > len(one.inspectors):
            yield Offer(
                verb=verb,
                step=one.number,
                about=say(one.procedure.name),
                choices={"inspector": tuple(officers[k] for k in sorted(officers))},
            )


def _joining(page: CasePage, verb: Verb, on: date) -> Iterator[Offer]:
    """One form to name who joins the joint visit, while it lies ahead and the check is open."""
    step = site_step(page.item)
    p = page.proceeding
    done = any(s.code == getattr(step, "code", "") and s.closed_at for s in page.segments)
    if step is None or done or p.facts["visit"].get("officers"):
        return
    away = excluded_from(p.facts, step.code)
    fit = [
        Option(str(one.account_id), one.name)
        for one in companions_for(step, p.region, on=on)
        if one.account_id not in away
    ]
    yield Offer(verb=verb, choices={"inspector": tuple(fit)})


# Verbs whose forms are about something beside the open steps.
_OF_THEIR_OWN = {
    "conclude_special": _conclusions,
    "extend_debt": _more_time,
    "join_visit": _joining,
    "assign_inspectors": _inspections,
}


def _back_to(page: CasePage, turn: int) -> tuple[str, ...]:
    """The steps of the turn before that this case went through."""
    was = {s.code for s in page.segments}
    return tuple(s.code for s in page.item.route[turn - 1] if s.code in was)


def _back_title(page: CasePage, back: Sequence[str]) -> str:
    """Going back is told by where it leads."""
    names = _("、").join(step_name(one, page.item) for one in back)
    return _("退回到：%(steps)s") % {"steps": names}


def _by_use(page: CasePage) -> list[str]:
    """The open verbs in the order of the desk; a second notice may not be, so none is prepared."""
    verbs = set(page.open_verbs) - {"clear_requirement"}
    parent = page.proceeding.parent
    if parent is not None and parent.facts.get("noticed"):
        verbs.discard("raise_requirement")
    return [name for name in verbs_of("case") if name in verbs]


def _choices(name: str, page: CasePage) -> dict[str, tuple[Option, ...]]:
    if name == "raise_requirement":
        return {"target": tuple(_targets(page))}
    if name == "reassign":
        return {"officer": tuple(_officers(page))}
    if name == "start_special":
        return {"procedure": tuple(_procedures(page))}
    if name in _FIXED:
        return {
            kind: tuple(Option(code, _(words)) for code, words in known.items())
            for kind, known in _FIXED[name].items()
        }
    if name == "ask_opinion":
        others = sorted(department_names().items())
        return {
            "department": tuple(
                Option(code, say(words))
                for code, words in others
                if code != page.proceeding.department
            ),
            "way": tuple(Option(code, _(words)) for code, words in WAYS.items()),
        }
    return {}


def _procedures(page: CasePage) -> Iterator[Option]:
    for one in page.item.procedures:
        if one.life != "told":
            continue
        most = days(one.max_days.value, one.max_days.unit)
        words = _("最多 %(days)s，%(basis)s") % {"days": most, "basis": one.basis}
        yield Option(one.code, say(one.name), words)


def _targets(page: CasePage) -> Iterator[Option]:
    for code in page.item.material_codes:
        name = say(page.compiled.material(code).name)
        yield Option(code, _("材料：%(name)s") % {"name": name})
    for answer in page.answers:
        name = say(page.compiled.field(answer.element).name)
        yield Option(answer.element, _("填报项：%(name)s") % {"name": name})


def _officers(page: CasePage) -> Iterator[Option]:
    """Every colleague to whom one of the open steps may be handed, named with the step."""
    for step in page.open_steps:
        name = step_name(step.code, page.item)
        for officer in officers_for(step.queue, page.proceeding.region):
            away = {step.assignee_id, *excluded_from(page.proceeding.facts, step.code)}
            if officer.account_id not in away:
                yield Option(f"{step.code}/{officer.account_id}", f"{name} → {officer.name}")


# What must be seen first


def _turn(page: CasePage, mine: Sequence[Any], teller: Teller) -> pages.Glance:
    state = page.proceeding.state
    label = _("轮到谁")
    if LIFE.is_final(state):
        return pages.Glance(label=label, value=_("已经结束"))
    if state == "producing":
        return pages.Glance(label=label, value=_("系统"), note=_("正在制作证照"))
    if state == "waiting":
        before = "、".join(say(page.compiled.item(d.item).name) for d in page.item.depends_on)
        return pages.Glance(label=label, value=_("等待前置事项"), note=before)
    if mine:
        return _own_turn(page, mine, teller, label)
    steps = _named(page, page.open_steps)
    holders = [_holder(s, teller) for s in page.open_steps]
    if not holders:
        return pages.Glance(label=label, value=_("系统"), note=_("正在自动办理"))
    value = _("、").join(dict.fromkeys(holders))
    return pages.Glance(label=label, value=value, note=steps)


def _own_turn(page: CasePage, mine: Sequence[Any], teller: Teller, label: str) -> pages.Glance:
    """The officer's turn; where others are waited for, the officer only records the result."""
    if all(step.whose == "third" for step in mine):
        note = _("正在等：%(steps)s；结果由您登记") % {"steps": _named(page, mine)}
        return pages.Glance(label=label, value=_("第三方或公众"), note=note)
    others = [s for s in page.open_steps if s not in mine]
    note = _("；").join(part for part in (_named(page, mine), _held(page, others, teller)) if part)
    return pages.Glance(label=label, value=_("您"), note=note, tone="you")


def _holder(step: Any, teller: Teller) -> str:
    if step.whose == "elsewhere":
        return _("部门业务系统")
    return teller.name(step.assignee_id) or _("待分办")


def _named(page: CasePage, steps: Sequence[Any]) -> str:
    return _("、").join(step_name(s.code, page.item) for s in steps)


def _held(page: CasePage, steps: Sequence[Any], teller: Teller) -> str:
    """Steps of others that run beside, with who holds them."""
    words = [
        _("%(step)s（%(who)s）")
        % {
            "step": step_name(s.code, page.item),
            "who": _holder(s, teller),
        }
        for s in steps
    ]
    return _("同时：%(steps)s") % {"steps": _("、").join(words)} if words else ""


def _decided(page: CasePage, teller: Teller) -> pages.Glance:
    label = _("决定")
    if page.decision is None:
        state = page.proceeding.state
        done = _(LIFE.title(state)) if LIFE.is_final(state) else _("尚未决定")
        return pages.Glance(label=label, value=done)
    d = page.decision
    who = _decider(d, teller)
    return pages.Glance(
        label=label,
        value=_(_RESULTS[d.result]),
        note=f"{who} · {moment(d.decided_at)}",
        tone="done" if d.result == "grant" else "late",
    )


def _decider(d: DecisionLine, teller: Teller) -> str:
    if d.is_automatic:
        return _("系统自动")
    return teller.name(d.decided_by) if d.decided_by else _("部门业务系统")


def _idle(page: CasePage, mine: Sequence[Any], teller: Teller) -> str:
    """Why there is nothing to do here, for somebody who looks for a button."""
    if page.open_verbs or LIFE.is_final(page.proceeding.state):
        return ""
    held = [teller.name(s.assignee_id) for s in page.open_steps if s.assignee_id]
    if held and not mine:
        words = _("这一步由 %(names)s 办理，现在不需要您办理。")
        return words % {"names": _("、").join(dict.fromkeys(held))}
    return _("现在不需要您办理。")


def _parent(actor: Actor, page: CasePage) -> Link | None:
    """The way to the whole application, for those who may see it."""
    found = visible_to(actor).filter(id=page.proceeding.parent_id or 0).first()
    if found is None:
        return None
    name = say(page.compiled.name)
    return Link(f"{name} {found.number}", reverse("desk-proceeding", args=[found.number]))


def _facts(page: CasePage, now: datetime) -> Iterator[Fact]:
    p = page.proceeding
    yield Fact(_("办件编号"), p.number, is_code=True)
    yield Fact(_("办理部门"), department_name(p.department))
    fee = order_of_case(p.id) if page.item.fee.charged else None
    if fee is not None:
        words = {"yuan": yuan_words(fee.amount_fen), "state": _(fee.state_title)}
        yield Fact(_("缴费"), _("%(yuan)s 元，%(state)s") % words)
    yield Fact(_("收到"), moment(p.opened_at))
    if p.accepted_at:
        yield Fact(_("受理"), moment(p.accepted_at))
    if p.ended_at:
        yield Fact(_("办结"), moment(p.ended_at))
    for label, limit in ((_("法定时限"), page.item.legal), (_("承诺时限"), page.item.promise)):
        if limit is not None:
            yield Fact(
                label, days(limit.value, limit.unit), evidence=Evidence(limit.mark, limit.basis)
            )
    issued = licences_of_proceedings([p.pk], city_date(now)).get(p.pk)
    if issued is not None:
        yield Fact(
            _("证照"),
            f"{issued.name} {issued.number}".strip(),
            change=Link(_("查验"), reverse("verify-one", args=[issued.identifier])),
        )


def _again(page: CasePage) -> Iterator[Notice]:
    """That the decision was set aside, or that the case is handled again because of one."""
    aside, redo = page.proceeding.facts.get("set_aside"), page.proceeding.facts.get("redo")
    if aside:
        words = _("本件的决定已被撤销（%(document)s）。") % {"document": aside["document"]}
        again = _("重新办理：%(number)s") % {"number": aside["again"]}
        yield Notice(title=words, text=again if aside["again"] else "", tone="alarm")
    if redo:
        rule = _("不得以同一的事实和理由作出与原决定基本相同的决定。")
        stated = _("负责人说明的新的事实或者理由：%(grounds)s")
        new = redo.get("new_grounds")
        text = stated % {"grounds": new} if new else "" if redo["free"] else rule
        yield Notice(
            title=_("原决定被撤销，本件重新办理（原办件 %(number)s）。") % {"number": redo["of"]},
            text=text,
            tone="care",
        )


def _objections(page: CasePage) -> Iterator[Notice]:
    """What was objected to the public notice, with the answer."""
    if not any(s.code == "notice_objection" for s in page.segments):
        return
    for one in objections_of(page.proceeding.pk):
        told = {"name": one.name, "contact": one.contact, "at": moment(one.made_at)}
        yield Notice(
            title=_("公示异议：%(name)s（%(contact)s），%(at)s") % told,
            text=f"{one.interest}；{one.text}",
            tone="calm" if one.answered_at else "care",
        )


def _asked_early(page: CasePage) -> Iterator[Notice]:
    """What was answered about the same project before it was applied for."""
    for one in page.early:
        assert one.answered_at is not None  # noqa: S101 -- the query has looked
        told = {"at": moment(one.answered_at), "number": one.proceeding.number}
        yield Notice(
            title=_("申请以前的书面答复（提前介入，%(at)s，%(number)s）") % told, text=one.answer
        )


def _visiting(page: CasePage) -> Iterator[Notice]:
    """When the departments go there together, and who goes for this one."""
    at = visit_at(page.proceeding.facts)
    if at is not None and page.proceeding.state == "accepted":
        visit = page.proceeding.facts["visit"]
        names = _("、").join(staff_names(visit.get("officers", ())).values())
        yield Notice(
            title=_("综合踏勘：%(at)s，%(place)s") % {"at": moment(at), "place": visit["place"]},
            text=_("本部门参加人员：%(names)s") % {"names": names or _("还没有确定")},
            tone="care",
        )


def _notices(page: CasePage) -> Iterator[Notice]:
    if system_of(page.proceeding):
        yield _elsewhere(page)
    yield from _again(page)
    yield from _visiting(page)
    yield from _asked_early(page)
    yield from _objections(page)
    last = urged(page.proceeding.facts)
    if last.at is not None and page.open_steps:
        told = {"n": last.count, "at": moment(last.at)}
        urging = ngettext(
            "已催办 %(n)s 次，最近一次 %(at)s，请优先办理。",
            "已催办 %(n)s 次，最近一次 %(at)s，请优先办理。",
            last.count,
        )
        yield Notice(title=urging % told, tone="care")
    broken = page.proceeding.facts.get("broken", ())
    if broken:
        names = {m.get("licence"): page.compiled.material(m["material"]) for m in page.materials}
        words = [f"{say(names[b].name)} {b}" if b in names else str(b) for b in broken]
        yield Notice(
            title=_("本件所依据的证照已失效，不能准予。"),
            text=_("、").join(words),
            tone="alarm",
        )
    for one in page.specials:
        if one.is_open:
            told = {"name": say(one.procedure.name), "days": days(one.days)}
            yield Notice(
                title=_("正在进行%(name)s，告知申请人需要 %(days)s。") % told,
                text=_("期间不计入办理期限；结束以前不能作出决定。"),
                tone="care",
            )
    for side in page.sides:
        if side.is_open:
            yield Notice(
                title=_("%(what)s：%(state)s")
                % {"what": _(side.title), "state": _(side.state_title)},
                text=_(SIDES[side.kind].sentence),
                tone="care",
                link=Link(_("去办理"), reverse("desk-proceeding", args=[side.proceeding.number])),
            )
    if page.debt is not None and page.debt.is_open:
        yield _owing(page, page.debt)
    if page.wants_human:
        yield Notice(title=_("申请人要求由人审查，不由系统自动决定。"), tone="care")


def _owing(page: CasePage, debt: DebtLine) -> Notice:
    """What is still to come after a deficient acceptance."""
    due = debt.clock.reading.due.on
    told = {
        "names": _("、").join(say(page.compiled.material(code).name) for code in debt.owed),
        "due": date_format(due, "DATE_FORMAT") if due else _("日历公布后确定的日期"),
    }
    return Notice(
        title=_("容缺受理：还差 %(names)s，补交期限到 %(due)s。") % told,
        text=_("照常审查；补齐以前不能准予，到期没有补齐的视为撤回。"),
        tone="care",
    )


def _elsewhere(page: CasePage) -> Notice:
    """The department works on the case in its own system; here it is only shown."""
    if is_down(page.proceeding.facts["system"]):
        return Notice(
            title=_("部门业务系统的链路中断，办理结果暂时传不回来。"),
            text=_("已有书面结果的，可以补录编号、结果和扫描件；链路恢复后自动核对。"),
            tone="alarm",
        )
    return Notice(
        title=_("本事项由部门自己的业务系统办理，这里只能查看。"),
        text=_("办理进展、决定和证照会自动传回。"),
        tone="care",
    )


def _requirement(page: CasePage, line: Requirement, teller: Teller) -> pages.Requirement:
    state = Tag(_("待告知"), "soon")
    if line.cleared_at:
        state = Tag(_("已解决"), "done")
    elif line.notified_at:
        state = Tag(_("已告知申请人"), "you")
    may_clear = "clear_requirement" in page.open_verbs and not line.cleared_at
    action = reverse("desk-act", args=[page.proceeding.number, "clear_requirement"])
    return pages.Requirement(
        about=target_name(page.compiled, line.target),
        problem=line.problem,
        remedy=line.remedy,
        clause=line.clause,
        state=state,
        who=teller.name(line.raised_by),
        at=line.raised_at,
        clear_id=str(line.pk) if may_clear else "",
        clear_action=action if may_clear else "",
    )


def _segments(page: CasePage) -> Table | None:
    if not page.segments:
        return None
    rows = tuple(
        Row(
            (
                Cell(step_name(s.code, page.item)),
                Cell(_(_WHOSE[s.whose])),
                Cell(s.opened_at),
                Cell(s.closed_at),
                Cell(str(s.working_minutes)),
            )
        )
        for s in page.segments
    )
    return Table(
        title=_("环节分段计时"),
        rows=rows,
        empty=Empty(_("还没有环节")),
        columns=(
            Column(_("环节")),
            Column(_("谁的时间")),
            Column(_("开始"), "time"),
            Column(_("结束"), "time"),
            Column(_("工作分钟"), "number"),
        ),
    )


def _special(line: SpecialLine) -> FactGroup:
    due = line.clock.reading.due
    facts = [
        Fact(_("编号"), line.number, is_code=True),
        Fact(_("告知的时间"), days(line.days, "workday")),
        Fact(_("开始"), moment(line.opened_at)),
    ]
    if line.ended_at:
        facts.append(Fact(_("结束"), moment(line.ended_at)))
    elif due.on:
        facts.append(Fact(_("预计到"), date_format(due.on, "DATE_FORMAT")))
    if line.inspectors:
        names = staff_names(line.inspectors)
        facts.append(Fact(_("检验人员"), _("、").join(names[one] for one in line.inspectors)))
    if line.finding:
        facts.append(Fact(_("结果"), line.finding))
    return FactGroup(say(line.procedure.name), tuple(facts))


def _side(line: SideLine) -> pages.SideGroup:
    """A hearing, an interested party or a request for an opinion, as the case shows it."""
    p = line.proceeding
    return pages.SideGroup(
        title=_(line.title),
        href=reverse("desk-proceeding", args=[p.number]),
        state=state_tag(p.kind, p.state),
        facts=(Fact(_("编号"), p.number, is_code=True), *side_facts(line)),
    )


def _decision(page: CasePage, teller: Teller) -> Iterator[Fact]:
    if page.decision is None:
        return
    d = page.decision
    yield Fact(_("结果"), _(_RESULTS[d.result]))
    yield Fact(_("决定时间"), moment(d.decided_at))
    yield Fact(_("决定人"), _decider(d, teller))
    if d.reasons:
        yield Fact(_("理由"), d.reasons)


def _by_hand(page: CasePage) -> Backfill | None:
    """The entry by hand of a case; none is looked for where no system works on it."""
    return backfill_of(page.proceeding.pk) if page.proceeding.facts.get("system") else None


def _backfill(page: CasePage, teller: Teller) -> Iterator[Fact]:
    """What was entered by hand while the link was down, and what the real word said of it."""
    entered = _by_hand(page)
    if entered is None:
        return
    scan = reverse("desk-file", args=[entered.scan_id, page.proceeding.number])
    yield Fact(_("结果"), _(_RESULTS[entered.result]))
    yield Fact(_("编号"), entered.number, is_code=True)
    yield Fact(_("扫描件"), _("纸质文书"), change=Link(_("查看"), scan))
    yield Fact(_("补录人"), f"{teller.name(entered.entered_by)} · {moment(entered.entered_at)}")
    yield Fact(_("核对"), _(BACKFILL_TITLES[BackfillState(entered.state)]))
    if entered.difference:
        yield Fact(_("不一致"), entered.difference)


def _remedies(page: CasePage) -> tuple[Fact, ...]:
    """Where a refused applicant can turn (行政许可法 38)."""
    if page.decision is None or page.decision.result != "deny":
        return ()
    one = page.item.remedies
    review = _("%(body)s，%(days)s内") % {
        "body": say(one.review_body),
        "days": days(one.days.value, one.days.unit),
    }
    suit = say(one.court)
    if one.suit_months:
        suit = _("%(body)s，%(days)s内") % {
            "body": suit,
            "days": days(one.suit_months.value, "month"),
        }
    return (
        Fact(_("行政复议"), review, evidence=Evidence(one.days.mark, one.days.basis)),
        Fact(_("行政诉讼"), suit),
    )
