"""The verbs of the desk: which fields each needs, and which action it calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop

from tongban.cases import actions as cases
from tongban.cases.states import Result
from tongban.engine.actions import reassign_step
from tongban.packages import actions as packages

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.kernel.actors import Actor

Data = Mapping[str, str]
Run = Callable[["Actor", int, Data, "datetime"], object]


@dataclass(frozen=True, slots=True)
class Input:
    """One field of a verb's form; ``kind`` also names the choices that the page fills in."""

    name: str
    label: str
    kind: str = "longtext"
    required: bool = True
    help: str = ""


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb as the desk offers it. ``outcome`` chooses the ready opinions."""

    name: str
    title: str
    run: Run
    inputs: tuple[Input, ...] = ()
    outcome: str = ""
    note: str = ""
    key: str = ""
    main: bool = False
    grave: bool = False


_OPINION = Input("opinion", gettext_noop("办理意见"))
_STEP = Input("step", "", "hidden")


def _decide(result: Result) -> Run:
    return lambda by, i, d, now: cases.decide_case(
        case_id=i, result=result, reasons=d["reasons"], by=by, now=now
    )


def _requirement(by: Actor, case_id: int, data: Data, now: datetime) -> None:
    missing = cases.Missing(data["target"], data["problem"], data["remedy"], data["clause"])
    cases.raise_requirement(case_id=case_id, missing=missing, by=by, now=now)


_GRANT_INPUT = (Input("reasons", gettext_noop("决定说明"), required=False),)

CASE_VERBS = {
    verb.name: verb
    for verb in (
        Verb(
            "pass_step",
            gettext_noop("通过本环节"),
            lambda by, i, d, now: cases.pass_step(
                case_id=i, step_code=d["step"], opinion=d["opinion"], by=by, now=now
            ),
            (_OPINION, _STEP),
            outcome="pass",
            key="a",
            main=True,
        ),
        Verb(
            "grant",
            gettext_noop("准予"),
            _decide(Result.GRANT),
            _GRANT_INPUT,
            outcome="grant",
            key="a",
            main=True,
            note=gettext_noop("准予后立即制作电子证照并加盖电子印章，不能撤回。"),
        ),
        Verb(
            "grant_at_once",
            gettext_noop("准予办结"),
            _decide(Result.GRANT),
            _GRANT_INPUT,
            outcome="grant",
            key="a",
            main=True,
        ),
        Verb(
            "deny",
            gettext_noop("不予"),
            _decide(Result.DENY),
            (
                Input(
                    "reasons",
                    gettext_noop("不予的理由"),
                    help=gettext_noop("写明事实和依据，申请人会原样看到。"),
                ),
            ),
            outcome="deny",
            key="d",
            grave=True,
            note=gettext_noop("决定书会一并告知申请行政复议和提起诉讼的权利。"),
        ),
        Verb(
            "return_step",
            gettext_noop("退回上一环节"),
            lambda by, i, d, now: cases.return_step(
                case_id=i, step_code=d["step"], opinion=d["opinion"], by=by, now=now
            ),
            (Input("opinion", gettext_noop("退回的原因")), _STEP),
            outcome="return",
            key="b",
            note=gettext_noop("退回期间时限继续计算。"),
        ),
        Verb(
            "raise_requirement",
            gettext_noop("提出补正要求"),
            _requirement,
            (
                Input("target", gettext_noop("针对哪一项"), "target"),
                Input("problem", gettext_noop("缺什么或错在哪里"), "text"),
                Input("remedy", gettext_noop("怎样补正"), "text"),
                Input("clause", gettext_noop("依据的条款"), "text", required=False),
            ),
            outcome="correct",
            key="c",
            note=gettext_noop("各部门的要求由牵头窗口一次性告知申请人，只告知一次。"),
        ),
        Verb(
            "refuse_acceptance",
            gettext_noop("不予受理"),
            lambda by, i, d, now: cases.refuse_acceptance(
                case_id=i, reason=d["reason"], right_body=d["right_body"], by=by, now=now
            ),
            (
                Input("reason", gettext_noop("理由")),
                Input("right_body", gettext_noop("应当向哪个机关申请"), "text"),
            ),
            outcome="refuse",
            grave=True,
        ),
        Verb(
            "not_require",
            gettext_noop("不需要办理"),
            lambda by, i, d, now: cases.declare_not_required(
                case_id=i, reason=d["reason"], by=by, now=now
            ),
            (Input("reason", gettext_noop("理由")),),
            outcome="not_require",
            grave=True,
        ),
        Verb(
            "confirm_review",
            gettext_noop("答复人工复核"),
            lambda by, i, d, now: cases.confirm_review(
                case_id=i, opinion=d["opinion"], by=by, now=now
            ),
            (Input("opinion", gettext_noop("复核结论和理由")),),
            outcome="confirm",
            key="a",
            main=True,
        ),
        Verb(
            "reassign",
            gettext_noop("改派"),
            lambda by, i, d, now: reassign_step(
                proceeding_id=i,
                step_code=d["step"],
                to_account=int(d["to"] or 0),
                reason=d["reason"],
                by=by,
                now=now,
            ),
            (
                Input("to", gettext_noop("改派给"), "officer"),
                Input("reason", gettext_noop("改派的理由"), "text"),
                _STEP,
            ),
        ),
    )
}

PACKAGE_VERBS = {
    verb.name: verb
    for verb in (
        Verb(
            "accept",
            gettext_noop("受理"),
            lambda by, i, d, now: packages.accept_application(package_id=i, by=by, now=now),
            key="a",
            main=True,
            note=gettext_noop(
                "受理一次，全部事项同时转入各部门并联办理，法定和承诺时限开始计算。"
            ),
        ),
        Verb(
            "ask_correction",
            gettext_noop("发出补正告知"),
            lambda by, i, d, now: packages.ask_correction(package_id=i, by=by, now=now),
            key="c",
            note=gettext_noop("把下面各部门的要求一次性告知申请人。只能告知一次。"),
        ),
        Verb(
            "resume",
            gettext_noop("逾期未补正，继续办理"),
            lambda by, i, d, now: packages.resume_application(package_id=i, by=by, now=now),
        ),
        Verb(
            "deliver",
            gettext_noop("窗口送达"),
            lambda by, i, d, now: packages.deliver_results(
                package_id=i, receiver=d["receiver"], by=by, now=now
            ),
            (Input("receiver", gettext_noop("领取人"), "text"),),
            key="a",
            main=True,
        ),
    )
}


def verbs_of(kind: str) -> Mapping[str, Verb]:
    """The desk's verbs for a kind of proceeding."""
    return PACKAGE_VERBS if kind == "package" else CASE_VERBS
