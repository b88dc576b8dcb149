"""The verbs of a whole application on the desk: those of the lead department's window."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop

from tongban.doors.desk.forms.inputs import WHEN, Data, Input, Verb, runs
from tongban.doors.desk.forms.reading import read_moment
from tongban.packages import actions as packages

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.kernel.actors import Actor

_package = partial(runs, "package_id")


def _propose_visit(by: Actor, package_id: int, data: Data, now: datetime) -> None:
    at = read_moment(data["day"], data["time"])
    packages.propose_visit(package_id=package_id, held_at=at, place=data["place"], by=by, now=now)


_VERBS = (
    Verb(
        name="accept",
        title=gettext_noop("予以受理"),
        run=_package(packages.accept_application),
        step="acceptance",
        key="a",
        main=True,
        note=gettext_noop("受理一次，全部事项同时转入各部门并联办理，法定和承诺时限开始计算。"),
    ),
    Verb(
        name="ask_correction",
        title=gettext_noop("一次性发出补正告知"),
        run=_package(packages.ask_correction),
        step="acceptance",
        key="c",
        note=gettext_noop("下列要求一次性告知申请人。法律只许告知一次，发出后不能追加。"),
    ),
    Verb(
        name="resume",
        title=gettext_noop("继续办理"),
        run=_package(packages.resume_application),
        key="a",
        main=True,
        note=gettext_noop(
            "补正期限已过，申请人没有补齐。按现有材料继续办理，由各部门依法作出决定并说明理由。"
        ),
    ),
    Verb(
        name="deliver",
        title=gettext_noop("登记送达"),
        run=_package(packages.deliver_results, "receiver"),
        inputs=(
            Input(
                "receiver",
                gettext_noop("领取人"),
                "text",
                help=gettext_noop("核对身份证件后填写领取人姓名，作为送达凭证。"),
            ),
        ),
        step="delivery",
        outcome="deliver",
        key="a",
        main=True,
    ),
    Verb(
        name="extend_joint",
        title=gettext_noop("登记延长联合办理期限"),
        run=_package(packages.extend_application, "reason", "approval"),
        inputs=(
            Input(
                "approval",
                gettext_noop("批准的负责人和文号"),
                "text",
                help=gettext_noop("应当由本级人民政府负责人批准。"),
            ),
            Input("reason", gettext_noop("延长的理由")),
        ),
        note=gettext_noop("联合办理期限只能延长一次，须在届满以前批准，理由会告知申请人。"),
    ),
    Verb(
        name="propose_visit",
        title=gettext_noop("约定综合踏勘"),
        run=_propose_visit,
        inputs=WHEN,
        note=gettext_noop(
            "需要现场核查的部门一起到现场一次，各派两名人员、各作记录；再次约定就是改时间。"
        ),
    ),
    Verb(
        name="cancel_visit",
        title=gettext_noop("取消综合踏勘"),
        run=_package(packages.cancel_visit, "reason"),
        inputs=(Input("reason", gettext_noop("取消的原因")),),
    ),
)
PACKAGE_VERBS = {verb.name: verb for verb in _VERBS}
