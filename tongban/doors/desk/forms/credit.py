"""The verbs of a credit record on the desk: those of the head who answers for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop

from tongban.credit.actions import answer_objection, repair_record
from tongban.doors.desk.forms.inputs import Data, Input, Run, Verb

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.kernel.actors import Actor


def _answer(*, upheld: bool) -> Run:
    def run(by: Actor, record_id: int, data: Data, now: datetime) -> None:
        answer_objection(record_id=record_id, upheld=upheld, answer=data["answer"], by=by, now=now)

    return run


_ANSWER = (
    Input("answer", gettext_noop("核查结果和理由"), help=gettext_noop("当事人会原样看到。")),
)
_VERBS = (
    Verb(
        name="lift",
        title=gettext_noop("撤销记录"),
        run=_answer(upheld=False),
        inputs=_ANSWER,
        note=gettext_noop("异议成立：记录立即撤下，不再影响办事。"),
    ),
    Verb(
        name="uphold",
        title=gettext_noop("维持记录"),
        run=_answer(upheld=True),
        inputs=_ANSWER,
        note=gettext_noop("异议不成立：记录继续有效到期满为止。"),
    ),
    Verb(
        name="repair",
        title=gettext_noop("准予信用修复"),
        run=lambda by, i, d, now: repair_record(record_id=i, answer=d["answer"], by=by, now=now),
        inputs=_ANSWER,
        note=gettext_noop("当事人已经纠正的，可以提前结束记录。"),
    ),
)
CREDIT_VERBS = {verb.name: verb for verb in _VERBS}
