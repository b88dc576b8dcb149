"""Who sees what: the one predicate against an oracle that walks posts, steps and regions."""

import random
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from tests.engine.officers import ROLE, new_reviewer
from tests.engine.tennis import MONDAY
from tongban.engine.models import NO_DEADLINE, Proceeding, Step
from tongban.engine.queries import (
    access_proceeding,
    inbox,
    queue_loads,
    search,
    visible_to,
    watched,
    watched_loads,
)
from tongban.kernel.actors import SYSTEM, Actor
from tongban.kernel.refusals import NotFound
from tongban.people.models import Account, Authorisation, Department, Party, Post, Region
from tongban.people.queries import actor_of

PARENTS = {
    "650000": None,
    "650100": "650000",
    "650102": "650100",
    "650102003": "650102",
    "650103": "650100",
    "653100": "650000",
}
DEPARTMENTS = ("club", "pool", "chess")
WORKING = ("window", "reviewer", "decider")
WATCHING = ("head", "supervisor")
TODAY = MONDAY.date()


@dataclass
class World:
    """Everything that decides, as plain lists beside the tables."""

    chance: random.Random
    proceedings: list = field(default_factory=list)
    steps: list = field(default_factory=list)
    posts: dict = field(default_factory=dict)
    parties: list = field(default_factory=list)


def build(seed):
    world = World(random.Random(seed))  # noqa: S311 -- a test's dice
    for code, parent in PARENTS.items():
        Region.objects.create(code=code, parent_id=parent, level=3, name={"zh": code})
    for code in DEPARTMENTS:
        Department.objects.create(code=code, name={"zh": code}, uscc=code, region_id="650100")
    for number in range(6):
        world.parties.append(new_party(f"party{number}"))
    for number in range(7):
        hire(world, f"officer{number}")
    for number in range(25):
        file(world, number)
    return world


def new_party(code, **more):
    return Party.objects.create(
        kind="natural", name=code, code=code, code_key=code.encode(), **more
    )


def hire(world, login):
    chance = world.chance
    account = Account.objects.create(
        login=login, kind="staff", name=login, password="!", created_at=MONDAY,
        totp_secret="S" if chance.random() < 0.8 else None,
    )  # fmt: skip
    posts = {
        (
            chance.choice(DEPARTMENTS),
            chance.choice(WORKING + WATCHING),
            chance.choice(list(PARENTS)),
        )
        for _ in range(chance.randint(1, 3))
    }
    for department, role, region in posts:
        Post.objects.create(account=account, department_id=department, role=role, region_id=region)
    has_power = {p for p in posts if account.totp_secret or p[1] not in WATCHING}
    world.posts[account.pk] = has_power


def file(world, number):
    chance = world.chance
    one = Proceeding.objects.create(
        number=f"TC{number:04}", kind="membership", region=chance.choice(list(PARENTS)),
        department=chance.choice(DEPARTMENTS), party=chance.choice(world.parties), version_id=1,
        state="asked", opened_at=MONDAY,
    )  # fmt: skip
    world.proceedings.append(one)
    for step in range(chance.randint(0, 4)):
        state = chance.choice(["open", "open", "done", "cancelled"])
        world.steps.append(
            Step.objects.create(
                proceeding=one, code=f"step{step}", region=one.region, whose="government",
                queue=f"{chance.choice((one.department, *DEPARTMENTS))}.{chance.choice(WORKING)}",
                state=state, closed_at=None if state == "open" else MONDAY,
                assignee_id=chance.choice([None, *world.posts]), opened_at=MONDAY,
                rank_at=chance.choice([MONDAY, MONDAY + timedelta(days=1), NO_DEADLINE]),
            )
        )  # fmt: skip


# The oracle


def lies_in(region, area):
    while region is not None:
        if region == area:
            return True
        region = PARENTS[region]
    return False


def works_on(world, account_id, step):
    return any(
        step.queue == f"{department}.{role}" and lies_in(step.proceeding.region, region)
        for department, role, region in world.posts[account_id]
    )


def watches(world, account_id, proceeding):
    return any(
        role in WATCHING and department == proceeding.department
        and lies_in(proceeding.region, region)
        for department, role, region in world.posts[account_id]
    )  # fmt: skip


def seen_by_officer(world, account_id):
    worked = {s.proceeding_id for s in world.steps if works_on(world, account_id, s)}
    return {p.id for p in world.proceedings if p.id in worked or watches(world, account_id, p)}


def in_the_inbox(world, account_id, *, mine=False, colleagues=False):
    return [
        step.id
        for step in sorted(world.steps, key=lambda s: (s.rank_at, s.id))
        if step.state == "open"
        and works_on(world, account_id, step)
        and (colleagues or step.assignee_id in (None, account_id))
        and (not mine or step.assignee_id == account_id)
    ]


def officer(account_id):
    return actor_of(Account.objects.get(pk=account_id))


def ids(rows):
    return [row.step_id for row in rows]


worlds = pytest.mark.parametrize("seed", range(6))


@pytest.mark.django_db
@worlds
def test_an_officer_sees_what_his_posts_reach_and_nothing_else(seed):
    world = build(seed)

    for account_id in world.posts:
        actor = officer(account_id)
        seen = seen_by_officer(world, account_id)
        assert set(visible_to(actor).values_list("id", flat=True)) == seen
        for one in world.proceedings:
            assert opens(actor, one.number) == (one.id in seen)
            assert [p.id for p in search(actor, one.number)] == [one.id] * (one.id in seen)


def opens(actor, number):
    try:
        return access_proceeding(actor, number).number == number
    except NotFound:
        return False


@pytest.mark.django_db
@worlds
def test_the_inbox_is_the_open_steps_of_what_an_officer_sees(seed):
    world = build(seed)

    for account_id in world.posts:
        actor = officer(account_id)
        rows = inbox(actor, limit=500)
        assert ids(rows) == in_the_inbox(world, account_id)
        assert ids(inbox(actor, with_colleagues=True, limit=500)) == in_the_inbox(
            world, account_id, colleagues=True
        )
        assert ids(inbox(actor, only_mine=True, limit=500)) == in_the_inbox(
            world, account_id, mine=True
        )
        assert {r.proceeding_id for r in rows} <= seen_by_officer(world, account_id)
        assert len(in_the_inbox(world, account_id, colleagues=True)) == sum(
            load.open for load in queue_loads(actor, MONDAY).values()
        )
        assert len(rows) == sum(load.for_me for load in queue_loads(actor, MONDAY).values())
        assert sum(row.rank_at <= MONDAY for row in rows) == sum(
            load.late for load in queue_loads(actor, MONDAY).values()
        )


def in_the_watched_list(world, account_id):
    return [
        step.id
        for step in sorted(world.steps, key=lambda s: (s.rank_at, s.id))
        if step.state == "open"
        and step.queue.split(".")[0] == step.proceeding.department
        and watches(world, account_id, step.proceeding)
    ]


@pytest.mark.django_db
@worlds
def test_whoever_heads_or_supervises_a_department_lists_what_lies_with_it(seed):
    world = build(seed)

    for account_id in world.posts:
        actor = officer(account_id)
        rows = watched(actor, limit=500)
        assert ids(rows) == in_the_watched_list(world, account_id)
        assert {r.proceeding_id for r in rows} <= seen_by_officer(world, account_id)
        assert len(rows) == sum(load.open for load in watched_loads(actor, MONDAY).values())


@pytest.mark.django_db
@pytest.mark.parametrize("size", [1, 2, 5])
@worlds
def test_pages_of_the_inbox_lose_and_double_nothing_under_equal_deadlines(seed, size):
    world = build(seed)

    for account_id in world.posts:
        actor, cursor, found = officer(account_id), "", []
        while rows := inbox(actor, with_colleagues=True, cursor=cursor, limit=size):
            found += ids(rows)
            cursor = rows[-1].cursor
        assert found == in_the_inbox(world, account_id, colleagues=True)


@pytest.mark.django_db
@worlds
def test_a_citizen_sees_what_belongs_to_whom_he_may_act_for(seed):
    world = build(seed)
    me, mine, friend, *_ = world.parties
    mine.kind, mine.representative = "legal", me
    mine.save()
    authorise(friend, me, until=TODAY)
    account = Account.objects.create(
        login="me", kind="citizen", name="me", password="!", party=me, created_at=MONDAY
    )

    actor = actor_of(account, on=TODAY)
    later = actor_of(account, on=TODAY + timedelta(days=1))

    assert owners(actor) == {p.party_id for p in world.proceedings} & {me.pk, mine.pk, friend.pk}
    assert owners(later) == {p.party_id for p in world.proceedings} & {me.pk, mine.pk}
    assert inbox(actor) == []
    assert queue_loads(actor, MONDAY) == watched_loads(actor, MONDAY) == {}
    assert watched(actor) == []


def owners(actor):
    return set(visible_to(actor).values_list("party_id", flat=True))


def authorise(principal, agent, *, until):
    Authorisation.objects.create(
        principal=principal, agent=agent, functions=["submit"], items=[], starts_on=TODAY,
        ends_on=until, state="active", principal_agreed_at=MONDAY, agent_agreed_at=MONDAY,
    )  # fmt: skip


@pytest.mark.django_db
def test_strangers_see_nothing():
    world = build(0)
    nobody = Actor(kind="citizen", id=1, name="x")
    without_posts = Actor(kind="staff", id=1, name="x", departments=frozenset(DEPARTMENTS))

    for actor in (nobody, without_posts, SYSTEM):
        assert not visible_to(actor).exists()
        assert inbox(actor) == []
        assert not any(opens(actor, one.number) for one in world.proceedings)


@pytest.mark.django_db
def test_two_posts_in_two_places_do_not_lend_each_other_their_region():
    """Reviewer of one district and window of the whole city is not reviewer of the city."""
    actor = Actor(
        kind="staff", id=1, name="x",
        posts=frozenset({("club.reviewer", "650102"), ("club.window", "6501")}),
    )  # fmt: skip

    assert actor.holds("club.reviewer", "650102003")
    assert not actor.holds("club.reviewer", "650103")
    assert actor.holds("club.window", "650103")


# Prices


@pytest.fixture
def one_reviewer(db):
    return new_reviewer("reviewer")


def steps(count):
    parties = [new_party(f"p{i}") for i in range(count)]
    for number, party in enumerate(parties):
        one = Proceeding.objects.create(
            number=f"TC{number:04}", kind="membership", region="650100", department="club",
            party=party, version_id=1, state="asked", opened_at=MONDAY,
        )  # fmt: skip
        Step.objects.create(
            proceeding=one, code="look", queue=f"club.{ROLE}", region="650100", state="open",
            whose="government", opened_at=MONDAY, rank_at=MONDAY,
        )  # fmt: skip


@pytest.mark.parametrize("rows", [1, 30])
def test_the_inbox_costs_one_query(one_reviewer, rows, django_assert_num_queries):
    steps(rows)
    actor = officer(one_reviewer)

    with django_assert_num_queries(1):
        found = inbox(actor)

    assert len(found) == rows
    assert found[0].party_name == "p0"


@pytest.mark.parametrize("rows", [1, 30])
def test_opening_a_proceeding_costs_one_query(one_reviewer, rows, django_assert_num_queries):
    steps(rows)
    actor = officer(one_reviewer)

    with django_assert_num_queries(1):
        assert access_proceeding(actor, "TC0000").department == "club"
