"""Seals, promises and proofs, and their copies outside the database."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction

from tests.records import scenes
from tests.records.scenes import CLERK, NOW, club, entry, export, write
from tongban.kernel.refusals import NotFound
from tongban.records import actions, gateways, models, queries, sql, tasks
from tongban.records.queries import EntryNotSealedYet
from tongban.records.rules import lines, seals
from tongban.records.rules.seals import NO_SEAL, Promise, is_signed
from tongban.records.rules.verification import verify

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*.json"))
    }


def test_a_seal_covers_what_was_fed_since_the_last_one_and_links_it():
    club(members=1)
    assert actions.seal(now=NOW) == 1
    write(entry("leave"))
    actions.sequence()
    assert actions.seal(now=NOW + MINUTE) == 1
    assert actions.seal(now=NOW + 2 * MINUTE) == 0

    first, second = queries.seals()

    assert (first.number, first.first_position, first.last_position) == (1, 1, 3)
    assert (second.number, second.first_position, second.last_position) == (2, 4, 4)
    assert (first.prev_hash, second.prev_hash) == (NO_SEAL, first.hash)
    assert is_signed(first)
    assert is_signed(second)


def test_a_long_pause_ends_in_several_seals(monkeypatch):
    monkeypatch.setattr("tongban.records.actions.seals.SEAL_SPAN", 4)
    club()

    assert actions.seal(now=NOW) == 3

    spans = [(s.first_position, s.last_position) for s in queries.seals()]
    assert spans == [(1, 4), (5, 8), (9, 9)]
    assert verify(export()).holds


def test_seals_are_published_outside_the_database(published):
    club()

    actions.seal(now=NOW)

    (name,) = files(published)
    assert name == "seals/000000000001.json"
    outside = lines.from_json(seals.Seal, json.loads(files(published)[name]))
    assert outside == queries.last_seal()


def test_what_could_not_be_published_is_published_later(published):
    club(members=1)
    actions.seal(now=NOW)
    (published / "seals" / "000000000001.json").unlink()

    assert actions.publish_seals() == 1
    assert actions.publish_seals() == 0

    assert list(files(published)) == ["seals/000000000001.json"]


def test_a_full_disk_leaves_no_half_published_seal(published, monkeypatch):
    club(members=1)

    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tongban.records.gateways.os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        actions.seal(now=NOW)
    assert [path for path in published.rglob("*") if path.is_file()] == []
    monkeypatch.undo()

    assert (actions.seal(now=NOW + MINUTE), list(files(published))) == (
        0,
        ["seals/000000000001.json"],
    )


def test_a_published_seal_is_never_rewritten(published):
    publisher = gateways.publisher()
    publisher.publish("seals/000000000001.json", b"{}")

    publisher.publish("seals/000000000001.json", b"{}")
    with pytest.raises(gateways.AlreadyPublished):
        publisher.publish("seals/000000000001.json", b"[]")

    assert files(published) == {"seals/000000000001.json": b"{}"}


def test_a_journal_with_a_hole_is_not_sealed():
    club()
    models.Sequencer.objects.update(position=12)

    with pytest.raises(actions.JournalBroken) as refusal:
        actions.seal(now=NOW)

    assert refusal.value.facts == {"first_position": 1, "last_position": 12, "found": 9}


def test_nothing_is_sealed_inside_a_transaction_that_may_roll_back(published):
    club()

    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        actions.seal(now=NOW)

    assert files(published) == {}


def test_the_worker_seals_every_ten_minutes():
    club(members=1)
    assert tasks.seal_due(NOW) == 1
    write(entry("leave"))
    actions.sequence()

    assert [tasks.seal_due(NOW + k * MINUTE) for k in (1, 9, 10, 11)] == [0, 0, 1, 0]


def test_the_unsealed_span_is_stated():
    club(members=1)
    actions.seal(now=NOW)
    assert queries.unsealed_span() == queries.UnsealedSpan(4, None, 0)

    write(entry("leave"))
    write(entry("return"))
    actions.sequence()

    span = queries.unsealed_span()
    first = queries.timeline("member", 1)[3]
    assert (span.from_position, span.count, span.since) == (4, 2, first.recorded_at)


@pytest.mark.parametrize("members", [1, 2, 5])
def test_every_sealed_entry_has_a_proof_that_holds(members):
    club(members=members)
    actions.seal(now=NOW)

    proofs = [queries.proof_for(entry.id) for _, _, entry in sql.stored_entries()]

    assert [proof.position for proof in proofs] == list(range(1, members * 3 + 1))
    assert all(proof.holds() for proof in proofs)


def test_a_proof_holds_for_its_own_entry_and_place_only():
    club()
    actions.seal(now=NOW)
    proof = queries.proof_for(models.Feed.objects.get(position=4).entry_id)

    assert not replace(proof, entry_hash=bytes(32)).holds()
    assert not replace(proof, position=5).holds()
    assert not replace(proof, proof=replace(proof.proof, index=4), position=5).holds()
    assert not replace(proof, seal=replace(proof.seal, root=bytes(32))).holds()


def test_there_is_no_proof_before_the_seal_and_none_for_nothing():
    (entry_id,) = write()
    with pytest.raises(EntryNotSealedYet):
        queries.proof_for(entry_id)
    actions.sequence()
    with pytest.raises(EntryNotSealedYet):
        queries.proof_for(entry_id)
    with pytest.raises(NotFound):
        queries.proof_for(10**9)

    actions.seal(now=NOW)

    assert queries.proof_for(entry_id).holds()


def test_a_promise_binds_the_entry_at_once():
    (entry_id,) = write()

    promise = queries.promise(entry_id)

    stored = next(entry for _, _, entry in sql.stored_entries())
    assert (promise.stream, promise.stream_id, promise.seq) == ("member", 1, 1)
    assert promise.entry_hash == stored.hash
    assert is_signed(promise)
    assert not is_signed(replace(promise, seq=2))
    assert lines.from_json(Promise, lines.parse(lines.line(lines.as_json(promise)))) == promise


def test_there_is_no_promise_for_nothing():
    with pytest.raises(NotFound):
        queries.promise(10**9)


def test_the_signing_key_follows_from_its_secret(settings):
    one = gateways.signer().public_key
    settings.JOURNAL_SEAL_KEY = "another secret of this installation"

    assert gateways.signer().public_key != one
    assert gateways.Ed25519Signer(settings.JOURNAL_SEAL_KEY).public_key == (
        gateways.signer().public_key
    )


def test_each_past_day_of_the_access_log_is_sealed_once(published):
    for days, subjects in ((3, [1, 2]), (2, [1]), (0, [5])):
        sql.log_reads("staff", CLERK.id, NOW - timedelta(days=days), subjects, "party.phone", "x")

    assert actions.seal_reads(now=NOW) == 2
    assert actions.seal_reads(now=NOW) == 0
    assert actions.seal_reads(now=NOW + timedelta(days=1)) == 1

    sealed = [(s.day.isoformat(), s.reads) for s in queries.reads_seals()]
    assert sealed == [("2026-09-18", 2), ("2026-09-19", 1), ("2026-09-21", 1)]
    assert list(files(published)) == [f"reads/{day}.json" for day, _ in sealed]
    assert verify(export(with_reads=True), published=files(published)).holds


def test_the_day_of_a_read_is_the_citys_day():
    sql.log_reads("staff", 7, NOW.replace(hour=16, minute=1), [1], "w", "y")

    assert models.AccessRead.objects.get().day.isoformat() == "2026-09-22"


def test_a_reader_has_a_chain_for_each_day():
    actions.log_reads([4, 5], by=CLERK, what="party.phone", why="proceeding:1")
    actions.log_reads([4], by=CLERK, what="party.phone", why="proceeding:1")
    actions.log_reads([4], by=replace(CLERK, id=8), what="party.phone", why="proceeding:1")

    rows = models.AccessRead.objects.order_by("id").values_list("actor_id", "seq", "subject")

    assert list(rows) == [(7, 1, 4), (7, 2, 5), (7, 3, 4), (8, 1, 4)]
    assert [read.actor_id for read in queries.reads_about(4)] == [8, 7, 7]


def test_a_read_costs_one_statement(django_assert_num_queries):
    with django_assert_num_queries(3):  # savepoint, log, release
        actions.log_reads([1, 2, 3], by=CLERK, what="party.phone", why="w")


def test_the_rows_name_themselves():
    club(members=1)
    actions.seal(now=NOW)

    assert str(models.Seal.objects.get()) == "1: 1–3"
    assert scenes.feed()[0][0] == 1
