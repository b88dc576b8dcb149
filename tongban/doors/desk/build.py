"""Putting the pages of the desk together from what the rooms answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tongban.cases.states import LIFE as CASE_LIFE
from tongban.catalogue.queries import opinions, package_version
from tongban.documents.queries import content_of, file_in_proceeding, get_file, headers_for
from tongban.doors.desk import forms, pages
from tongban.doors.parts import (
    Cell,
    Column,
    Empty,
    Entry,
    Evidence,
    Fact,
    Field,
    Lane,
    Link,
    Notice,
    Option,
    Pager,
    Problem,
    Row,
    Source,
    Stop,
    StopState,
    Table,
    Tag,
    Tone,
)
from tongban.doors.texts import clock, say
from tongban.engine.queries import queue_counts
from tongban.kernel.refusals import BadInput, Refusal
from tongban.packages.states import LIFE as PACKAGE_LIFE
from tongban.people.queries import department, officers_for, party, staff_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tongban.cases.queries import CasePage
    from tongban.doors.visits import KnownVisit
    from tongban.engine.queries import InboxRow, Proceeding
    from tongban.kernel.actors import Actor
    from tongban.packages import queries as packages

STEP_NAMES = {
    "acceptance": "受理审核",
    "supply": "申请人补正",
    "delivery": "统一送达",
    "correction_lapsed": "补正逾期处理",
    "intake_check": "收件核对",
    "human_review": "人工复核",
}
ROLE_NAMES = {
    "window": "窗口",
    "reviewer": "审查",
    "checker": "审核",
    "decider": "决定",
    "head": "负责人",
    "supervisor": "监督",
}
_TONES: dict[str, Tone] = {
    "received": "calm",
    "waiting": "plain",
    "accepted": "calm",
    "producing": "calm",
    "granted": "done",
    "delivered": "done",
    "done": "you",
    "correction": "you",
    "denied": "late",
    "refused": "late",
    "cancelled": "plain",
    "withdrawn": "plain",
}


@dataclass(frozen=True, slots=True)
class Tried:
    """A verb that was refused, with everything that was typed."""

    verb: str
    data: Mapping[str, str]
    refusal: Refusal
    problems: Mapping[str, str] = field(default_factory=dict)

    def error(self, name: str) -> str:
        """The sentence for one field, if the refusal names it."""
        if not isinstance(self.refusal, BadInput):
            return ""
        return next((p.sentence for p in self.refusal.problems if p.path == name), "")


def _keys() -> tuple[pages.Key, ...]:
    return (
        pages.Key("/", _("查找")),
        pages.Key("j k", _("上下选择")),
        pages.Key("Enter", _("打开")),
        pages.Key("a", _("通过或准予")),
        pages.Key("c", _("补正")),
        pages.Key("g", _("回收件箱")),
    )


def _queue_name(queue: str) -> tuple[str, str]:
    owner, _dot, role = queue.rpartition(".")
    return say(department(owner).name), _(ROLE_NAMES.get(role, role))


def queues(actor: Actor, current: str | None) -> tuple[pages.QueueGroup, ...]:
    """The queue list at the side, with the number of open steps."""
    counts = queue_counts(actor)
    groups: dict[str, list[pages.Queue]] = {}
    for queue in sorted(actor.queues):
        owner, role = _queue_name(queue)
        href = f"{reverse('desk-inbox')}?{urlencode({'queue': queue})}"
        groups.setdefault(owner, []).append(
            pages.Queue(role, href, counts.get(queue, 0), queue == current)
        )
    everything = pages.Queue(
        _("全部待办"), reverse("desk-inbox"), sum(counts.values()), current is None
    )
    first = pages.QueueGroup(_("我的工作台"), (everything,))
    return (first, *(pages.QueueGroup(name, tuple(q)) for name, q in groups.items()))


def _thing(version_id: int, kind: str, facts: Mapping[str, Any]) -> str:
    compiled = package_version(version_id).compiled
    return say(compiled.name if kind == "package" else compiled.item(facts["item"]).name)


def _step_name(row: InboxRow) -> str:
    if row.step_code in STEP_NAMES:
        return _(STEP_NAMES[row.step_code])
    item = package_version(row.version_id).compiled.item(row.facts["item"])
    names = {step.code: step.name for turn in item.route for step in turn}
    return say(names.get(row.step_code)) or row.step_code


def _state(kind: str, state: str) -> Tag:
    life = PACKAGE_LIFE if kind == "package" else CASE_LIFE
    return Tag(_(life.title(state)), _TONES.get(state, "plain"))


def inbox_page(
    request: KnownVisit, rows: Sequence[InboxRow], *, queue: str | None, scope: str, size: int
) -> pages.InboxPage:
    """The inbox: one row for each open step."""
    shown = rows[:size]
    now = request.now
    names = staff_names({r.assignee_id for r in shown if r.assignee_id})
    table_rows = tuple(_inbox_row(row, names, now) for row in shown)
    query = {k: v for k, v in (("queue", queue), ("scope", scope)) if v}
    pager = Pager(
        first=f"?{urlencode(query)}" if request.GET.get("after") else "",
        next=f"?{urlencode({**query, 'after': shown[-1].cursor})}" if len(rows) > size else "",
    )
    title = " · ".join(_queue_name(queue)) if queue else _("全部待办")
    return pages.InboxPage(
        queues=queues(request.actor, queue),
        keys=_keys(),
        title=title,
        filters=tuple(
            Link(label, f"?{urlencode({**query, 'scope': value})}")
            for value, label in (
                ("", _("我可办理的")),
                ("mine", _("分给我的")),
                ("all", _("含同事的")),
            )
        ),
        current_filter={"": _("我可办理的"), "mine": _("分给我的"), "all": _("含同事的")}.get(
            scope, ""
        ),
        table=Table(
            title=title,
            columns=(
                Column(_("编号"), "code"),
                Column(_("事项")),
                Column(_("申请人")),
                Column(_("环节")),
                Column(_("最近时限"), "time"),
                Column(_("收到"), "time"),
                Column(_("经办")),
            ),
            rows=table_rows,
            pager=pager,
            empty=Empty(_("没有待办"), _("这个队列里的办件都处理完了。"), icon="tick"),
        ),
    )


def _inbox_row(row: InboxRow, names: Mapping[int, str], now: Any) -> Row:
    late = row.due_at is not None and row.due_at <= now
    return Row(
        key=str(row.step_id),
        cells=(
            Cell(row.number, href=reverse("desk-proceeding", args=[row.number])),
            Cell(_thing(row.version_id, row.kind, row.facts)),
            Cell(row.party_name),
            Cell(_step_name(row)),
            Cell(row.due_at, note=_("已超期") if late else ""),
            Cell(row.opened_at),
            Cell(names.get(row.assignee_id or 0, _("待领"))),
        ),
    )


def found_page(request: KnownVisit, text: str, found: Sequence[Proceeding]) -> pages.InboxPage:
    """Hits of the search."""
    rows = tuple(
        Row(
            (
                Cell(p.number, href=reverse("desk-proceeding", args=[p.number])),
                Cell(_thing(p.version_id, p.kind, p.facts)),
                Cell(p.party.name),
                Cell(_state(p.kind, p.state)),
                Cell(p.opened_at),
            ),
            key=str(p.id),
        )
        for p in found
    )
    return pages.InboxPage(
        queues=queues(request.actor, ""),
        keys=_keys(),
        find=text,
        title=_("查找“%(text)s”") % {"text": text},
        table=Table(
            title=_("查找结果"),
            rows=rows,
            columns=(
                Column(_("编号"), "code"),
                Column(_("事项")),
                Column(_("申请人")),
                Column(_("状态"), "tag"),
                Column(_("提交"), "time"),
            ),
            empty=Empty(_("没有找到"), _("请输入完整的申请人名称，或编号的开头几位。")),
        ),
    )


# One proceeding


def _fields(
    verb: forms.Verb, tried: Tried | None, choices: Mapping[str, tuple[Option, ...]]
) -> tuple[Field, ...]:
    mine = tried if tried and tried.verb == verb.name else None
    shown = []
    for one in verb.inputs:
        if one.kind == "hidden":
            continue
        options = choices.get(one.kind, ())
        value = mine.data.get(one.name, "") if mine else ""
        shown.append(
            Field(
                name=one.name,
                id=f"{verb.name}-{one.name}",
                label=_(one.label),
                kind="choice" if options else ("longtext" if one.kind == "longtext" else "text"),
                value=value,
                required=one.required,
                help=_(one.help) if one.help else "",
                error=mine.error(one.name) if mine else "",
                options=tuple(
                    Option(o.value, o.label, o.help, chosen=o.value == value) for o in options
                ),
                max_length=2000 if one.kind == "longtext" else 200,
            )
        )
    return tuple(shown)


def _verb_forms(
    number: str,
    names: Sequence[str],
    kind: str,
    tried: Tried | None,
    *,
    step: str = "",
    item: str = "",
    choices: Mapping[str, tuple[Option, ...]] | None = None,
) -> tuple[pages.VerbForm, ...]:
    shown = []
    for name in names:
        verb = forms.verbs_of(kind).get(name)
        if verb is None:
            continue
        mine = tried is not None and tried.verb == name
        shown.append(
            pages.VerbForm(
                verb=name,
                title=_(verb.title),
                action=reverse("desk-act", args=[number, name]),
                fields=_fields(verb, tried, choices or {}),
                opinions=tuple(
                    pages.Opinion(say(o.text)) for o in opinions(step, verb.outcome, item)
                )
                if verb.outcome
                else (),
                hidden=(("step", step),) if any(i.kind == "hidden" for i in verb.inputs) else (),
                note=_(verb.note) if verb.note else "",
                grave=verb.grave,
                main=verb.main,
                key=verb.key,
                is_open=mine,
                problems=(Problem(tried.refusal.sentence),) if mine and tried else (),
            )
        )
    return tuple(shown)


def _refusal_notice(tried: Tried | None) -> tuple[Notice, ...]:
    if tried is None:
        return ()
    no = tried.refusal
    text = "；".join(no.instead) + (f"（{no.basis}）" if no.basis else "")
    return (Notice(title=no.sentence, text=text, tone="care"),)


def case(request: KnownVisit, page: CasePage, tried: Tried | None) -> pages.ProceedingPage:
    """The page of one case: only what its item consumes."""
    p = page.proceeding
    mine = [s for s in page.open_steps if s.queue in request.actor.queues]
    step = mine[0] if mine else None
    choices = {
        "target": _targets(page),
        "officer": tuple(
            Option(str(o.account_id), o.name) for o in officers_for(step.queue, p.region)
        )
        if step
        else (),
    }
    names = staff_names({s.assignee_id for s in page.open_steps if s.assignee_id})
    return pages.ProceedingPage(
        queues=queues(request.actor, step.queue if step else ""),
        keys=_keys(),
        number=p.number,
        kind="case",
        title=say(page.item.name),
        subtitle=party(p.party_id).name,
        state=_state("case", p.state),
        facts=_case_facts(page, names),
        clocks=tuple(clock(c) for c in page.clocks),
        verbs=_verb_forms(
            p.number,
            page.open_verbs,
            "case",
            tried,
            step=step.code if step else "",
            item=page.item.code,
            choices=choices,
        ),
        answers=_answers(page),
        materials=_materials(page),
        requirements=tuple(_requirement(page, r) for r in page.requirements),
        timeline=_opinion_entries(page),
        segments=_segments(page),
        decision=_decision(page),
        explanation=tuple(str(x["text"]) for x in page.decision.explanation)
        if page.decision
        else (),
        notices=(*_refusal_notice(tried), *_case_notices(page)),
        waiting_note=_waiting(page, mine),
    )


def _case_facts(page: CasePage, names: Mapping[int, str]) -> tuple[Fact, ...]:
    p = page.proceeding
    steps = "、".join(
        _step_title(page, s.code)
        + (f"（{name}）" if (name := names.get(s.assignee_id or 0)) else "")
        for s in page.open_steps
    )
    facts = [
        Fact(_("办件编号"), p.number, is_code=True),
        Fact(_("办理部门"), say(department(p.department).name)),
        Fact(_("收到"), _local(p.opened_at)),
    ]
    if p.accepted_at:
        facts.append(Fact(_("受理"), _local(p.accepted_at)))
    if steps:
        facts.append(Fact(_("当前环节"), steps))
    if page.item.legal:
        facts.append(
            Fact(
                _("法定时限"),
                f"{page.item.legal.value:g} {_('个工作日')}",
                evidence=Evidence(page.item.legal.mark, page.item.legal.basis),
            )
        )
    return tuple(facts)


def _local(at: Any) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")


def _step_title(page: CasePage, code: str) -> str:
    names = {step.code: step.name for turn in page.item.route for step in turn}
    return say(names[code]) if code in names else _(STEP_NAMES.get(code, code))


def _targets(page: CasePage) -> tuple[Option, ...]:
    materials = tuple(
        Option(code, say(page.compiled.material(code).name)) for code in page.item.material_codes
    )
    fields = tuple(
        Option(a.element, say(page.compiled.field(a.element).name)) for a in page.answers
    )
    return materials + fields


def _shown(value: Any, one: Any) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    names = {o.code: say(o.name) for o in one.options}
    if isinstance(value, list):
        return "、".join(names.get(str(v), str(v)) for v in value)
    return names.get(str(value), str(value)) + (f" {one.unit}" if one.unit else "")


def _answers(page: CasePage) -> tuple[tuple[str, tuple[Fact, ...]], ...]:
    sections = {s.code: say(s.name) for s in page.compiled.sections}
    grouped: dict[str, list[Fact]] = {}
    for answer in page.answers:
        one = page.compiled.field(answer.element)
        source = answer.source if isinstance(answer.source, dict) else None
        grouped.setdefault(one.section, []).append(
            Fact(
                say(one.name),
                _shown(answer.value, one),
                source=Source(say(source.get("name"))) if source and source.get("name") else None,
                is_code=one.kind in ("id_number", "uscc", "phone"),
            )
        )
    return tuple((sections.get(code, code), tuple(facts)) for code, facts in grouped.items())


_REASONS = {
    "LICENCE": "由电子证照调取",
    "SHARE": "由数据共享核验",
    "COMMIT": "告知承诺替代",
    "REUSE": "沿用以前交过的材料",
    "GENERATE": "由表单自动生成",
    "INTERNAL": "由部门内部核验",
}


def _materials(page: CasePage) -> tuple[pages.DeskMaterial, ...]:
    shown = []
    for one in page.materials:
        spec = page.compiled.material(one["material"])
        files = tuple(
            Link(f.name, reverse("desk-file", args=[f.id, page.proceeding.number]))
            for f in (get_file(i) for i in one.get("files", ()))
        )
        exempt = one.get("exempt", "")
        shown.append(
            pages.DeskMaterial(
                name=say(spec.name),
                files=files,
                state=Tag(_("已提交"), "done") if files else Tag(_("免提交"), "calm"),
                reason=_(_REASONS.get(exempt, "")) if exempt and not files else "",
                standards=tuple(say(point.text) for point in spec.accept_standard),
            )
        )
    return tuple(shown)


def _requirement(page: CasePage, line: Any) -> pages.Requirement:
    code = line.target
    known = code in page.item.material_codes
    name = page.compiled.material(code).name if known else page.compiled.field(code).name
    state = Tag(_("待告知"), "soon")
    if line.cleared_at:
        state = Tag(_("已解决"), "done")
    elif line.notified_at:
        state = Tag(_("已告知申请人"), "you")
    may_clear = "clear_requirement" in page.open_verbs and not line.cleared_at
    return pages.Requirement(
        about=say(name),
        problem=line.problem,
        remedy=line.remedy,
        clause=line.clause,
        state=state,
        clear_id=str(line.id) if may_clear else "",
        clear_action=reverse("desk-act", args=[page.proceeding.number, "clear_requirement"])
        if may_clear
        else "",
    )


_OUTCOMES = {"pass": "通过", "return": "退回", "confirmed": "复核答复"}


def _opinion_entries(page: CasePage) -> tuple[Entry, ...]:
    names = staff_names({o.by_account for o in page.opinions})
    return tuple(
        Entry(
            at=o.at,
            what=f"{_step_title(page, o.step_code)} · {_(_OUTCOMES[o.outcome])}",
            who=names.get(o.by_account, ""),
            note=o.text,
        )
        for o in page.opinions
    )


_WHOSE = {"government": "政府", "applicant": "申请人", "third": "第三方"}


def _segments(page: CasePage) -> Table | None:
    if not page.segments:
        return None
    rows = tuple(
        Row(
            (
                Cell(_step_title(page, s.code)),
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


def _decision(page: CasePage) -> tuple[Fact, ...]:
    if page.decision is None:
        return ()
    d = page.decision
    names = staff_names({d.decided_by})
    facts = [
        Fact(_("结果"), _("准予") if d.result == "grant" else _("不予")),
        Fact(_("决定时间"), _local(d.decided_at)),
        Fact(_("决定人"), _("系统自动") if d.is_automatic else names.get(d.decided_by, "")),
    ]
    if d.reasons:
        facts.append(Fact(_("理由"), d.reasons))
    return tuple(facts)


def _case_notices(page: CasePage) -> tuple[Notice, ...]:
    broken = page.proceeding.facts.get("broken", ())
    notices = []
    if broken:
        notices.append(
            Notice(
                title=_("本件所依据的证照已失效，不能准予"),
                text="、".join(broken),
                tone="alarm",
            )
        )
    if page.wants_human:
        notices.append(Notice(title=_("申请人要求人工审查"), tone="care"))
    return tuple(notices)


def _waiting(page: CasePage, mine: Sequence[Any]) -> str:
    if mine or page.open_verbs or CASE_LIFE.is_final(page.proceeding.state):
        return ""
    return _("现在不需要您办理。")


def package(
    request: KnownVisit, page: packages.PackagePage, tried: Tried | None
) -> pages.ProceedingPage:
    """The page of a whole application, for the window that accepts and delivers once."""
    progress = page.progress
    p = page.proceeding
    return pages.ProceedingPage(
        queues=queues(request.actor, f"{p.department}.window"),
        keys=_keys(),
        number=p.number,
        kind="package",
        title=say(progress.package_name),
        subtitle=progress.party_name,
        state=_state("package", p.state),
        facts=(
            Fact(_("申请编号"), p.number, is_code=True),
            Fact(_("牵头部门"), say(department(p.department).name)),
            Fact(_("提交（即收件）"), _local(p.opened_at)),
            *((Fact(_("受理"), _local(p.accepted_at)),) if p.accepted_at else ()),
        ),
        clocks=tuple(clock(c) for c in progress.clocks),
        verbs=_verb_forms(p.number, page.open_verbs, "package", tried),
        requirements=tuple(_package_requirement(page, r) for r in page.requirements),
        lanes=tuple(_lane(lane) for lane in progress.lanes),
        timeline=tuple(
            Entry(at=t.at, what=_(t.title), about=say(t.item_name), basis=t.basis)
            for t in progress.timeline
        ),
        notices=_refusal_notice(tried),
    )


def _package_requirement(page: packages.PackagePage, line: Any) -> pages.Requirement:
    lane = next(one for one in page.progress.lanes if one.case_id == line.proceeding_id)
    known = any(m.code == line.target for m in page.compiled.materials)
    spec = page.compiled.material(line.target) if known else page.compiled.field(line.target)
    return pages.Requirement(
        about=f"{say(lane.item_name)}：{say(spec.name)}",
        problem=line.problem,
        remedy=line.remedy,
        clause=line.clause,
        state=Tag(_("已告知申请人"), "you") if line.notified_at else Tag(_("待告知"), "soon"),
    )


_STOPS: dict[str, StopState] = {"open": "now", "done": "done", "ahead": "ahead"}


def _lane(lane: packages.Lane) -> Lane:
    return Lane(
        name=say(lane.item_name),
        department=say(lane.department_name),
        state=_state("case", lane.state),
        number=lane.number,
        stops=tuple(
            Stop(
                say(s.name) or _(STEP_NAMES.get(s.code, s.code)),
                _STOPS.get(s.state, "done"),
                s.closed_at or s.opened_at,
            )
            for s in lane.steps
        ),
        clocks=tuple(clock(c) for c in lane.clocks),
        waits_for=tuple(say(w) for w in lane.waits_for),
        note=lane.decision.reasons if lane.decision else "",
        ended=lane.turn == "none" and lane.state != "waiting",
    )


def file_response(found: Proceeding, file_id: int) -> HttpResponse:
    """A file that stands in this case; a file of another case is not found."""
    stored = file_in_proceeding(file_id, [found.id])
    return HttpResponse(content_of(stored), headers=headers_for(stored))


def assignments_page(log: Mapping[str, Any]) -> pages.AssignmentsPage:
    """The public log of one day."""
    rows = tuple(
        Row(
            (
                Cell(str(line["number"])),
                Cell(str(line["step"])),
                Cell(str(line["officer"])),
                Cell("，".join(f"{a}（{n}）" for a, n in line["candidates"])),
            )
        )
        for line in log["draws"]
    )
    return pages.AssignmentsPage(
        day=log["day"],
        commitment=log["commitment"],
        secret=log["secret"] or "",
        json_href=reverse("assignments-data", args=[log["day"]]),
        command=f"tongban assignment replay {log['day']}.json",
        table=Table(
            title=_("随机分办记录"),
            rows=rows,
            empty=Empty(_("这一天没有分办")),
            columns=(
                Column(_("办件编号"), "code"),
                Column(_("环节")),
                Column(_("分给（工号）")),
                Column(_("候选人（在办数）")),
            ),
        ),
    )
