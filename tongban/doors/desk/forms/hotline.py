"""The verbs of the hotline on the desk: of the centre, of a unit, of an order to a unit."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from tongban.doors.desk.forms.inputs import Data, Input, Run, Verb, runs
from tongban.doors.guide_parts import ELEMENT, GUIDE, chosen_of
from tongban.engine.actions import reassign_step
from tongban.hotline import actions as hotline
from tongban.hotline.queries import child_of, ticket_numbered, words_of
from tongban.kernel.refusals import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tongban.kernel.actors import Actor

_CHILD = Input("step", "", "hidden")


_ticket, _task = partial(runs, "ticket_id"), partial(runs, "task_id")


def _of_task(action: Callable[..., object], *names: str, **fixed: object) -> Run:
    """What the centre answers to one of the tasks of a ticket; the form names it."""

    def run(by: Actor, ticket_id: int, data: Data, now: datetime) -> object:
        of_task = _task(action, *names, **fixed)
        return of_task(by, child_of(ticket_id, data["step"]), data, now)

    return run


def _dispatch(by: Actor, ticket_id: int, data: Data, now: datetime) -> None:
    others = [data[name] for name in ("with_unit", "with_unit_2") if data[name]]
    hotline.dispatch_ticket(
        ticket_id=ticket_id, unit=data["unit"], with_units=others, by=by, now=now
    )


def _merge(by: Actor, ticket_id: int, data: Data, now: datetime) -> None:
    into = ticket_numbered(by, data["into"])
    if into is None:
        raise BadInput.at("into", "unknown", _("没有找到这个编号的工单。"))
    hotline.merge_ticket(ticket_id=ticket_id, into=into, by=by, now=now)


def _name_element(by: Actor, ticket_id: int, data: Data, now: datetime) -> None:
    text, number = words_of(ticket_id)
    typed = {"text": text, GUIDE: data[GUIDE], ELEMENT: data[ELEMENT]}
    guide, item, element = chosen_of(typed, number, now)
    hotline.name_element(
        ticket_id=ticket_id, guide=guide, item=item, element=element, by=by, now=now
    )


_YES_NO = {"yes": True, "no": False}


def _call_back(by: Actor, ticket_id: int, data: Data, now: datetime) -> None:
    level = data["satisfied"]
    said = hotline.Said(
        outcome=data["outcome"],
        contacted=_YES_NO.get(data["contacted"]),
        satisfied=int(level) if level in {"1", "2", "3", "4", "5"} else None,
        note=data["note"],
    )
    hotline.call_back(ticket_id=ticket_id, said=said, by=by, now=now)


def _grant_hold(by: Actor, ticket_id: int, data: Data, now: datetime) -> None:
    try:
        until = date.fromisoformat(data["until"])
    except ValueError:
        raise BadInput.at("until", "unreadable", _("请按 2026-09-18 的样子填写日期。")) from None
    task = child_of(ticket_id, data["step"])
    hotline.answer_hold(task_id=task, granted=True, until=until, by=by, now=now)


def _close_order(by: Actor, ticket_id: int, data: Data, now: datetime) -> None:
    hotline.close_order(order_id=child_of(ticket_id, data["step"]), by=by, now=now)


def _raise_order(by: Actor, ticket_id: int, data: Data, now: datetime) -> None:
    hotline.raise_order(
        order_id=child_of(ticket_id, data["step"]),
        level=data["level"],
        reason=data["reason"],
        by=by,
        now=now,
    )


def _reassign(by: Actor, task_id: int, data: Data, now: datetime) -> None:
    if not (data["to"].isdecimal() and len(data["to"]) < 19):
        raise BadInput.at("to", "unknown", _("请从列表中选择改派给谁。"))
    reassign_step(
        proceeding_id=task_id, step_code="handle", to_account=int(data["to"]),
        reason=data["reason"], by=by, now=now,
    )  # fmt: skip


_UNIT = Input("unit", gettext_noop("承办单位"), "pick")

_OF_TICKET = (
    Verb(
        name="dispatch",
        title=gettext_noop("派单"),
        run=_dispatch,
        inputs=(
            _UNIT,
            Input("with_unit", gettext_noop("协办单位"), "pick", required=False),
            Input("with_unit_2", gettext_noop("另一个协办单位"), "pick", required=False),
        ),
        key="a",
        main=True,
    ),
    Verb(
        name="classify",
        title=gettext_noop("归类"),
        run=_ticket(hotline.classify_ticket, "kind", "domain", "urgency"),
        inputs=(
            Input("kind", gettext_noop("诉求类型"), "pick"),
            Input("domain", gettext_noop("归口类别"), "pick"),
            Input("urgency", gettext_noop("紧急程度"), "pick"),
        ),
        note=gettext_noop("改正自动归类的结果会用于改进归类。"),
        key="c",
    ),
    Verb(
        name="correct_place",
        title=gettext_noop("更正地点"),
        run=_ticket(hotline.correct_place, "place", "region"),
        inputs=(
            Input(
                "place",
                gettext_noop("在什么地方"),
                "text",
                help=gettext_noop("路名、小区、门牌，或者旁边显眼的地方。"),
            ),
            Input("region", gettext_noop("所在区域"), "pick", required=False),
        ),
        note=gettext_noop("再次派单时，承办单位按新的地点确定。"),
    ),
    Verb(
        name="hide_caller",
        title=gettext_noop("为诉求人保密身份"),
        run=_ticket(hotline.hide_caller),
        note=gettext_noop("从现在起承办单位看不到诉求人是谁，已经派出的也看不到。"),
        grave=True,
    ),
    Verb(
        name="name_element",
        title=gettext_noop("写明指南要素"),
        run=_name_element,
        inputs=(
            Input("guide", gettext_noop("说的是哪件事的办事指南"), "pick"),
            Input("element", gettext_noop("指南的哪一项不对"), "pick"),
        ),
        note=gettext_noop("交给写这一项的单位核对；系统识别得不对的，以这里为准。"),
    ),
    Verb(
        name="answer_directly",
        title=gettext_noop("直接答复"),
        run=_ticket(hotline.answer_directly, "answer"),
        inputs=(
            Input(
                "answer",
                gettext_noop("给诉求人的答复"),
                help=gettext_noop("诉求人会原样看到，工单随即办结。"),
            ),
        ),
    ),
    Verb(
        name="refuse",
        title=gettext_noop("不予受理"),
        run=_ticket(hotline.refuse_ticket, "reason", "way"),
        inputs=(
            Input("reason", gettext_noop("不予受理的情形"), "pick"),
            Input(
                "way",
                gettext_noop("正确的途径"),
                required=False,
                help=gettext_noop("不填写的，使用目录中的说明。"),
            ),
        ),
        key="d",
        grave=True,
    ),
    Verb(
        name="transfer",
        title=gettext_noop("转其他专线"),
        run=_ticket(hotline.transfer_ticket, "line", "remark"),
        inputs=(
            Input("line", gettext_noop("转到哪条专线"), "pick"),
            Input("remark", gettext_noop("转接情况"), "text", required=False),
        ),
        grave=True,
    ),
    Verb(
        name="ask_designation",
        title=gettext_noop("提请指定"),
        run=_ticket(hotline.ask_designation, "reason"),
        inputs=(
            Input(
                "reason",
                gettext_noop("争议情况"),
                help=gettext_noop("写明哪些单位有争议、各自的理由，由负责决定的岗位指定。"),
            ),
        ),
    ),
    Verb(
        name="designate",
        title=gettext_noop("指定办理单位"),
        run=_ticket(hotline.designate_unit, "unit", "reason"),
        inputs=(_UNIT, Input("reason", gettext_noop("指定的理由"))),
        note=gettext_noop("指定的单位不能再次退单。"),
        key="a",
        main=True,
    ),
    Verb(
        name="merge",
        title=gettext_noop("并单"),
        run=_merge,
        inputs=(
            Input(
                "into",
                gettext_noop("并入哪个工单"),
                "text",
                help=gettext_noop("填写主单的编号。主单答复时，本单诉求人同时得到答复和回访。"),
            ),
        ),
    ),
    Verb(
        name="take_apart",
        title=gettext_noop("拆分并单"),
        run=_ticket(hotline.take_apart),
        note=gettext_noop("不是同一件事的，拆分后单独派单。"),
    ),
    Verb(
        name="approve_return",
        title=gettext_noop("同意退单"),
        run=_of_task(hotline.approve_return),
        inputs=(_CHILD,),
        per_step=True,
        key="a",
        main=True,
    ),
    Verb(
        name="refuse_return",
        title=gettext_noop("不同意退单"),
        run=_of_task(hotline.refuse_return, "reason"),
        inputs=(_CHILD, Input("reason", gettext_noop("不同意的理由"))),
        per_step=True,
        key="d",
    ),
    Verb(
        name="grant_extension",
        title=gettext_noop("同意延期"),
        run=_of_task(hotline.answer_extension, granted=True),
        inputs=(_CHILD,),
        note=gettext_noop("延期和理由会告知诉求人。"),
        per_step=True,
        key="a",
        main=True,
    ),
    Verb(
        name="refuse_extension",
        title=gettext_noop("不同意延期"),
        run=_of_task(hotline.answer_extension, "reason", granted=False),
        inputs=(_CHILD, Input("reason", gettext_noop("不同意的理由"))),
        per_step=True,
        key="d",
    ),
    Verb(
        name="grant_hold",
        title=gettext_noop("同意挂账"),
        run=_grant_hold,
        inputs=(
            _CHILD,
            Input(
                "until",
                gettext_noop("挂账到哪一天"),
                "date",
                help=gettext_noop("这一天过后自动恢复办理；仍不能解决的，单位可以再次申请。"),
            ),
        ),
        note=gettext_noop("办理时限暂停计算，计划和到哪一天会告知诉求人。"),
        per_step=True,
        key="a",
        main=True,
    ),
    Verb(
        name="refuse_hold",
        title=gettext_noop("不同意挂账"),
        run=_of_task(hotline.answer_hold, "reason", granted=False),
        inputs=(_CHILD, Input("reason", gettext_noop("不同意的理由"))),
        per_step=True,
        key="d",
    ),
    Verb(
        name="pass_reply",
        title=gettext_noop("审核通过并答复"),
        run=_ticket(hotline.pass_reply),
        note=gettext_noop("答复发给诉求人，随后回访。"),
        key="a",
        main=True,
    ),
    Verb(
        name="send_back",
        title=gettext_noop("退回重新答复"),
        run=_ticket(hotline.send_back_reply, "reason"),
        inputs=(Input("reason", gettext_noop("退回的理由")),),
        note=gettext_noop("承办单位的时限接着计算，审核用去的时间不计入。"),
        key="b",
    ),
    Verb(
        name="call_back",
        title=gettext_noop("回访登记"),
        run=_call_back,
        inputs=(
            Input("contacted", gettext_noop("单位联系过诉求人吗"), "pick", required=False),
            Input("outcome", gettext_noop("问题解决了吗"), "pick"),
            Input("satisfied", gettext_noop("对办理满意吗"), "pick", required=False),
            Input("note", gettext_noop("诉求人的话"), required=False),
        ),
        key="a",
        main=True,
    ),
    Verb(
        name="rehandle",
        title=gettext_noop("重办"),
        run=_ticket(hotline.rehandle_ticket, "reason"),
        inputs=(Input("reason", gettext_noop("需要重办的理由")),),
        note=gettext_noop("原承办单位重新办理，时限重新计算。"),
        key="b",
    ),
    Verb(
        name="confer",
        title=gettext_noop("提请会商"),
        run=_ticket(hotline.confer, "reason"),
        inputs=(Input("reason", gettext_noop("需要会商的问题和建议参加的单位")),),
    ),
    Verb(
        name="close",
        title=gettext_noop("办结归档"),
        run=_ticket(hotline.close_ticket, "reason"),
        inputs=(
            Input(
                "reason",
                gettext_noop("办结的理由"),
                required=False,
                help=gettext_noop("诉求人认为没有解决的，必须写明，会告知本人。"),
            ),
        ),
        key="d",
        grave=True,
    ),
    Verb(
        name="add_unit",
        title=gettext_noop("增加协办单位"),
        run=_ticket(hotline.add_unit, "unit"),
        inputs=(Input("unit", gettext_noop("协办单位"), "pick"),),
    ),
    Verb(
        name="supervise",
        title=gettext_noop("督办"),
        run=_ticket(hotline.supervise_ticket, "trigger", "text"),
        inputs=(
            Input("trigger", gettext_noop("督办的情形"), "pick"),
            Input("text", gettext_noop("督办的要求")),
        ),
    ),
    Verb(
        name="add_to",
        title=gettext_noop("补充说明"),
        run=_ticket(hotline.add_to_ticket, "text"),
        inputs=(
            Input(
                "text",
                gettext_noop("诉求人补充的内容"),
                help=gettext_noop("诉求人来电补充的，原话写明；承办单位会看到。"),
            ),
        ),
    ),
    Verb(
        name="urge",
        title=gettext_noop("催办"),
        run=_ticket(hotline.urge_ticket, "remark"),
        inputs=(Input("remark", gettext_noop("诉求人的话"), "text", required=False),),
        note=gettext_noop("承办单位会收到催办，办理时限不变。"),
    ),
    Verb(
        name="withdraw",
        title=gettext_noop("代诉求人撤回"),
        run=_ticket(hotline.withdraw_ticket, "reason"),
        inputs=(
            Input(
                "reason",
                gettext_noop("诉求人撤回的理由"),
                help=gettext_noop("写明何时、怎样确认是本人要求撤回。"),
            ),
        ),
        grave=True,
    ),
    Verb(
        name="raise_order",
        title=gettext_noop("督办升级"),
        run=_raise_order,
        inputs=(
            _CHILD,
            Input("level", gettext_noop("升到哪一级"), "pick"),
            Input("reason", gettext_noop("升级的理由")),
        ),
        note=gettext_noop("由承办单位负责人答复，答复时限重新计算。"),
        per_step=True,
    ),
    Verb(
        name="close_order",
        title=gettext_noop("督办销号"),
        run=_close_order,
        inputs=(_CHILD,),
        per_step=True,
    ),
)
_OF_TASK = (
    Verb(
        name="sign",
        title=gettext_noop("签收"),
        run=_task(hotline.sign_task),
        key="a",
        main=True,
    ),
    Verb(
        name="contact",
        title=gettext_noop("登记联系诉求人"),
        run=_task(hotline.contact_caller, "text"),
        inputs=(
            Input(
                "text",
                gettext_noop("联系情况"),
                help=gettext_noop("何时、怎样联系了诉求人，对方怎么说。"),
            ),
        ),
        key="c",
    ),
    Verb(
        name="reply",
        title=gettext_noop("答复"),
        run=_task(hotline.reply_ticket, "text"),
        inputs=(
            Input(
                "text",
                gettext_noop("答复内容"),
                help=gettext_noop("写明调查到的事实、采取的措施和结果；诉求人会原样看到。"),
                has_opinions=True,
            ),
        ),
        outcome="reply",
        key="a",
        main=True,
    ),
    Verb(
        name="note_progress",
        title=gettext_noop("记录办理情况"),
        run=_task(hotline.note_progress, "text"),
        inputs=(
            Input("text", gettext_noop("办理到了哪一步"), help=gettext_noop("诉求人会看到。")),
        ),
    ),
    Verb(
        name="ask_return",
        title=gettext_noop("申请退单"),
        run=_task(hotline.ask_return, "reason", "basis"),
        inputs=(
            Input("reason", gettext_noop("退单的理由")),
            Input(
                "basis",
                gettext_noop("职责依据"),
                "text",
                help=gettext_noop("哪一部法规、三定规定或者派单目录的哪一条。"),
            ),
        ),
        key="b",
    ),
    Verb(
        name="ask_extension",
        title=gettext_noop("申请延期"),
        run=_task(hotline.ask_extension, "reason"),
        inputs=(Input("reason", gettext_noop("延期的原因和预计完成的时间")),),
        note=gettext_noop("先由本单位负责人同意，再由热线中心审核；只能申请一次。"),
    ),
    Verb(
        name="endorse_extension",
        title=gettext_noop("单位负责人同意延期"),
        run=_task(hotline.endorse_extension),
        key="a",
        main=True,
    ),
    Verb(
        name="decline_extension",
        title=gettext_noop("单位负责人不同意延期"),
        run=_task(hotline.decline_extension, "reason"),
        inputs=(
            Input("reason", gettext_noop("不同意的理由"), help=gettext_noop("承办人会看到。")),
        ),
        note=gettext_noop("承办人可以补充理由后再申请，不算用掉这一次。"),
    ),
    Verb(
        name="ask_hold",
        title=gettext_noop("申请挂账"),
        run=_task(hotline.ask_hold, "reason", "plan"),
        inputs=(
            Input("reason", gettext_noop("暂时不能解决的客观原因")),
            Input(
                "plan",
                gettext_noop("下一步的计划和预计时间"),
                help=gettext_noop("诉求人会看到。"),
            ),
        ),
    ),
    Verb(
        name="resume",
        title=gettext_noop("恢复办理"),
        run=_task(hotline.resume_task),
        key="a",
        main=True,
    ),
    Verb(
        name="reassign",
        title=gettext_noop("改派给同事"),
        run=_reassign,
        inputs=(
            Input("to", gettext_noop("改派给谁"), "pick"),
            Input("reason", gettext_noop("改派的理由"), "text"),
        ),
    ),
)
_OF_ORDER = (
    Verb(
        name="answer_order",
        title=gettext_noop("答复督办"),
        run=runs("order_id", hotline.answer_order, "text"),
        inputs=(Input("text", gettext_noop("原因、整改措施和完成时间")),),
        key="a",
        main=True,
    ),
)
HOTLINE_VERBS = {
    "ticket": {verb.name: verb for verb in _OF_TICKET},
    "ticket_task": {verb.name: verb for verb in _OF_TASK},
    "ticket_order": {verb.name: verb for verb in _OF_ORDER},
}
