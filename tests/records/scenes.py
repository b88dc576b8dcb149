"""Scenes of the journal: entries of an invented tennis club, written as a room writes them."""

from collections import defaultdict
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import uuid4

from django.db import connection

from tongban.kernel.actors import Actor
from tongban.records import actions, queries
from tongban.records.events import SUBSCRIBERS, NewEntry, subscribe
from tongban.records.rules.verification import verify

NOW = datetime(2026, 9, 21, 1, 30, tzinfo=UTC)
CLERK = Actor(kind="staff", id=7, name="李明")


def entry(verb="join", *, member=1, **more):
    return NewEntry(stream="member", stream_id=member, verb=verb, region="650102", **more)


def write(*entries, by=CLERK, now=NOW, **more):
    """Append entries of one action; their ids."""
    return actions.append(list(entries) or [entry()], by=by, now=now, **more)


def club(members=3, verbs=("join", "pay", "play")):
    """A club with some history, every verb of a member one action; positions are given."""
    for verb in verbs:
        for member in range(1, members + 1):
            write(entry(verb, member=member, body={"member": member}, public=verb != "pay"))
    actions.sequence()


def feed():
    """The whole feed as (position, stream_id, seq, verb)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT f.position, e.stream_id, e.seq, e.verb FROM records_feed f"
            " JOIN records_entry e ON e.id = f.entry_id ORDER BY f.position"
        )
        return cursor.fetchall()


def export(*, now=NOW, with_reads=False):
    return list(queries.export_lines(now=now, with_reads=with_reads))


class Listener:
    """A subscriber that remembers what it heard, and refuses what it is told to refuse."""

    def __init__(self, name=None, **wishes):
        self.name = name or f"listener-{uuid4()}"
        self.heard = []
        self.refuses = frozenset()
        subscribe(self.name, self.hear, **wishes)

    def hear(self, fed):
        if fed.position in self.refuses:
            raise ValueError(f"cannot take {fed.position}\nDETAIL: Key (name)=(艾力)")
        self.heard.append(fed.position)


class Keeper(Listener):
    """A subscriber that writes down what it heard in a table, so that a rollback forgets it."""

    def hear(self, fed):
        super().hear(fed)
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO heard VALUES (%s, %s)", [self.name, fed.position])

    def kept(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT position FROM heard WHERE name = %s ORDER BY seq", [self.name])
            return [row[0] for row in cursor.fetchall()]


WIPE = """
SET session_replication_role = replica;
TRUNCATE records_entry, records_feed, records_seal, records_subscription, records_subjectkey,
    records_accessread, records_accessseal RESTART IDENTITY;
UPDATE records_sequencer SET position = 0, snapshot = NULL, xid = NULL, cluster = ''
"""


def wipe(server, name):
    """Forget what the template's journal tells of the content: only a superuser can."""
    with server.connect(name) as superuser:
        superuser.execute(WIPE)


@contextmanager
def own_subscribers():
    """Inside, there are the subscribers that the test registers, and no others."""
    before = dict(SUBSCRIBERS)
    SUBSCRIBERS.clear()
    try:
        yield
    finally:
        SUBSCRIBERS.clear()
        SUBSCRIBERS.update(before)


def raw_append(connection, member, verb="play"):
    """What the engine does, on a connection of one's own: lock the stream, then append."""
    connection.execute("SELECT pg_advisory_xact_lock(%s)", [member])
    unlocked_append(connection, member, verb)


def unlocked_append(connection, member, verb="play"):
    """What nobody may do: append without holding the stream."""
    connection.execute(
        "SELECT records_append(%s, now(), 'staff', 7, '', jsonb_build_array(jsonb_build_object("
        "'stream', 'member', 'stream_id', %s::bigint, 'verb', %s::text)))",
        [uuid4(), member, verb],
    )


def in_order(fed):
    """Positions are dense, and inside each stream the numbers go 1, 2, 3 …"""
    assert [position for position, *_ in fed] == list(range(1, len(fed) + 1))
    streams = defaultdict(list)
    for _, stream_id, seq, _ in fed:
        streams[stream_id].append(seq)
    assert all(seqs == list(range(1, len(seqs) + 1)) for seqs in streams.values())


def holds(**more):
    """Whether the journal verifies."""
    return verify(export(**more)).holds
