"""The pages of 12345 and of reviews with something on them: axe clean, nothing cut off."""

from __future__ import annotations

import pytest

from tests.city.lives import applied
from tests.doors.desk.test_looks_corners import look
from tests.hotline.calls import REPLY, called
from tests.hotline.test_hot import outage
from tests.ratings.lives import EATERY, rectification, said
from tests.relay.test_incidents import alarmed
from tests.upkeep.test_answers import asked
from tests.upkeep.test_elements import rated
from tongban.engine.models import Step
from tongban.hotline.models import Hot
from tongban.people.models import Account
from tongban.people.queries import officers_for
from tongban.ratings.actions import register_device
from tongban.relay.actions import acknowledge_incident, record_conference
from tongban.upkeep.models import Answer, Element

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# The buttons of a call are whole above what the keys mean, in however many rows that stands.
ABOVE_THE_KEYS = """() => {
  const low = one => document.querySelector(one).getBoundingClientRect();
  return low(".line-acts").bottom <= low("aside.keys-hint").top + 1;
}"""


def telephone(city):
    """What an operator sees: a call with everything beside it, the form of three, the end."""
    call = called(city, phone="13800007777")
    yield "line", "ning.line", "/line/?phone=13800007777"
    yield "line-three", "ning.line", f"/line/conference/{call.number}/"
    yield "line-done", "ning.line", f"/line/done/{call.number}/"
    by = city.actor("ning.line")
    record_conference(
        ticket_id=call.ticket_id, parties=["police"], agreed="hotline", text="不是警情", by=by,
        now=city.now,
    )  # fmt: skip
    yield "line-spoken", "ning.line", f"/line/conference/{call.number}/"
    call.dispatched().signed()
    yield "task", login(city, call.unit()), f"/desk/{call.task.proceeding.number}/"
    call.replied(REPLY)
    yield "ticket", "qiu.line", f"/desk/{call.number}/"


def centre(city):
    """Emergencies, hot issues, lists and figures with something in them."""
    first = alarmed(city)
    acknowledge_incident(
        ticket_id=first.ticket_id, note="已联系燃气公司关阀", by=city.actor("tan.line"),
        now=city.now,
    )  # fmt: skip
    alarmed(city)
    yield "inbox-alarm", "tan.line", "/desk/"
    yield "incidents", "tan.line", "/desk/incidents/"
    outage(city, 6)
    yield "hots", "su.line", "/desk/hot/"
    yield "hot", "qiu.line", f"/desk/{Hot.objects.get().proceeding.number}/"
    yield "tickets", "su.line", "/desk/tickets/"
    yield "figures", "su.line", "/desk/tickets/figures/"


def knowledge(city):
    """Answers and what people say about guides."""
    asked(city)
    answer = Answer.objects.select_related("proceeding").get()
    writer = officers_for(f"{answer.unit}.reviewer", "650100")[0].account_id
    yield "answers", Account.objects.get(pk=writer).login, "/desk/answers/"
    step = Step.objects.get(proceeding=answer.proceeding, state="open")
    holder = Account.objects.get(pk=step.assignee_id or writer).login
    yield "answer", holder, f"/desk/{answer.proceeding.number}/"
    rated(city, text="指南上没有写要租赁合同")
    element = Element.objects.select_related("proceeding").get()
    owner = officers_for(f"{element.unit}.head", "650100")[0].account_id
    yield "elements", Account.objects.get(pk=owner).login, "/desk/answers/?list=elements"
    number = element.proceeding.number
    yield "element", Account.objects.get(pk=owner).login, f"/desk/{number}/"


def reviews(city):
    """A bad review, a flag, the board, the devices."""
    life = applied(city, "snack-shop")
    life.accept()
    city.go("2026-09-09 10:30")
    life.grant([EATERY])
    said(life, 5, text="窗口让我跑了三次", channel="tablet", staff_session=True)
    register_device(
        window="market-regulation.window", channel="tablet", region="6501", name="A02 评价器",
        by=city.actor("han.supervisor"), now=city.now,
    )  # fmt: skip
    yield "ratings", "han.supervisor", "/desk/ratings/?kind=all"
    yield "checks", "han.supervisor", "/desk/ratings/?kind=spot_check"
    yield "flags", "han.supervisor", "/desk/ratings/flags/"
    yield "ratings-head", "zhou.head", "/desk/ratings/"
    yield "bad-review", "zhou.head", f"/desk/{rectification(life).proceeding.number}/"


def login(city, actor):
    return Account.objects.get(pk=actor.id).login


@pytest.mark.parametrize("part", [telephone, centre, knowledge, reviews])
def test_the_desks_of_12345_are_whole_and_accessible(own_city, sit_down, pictures, part):
    own_city.go("2026-09-07 10:30")
    for name, who, path in part(own_city):
        for language in ("zh-hans", "en"):
            page = sit_down(who, language=language)
            answer = page.goto(path)
            assert (name, answer.status) == (name, 200)
            if name == "line":
                page.set_viewport_size({"width": 1280, "height": 800})
                page.wait_for_function(ABOVE_THE_KEYS)
            look(page, f"12345-{name}", language, pictures)
            page.context.close()
