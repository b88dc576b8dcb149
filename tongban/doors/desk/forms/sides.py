"""The verbs of what runs below a case: on the page of the case, and on pages of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from tongban.cases import actions as cases
from tongban.doors.desk.forms.inputs import WHEN, Data, Input, Verb, runs
from tongban.doors.desk.forms.reading import read_moment
from tongban.kernel.refusals import BadInput

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.kernel.actors import Actor


def _number(text: str, path: str) -> int:
    if not (text.isdecimal() and len(text) < 19):
        raise BadInput.at(path, "unknown", _("请从列表中选择。"))
    return int(text)


def _hear(by: Actor, case_id: int, data: Data, now: datetime) -> None:
    who = cases.Concerned(data["name"], data["concerns"], data["contact"], data["code"])
    cases.hear_interested(case_id=case_id, who=who, by=by, now=now)


def _ask(by: Actor, case_id: int, data: Data, now: datetime) -> None:
    cases.ask_opinion(
        case_id=case_id,
        departments=[data["department"]],
        question=data["question"],
        countersign=data["way"] == "countersign",
        by=by,
        now=now,
    )


def _call(by: Actor, hearing_id: int, data: Data, now: datetime) -> None:
    held = read_moment(data["day"], data["time"])
    call = cases.Call(held, data["place"], _number(data["chair"], "chair"), data["closed"])
    cases.call_hearing(hearing_id=hearing_id, call=call, by=by, now=now)


def _answer(by: Actor, hearing_id: int, data: Data, now: datetime) -> None:
    cases.answer_objection(
        hearing_id=hearing_id,
        chair=_number(data["chair"], "chair"),
        reason=data["reason"],
        by=by,
        now=now,
    )


def _give(by: Actor, opinion_id: int, data: Data, now: datetime) -> None:
    cases.give_opinion(
        opinion_id=opinion_id, agrees=data["view"] == "agrees", text=data["text"], by=by, now=now
    )


ON_CASE = (
    Verb(
        name="tell_hearing",
        title=gettext_noop("告知听证权利"),
        run=runs("case_id", cases.tell_hearing, "reason"),
        inputs=(Input("reason", gettext_noop("为什么告知听证")),),
        note=gettext_noop(
            "申请人和利害关系人可以在规定的期限内申请听证；法定期限和承诺期限暂停计算，直到听证结束。"
        ),
    ),
    Verb(
        name="hear_interested",
        title=gettext_noop("告知利害关系人"),
        run=_hear,
        inputs=(
            Input("name", gettext_noop("利害关系人"), "text"),
            Input("concerns", gettext_noop("有什么重大利益关系")),
            Input("contact", gettext_noop("联系电话"), "text", required=False),
            Input(
                "code",
                gettext_noop("身份证号或信用代码"),
                "text",
                required=False,
                help=gettext_noop("填写后，有账号的会在站内收到通知；没有的打印告知书送达。"),
            ),
        ),
        note=gettext_noop("他提出意见或者期满以前不能作出决定；办理期限继续计算。"),
    ),
    Verb(
        name="ask_opinion",
        title=gettext_noop("征求部门意见"),
        run=_ask,
        inputs=(
            Input("department", gettext_noop("向哪个部门"), "department"),
            Input("way", gettext_noop("方式"), "way"),
            Input("question", gettext_noop("请对方提什么意见")),
        ),
        note=gettext_noop("对方在自己的收件箱里答复；办理期限继续计算。"),
    ),
)
_HEARING = (
    Verb(
        name="call_hearing",
        title=gettext_noop("通知听证的时间和地点"),
        run=_call,
        inputs=(
            *WHEN,
            Input("chair", gettext_noop("主持人"), "chair"),
            Input(
                "closed",
                gettext_noop("不公开的理由"),
                "text",
                required=False,
                help=gettext_noop("涉及国家秘密、商业秘密或者个人隐私的才不公开；公开的不填。"),
            ),
        ),
        main=True,
        key="a",
        note=gettext_noop("应当按规定的天数提前通知；主持人不能是审查本件的人员。"),
    ),
    Verb(
        name="answer_objection",
        title=gettext_noop("决定是否回避"),
        run=_answer,
        inputs=(
            Input("chair", gettext_noop("由谁主持"), "chair"),
            Input("reason", gettext_noop("理由")),
        ),
        main=True,
    ),
    Verb(
        name="record_hearing",
        title=gettext_noop("记录听证笔录"),
        run=runs("hearing_id", cases.record_hearing, "present", "text"),
        inputs=(
            Input("present", gettext_noop("参加的人")),
            Input("text", gettext_noop("听证的经过")),
        ),
        main=True,
        key="a",
    ),
    Verb(
        name="conclude_hearing",
        title=gettext_noop("结束听证"),
        run=runs("hearing_id", cases.conclude_hearing, "unsigned_because"),
        inputs=(
            Input(
                "unsigned_because",
                gettext_noop("没有签字的原因"),
                required=False,
                help=gettext_noop("申请人已经确认笔录的，不用填写。"),
            ),
        ),
        main=True,
        key="a",
        note=gettext_noop("结束后办理期限继续计算，决定应当根据听证笔录作出。"),
    ),
)
_OPINION = (
    Verb(
        name="give_opinion",
        title=gettext_noop("答复意见"),
        run=_give,
        inputs=(
            Input("view", gettext_noop("意见"), "view"),
            Input("text", gettext_noop("说明"), required=False, has_opinions=True),
        ),
        step="opinion",
        outcome="pass",
        main=True,
        key="a",
    ),
)
_STATEMENT = (
    Verb(
        name="make_statement",
        title=gettext_noop("记下他的意见"),
        run=runs("statement_id", cases.make_statement, "text"),
        inputs=(Input("text", gettext_noop("陈述和申辩")),),
        main=True,
        note=gettext_noop("利害关系人到窗口口头或者书面提出的，由工作人员记下。"),
    ),
)
SIDE_VERBS = {
    "hearing": {verb.name: verb for verb in _HEARING},
    "opinion": {verb.name: verb for verb in _OPINION},
    "statement": {verb.name: verb for verb in _STATEMENT},
}
