"""What the centre does with a hot issue: handle together, let newcomers join, take out, close."""

from __future__ import annotations

from functools import partial

from django.utils.translation import gettext_noop

from tongban.doors.desk.forms.inputs import Input, Verb, runs
from tongban.hotline import actions as hotline

_issue = partial(runs, "issue_id")
_VERBS = (
    Verb(
        name="gather",
        title=gettext_noop("合并办理"),
        run=_issue(hotline.gather_issue, "unit"),
        inputs=(Input("unit", gettext_noop("承办单位"), "pick", required=False),),
        note=gettext_noop("这些诉求并入一个主单，由一个单位办理；答复发给每一个诉求人，各一次。"),
        key="a",
        main=True,
    ),
    Verb(
        name="join_newcomers",
        title=gettext_noop("并入新来的诉求"),
        run=_issue(hotline.join_newcomers),
        note=gettext_noop("主单已经答复的，新来的人马上收到同样的答复。"),
        key="b",
        main=True,
    ),
    Verb(
        name="leave_out",
        title=gettext_noop("移出热点"),
        run=_issue(hotline.leave_out, "number"),
        inputs=(Input("number", gettext_noop("移出哪一个诉求"), "pick"),),
        note=gettext_noop("说的是另一件事：移出后单独办理。"),
    ),
    Verb(
        name="set_aside",
        title=gettext_noop("不作热点办理"),
        run=_issue(hotline.set_aside, "reason"),
        inputs=(Input("reason", gettext_noop("不作热点办理的理由")),),
        note=gettext_noop("各个诉求照常分别办理。"),
        key="d",
    ),
    Verb(
        name="close_issue",
        title=gettext_noop("热点销号"),
        run=_issue(hotline.close_issue, "reason"),
        inputs=(Input("reason", gettext_noop("办理结果"), required=False),),
        note=gettext_noop("每一个诉求人都得到答复以后才能销号。"),
        key="e",
    ),
)
HOT_VERBS = {"hot_issue": {verb.name: verb for verb in _VERBS}}
