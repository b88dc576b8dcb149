"""The verbs of a credit record on the desk: those of the head who answers for it."""

from __future__ import annotations

from functools import partial

from django.utils.translation import gettext_noop

from tongban.credit.actions import answer_objection, repair_record
from tongban.doors.desk.forms.inputs import Input, Verb, runs

_record = partial(runs, "record_id")
_ANSWER = (
    Input("answer", gettext_noop("核查结果和理由"), help=gettext_noop("当事人会原样看到。")),
)
_VERBS = (
    Verb(
        name="lift",
        title=gettext_noop("撤销记录"),
        run=_record(answer_objection, "answer", upheld=False),
        inputs=_ANSWER,
        note=gettext_noop("异议成立：记录立即撤下，不再影响办事。"),
    ),
    Verb(
        name="uphold",
        title=gettext_noop("维持记录"),
        run=_record(answer_objection, "answer", upheld=True),
        inputs=_ANSWER,
        note=gettext_noop("异议不成立：记录继续有效到期满为止。"),
    ),
    Verb(
        name="repair",
        title=gettext_noop("准予信用修复"),
        run=_record(repair_record, "answer"),
        inputs=_ANSWER,
        note=gettext_noop("当事人已经纠正的，可以提前结束记录。"),
    ),
)
CREDIT_VERBS = {verb.name: verb for verb in _VERBS}
