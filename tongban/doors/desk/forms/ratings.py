"""The verbs of a rectification on the desk: those of the unit, then of the administration."""

from __future__ import annotations

from functools import partial

from django.utils.translation import gettext_noop

from tongban.doors.desk.forms.inputs import Input, Verb, runs
from tongban.doors.units import days
from tongban.ratings import actions
from tongban.ratings.queries import ratings

_run = partial(runs, "rectification_id")


def _times() -> dict[str, str]:
    """How long each turn may take, in words."""
    said = ratings()
    limits = {
        "contact": said.contact, "rectify": said.rectify, "complex": said.complex,
        "review": said.review,
    }  # fmt: skip
    return {name: days(one.value, one.unit) for name, one in limits.items()}


_VERBS = (
    Verb(
        name="contact",
        title=gettext_noop("记下联系评价人的情况"),
        run=_run(actions.contact_evaluator, "note"),
        inputs=(Input("note", gettext_noop("怎样联系、评价人说了什么")),),
        note=gettext_noop(
            "%(contact)s内联系。评价人的姓名和电话只有处理的人能看，每次查看都有记录。"
        ),
        values=_times,
        main=True,
        key="a",
    ),
    Verb(
        name="verify",
        title=gettext_noop("核实属实，开始整改"),
        run=_run(actions.verify_review, "finding"),
        inputs=(Input("finding", gettext_noop("核实的经过和存在的问题")),),
        note=gettext_noop("%(rectify)s内整改并答复。"),
        values=_times,
        main=True,
        key="a",
    ),
    Verb(
        name="reply",
        title=gettext_noop("答复整改结果"),
        run=_run(actions.reply_evaluator, "answer"),
        inputs=(
            Input(
                "answer",
                gettext_noop("整改了什么、以后怎样避免"),
                help=gettext_noop("评价人会收到，公众也会看到。请不要写个人信息。"),
            ),
        ),
        main=True,
        key="a",
    ),
    Verb(
        name="ask_time",
        title=gettext_noop("申请延长整改"),
        run=_run(actions.ask_time, "reason"),
        inputs=(Input("reason", gettext_noop("为什么整改不完")),),
        note=gettext_noop("情况复杂的，经政务服务管理机构同意可以用%(complex)s，只能申请一次。"),
        values=_times,
    ),
    Verb(
        name="appeal",
        title=gettext_noop("申诉：误评或者恶意评价"),
        run=_run(actions.appeal_review, "grounds"),
        inputs=(Input("grounds", gettext_noop("理由和证据")),),
        note=gettext_noop("由政务服务管理机构%(review)s内复核；复核以前，评价照常计入统计。"),
        values=_times,
    ),
    Verb(
        name="grant_time",
        title=gettext_noop("同意延长"),
        run=_run(actions.grant_time),
        note=gettext_noop("延长到%(complex)s，评价人会收到通知。"),
        values=_times,
        main=True,
        key="a",
    ),
    Verb(
        name="refuse_time",
        title=gettext_noop("不同意延长"),
        run=_run(actions.refuse_time, "reason"),
        inputs=(Input("reason", gettext_noop("不同意的理由")),),
    ),
    Verb(
        name="satisfy",
        title=gettext_noop("回访：已解决"),
        run=_run(actions.satisfied_at_callback, "note"),
        inputs=(Input("note", gettext_noop("回访记录"), required=False),),
        note=gettext_noop("评价人也可以自己在“我的评价”里回答。"),
        main=True,
        key="a",
    ),
    Verb(
        name="rehandle",
        title=gettext_noop("回访：仍不满意，重新办理"),
        run=_run(actions.handle_again, "note"),
        inputs=(Input("note", gettext_noop("评价人还有什么不满意")),),
        note=gettext_noop("退回责任单位重新办理，只能一次。"),
    ),
    Verb(
        name="settle",
        title=gettext_noop("回访：仍不满意，说明情况后办结"),
        run=_run(actions.settle_callback, "note"),
        inputs=(Input("note", gettext_noop("已经怎样解释")),),
        note=gettext_noop("重新办理以后仍不满意的，如实记下。"),
    ),
    Verb(
        name="unheard",
        title=gettext_noop("回访：联系不上，办结"),
        run=_run(actions.not_reached, "note"),
        inputs=(Input("note", gettext_noop("什么时候、怎样联系过")),),
        note=gettext_noop("没有听到评价人的意见，不算满意，也不算不满意。"),
    ),
    Verb(
        name="propose",
        title=gettext_noop("建议不计入统计"),
        run=_run(actions.propose_exclusion, "reason"),
        inputs=(Input("reason", gettext_noop("理由和证据")),),
        note=gettext_noop("还要第二个人确认；确认以前照常计入统计。评价永远保留。"),
    ),
    Verb(
        name="dismiss",
        title=gettext_noop("申诉不成立"),
        run=_run(actions.dismiss_appeal, "reason"),
        inputs=(Input("reason", gettext_noop("申诉不成立的理由")),),
        note=gettext_noop("退回责任单位整改。"),
        main=True,
        key="a",
    ),
    Verb(
        name="confirm",
        title=gettext_noop("同意不计入统计"),
        run=_run(actions.confirm_exclusion, "reason"),
        inputs=(Input("reason", gettext_noop("您核对了什么")),),
        note=gettext_noop("评价人会收到通知和理由。"),
        grave=True,
    ),
    Verb(
        name="overrule",
        title=gettext_noop("不同意，退回整改"),
        run=_run(actions.overrule_exclusion, "reason"),
        inputs=(Input("reason", gettext_noop("不同意的理由")),),
        main=True,
        key="a",
    ),
)
RATING_VERBS = {verb.name: verb for verb in _VERBS}
