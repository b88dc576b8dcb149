"""The verb of a question before the application."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from tongban.cases import actions as cases
from tongban.doors.desk.forms.inputs import Input, Verb, runs

_ANSWER = Verb(
    name="answer_early",
    title=gettext_noop("书面答复"),
    run=runs("early_id", cases.answer_early, "answer"),
    inputs=(Input("answer", gettext_noop("答复意见"), help=gettext_noop("申请人会原样看到。")),),
    key="a",
    main=True,
    note=gettext_noop("提前介入不是受理，不计算办理期限；以后申请时，答复会显示在办件里。"),
)
EARLY_VERBS = {_ANSWER.name: _ANSWER}
