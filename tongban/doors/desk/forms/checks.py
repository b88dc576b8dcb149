"""The verbs of a check after a decision on a commitment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop

from tongban.cases import actions as cases
from tongban.doors.desk.forms.inputs import Data, Input, Verb, runs
from tongban.doors.desk.forms.reading import colleagues

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.kernel.actors import Actor


def _pass(by: Actor, check_id: int, data: Data, now: datetime) -> None:
    cases.pass_check(
        check_id=check_id,
        finding=data["finding"],
        companions=colleagues(data["companion"]),
        by=by,
        now=now,
    )


def _correct(by: Actor, check_id: int, data: Data, now: datetime) -> None:
    cases.ask_to_correct(
        check_id=check_id,
        problem=data["finding"],
        companions=colleagues(data["companion"]),
        by=by,
        now=now,
    )


_WITH = Input(
    "companion",
    gettext_noop("同行人员"),
    "companion",
    help=gettext_noop("现场核查应当由两名以上工作人员进行。"),
)
_VERBS = (
    Verb(
        name="pass_check",
        title=gettext_noop("核查合格"),
        run=_pass,
        inputs=(_WITH, Input("finding", gettext_noop("核查的方式和结果"))),
        key="a",
        main=True,
    ),
    Verb(
        name="ask_to_correct",
        title=gettext_noop("责令限期改正"),
        run=_correct,
        inputs=(_WITH, Input("finding", gettext_noop("与承诺不符的地方和怎样改正"))),
        key="c",
        note=gettext_noop("只责令一次；当事人会收到通知书和期限。"),
    ),
    Verb(
        name="fail_check",
        title=gettext_noop("认定承诺不实，撤销决定"),
        run=runs("check_id", cases.fail_check, "reasons"),
        inputs=(
            Input(
                "reasons",
                gettext_noop("事实、理由和依据"),
                help=gettext_noop("当事人会原样看到。"),
            ),
        ),
        grave=True,
        note=gettext_noop("撤销所发的证照，并记入信用记录，不能撤回。"),
    ),
)
CHECK_VERBS = {verb.name: verb for verb in _VERBS}
