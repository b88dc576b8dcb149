"""What who leads does with an emergency: say that he knows, report what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop

from tongban.doors.desk.forms.inputs import Data, Input, Verb
from tongban.relay.actions import acknowledge_incident, report_incident
from tongban.relay.queries import ticket_of_incident

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.kernel.actors import Actor


def _acknowledge(by: Actor, incident_id: int, data: Data, now: datetime) -> None:
    ticket = ticket_of_incident(incident_id)
    acknowledge_incident(ticket_id=ticket, note=data["note"], by=by, now=now)


def _report(by: Actor, incident_id: int, data: Data, now: datetime) -> None:
    report_incident(ticket_id=ticket_of_incident(incident_id), text=data["text"], by=by, now=now)


_VERBS = (
    Verb(
        name="acknowledge_incident",
        title=gettext_noop("签收"),
        run=_acknowledge,
        inputs=(Input("note", gettext_noop("现在怎么处置"), required=False),),
        note=gettext_noop("签收后不再通知下一位；处置结束前要报告情况。"),
        main=True,
        key="a",
    ),
    Verb(
        name="report_incident",
        title=gettext_noop("报告处置情况"),
        run=_report,
        inputs=(
            Input(
                "text",
                gettext_noop("处置情况"),
                help=gettext_noop("采取了什么措施、有没有人员伤亡、现在是什么情况。"),
            ),
        ),
        note=gettext_noop("报告以后，这个紧急事件结束。"),
        main=True,
        key="a",
    ),
)
INCIDENT_VERBS = {"incident": {verb.name: verb for verb in _VERBS}}
