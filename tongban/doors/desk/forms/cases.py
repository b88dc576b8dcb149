"""The verbs of a case on the desk."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from tongban.cases import actions as cases
from tongban.cases.queries import case_by_id, child_named
from tongban.cases.rules.redoing import Forum, Order, Relief
from tongban.cases.states import Result
from tongban.doors.desk.forms.inputs import Data, Input, Verb, runs
from tongban.doors.desk.forms.reading import colleagues
from tongban.doors.desk.forms.sides import ON_CASE
from tongban.engine.actions import reassign_step
from tongban.exchange import actions as exchange
from tongban.kernel.refusals import BadInput
from tongban.packages import actions as packages

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.kernel.actors import Actor

DECIDE, REVIEW_AGAIN, INTAKE = "decide", "human_review", "intake_check"
OBJECTION = "notice_objection"
_STEP = Input("step", "", "hidden")
_case = partial(runs, "case_id")


def _raise_requirement(by: Actor, case_id: int, data: Data, now: datetime) -> None:
    missing = cases.Missing(data["target"], data["problem"], data["remedy"], data["clause"])
    cases.raise_requirement(case_id=case_id, missing=missing, by=by, now=now)


def _clear_requirement(by: Actor, case_id: int, data: Data, now: datetime) -> None:
    number = data["requirement"]
    if not (number.isdecimal() and len(number) < 19):
        raise BadInput.at("requirement", "unknown", _("没有这一项补正要求，请刷新页面。"))
    cases.clear_requirement(case_id=case_id, requirement_id=int(number), by=by, now=now)


def _start_special(by: Actor, case_id: int, data: Data, now: datetime) -> None:
    days = data["days"]
    cases.start_special(
        case_id=case_id, procedure=data["procedure"], reason=data["reason"],
        days=int(days) if days.isdecimal() and len(days) < 5 else 0, by=by, now=now,
    )  # fmt: skip


def _conclude_special(by: Actor, case_id: int, data: Data, now: datetime) -> None:
    special = child_named(case_id, data["step"])
    cases.conclude_special(special_id=special, finding=data["finding"], by=by, now=now)


def _extend_debt(by: Actor, case_id: int, data: Data, now: datetime) -> None:
    debt = child_named(case_id, data["step"])
    cases.extend_debt(debt_id=debt, reason=data["reason"], by=by, now=now)


def _assign_inspectors(by: Actor, case_id: int, data: Data, now: datetime) -> None:
    special = child_named(case_id, data["step"])
    accounts = [*colleagues(data["first"]), *colleagues(data["second"])]
    cases.assign_inspectors(special_id=special, accounts=accounts, by=by, now=now)


def _bar(by: Actor, case_id: int, data: Data, now: datetime) -> None:
    if data["ground"] not in set(cases.Ground):
        raise BadInput.at("ground", "unknown", _("请从列表中选择。"))
    cases.bar_applicant(
        case_id=case_id, ground=cases.Ground(data["ground"]), reason=data["reason"], by=by, now=now
    )


def _set_aside(by: Actor, case_id: int, data: Data, now: datetime) -> None:
    try:
        forum, relief = Forum(data["forum"]), Relief(data["relief"])
    except ValueError:
        raise BadInput.at("forum", "unknown", _("请从列表中选择。")) from None
    try:
        dated = date.fromisoformat(data["dated"])
    except ValueError:
        raise BadInput.at("dated", "unreadable", _("请按 2026-09-18 的样子填写日期。")) from None
    order = Order(
        forum=forum, relief=relief, body=data["body"], document=data["document"], dated=dated,
        reason=data["reason"], on_procedure=data["fault"] == "procedure",
    )  # fmt: skip
    packages.set_aside(case_id=case_id, order=order, by=by, now=now)


def _reassign(by: Actor, case_id: int, data: Data, now: datetime) -> None:
    """The choice names step and colleague together, as ``<step>/<account>``."""
    step, _slash, account = data["to"].rpartition("/")
    if not (account.isdecimal() and len(account) < 19):
        raise BadInput.at("to", "unknown", _("请从列表中选择改派给谁。"))
    reassign_step(
        proceeding_id=case_id, step_code=step, to_account=int(account), reason=data["reason"],
        by=by, now=now,
    )  # fmt: skip


def _backfill(by: Actor, case_id: int, data: Data, now: datetime) -> None:
    case = case_by_id(case_id)
    if case is None or not data["scan"]:  # the page has looked
        raise AssertionError(case_id)
    if data["result"] not in set(Result):
        raise BadInput.at("result", "unknown", _("请选择文书上的结果。"))
    entry = exchange.NewBackfill(data["number"], Result(data["result"]), int(data["scan"]))
    exchange.backfill(case_number=case.number, entry=entry, by=by, now=now)


def _is_review(code: str, _turn: int) -> bool:
    return code not in (DECIDE, REVIEW_AGAIN, INTAKE, OBJECTION)


def _can_go_back(_code: str, turn: int) -> bool:
    return turn > 0


_GRANT = (Input("reasons", gettext_noop("决定说明"), required=False, has_opinions=True),)
_REASON = Input("reason", gettext_noop("理由"), has_opinions=True)

_VERBS = (
    Verb(
        name="pass_step",
        title=gettext_noop("通过"),
        run=lambda by, i, d, now: cases.pass_step(
            case_id=i,
            step_code=d["step"],
            opinion=d["opinion"],
            companions=colleagues(d["companion"]),
            by=by,
            now=now,
        ),
        inputs=(
            Input(
                "companion",
                gettext_noop("同行人员"),
                "companion",
                required=False,
                help=gettext_noop("现场核查应当由两名以上工作人员进行。"),
            ),
            Input("opinion", gettext_noop("办理意见"), has_opinions=True),
            _STEP,
        ),
        outcome="pass",
        key="a",
        main=True,
        per_step=True,
        fits=_is_review,
    ),
    Verb(
        name="grant",
        title=gettext_noop("决定准予"),
        run=_case(cases.decide_case, "reasons", result=Result.GRANT),
        inputs=_GRANT,
        step=DECIDE,
        outcome="grant",
        key="a",
        main=True,
        note=gettext_noop("准予后立即制作电子证照并加盖电子印章，不能撤回。"),
    ),
    Verb(
        name="grant_at_once",
        title=gettext_noop("决定准予并办结"),
        run=_case(cases.decide_case, "reasons", result=Result.GRANT),
        inputs=_GRANT,
        step=DECIDE,
        outcome="grant",
        key="a",
        main=True,
        note=gettext_noop("准予后本事项立即办结，不能撤回。"),
    ),
    Verb(
        name="deny",
        title=gettext_noop("决定不予"),
        run=_case(cases.decide_case, "reasons", result=Result.DENY),
        inputs=(
            Input(
                "reasons",
                gettext_noop("不予的理由"),
                help=gettext_noop("写明事实和依据，申请人会原样看到。"),
                has_opinions=True,
            ),
        ),
        step=DECIDE,
        outcome="deny",
        key="d",
        grave=True,
        note=gettext_noop("决定书会一并告知申请行政复议和提起诉讼的权利。"),
    ),
    Verb(
        name="confirm_review",
        title=gettext_noop("答复人工复核"),
        run=_case(cases.confirm_review, "opinion"),
        inputs=(Input("opinion", gettext_noop("复核结论和理由"), has_opinions=True),),
        step=REVIEW_AGAIN,
        outcome="confirm",
        key="a",
        main=True,
    ),
    Verb(
        name="return_step",
        title=gettext_noop("退回重办"),
        run=lambda by, i, d, now: cases.return_step(
            case_id=i, step_code=d["step"], opinion=d["opinion"], by=by, now=now
        ),
        inputs=(Input("opinion", gettext_noop("退回的原因"), has_opinions=True), _STEP),
        outcome="return",
        key="b",
        note=gettext_noop("退回到上一环节重新办理，时限继续计算。"),
        per_step=True,
        fits=_can_go_back,
    ),
    Verb(
        name="return_acceptance",
        title=gettext_noop("退回窗口：受理有误"),
        run=_case(cases.return_acceptance, "reason"),
        inputs=(Input("reason", gettext_noop("受理有什么错误")),),
        note=gettext_noop("只能退回一次，须在受理后规定的时间内；时限继续计算，监督部门会看到。"),
    ),
    Verb(
        name="uphold_acceptance",
        title=gettext_noop("维持受理"),
        run=_case(cases.uphold_acceptance, "opinion"),
        inputs=(Input("opinion", gettext_noop("维持受理的理由")),),
        main=True,
        note=gettext_noop("维持受理后，部门重新开始审查。"),
    ),
    Verb(
        name="raise_requirement",
        title=gettext_noop("添加补正要求"),
        run=_raise_requirement,
        inputs=(
            Input("target", gettext_noop("针对哪一项"), "target"),
            Input("problem", gettext_noop("缺什么或错在哪里"), has_opinions=True),
            Input("remedy", gettext_noop("怎样补正")),
            Input("clause", gettext_noop("依据的条款"), "text", required=False),
        ),
        step=INTAKE,
        outcome="correct",
        key="c",
        note=gettext_noop("各部门的要求由牵头窗口一次性告知申请人，只告知一次。"),
    ),
    Verb(
        name="refuse_acceptance",
        title=gettext_noop("决定不予受理"),
        run=_case(cases.refuse_acceptance, "reason", "right_body"),
        inputs=(_REASON, Input("right_body", gettext_noop("应当向哪个机关申请"), "text")),
        step=INTAKE,
        outcome="refuse",
        grave=True,
    ),
    Verb(
        name="not_require",
        title=gettext_noop("认定不需要办理"),
        run=_case(cases.declare_not_required, "reason"),
        inputs=(_REASON,),
        step=INTAKE,
        outcome="not_require",
        grave=True,
    ),
    Verb(
        name="conclude_special",
        title=gettext_noop("结束特别程序"),
        run=_conclude_special,
        inputs=(Input("finding", gettext_noop("特别程序的结果")), _STEP),
        main=True,
        per_step=True,
        note=gettext_noop("结束后，办理期限继续计算。"),
    ),
    Verb(
        name="assign_inspectors",
        title=gettext_noop("指派检验人员"),
        run=_assign_inspectors,
        inputs=(
            Input("first", gettext_noop("检验人员"), "inspector"),
            Input("second", gettext_noop("另一名检验人员"), "inspector"),
            _STEP,
        ),
        main=True,
        per_step=True,
        note=gettext_noop("检验、检测应当指派两名以上工作人员，结束以前必须先指派。"),
    ),
    Verb(
        name="uphold_objection",
        title=gettext_noop("异议成立，终止简易程序"),
        run=_case(cases.answer_notice_objection, "reason", upheld=True),
        inputs=(Input("reason", gettext_noop("核实的情况和理由")),),
        grave=True,
        note=gettext_noop(
            "作出不予决定，告知申请人解决异议后按普通程序申请；已经办结的事项不受影响。"
        ),
    ),
    Verb(
        name="reject_objection",
        title=gettext_noop("异议不成立，公示继续"),
        run=_case(cases.answer_notice_objection, "reason", upheld=False),
        inputs=(Input("reason", gettext_noop("核实的情况和理由")),),
    ),
    Verb(
        name="join_visit",
        title=gettext_noop("确定参加综合踏勘的人员"),
        run=lambda by, i, d, now: cases.join_visit(
            case_id=i,
            officers=[*colleagues(d["first"]), *colleagues(d["second"])],
            by=by,
            now=now,
        ),
        inputs=(
            Input("first", gettext_noop("参加人员"), "inspector"),
            Input("second", gettext_noop("另一名参加人员"), "inspector"),
        ),
        main=True,
        note=gettext_noop("踏勘以前可以重新确定；现场核查的意见在踏勘以后填写。"),
    ),
    Verb(
        name="bar",
        title=gettext_noop("决定不得再次申请"),
        run=_bar,
        inputs=(
            Input("ground", gettext_noop("情形"), "ground"),
            Input("reason", gettext_noop("事实和证据")),
        ),
        grave=True,
        note=gettext_noop("在规定的年限内不能再次申请同一事项；决定书告知复议和诉讼的权利。"),
    ),
    Verb(
        name="lift_bar",
        title=gettext_noop("撤销不得再次申请的决定"),
        run=_case(cases.lift_bar, "reason"),
        inputs=(Input("reason", gettext_noop("撤销的理由")),),
    ),
    Verb(
        name="set_aside",
        title=gettext_noop("登记决定被撤销"),
        run=_set_aside,
        inputs=(
            Input("forum", gettext_noop("复议还是诉讼"), "forum"),
            Input("relief", gettext_noop("文书怎样决定"), "relief"),
            Input("body", gettext_noop("作出文书的机关"), "text"),
            Input("document", gettext_noop("文号"), "text"),
            Input("dated", gettext_noop("文书日期"), "date"),
            Input("fault", gettext_noop("撤销的原因"), "fault"),
            Input("reason", gettext_noop("文书认定原决定错在哪里")),
        ),
        grave=True,
        note=gettext_noop(
            "需要重新办理的，登记后立即立新件，期限重新计算，由没有参与原决定的人员办理；"
            "原决定发放的证照同时撤销，申请人会收到通知。"
        ),
    ),
    Verb(
        name="state_new_grounds",
        title=gettext_noop("说明新的事实或者理由"),
        run=_case(cases.state_new_grounds, "grounds"),
        inputs=(Input("grounds", gettext_noop("原决定没有认定过的事实或者理由")),),
        note=gettext_noop(
            "不得以同一的事实和理由作出与被撤销的决定基本相同的决定；没有新的事实或者理由的，不要填写。"
        ),
    ),
    Verb(
        name="start_special",
        title=gettext_noop("启动特别程序"),
        run=_start_special,
        inputs=(
            Input("procedure", gettext_noop("哪一种特别程序"), "procedure"),
            Input(
                "days",
                gettext_noop("需要的工作日"),
                "integer",
                help=gettext_noop("会书面告知申请人，请写实际需要的天数。"),
            ),
            Input("reason", gettext_noop("为什么需要")),
        ),
        note=gettext_noop("启动后法定期限和承诺期限暂停计算，直到特别程序结束。"),
    ),
    *ON_CASE,
    Verb(
        name="extend_debt",
        title=gettext_noop("延长补交期限"),
        run=_extend_debt,
        inputs=(Input("reason", gettext_noop("延长的理由")), _STEP),
        note=gettext_noop("只能延长一次，理由会告知申请人。"),
        per_step=True,
    ),
    Verb(
        name="extend",
        title=gettext_noop("批准延长期限"),
        run=_case(cases.extend_case, "reason"),
        inputs=(Input("reason", gettext_noop("延长的理由")),),
        note=gettext_noop("法定期限只能延长一次，须在届满以前批准，理由会告知申请人。"),
    ),
    Verb(
        name="terminate",
        title=gettext_noop("终止办理"),
        run=_case(cases.terminate_case, "reason"),
        inputs=(Input("reason", gettext_noop("终止的事实和理由")),),
        grave=True,
        note=gettext_noop(
            "只用于申请人死亡、依法注销或者弄虚作假等不能继续办理的情形，不能撤回。"
        ),
    ),
    Verb(
        name="urge",
        title=gettext_noop("催办"),
        run=_case(cases.urge_case),
        note=gettext_noop("经办人会在收件箱和办件页上看到催办；每个工作日一次。"),
    ),
    Verb(
        name="backfill",
        title=gettext_noop("补录结果"),
        run=_backfill,
        inputs=(
            Input("result", gettext_noop("纸质文书上的结果"), "result"),
            Input("number", gettext_noop("决定书或证照上的编号"), "text"),
            Input(
                "scan",
                gettext_noop("扫描件"),
                "file",
                help=gettext_noop("决定书或证照的扫描件或照片，四角完整、文字清楚。"),
            ),
        ),
        main=True,
        grave=True,
        note=gettext_noop(
            "只在部门业务系统链路中断时使用。决定从现在起生效，不能撤回；"
            "链路恢复后与真实报文自动核对，证照以部门业务系统传回的为准。"
        ),
    ),
    Verb(
        name="reassign",
        title=gettext_noop("改派给同事"),
        run=_reassign,
        inputs=(
            Input("to", gettext_noop("哪个环节改派给谁"), "officer"),
            Input("reason", gettext_noop("改派的理由"), "text"),
        ),
    ),
    # Offered beside the requirement that it takes back, not among the verbs.
    Verb(
        name="clear_requirement",
        title=gettext_noop("撤销补正要求"),
        run=_clear_requirement,
        inputs=(Input("requirement", "", "hidden"),),
    ),
)
CASE_VERBS = {verb.name: verb for verb in _VERBS}
