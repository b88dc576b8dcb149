"""The one order under real concurrency: nothing out of order, nothing lost, nothing twice."""

import contextlib
import random
import threading
from dataclasses import replace

import psycopg
import pytest
from django.db import OperationalError, connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.records.scenes import (
    CLERK,
    NOW,
    Keeper,
    entry,
    feed,
    holds,
    in_order,
    own_subscribers,
    raw_append,
    unlocked_append,
    wipe,
    write,
)
from tongban.records import actions, queries
from tongban.records.events import SUBSCRIBERS


@pytest.fixture(autouse=True)
def _empty_journal(request):
    if "own_database" in request.fixturenames:
        own = request.getfixturevalue("own_database")
        wipe(own.server, own.name)
    with own_subscribers():
        yield


@pytest.fixture
def heard(owner):
    owner.execute("CREATE TABLE heard (name text, position bigint, seq serial)")
    owner.execute("GRANT ALL ON heard TO tongban_app")
    owner.execute("GRANT ALL ON SEQUENCE heard_seq_seq TO tongban_app")


def test_racing_transactions_lose_nothing_and_stay_in_order(own_database, heard, race):
    writers, actions_each, members = 6, 40, 4
    keeper = Keeper("keeper")
    done = threading.Event()

    def writer(seed):
        chance = random.Random(seed)  # noqa: S311 -- a test's dice

        def run():
            for _ in range(actions_each):
                several = chance.sample(range(1, members + 1), chance.randint(1, 3))
                with transaction.atomic():
                    write(*(entry("play", member=member) for member in several))
                    if chance.random() < 0.1:
                        transaction.set_rollback(True)

        return run

    def sequencer():
        while not done.is_set():
            actions.sequence()

    def reader():
        while not done.is_set():
            actions.drain(7)

    def all_writers():
        try:
            return [r for r in race(*(writer(seed) for seed in range(writers))) if r]
        finally:
            done.set()

    results = race(sequencer, sequencer, reader, reader, all_writers)
    actions.drain_all()

    assert results == [None, None, None, None, []]
    fed = feed()
    in_order(fed)
    assert len(fed) == sum(len(queries.timeline("member", m)) for m in range(1, members + 1))
    assert keeper.kept() == list(range(1, len(fed) + 1))
    assert holds()


def test_a_foreign_open_transaction_holds_up_nobody_and_arrives_in_order(own_database):
    with own_database.connect() as slow:
        raw_append(slow, 1, "early")
        for _ in range(3):
            write(entry("play", member=2))
            assert actions.sequence() == 1

        raw_append(slow, 1, "late")
        slow.commit()

    write(entry("play", member=1))
    assert actions.sequence() == 3
    assert feed() == [
        (1, 2, 1, "play"),
        (2, 2, 2, "play"),
        (3, 2, 3, "play"),
        (4, 1, 1, "early"),
        (5, 1, 2, "late"),
        (6, 1, 3, "play"),
    ]


def test_a_transaction_that_began_long_ago_is_not_forgotten(own_database):
    with own_database.connect() as slow, own_database.connect() as rolled_back:
        slow.execute("SELECT pg_current_xact_id()")
        raw_append(rolled_back, 9)
        for _ in range(5):
            write(entry("play", member=2))
            actions.sequence()
        rolled_back.rollback()
        raw_append(slow, 1)
        slow.commit()

    assert actions.sequence() == 1
    assert actions.sequence() == 0
    in_order(feed())


def test_what_a_savepoint_rolled_back_is_not_fed(own_database):
    with transaction.atomic():
        write(entry("play"))
        with transaction.atomic():
            write(entry("cheat"))
            transaction.set_rollback(True)
        write(entry("pay"))

    actions.sequence()

    assert [verb for *_, verb in feed()] == ["play", "pay"]


def test_sequencing_inside_a_transaction_that_goes_on_writing_loses_nothing(own_database):
    """A snapshot does not list the transaction that takes it."""
    with transaction.atomic():
        write(entry("one"))
        actions.sequence()
        with own_database.connect(autocommit=True) as other:
            raw_append(other, 5)
        write(entry("two"))
        actions.sequence()
        write(entry("three"))

    actions.sequence()

    assert sorted(verb for *_, verb in feed()) == ["one", "play", "three", "two"]
    in_order(feed())


def test_a_sequencer_that_dies_gives_no_position(own_database):
    write(entry("play"))
    with own_database.connect() as dying:
        dying.execute("SELECT records_sequence()")
        assert actions.sequence() == 0
        dying.rollback()

    assert actions.sequence() == 1
    in_order(feed())


def test_the_sequencer_tells_who_listens(own_database):
    with own_database.connect(autocommit=True) as listening:
        listening.execute("LISTEN records_feed")
        write(entry("play"), entry("play", member=2))
        actions.sequence()
        actions.sequence()

        told = [note.payload for note in listening.notifies(timeout=5, stop_after=1)]

    assert told == ["2"]


def test_several_workers_never_run_one_subscriber_at_once(own_database, heard, race):
    at_work, most = [], []

    class Watched(Keeper):
        def hear(self, fed):
            at_work.append(1)
            most.append(len(at_work))
            super().hear(fed)
            at_work.pop()

    keeper = Watched("keeper")
    for _ in range(60):
        write(entry("play"))
    actions.sequence()

    moved = race(*[lambda: [actions.drain(1) for _ in range(60)]] * 4)
    actions.drain_all()

    assert all(isinstance(result, list) for result in moved)
    assert keeper.kept() == list(range(1, 61))
    assert max(most) == 1


def test_a_worker_that_dies_in_a_reaction_leaves_no_half_effect(own_database, heard):
    keeper = Keeper("keeper")
    for _ in range(3):
        write(entry("play"))
    actions.sequence()

    class Death(BaseException):
        """Like a kill: nothing in the house catches it."""

    def die(fed):
        Keeper.hear(keeper, fed)
        if fed.position == 2:
            raise Death

    SUBSCRIBERS["keeper"] = replace(SUBSCRIBERS["keeper"], handler=die)
    with pytest.raises(Death):
        actions.drain()
    connections.close_all()
    assert keeper.kept() == []

    SUBSCRIBERS.clear()
    again = Keeper("keeper")
    actions.drain()
    assert again.kept() == [1, 2, 3]


def test_whoever_holds_no_lock_cannot_fork_a_history(own_database):
    write(entry("join"))
    failed = []

    def second():
        try:
            with own_database.connect() as two:
                unlocked_append(two, 1)
        except psycopg.errors.UniqueViolation as error:
            failed.append(error)

    with own_database.connect() as one:
        unlocked_append(one, 1)
        thread = threading.Thread(target=second)
        thread.start()
        _wait_until_somebody_waits(own_database)
        one.commit()
    thread.join(30)

    assert len(failed) == 1
    assert [e.seq for e in queries.timeline("member", 1)] == [1, 2]


def _wait_until_somebody_waits(own_database):
    waiting = "SELECT FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'"
    with own_database.connect(autocommit=True) as watching:
        for _ in range(5_000):
            if watching.execute(waiting).fetchone() is not None:
                return
            watching.execute("SELECT pg_sleep(0.002)")
    pytest.fail("nobody waits")


def test_two_first_entries_about_one_subject_use_one_key(own_database, race):
    def personal(member):
        return lambda: write(
            entry("join", member=member, private={"m": member}, private_subject=5)
        )

    ids = [entry_ids[0] for entry_ids in race(*(personal(member) for member in range(1, 7)))]

    found = actions.read_privates(ids, by=CLERK, why="w")
    assert [found[entry_id]["m"] for entry_id in ids] == [1, 2, 3, 4, 5, 6]


def test_readers_of_one_officer_queue_and_keep_one_chain(own_database, race):
    def read(subject):
        return lambda: actions.log_reads([subject], by=CLERK, what="party.phone", why="w")

    race(*(read(subject) for subject in range(8)))

    assert len([queries.reads_about(subject) for subject in range(8)]) == 8
    assert holds(with_reads=True)


def test_two_sealers_make_one_seal(own_database, race, settings, tmp_path):
    settings.JOURNAL_PUBLISHED = tmp_path
    for _ in range(5):
        write(entry("play"))
    actions.sequence()

    made = race(*[lambda: actions.seal(now=NOW)] * 4)

    assert sorted(made) == [0, 0, 0, 1]
    assert holds()


@pytest.mark.kill
def test_a_database_killed_under_load_keeps_every_acknowledged_entry_in_order(own_cluster):
    wipe(own_cluster.server, own_cluster.name)
    known, at_work = [], threading.Event()

    def play(member):
        known.extend(write(entry("play", member=member)))
        if len(known) > 200:
            at_work.set()

    def until_it_dies(work, *words):
        with contextlib.suppress(OperationalError):
            while True:
                work(*words)
        connections.close_all()

    jobs = [(actions.sequence,), (play, 1), (play, 2), (play, 3)]
    threads = [threading.Thread(target=until_it_dies, args=job) for job in jobs]
    for thread in threads:
        thread.start()
    assert at_work.wait(30)
    own_cluster.kill()
    for thread in threads:
        thread.join(30)
    own_cluster.wait()

    actions.sequence()
    write(entry("play"))
    actions.sequence()

    fed = feed()
    in_order(fed)
    kept = {e.id for member in (1, 2, 3) for e in queries.timeline("member", member)}
    assert set(known) <= kept
    assert len(fed) == len(kept)
    assert holds()


# Steps of three clients that each hold one transaction open, of the sequencer, and of one client
# that commits at once. Each member belongs to one client, as if its row were locked.
steps = st.lists(
    st.tuples(
        st.sampled_from(["append", "append", "commit", "rollback", "sequence", "other"]),
        st.integers(0, 2),
    ),
    max_size=30,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps)
def test_any_interleaving_is_fed_in_order(own_database, steps):
    """One database for all examples: each starts from whatever the ones before left."""
    clients = [own_database.connect() for _ in range(3)]
    try:
        for verb, which in steps:
            _step(own_database, clients[which], verb, member=which + 1)
        for client in clients:
            client.commit()
    finally:
        for client in clients:
            client.close()
    actions.sequence()

    fed = feed()
    in_order(fed)
    with own_database.connect(autocommit=True) as counting:
        (entries,) = counting.execute("SELECT count(*) FROM records_entry").fetchone()
    assert len(fed) == entries


def _step(own_database, client, verb, *, member):
    if verb == "append":
        raw_append(client, member)
    elif verb == "commit":
        client.commit()
    elif verb == "rollback":
        client.rollback()
    elif verb == "sequence":
        actions.sequence()
    else:
        with own_database.connect(autocommit=True) as other:
            raw_append(other, 10 + member)
