"""The words of the desk for what the rooms keep as codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from tongban.cases.states import LIFE as CASE_LIFE
from tongban.cases.states import SIDES
from tongban.cases.states.checks import CHECK_LIFE
from tongban.cases.states.early import EARLY_LIFE
from tongban.catalogue.queries import department_names, package_version
from tongban.credit.queries import kind_name
from tongban.credit.states import LIFE as CREDIT_LIFE
from tongban.doors import reviews
from tongban.doors.guide_parts import element_name
from tongban.doors.parts import Tag
from tongban.doors.texts import say
from tongban.hotline.states import HOT, ORDER, TASK, TICKET
from tongban.packages.states import LIFE as PACKAGE_LIFE
from tongban.people.queries import masked
from tongban.ratings.states import LIFE as RECTIFICATION_LIFE
from tongban.relay.states import INCIDENT
from tongban.upkeep.states import ANSWER, ELEMENT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from tongban.catalogue.rules import CompiledItem
    from tongban.doors.parts import Tone
    from tongban.kernel.machines import Machine

EXTENSIONS = {
    "asked": gettext_noop("已申请，等单位负责人同意"),
    "endorsed": gettext_noop("单位负责人已同意，等热线中心审核"),
    "declined": gettext_noop("单位负责人没有同意，可以补充理由后再申请"),
    "granted": gettext_noop("热线中心已批准"),
    "refused": gettext_noop("热线中心没有批准"),
}
STEP_NAMES = {
    "acceptance": "受理审核",
    "supply": "申请人补正",
    "delivery": "统一送达",
    "correction_lapsed": "补正逾期处理",
    "intake_check": "收件核对",
    "human_review": "人工复核",
    "special": "特别程序",
    "wrong_acceptance": "复核受理",
    "hearing": "听证：等待申请",
    "call_hearing": "安排听证",
    "hold_hearing": "举行听证",
    "close_minutes": "听证笔录确认",
    "objection": "决定主持人是否回避",
    "statement": "听取利害关系人意见",
    "opinion": "答复征求的意见",
    "post_check": "承诺核查",
    "credit_objection": "信用异议答复",
    "early": "答复提前介入",
    "notice_objection": "处理公示异议",
    "rating_handle": "差评核实整改",
    "rating_time": "批准延长整改",
    "rating_callback": "差评回访",
    "rating_appeal": "复核差评申诉",
    "rating_second": "第二人确认不计入统计",
    "dispatch": "派单",
    "designate": "指定办理单位",
    "return": "退单审核",
    "extension": "延期审核",
    "hold": "挂账审核",
    "hold_over": "跟进到期的挂账",
    "check": "答复审核",
    "callback": "回访",
    "conference": "会商",
    "handle": "承办",
    "endorse": "负责人同意延期",
    "order": "督办答复",
    "hot_alarm": "处置热点预警",
    "watch_window": "关注热点",
    "watch_checker": "关注热点",
    "watch_decider": "关注热点",
    "answer_write": "起草知识条目",
    "answer_approve": "单位审核知识条目",
    "answer_check": "热线中心审核知识条目",
    "answer_review": "复核知识条目",
    "guide_element": "核对指南要素",
    "incident": "签收紧急事件",
    "incident_report": "报告处置情况",
    "incident_unanswered": "督促签收紧急事件",
}
# Steps of the centre, one for each order about a ticket.
_OF_ORDERS = {
    "order_": gettext_noop("督办答复审核"),
    "risen_": gettext_noop("跟进升级的督办"),
    "unheard_": gettext_noop("督办到最后一级仍未答复"),
}
TICKETS = frozenset({"ticket", "ticket_task", "ticket_order"})
"""Kinds of proceedings of the hotline about one request: they belong to no package."""
HOTLINE = TICKETS | {"hot_issue"}
ROLE_NAMES = {
    "window": "窗口",
    "reviewer": "审查",
    "checker": "核查",
    "decider": "决定",
    "head": "负责人",
    "supervisor": "监督",
}
_LIVES: dict[str, Machine[Any]] = {
    "package": PACKAGE_LIFE,
    "case": CASE_LIFE,
    **{kind: side.machine for kind, side in SIDES.items()},
    "check": CHECK_LIFE,
    "credit": CREDIT_LIFE,
    "early": EARLY_LIFE,
    "rectification": RECTIFICATION_LIFE,
    "ticket": TICKET,
    "ticket_task": TASK,
    "ticket_order": ORDER,
    "hot_issue": HOT,
    "answer": ANSWER,
    "guide_element": ELEMENT,
    "incident": INCIDENT,
}
_TONES: dict[str, Tone] = {
    "received": "calm",
    "accepted": "calm",
    "producing": "calm",
    "granted": "done",
    "delivered": "done",
    "done": "you",
    "correction": "you",
    "denied": "late",
    "refused": "late",
}
_HOT_TONES: dict[str, Tone] = {
    "watching": "calm",
    "alarmed": "late",
    "gathered": "you",
    "cooled": "plain",
    "faded": "plain",
    "closed": "done",
}


_INCIDENT_TONES: dict[str, Tone] = {
    "raised": "late",
    "unanswered": "late",
    "acknowledged": "soon",
    "reported": "done",
}


def department_name(code: str) -> str:
    """What a department is called; its code where it is not published any more."""
    found = department_names().get(code)
    return say(found) if found else code


def queue_name(queue: str) -> tuple[str, str]:
    """The department and the role of a queue, in words."""
    owner, _dot, role = queue.rpartition(".")
    return department_name(owner), _(ROLE_NAMES.get(role, role))


def state_tag(kind: str, state: str) -> Tag:
    """A state in words, with its tone."""
    life = _LIVES[kind]
    if kind == "hot_issue":
        return Tag(_(life.title(state)), _HOT_TONES[state])
    if kind == "incident":
        return Tag(_(life.title(state)), _INCIDENT_TONES[state])
    if kind in TICKETS and state in ("done", "closed", "answered"):
        return Tag(_(life.title(state)), "done")
    return Tag(_(life.title(state)), _TONES.get(state, "plain"))


def urged_tag(times: int) -> Tag | None:
    """The badge of what was urged, with how often; None for what was not."""
    if not times:
        return None
    return Tag(_("已催办") if times == 1 else _("已催办%(n)s次") % {"n": times}, "late")


def asked_tag(kind: str, state: str, facts: Mapping[str, Any]) -> Tag | None:
    """What a unit has asked for and who has to answer; None where nobody has to."""
    if kind != "ticket_task":
        return None
    if state in ("return_asked", "hold_asked"):
        return state_tag(kind, state)
    asked = facts.get("extension")
    if asked == "asked":
        return Tag(_("延期待单位负责人同意"), "soon")
    return Tag(_("延期待热线中心审核")) if asked == "endorsed" else None


def life_of(kind: str) -> Machine[Any]:
    """The machine of a kind of proceeding."""
    return _LIVES[kind]


def step_name(code: str, item: CompiledItem | None) -> str:
    """What a step is called: by the item's route, or by the house for its own steps."""
    if code in STEP_NAMES:
        return _(STEP_NAMES[code])
    for start, name in _OF_ORDERS.items():
        if code.startswith(start):
            return _(name)
    names = {step.code: step.name for turn in item.route for step in turn} if item else {}
    return say(names[code]) if code in names else _("办理环节")


def thing(version_id: int, kind: str, facts: Mapping[str, Any]) -> str:
    """What a proceeding is about: the package, the item, or what is on record."""
    if kind == "credit":
        return say(kind_name(facts["kind"]))
    if kind in _NAMED:
        return _NAMED[kind](facts)
    compiled = package_version(version_id).compiled
    if kind in ("check", "early"):
        beside = _("承诺核查") if kind == "check" else _("提前介入")
        return f"{say(compiled.item(facts['item']).name)} · {beside}"
    name = say(compiled.name if kind == "package" else compiled.item(facts["item"]).name)
    return f"{name} · {_(SIDES[kind].title)}" if kind in SIDES else name


def _ticket(facts: Mapping[str, Any]) -> str:
    return _("12345 · %(title)s") % {"title": facts["title"]}


_NAMED: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    **dict.fromkeys(TICKETS, _ticket),
    "rectification": lambda facts: (
        f"{_('差评第二次整改') if facts.get('earlier') else _('差评整改')}"
        f" · {reviews.object_name(str(facts['object']))}"
    ),
    "hot_issue": lambda facts: _("热点 · %(title)s") % {"title": facts["title"]},
    "incident": lambda facts: _("紧急 · %(title)s") % {"title": facts["title"]},
    "answer": lambda facts: f"{_('知识条目')} · {facts['title']}",
    "guide_element": lambda facts: f"{_('指南要素核对')} · {element_name(str(facts['element']))}",
}


def who(kind: str, name: str) -> str:
    """The party of a row in a list; who calls the hotline is not told in lists."""
    if kind in ("hot_issue", "incident"):
        return ""
    if kind not in TICKETS or "*" in name:
        return name
    return _("匿名") if name == "匿名" else masked("name", name)


def step_of_row(version_id: int, kind: str, facts: Mapping[str, Any], code: str) -> str:
    """What the step of an inbox row is called."""
    item = facts.get("item") if kind != "package" and kind not in HOTLINE else None
    return step_name(code, package_version(version_id).compiled.item(item) if item else None)


def moment(at: datetime) -> str:
    """An instant in the city's time, in words."""
    local = timezone.localtime(at)
    return f"{formats.date_format(local, 'DATE_FORMAT')} {local:%H:%M}"
