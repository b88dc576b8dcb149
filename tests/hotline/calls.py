"""One request at the demo city's hotline, and everybody who works on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.city.house import House
    from tongban.engine.models import Proceeding
    from tongban.hotline.models import Order, Task, Ticket
    from tongban.kernel.actors import Actor

TIANSHAN = "650102003"
NOISE = "我住在胜利路，工地夜间施工打桩，噪音很大，已经连续三天，请管一管，我要投诉。"
REPLY = "经现场核查，该工地未办理夜间施工证明，我局已责令当晚停工并立案，今后每晚巡查。"


@dataclass(frozen=True)
class Call:
    """A ticket and who may do what with it; every row is read anew."""

    house: House
    ticket_id: int
    number: str

    @property
    def ticket(self) -> Ticket:
        from tongban.hotline.models import Ticket

        return Ticket.objects.select_related("proceeding").get(pk=self.ticket_id)

    @property
    def state(self) -> str:
        return self.ticket.proceeding.state

    @property
    def task(self) -> Task:
        """The newest task of the unit that answers."""
        from tongban.hotline.models import Task

        found = Task.objects.select_related("proceeding").filter(ticket_id=self.ticket_id)
        return found.filter(is_lead=True).latest("pk")

    @property
    def orders(self) -> list[Order]:
        from tongban.hotline.models import Order

        return list(Order.objects.filter(ticket_id=self.ticket_id).order_by("pk"))

    def centre(self, role: str = "checker") -> Actor:
        return self.holder(f"hotline-centre.{role}")

    def unit(self, role: str = "reviewer") -> Actor:
        """Whoever holds the unit's open step, or the first of its officers."""
        return self.holder(f"{self.task.unit}.{role}", self.task.proceeding)

    def caller(self) -> Actor:
        """Whoever asked, acting by himself."""
        from tongban.kernel.actors import Actor

        party = self.ticket.caller_id
        return Actor(kind="citizen", id=0, name="", party_id=party, acts_for=frozenset({party}))

    def holder(self, queue: str, proceeding: Proceeding | None = None) -> Actor:
        from tongban.engine.models import Step
        from tongban.people.models import Account
        from tongban.people.queries import officers_for

        steps = Step.objects.filter(proceeding=proceeding, queue=queue, state="open")
        held = steps.exclude(assignee_id=None).values_list("assignee_id", flat=True).first()
        region = self.ticket.region
        account = held or officers_for(queue, region)[0].account_id
        return self.house.actor(Account.objects.get(pk=account).login)

    # The usual way

    def dispatched(self, unit: str = "urban-management") -> Call:
        from tongban.hotline.actions import dispatch_ticket

        dispatch_ticket(ticket_id=self.ticket_id, unit=unit, by=self.centre(), now=self.house.now)
        self.house.rest()
        return self

    def signed(self) -> Call:
        from tongban.hotline.actions import contact_caller, sign_task

        task, by, now = self.task.pk, self.unit(), self.house.now
        sign_task(task_id=task, by=by, now=now)
        contact_caller(task_id=task, text="电话联系，了解了时间和地点。", by=by, now=now)
        return self

    def replied(self, text: str = REPLY) -> Call:
        from tongban.hotline.actions import reply_ticket

        reply_ticket(task_id=self.task.pk, text=text, by=self.unit(), now=self.house.now)
        self.house.rest()
        return self

    def passed(self) -> Call:
        from tongban.hotline.actions import pass_reply

        pass_reply(ticket_id=self.ticket_id, by=self.centre(), now=self.house.now)
        self.house.rest()
        return self

    def said(self, outcome: str, satisfied: int | None = None) -> Call:
        from tongban.hotline.actions import Said, call_back

        call_back(
            ticket_id=self.ticket_id,
            said=Said(outcome, contacted=True, satisfied=satisfied),
            by=self.centre(),
            now=self.house.now,
        )
        self.house.rest()
        return self

    def said_himself(self, outcome: str, satisfied: int | None = None) -> Call:
        """The caller answers by himself: on the page, by the link of a message, by keys."""
        from tongban.hotline.actions import Said, call_back

        call_back(
            ticket_id=self.ticket_id,
            said=Said(outcome, contacted=True, satisfied=satisfied),
            by=self.caller(),
            now=self.house.now,
        )
        self.house.rest()
        return self


def called(house: House, text: str = NOISE, **more: Any) -> Call:
    """Somebody calls; the operator writes it down."""
    from tongban.hotline.actions import Request, receive_ticket

    facts = {
        "type": "complaint",
        "domain": "city-noise-construction",
        "urgency": "normal",
        "region": TIANSHAN,
        "phone": "13800001111",
        "place": "胜利路",
        **more,
    }
    by = house.actor("ning.line")
    made = receive_ticket(request=Request(text=text, **facts), by=by, now=house.now)
    house.rest()
    return Call(house, made.ticket_id, made.number)
