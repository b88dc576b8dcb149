"""The one order, and the subscribers that read it."""

import json
from datetime import timedelta

import pytest
from django.db import connection

from tests.records import scenes
from tests.records.scenes import NOW, Keeper, Listener, club, entry, feed, write
from tongban.records import actions, models, queries
from tongban.records.actions import ReactionFailed, drain, drain_all, sequence
from tongban.records.events import SUBSCRIBERS, subscribe
from tongban.records.tasks import cli_reactions

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard():
    """A table for what keepers hear; it goes away with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE heard (name text, position bigint, seq serial)")


def test_positions_are_dense_and_follow_the_writing():
    write(entry("join", member=2))
    write(entry("join", member=1))
    assert sequence() == 2
    write(entry("pay", member=2))
    assert [sequence(), sequence()] == [1, 0]

    assert feed() == [(1, 2, 1, "join"), (2, 1, 1, "join"), (3, 2, 2, "pay")]
    assert queries.fed_until() == 3


def test_sequencing_works_again_and_again_inside_one_transaction():
    for _ in range(4):
        write(entry("play"))
        assert sequence() == 1

    assert [position for position, *_ in feed()] == [1, 2, 3, 4]


def test_a_subscriber_hears_everything_once_and_in_order(listener):
    club()

    assert drain() == 9
    assert drain() == 0
    write(entry("leave"))
    assert [sequence(), drain()] == [1, 1]

    assert listener.heard == list(range(1, 11))


def test_a_subscriber_hears_what_it_asked_for_and_passes_the_rest():
    payments = Listener("payments", verbs={"pay"})
    other = Listener("other", streams={"court"})
    both = Listener("both", verbs=("join", "play"), streams=("member",))
    club(members=2)

    drain()

    assert (payments.heard, other.heard, both.heard) == ([3, 4], [], [1, 2, 5, 6])
    assert {s.name: s.behind for s in queries.subscriptions()} == {
        "both": 0,
        "other": 0,
        "payments": 0,
    }


def test_draining_all_moves_together_whoever_has_nothing_to_hear():
    payments = Listener("payments", verbs={"pay"})
    other = Listener("other", streams={"court"})
    club(members=2)

    # Two subscribers over six places each.
    assert drain_all() == 2 * 6

    assert (payments.heard, other.heard) == ([3, 4], [])
    assert {s.behind for s in queries.subscriptions()} == {0}
    assert drain_all() == 0


def test_a_subscriber_gets_the_entry_as_it_was_written():
    got = []
    subscribe("got", got.append)
    (entry_id,) = write(
        entry("pay", fields=("sum",), body={"sum": 30}, basis="章程#7", public=True), place="网上"
    )

    drain_all()

    (fed,) = got
    assert (fed.position, fed.id, fed.stream, fed.stream_id, fed.seq) == (
        1,
        entry_id,
        "member",
        1,
        1,
    )
    assert (fed.verb, fed.at, fed.actor_kind, fed.actor_id) == ("pay", NOW, "staff", 7)
    assert (fed.fields, fed.body, fed.basis, fed.place) == (
        ("sum",),
        {"sum": 30},
        "章程#7",
        "网上",
    )
    assert (fed.region, fed.public, fed.private_subject) == ("650102", True, None)


def test_the_limit_bounds_one_turn_of_each_subscriber(listener):
    club()

    assert [drain(4), drain(4), drain(4), drain(4)] == [4, 4, 1, 0]
    assert listener.heard == list(range(1, 10))


def test_a_newcomer_may_start_at_the_end():
    club()
    late = Listener("late", from_start=False)
    assert drain() == 0

    write(entry("leave"))
    drain_all()

    assert late.heard == [10]


def test_one_subscriber_can_be_drained_alone():
    one, two = Listener("one"), Listener("two")
    club()

    drain(name="one")

    assert (len(one.heard), len(two.heard)) == (9, 0)


def test_a_failing_subscriber_stops_only_itself_and_keeps_what_it_did(heard):
    bad, good = Keeper("bad"), Keeper("good")
    bad.refuses = {5}
    club()

    drain(now=NOW)

    assert (bad.kept(), good.kept()) == ([1, 2, 3, 4], list(range(1, 10)))
    status = {s.name: s for s in queries.subscriptions()}
    assert (status["good"].error, status["good"].behind) == ("", 0)
    assert status["bad"].position == 4
    assert (status["bad"].failed_at, status["bad"].attempts) == (NOW, 1)


def test_the_error_that_is_shown_quotes_no_row():
    bad = Listener("bad")
    bad.refuses = {1}
    club()

    drain()

    (status,) = queries.subscriptions()
    assert status.error == "ValueError: cannot take 1"


def test_a_failing_subscriber_waits_longer_each_time_and_then_resumes(heard):
    bad = Keeper("bad")
    bad.refuses = {2}
    club(members=1)
    now, waits = NOW, []

    for _ in range(11):
        drain(now=now)
        (status,) = queries.subscriptions()
        waits.append((status.retry_at - now).total_seconds())
        assert drain(now=status.retry_at - timedelta(microseconds=1)) == 0
        now = status.retry_at
    bad.refuses = frozenset()
    drain(now=now)

    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    assert bad.kept() == [1, 2, 3]
    (status,) = queries.subscriptions()
    assert (status.error, status.failed_at, status.retry_at, status.attempts) == (
        "",
        None,
        None,
        0,
    )


def test_an_operator_can_let_a_subscriber_try_again_at_once(heard):
    bad = Keeper("bad")
    bad.refuses = {1}
    club(members=1)
    drain()
    bad.refuses = frozenset()

    assert drain() == 0
    assert actions.retry_subscriptions(["bad"]) == 1
    assert drain() == 3


def test_what_a_failing_handler_wrote_is_rolled_back(heard):
    def write_and_fail(fed):
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO heard VALUES ('half', %s)", [fed.position])
        raise RuntimeError("after the write")

    subscribe("half", write_and_fail)
    club(members=1)

    drain()

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM heard")
        assert cursor.fetchone() == (0,)


def test_a_handler_that_breaks_the_transaction_still_stops_only_itself(heard):
    def break_transaction(_fed):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")

    subscribe("broken", break_transaction)
    good = Keeper("good")
    club(members=1)

    drain()

    assert good.kept() == [1, 2, 3]
    assert queries.subscriptions()[0].error == "DataError: division by zero"


def test_a_reaction_may_append_and_what_it_appends_is_heard():
    def welcome(fed):
        write(entry("welcome", member=fed.stream_id))

    subscribe("welcome", welcome, verbs={"join"})
    every = Listener("every")
    write(entry("join", member=1), entry("join", member=2))

    drain_all()

    assert [verb for *_, verb in feed()] == ["join", "join", "welcome", "welcome"]
    assert every.heard == [1, 2, 3, 4]


def test_draining_everything_says_which_subscriber_failed():
    bad = Listener("bad")
    bad.refuses = {2}
    club()

    with pytest.raises(ReactionFailed, match="bad: cannot take 2"):
        drain_all()
    bad.refuses = frozenset()
    drain_all()

    assert bad.heard[-1] == 9


def test_two_handlers_cannot_share_a_name(listener):
    with pytest.raises(ValueError, match="two subscribers"):
        subscribe("listener", print)

    subscribe("listener", SUBSCRIBERS["listener"].handler)


def test_an_idle_round_is_one_statement(listener, django_assert_num_queries):
    club()
    drain()

    with django_assert_num_queries(1):
        drain()
    with django_assert_num_queries(1):
        sequence()


def test_a_batch_costs_the_same_whatever_its_length(listener, django_assert_num_queries):
    drain_all()
    for members in (1, 8):
        for member in range(members):
            write(entry(member=member))
        sequence()
        # behind; savepoint, cursor, fed, savepoint, release, move, release
        with django_assert_num_queries(8):
            drain()


def test_a_cursor_shows_where_it_stands(listener):
    club()
    drain()

    assert str(models.Subscription.objects.get()) == "listener at 9"
    assert scenes.feed()[-1][0] == 9


def test_the_command_lists_who_stands_still_and_why(capsys):
    bad = Listener("bad")
    Listener("good")
    bad.refuses = {5}
    club()
    drain(now=NOW)

    assert cli_reactions([]) == 1

    told = capsys.readouterr().out
    assert "停在第 5 条，落后 5 条" in told
    assert "ValueError" in told
    assert "已跟上" in told

    assert cli_reactions(["--json"]) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(one["name"], one["behind"]) for one in lines] == [("bad", 5), ("good", 0)]


def test_what_stands_still_is_resumed_by_the_command(capsys):
    bad = Listener("bad")
    bad.refuses = {5}
    club()
    drain()
    bad.refuses = set()

    assert drain() == 0
    assert cli_reactions(["--resume", "bad"]) == 0
    assert drain() == 5

    assert cli_reactions([]) == 0
    assert "1 个停下的订阅将立即重试" in capsys.readouterr().out


def test_an_unknown_reaction_is_not_resumed(capsys):
    Listener("good")

    assert cli_reactions(["--resume", "godo"]) == 2

    assert "没有名为 godo 的订阅；现有：good" in capsys.readouterr().err
