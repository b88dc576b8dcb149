"""What the city will do later is rated by content and an event alone: no room of it is there yet.

Inspections and benefits stand in content/ratings.yaml as things that can be rated. Here somebody
else's room is played: it registers a kind of proceeding of its own and ends one of them.
"""

from datetime import date
from enum import StrEnum

import pytest

from tests.doors.desk.clerk import Clerk
from tests.web.walks import Walker, main_of
from tongban.catalogue.queries import live_version
from tongban.engine.actions import Act, NewProceeding
from tongban.engine.states import KINDS, Kind, register
from tongban.kernel.actors import SYSTEM
from tongban.kernel.machines import Machine, Move
from tongban.notices.models import Message
from tongban.ratings.actions import fold_changes, rate, remind_invited
from tongban.ratings.models import Invitation, Rectification, Review
from tongban.ratings.queries import figures_of, my_invitations
from tongban.ratings.rules import Rating

UNIT = "fire-rescue"
LATER = {"inspection": "close", "benefit": "grant_benefit"}


class Life(StrEnum):
    OPEN = "open"
    OVER = "over"


@pytest.fixture(params=sorted(LATER))
def later(request, city):
    """A room of later: it knows nothing of ratings."""
    kind = request.param
    machine = Machine(
        name=kind, states=Life, initial=Life.OPEN, final=frozenset({Life.OVER}),
        moves=(Move(LATER[kind], Life.OPEN, Life.OVER, by="system"),),
    )  # fmt: skip
    register(Kind(name=kind, machine=machine, specs=lambda _one: ()))
    yield kind
    del KINDS[kind]


@pytest.fixture
def ended(later, city):
    """One of them about Ali's enterprise, begun and ended."""
    city.go("2026-09-07 10:30")
    new = NewProceeding(
        kind=later, prefix="XX", region="650102", department=UNIT,
        party_id=city.actor("ali").party_id, version_id=live_version("hotline"), state=Life.OPEN,
        facts={"topic": "fire-safety"},
    )  # fmt: skip
    with Act(by=SYSTEM, now=city.now) as act:
        one = act.open([new])[0]
        act.begin(one, "open_it")
    with Act(by=SYSTEM, now=city.now) as act:
        act.move(act.lock(one.id), LATER[later])
    city.rest()
    return one


def test_its_end_is_an_invitation_once_and_one_reminder(city, later, ended):
    row = Invitation.objects.get(object=later)

    assert (row.number, row.department, row.item) == (ended.number, UNIT, "fire-safety")
    mine = my_invitations(city.actor("ali"), city.now)
    assert [(one.object, one.number) for one in mine] == [(later, ended.number)]
    city.go("2026-09-08 11:00")
    remind_invited(now=city.now)
    assert remind_invited(now=city.now) == 0
    assert Message.objects.filter(key="rating_invited", proceeding=ended.number).count() == 1


def test_a_bad_word_is_put_right_by_its_unit_and_counted_by_unit_and_topic(city, later, ended):
    row = Invitation.objects.get(object=later)
    rate(
        invitation=row, rating=Rating(level=5, channel="mobile", text="没有出示证件"), now=city.now
    )
    city.rest()
    fold_changes(limit=1000)

    assert Rectification.objects.get().proceeding.department == UNIT
    assert Review.objects.get().object == later
    # The figures of whole months, as the boards show them.
    month, until = date(2026, 9, 1), date(2026, 10, 1)
    for key, name in (("department", UNIT), ("item", "fire-safety")):
        assert figures_of(key, month, until)[name].total == 1


def test_its_pages_say_what_is_rated_in_words(city, later, ended):
    name = {"inspection": "行政检查", "benefit": "惠企政策兑现"}[later]
    row = Invitation.objects.get(object=later)
    assert name in main_of(Walker(city).get(f"/rate/{row.token}/"))
    assert name in main_of(Walker(city, "ali").get("/my/ratings/"))
    rate(invitation=row, rating=Rating(level=5, channel="mobile", text="太慢"), now=city.now)
    city.rest()

    number = Rectification.objects.get().proceeding.number
    assert name in _read_by_its_unit(number)


def _read_by_its_unit(number):
    """Whoever holds the step of the rectification opens its page."""
    from tongban.engine.models import Step
    from tongban.people.models import Account
    from tongban.people.queries import officers_for

    step = Step.objects.get(proceeding__number=number, state="open")
    account = step.assignee_id or officers_for(step.queue, "650100")[0].account_id
    return Clerk(Account.objects.get(pk=account).login).see(number).words
