"""The figures against a reckoning by hand over invented tickets, and the lists against both."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from tests.hotline.calls import called
from tongban.engine.models import Clock, Proceeding
from tongban.hotline import queries
from tongban.hotline.actions import close_ticket, settle_days
from tongban.hotline.models import Day, Order, Task, Ticket

UNITS = ("fire-rescue", "tax", "urban-management")
PART = 0.5


@pytest.fixture
def house(city):
    city.go("2026-09-07 10:30")
    return city


def proceeding(pick, kind, unit, state, at, parent=None):
    made = Proceeding.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    return Proceeding.objects.create(
        number=f"X{made + 1:017}", kind=kind, parent=parent, region="650102003", department=unit,
        party_id=pick["party"], version_id=1, state=state, facts={"title": "甲"}, opened_at=at,
    )  # fmt: skip


def invented(house, seed):
    """Forty tickets with tasks, clocks and orders, anywhere around the period."""
    rng = random.Random(seed)  # noqa: S311 -- invented tickets, no secret
    first = called(house)
    pick = {"party": first.ticket.caller_id}
    Ticket.objects.filter(pk=first.ticket_id).update(received_at=house.now - timedelta(days=900))
    Task.objects.all().delete()

    def moment():
        return house.now + timedelta(hours=rng.randint(-40 * 24, 40 * 24))

    for _ in range(40):
        at, unit = moment(), rng.choice(("", *UNITS))
        state = rng.choice(["received", "answered", "refused", "transferred", "withdrawn"])
        if unit:
            state = rng.choice(["handling", "callback", "closed", "closed", "withdrawn"])
        ended = state in ("answered", "closed", "refused", "transferred", "withdrawn")
        ticket = Ticket.objects.create(
            proceeding=proceeding(pick, "ticket", "hotline-centre", state, at), channel="phone",
            region="650102003", type="help", title="甲", text="甲", caller_id=pick["party"],
            unit=unit, round=rng.choice([1, 1, 2, 3]), received_at=at,
            closed_at=moment() if ended else None,
            outcome=rng.choice(["", "solved", "partly", "unsolved", "unreached"]),
            satisfied=rng.choice([None, 1, 2, 3, 4, 5]),
        )  # fmt: skip
        for _n in range(rng.randint(0, 3) if unit else 0):
            invented_task(rng, pick, ticket, moment)
        if unit and rng.random() < 0.3:
            order = proceeding(pick, "ticket_order", unit, "issued", at, ticket.proceeding)
            Order.objects.create(
                proceeding=order, ticket=ticket, unit=unit, trigger="harm", level="listed"
            )


def invented_task(rng, pick, ticket, moment):
    unit, sent = rng.choice(UNITS), moment()
    state = rng.choice(["dispatched", "handling", "returned", "cancelled", "replied", "done"])
    row = Task.objects.create(
        proceeding=proceeding(pick, "ticket_task", unit, state, sent, ticket.proceeding),
        ticket=ticket, unit=unit, is_lead=rng.random() < 0.8, sent_at=sent,
        replied_at=moment() if state in ("replied", "done") else None,
        contacted_at=rng.choice([None, moment()]),
    )  # fmt: skip
    for name in ("handle", "contact", "sign"):
        Clock.objects.create(
            proceeding=row.proceeding, name=name, started_at=sent,
            due_at=rng.choice([None, moment(), moment(), moment()]),
        )  # fmt: skip


def by_hand(since, until, unit):
    """The formulas of domain-04 §5.6, one ticket after the other."""

    def within(at):
        return at is not None and since <= at < until

    def share(counted, of):
        return len(counted) / len(of) if of else None

    every = [
        one
        for one in Ticket.objects.select_related("proceeding")
        if unit is None or one.unit == unit
    ]
    state = {one.pk: one.proceeding.state for one in every}
    accepted = [
        one
        for one in every
        if within(one.received_at) and state[one.pk] not in ("refused", "transferred", "withdrawn")
    ]
    closed = [
        one for one in every if within(one.closed_at) and state[one.pk] == "closed" and one.unit
    ]
    called_back = [one for one in closed if one.outcome in ("solved", "partly", "unsolved")]
    rated = [one for one in closed if one.satisfied is not None]
    tasks = [
        one
        for one in Task.objects.select_related("proceeding")
        if one.is_lead and (unit is None or one.unit == unit)
    ]
    sent = [one for one in tasks if within(one.sent_at)]
    leads = Task.objects.filter(is_lead=True).order_by("-pk")
    first = dict(leads.values_list("ticket_id", "pk"))
    firsts = [one for one in sent if first[one.ticket_id] == one.pk]
    due = {(c.proceeding_id, c.name): c.due_at for c in Clock.objects.all()}
    held = [one for one in tasks if one.proceeding.state not in ("returned", "cancelled")]

    def in_time(name, when):
        counted = [one for one in held if within(due.get((one.pk, name)))]
        good = [one for one in counted if when(one) and when(one) < due[one.pk, name]]
        return share(good, counted)

    points = sum({"solved": 1, "partly": PART}.get(one.outcome, 0) for one in called_back)
    return {
        "direct": share([one for one in accepted if state[one.pk] == "answered"], accepted),
        "completion": share(
            [one for one in accepted if state[one.pk] in ("answered", "closed")], accepted
        ),
        "response": in_time("contact", lambda one: one.contacted_at),
        "on_time": in_time("handle", lambda one: one.replied_at),
        "solved": points / len(called_back) if called_back else None,
        "satisfied": share([one for one in rated if one.satisfied <= 3], rated),
        "returned": share([one for one in sent if one.proceeding.state == "returned"], sent),
        "first": share([one for one in firsts if one.proceeding.state != "returned"], firsts),
        "again": share([one for one in closed if one.round > 1], closed),
        "ordered": share([one for one in closed if one.orders.exists()], closed),
    }


@pytest.mark.parametrize("seed", range(4))
def test_every_figure_is_what_its_formula_says(house, seed):
    invented(house, seed)
    since, until = house.now - timedelta(days=20), house.now + timedelta(days=15)

    whole, *units = queries.figures(since, until)

    assert whole.shares == pytest.approx(by_hand(since, until, None), nan_ok=True)
    for one in units:
        assert one.shares == pytest.approx(by_hand(since, until, one.unit), nan_ok=True)
    for unit in UNITS:
        assert queries.figures(since, until, unit)[0].shares == by_hand(since, until, unit)


@pytest.mark.parametrize("seed", range(3))
def test_days_that_are_kept_say_what_reckoning_anew_says(house, seed):
    invented(house, seed)
    since, until = house.now - timedelta(days=20), house.now + timedelta(days=15)
    anew = queries.figures(since, until)

    days = settle_days(now=house.now, most=2_000)

    assert days > 800  # from the first request to yesterday, each once
    assert settle_days(now=house.now) == 0
    assert queries.figures(since, until) == anew
    assert Day.objects.filter(unit="", day__gte=house.now.date()).count() == 0
    # One kept day among others that are not: each is counted once.
    Day.objects.exclude(day=(house.now - timedelta(days=5)).date()).delete()
    assert queries.figures(since, until) == anew


def test_a_day_that_is_over_is_reckoned_again_when_something_of_it_changes(house):
    call = called(house).dispatched()
    since = house.now - timedelta(days=1)
    house.go("2026-09-09 10:30")
    settle_days(now=house.now)
    call.signed().replied().passed()
    assert queries.figures(since, house.now)[0].ended == 0

    call.said("solved", satisfied=1)
    close_ticket(ticket_id=call.ticket_id, by=call.centre(), now=house.now)
    house.rest()

    assert settle_days(now=house.now) > 0
    moment = house.now + timedelta(seconds=1)
    whole = queries.figures(since, moment)[0]
    assert (whole.ended, whole.closed, whole.accepted) == (1, 1, 1)
    Day.objects.all().delete()
    assert queries.figures(since, moment)[0] == whole


def test_nothing_counted_is_no_share(house):
    none = queries.figures(house.now - timedelta(days=3000), house.now - timedelta(days=2900))

    assert [set(one.shares.values()) for one in none] == [{None}]


def test_a_list_shows_what_is_asked_for_and_nothing_of_others(house):
    first, second = called(house), called(house, urgency="urgent", phone="13800002222")
    third = called(house, "请问企业营业执照怎么办", type="consult", domain="")
    first.dispatched("fire-rescue")
    centre, now = first.centre(), house.now

    def numbers(**wanted):
        return [one.number for one in queries.listed(centre, queries.Wanted(**wanted), now)]

    assert numbers() == [third.number, second.number, first.number]
    assert numbers(state="handling") == [first.number]
    assert numbers(urgency="urgent") == [second.number]
    assert numbers(domain="city") == [second.number, first.number]
    assert numbers(unit="fire-rescue") == [first.number]
    assert numbers(unit="tax") == numbers(late=True) == []
    page = queries.listed(centre, queries.Wanted(), now, limit=1)
    assert [
        one.number for one in queries.listed(centre, queries.Wanted(), now, before=page[0].number)
    ] == [second.number, first.number]
    head = first.unit("head")
    mine = [one.number for one in queries.listed(head, queries.Wanted(), now)]
    assert mine == [first.task.proceeding.number]
    assert queries.listed(house.actor("li.window"), queries.Wanted(), now) == []
    house.go("2026-09-15 09:00")
    late = [one.number for one in queries.listed(centre, queries.Wanted(late=True), house.now)]
    assert first.number in late
    assert queries.count_listed(centre, queries.Wanted(), house.now) == 3
