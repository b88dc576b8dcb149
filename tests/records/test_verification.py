"""Every way of bending history is found, by the tables' owner with the triggers off as well."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.records.scenes import NOW, club, entry, export, write
from tests.records.test_seals import files
from tongban.records import actions, gateways, queries, sql
from tongban.records.rules import lines
from tongban.records.rules.chain import StoredEntry, entry_hash, genesis
from tongban.records.rules.seals import NO_SEAL, Promise, Seal, root_of
from tongban.records.rules.verification import verify

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def journal(own_database):
    """Nine sealed entries of three members, three unsealed ones, the triggers of the owner off."""
    club()
    actions.seal(now=NOW)
    for member in (1, 2, 3):
        write(entry("leave", member=member))
    actions.sequence()
    with own_database.connect("tongban_owner", autocommit=True) as owner:
        for table in ("records_entry", "records_feed", "records_seal"):
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield owner


def found(published=None, **more):
    result = verify(export(now=LATER), published=published, **more)
    return [(finding.code, finding.where) for finding in result.findings]


def rehash(owner, entry_id):
    """What a thorough forger does: give a changed row its proper hash."""
    row = next(e for _, _, e in sql.stored_entries() if e is not None and e.id == entry_id)
    owner.execute("UPDATE records_entry SET hash = %s WHERE id = %s", [entry_hash(row), entry_id])


def relink(owner, member):
    """The most thorough forger: link and hash the whole stream anew."""
    before = genesis("member", member)
    for seq, line in enumerate(queries.timeline("member", member), 1):
        owner.execute(
            "UPDATE records_entry SET seq = %s, prev_hash = %s WHERE id = %s",
            [seq, before, line.id],
        )
        rehash(owner, line.id)
        (before,) = owner.execute(
            "SELECT hash FROM records_entry WHERE id = %s", [line.id]
        ).fetchone()


def test_an_untouched_journal_holds_and_says_what_is_not_sealed(journal, published):
    result = verify(export(now=LATER), published=files(published))

    assert result.holds
    assert (result.entries, result.streams, result.seals) == (12, 3, 1)
    assert (result.unsealed, result.unsealed_from) == (3, 10)
    assert result.unsealed_since == queries.timeline("member", 1)[3].recorded_at
    assert result.keys == (gateways.signer().public_key.hex(),)


@pytest.mark.parametrize(
    "column",
    [
        "body = '{\"member\": 5}'",
        "body = '{\"member\": 2.0}'",
        "verb = 'waive'",
        "at = at - interval '1 microsecond'",
        "recorded_at = recorded_at + interval '1 second'",
        "actor_id = 8",
        "actor_kind = 'system'",
        "place = 'x'",
        "basis = 'x'",
        "region = ''",
        "fields = '{x}'",
        "public = NOT public",
        "private = '\\x00'",
        "private_subject = 1",
        "action_id = '00000000-0000-0000-0000-000000000001'",
        "id = 100",
        "prev_hash = '\\x00'",
        "hash = '\\x00'",
    ],
)
def test_a_change_of_any_column_is_found(journal, column):
    journal.execute(f"UPDATE records_entry SET {column} WHERE id = 5")

    codes = [code for code, where in found() if where == "member/2#2"]

    assert "entry-changed" in codes


def test_a_change_of_the_last_entry_is_found(journal):
    journal.execute("UPDATE records_entry SET verb = 'stay' WHERE id = 12")

    assert found() == [("entry-changed", "member/3#4")]


def test_a_changed_entry_with_a_proper_hash_does_not_fit_its_successor(journal):
    journal.execute("UPDATE records_entry SET body = '{}' WHERE id = 5")
    rehash(journal, 5)

    assert found() == [
        ("entry-unlinked", "member/2#3"),
        ("seal-broken", "seals/000000000001.json"),
    ]


def test_a_whole_stream_hashed_anew_does_not_fit_its_seal(journal):
    journal.execute("UPDATE records_entry SET body = '{}' WHERE id = 5")
    relink(journal, 2)

    assert found() == [("seal-broken", "seals/000000000001.json")]


def test_a_removed_entry_is_found_by_its_position_its_number_and_its_seal(journal):
    journal.execute("DELETE FROM records_entry WHERE id = 5")

    assert found() == [
        ("entry-removed", "位置 5"),
        ("seal-broken", "seals/000000000001.json"),
        ("entry-removed", "member/2"),
    ]


def test_an_entry_removed_together_with_its_position_is_found(journal):
    journal.execute("DELETE FROM records_entry WHERE id = 5")
    journal.execute("DELETE FROM records_feed WHERE entry_id = 5")

    assert ("position-removed", "位置 5–5") in found()
    assert ("entry-removed", "member/2") in found()


def test_an_entry_removed_with_everything_moved_up_and_hashed_anew_is_found(journal):
    journal.execute("DELETE FROM records_entry WHERE id = 5")
    journal.execute("DELETE FROM records_feed WHERE entry_id = 5")
    for position in range(6, 13):
        journal.execute(
            "UPDATE records_feed SET position = position - 1 WHERE position = %s", [position]
        )
    journal.execute("UPDATE records_sequencer SET position = 11")
    relink(journal, 2)

    assert found() == [("seal-broken", "seals/000000000001.json")]


def test_a_removed_tail_is_found_by_the_feed(journal):
    journal.execute("DELETE FROM records_entry WHERE id > 10")
    journal.execute("DELETE FROM records_feed WHERE entry_id > 10")

    assert found() == [("position-removed", "位置 11–12")]


def test_a_removed_sealed_tail_is_found_by_the_seal(journal):
    journal.execute("DELETE FROM records_entry WHERE id > 8")
    journal.execute("DELETE FROM records_feed WHERE entry_id > 8")
    journal.execute("UPDATE records_sequencer SET position = 8")

    assert found() == [("seal-broken", "seals/000000000001.json")]


def test_a_removed_unsealed_entry_is_found_by_whoever_holds_its_promise(journal):
    promise = queries.promise(12)
    assert found(promises=[promise]) == []
    journal.execute("DELETE FROM records_entry WHERE id = 12")
    journal.execute("DELETE FROM records_feed WHERE entry_id = 12")
    journal.execute("UPDATE records_sequencer SET position = 11")

    assert found() == []
    assert found(promises=[promise]) == [("promise-broken", "member/3#4")]


def test_a_forged_promise_is_told_apart(journal):
    real = queries.promise(12)
    forged = Promise(**{**_fields(real), "entry_hash": bytes(32)})

    assert found(promises=[forged]) == [("promise-forged", "member/3#4")]


def test_an_inserted_entry_is_found(journal):
    row = next(e for _, _, e in sql.stored_entries() if e.id == 5)
    journal.execute(
        "INSERT INTO records_entry SELECT (jsonb_populate_record(e, %s)).* FROM records_entry e"
        " WHERE id = 5",
        [json.dumps({"id": 50, "seq": 5, "action_id": str(uuid4())})],
    )
    journal.execute("UPDATE records_feed SET position = position + 100 WHERE position >= 6")
    journal.execute("UPDATE records_feed SET position = position - 99 WHERE position > 100")
    journal.execute("INSERT INTO records_feed VALUES (6, 50)")
    rehash(journal, 50)

    codes = {code for code, _ in found()}

    assert row.seq == 2
    assert {"entry-reordered", "seal-broken"} <= codes


def test_an_entry_that_takes_the_number_of_another_is_found(journal):
    journal.execute("ALTER TABLE records_entry DROP CONSTRAINT records_entry_stream_seq")
    journal.execute(
        "INSERT INTO records_entry SELECT (jsonb_populate_record(e, %s)).* FROM records_entry e"
        " WHERE id = 5",
        [json.dumps({"id": 50})],
    )
    rehash(journal, 50)

    assert found() == [("entry-inserted", "member/2#2")]


def test_entries_of_one_stream_in_the_wrong_order_are_found(journal):
    journal.execute("UPDATE records_feed SET entry_id = -entry_id WHERE entry_id IN (2, 5)")
    journal.execute("UPDATE records_feed SET entry_id = 5 WHERE position = 2")
    journal.execute("UPDATE records_feed SET entry_id = 2 WHERE position = 5")

    assert found() == [
        ("entry-reordered", "member/2#1"),
        ("seal-broken", "seals/000000000001.json"),
    ]


def test_entries_of_two_streams_in_the_wrong_order_are_found_by_the_seal(journal):
    journal.execute("UPDATE records_feed SET entry_id = -entry_id WHERE entry_id IN (1, 2)")
    journal.execute("UPDATE records_feed SET entry_id = 2 WHERE position = 1")
    journal.execute("UPDATE records_feed SET entry_id = 1 WHERE position = 2")

    assert found() == [("seal-broken", "seals/000000000001.json")]


def test_numbers_given_in_another_order_are_found(journal):
    journal.execute("UPDATE records_entry SET id = -id WHERE id IN (2, 5)")
    journal.execute("UPDATE records_entry SET id = 5 WHERE id = -2")
    journal.execute("UPDATE records_entry SET id = 2 WHERE id = -5")

    codes = {code for code, _ in found()}

    assert {"entry-changed", "entry-reordered", "seal-broken"} <= codes


def test_a_removed_seal_is_found_by_its_published_copy(journal, published):
    journal.execute("DELETE FROM records_seal")

    assert found() == []
    assert found(files(published)) == [("seal-removed", "seals/000000000001.json")]


def test_a_forger_without_the_key_cannot_seal_anew(journal, published):
    journal.execute("UPDATE records_entry SET body = '{}' WHERE id = 5")
    relink(journal, 2)
    root = root_of(1, sql.leaves(1, 9))
    journal.execute("UPDATE records_seal SET root = %s", [root])

    assert found() == [("seal-forged", "seals/000000000001.json")]


def test_a_forger_with_the_key_cannot_change_the_published_copy(journal, published):
    journal.execute("UPDATE records_entry SET body = '{}' WHERE id = 5")
    relink(journal, 2)
    reseal(journal, gateways.signer())

    assert found() == []
    assert found(files(published)) == [
        ("seal-rewritten", "seals/000000000001.json"),
        ("seal-broken", "seals/000000000001.json"),
    ]


def test_a_key_that_is_not_trusted_is_named(journal):
    ours = gateways.signer().public_key.hex()
    reseal(journal, gateways.Ed25519Signer("the secret of somebody else entirely"))

    assert found() == []
    assert found(trusted=frozenset({ours})) == [("key-unknown", "seals/000000000001.json")]


def test_a_gap_between_seals_is_found(journal):
    actions.seal(now=NOW)
    journal.execute("DELETE FROM records_seal WHERE number = 1")

    assert ("seal-unlinked", "seals/000000000002.json") in found()


def test_a_seal_that_was_never_published_is_named_after_a_minute(journal, published):
    (published / "seals" / "000000000001.json").unlink()

    assert found(files(published)) == [("seal-unpublished", "seals/000000000001.json")]
    at_once = verify(export(now=NOW + timedelta(seconds=30)), published=files(published))
    assert at_once.holds


def test_a_seal_published_after_the_export_is_no_trouble(journal, published):
    early = export(now=NOW + timedelta(minutes=1))
    actions.seal(now=NOW + timedelta(minutes=2))

    assert verify(early, published=files(published)).holds


def test_published_rubbish_is_named(journal):
    outside = {"seals/000000000001.json": b"not a seal"}

    assert ("published-unreadable", "seals/000000000001.json") in found(outside)


def test_a_change_in_the_access_log_is_found(own_database, owner, published):
    for subjects in ([1, 2], [3]):
        sql.log_reads("staff", 7, NOW - timedelta(days=2), subjects, "party.phone", "w")
    actions.seal_reads(now=NOW)
    owner.execute("ALTER TABLE records_accessread DISABLE TRIGGER USER")

    def read_findings():
        result = verify(export(now=LATER, with_reads=True), published=files(published))
        return [(finding.code, finding.where) for finding in result.findings]

    assert read_findings() == []
    owner.execute("UPDATE records_accessread SET subject = 9 WHERE seq = 2")
    assert read_findings() == [
        ("read-changed", "2026-09-19/staff/7#2"),
        ("seal-broken", "reads/2026-09-19.json"),
    ]
    owner.execute("DELETE FROM records_accessread WHERE seq = 2")
    assert read_findings() == [
        ("read-removed", "2026-09-19/staff/7"),
        ("seal-broken", "reads/2026-09-19.json"),
    ]
    owner.execute("DELETE FROM records_accessread")
    assert read_findings() == [("seal-broken", "reads/2026-09-19.json")]


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda export: export[:-1], "file-cut-off"),
        (lambda export: export[:5] + export[6:], "file-changed"),
        (lambda export: ["{not json\n", *export], "line-unreadable"),
        (lambda export: ['{"kind": "other"}\n', *export], "line-unreadable"),
        (lambda export: ["[]\n", *export], "line-unreadable"),
        (lambda export: ['{"kind": "entry"}\n', *export], "line-unreadable"),
        (lambda export: [export[0].replace('"version":1', '"version":2')], "line-unreadable"),
    ],
)
def test_a_damaged_file_is_named(journal, damage, code):
    result = verify(damage(export()))

    assert code in [finding.code for finding in result.findings]


# The same without a database: whatever a forger does to the lines of an export is found.

SIGNER = gateways.Ed25519Signer("the secret of the tennis club, long enough")


def _fields(record):
    return {name: getattr(record, name) for name in type(record).__dataclass_fields__}


def reseal(owner, signer):
    """Sign the first nine entries anew, with a key that the forger has."""
    seal = made_seal(sql.leaves(1, 9), signer)
    owner.execute(
        "UPDATE records_seal SET root = %s, public_key = %s, signature = %s",
        [seal.root, seal.public_key, seal.signature],
    )


def made_seal(hashes, signer=SIGNER):
    unsigned = Seal(1, 1, len(hashes), root_of(1, hashes), NO_SEAL, NOW, signer.public_key)
    return Seal(**{**_fields(unsigned), "signature": signer.sign(unsigned.statement)})


def made_entry(entry_id, member, seq, prev_hash, body="{}"):
    columns = (entry_id, "member", member, seq, "", uuid4(), "play", "staff", 7, NOW, NOW)
    rest = ("", "", (), body, True, None, None, prev_hash, b"")
    unhashed = StoredEntry(*columns, *rest)
    return StoredEntry(**{**_fields(unhashed), "hash": entry_hash(unhashed)})


def made_journal(members):
    """A well-formed history: one entry for each member named, in this order."""
    last = {}
    entries = []
    for entry_id, member in enumerate(members, 1):
        seq, before = last.get(member, (0, genesis("member", member)))
        made = made_entry(entry_id, member, seq + 1, before)
        last[member] = (seq + 1, made.hash)
        entries.append(made)
    return entries


def told(entries, seals=()):
    """An export of these entries at positions 1, 2, 3 …"""
    data = [
        {
            "kind": "journal",
            "version": 1,
            "exported_at": "2026-09-22T00:00:00Z",
            "position": len(entries),
            "reads": False,
        }
    ]
    data += [lines.as_json(seal) for seal in seals]
    data.append({"kind": "sealed"})
    data += [lines.as_json(entry, position=p) for p, entry in enumerate(entries, 1)]
    counts = {}
    for line in data:
        counts[line["kind"]] = counts.get(line["kind"], 0) + 1
    return [lines.line(line) for line in (*data, {"kind": "end", "counts": counts})]


def codes_of(entries, seals=()):
    return {finding.code for finding in verify(told(entries, seals)).findings}


histories = st.lists(st.integers(1, 3), min_size=2, max_size=12)


@given(histories)
def test_every_well_formed_history_holds(members):
    entries = made_journal(members)
    result = verify(told(entries, [made_seal([e.hash for e in entries])]))

    assert result.holds
    assert (result.entries, result.unsealed) == (len(members), 0)


@given(histories, st.data())
def test_any_changed_entry_is_found(members, data):
    entries = made_journal(members)
    index = data.draw(st.integers(0, len(entries) - 1))
    entries[index] = StoredEntry(**{**_fields(entries[index]), "body": '{"forged": true}'})

    assert "entry-changed" in codes_of(entries)


@given(histories, st.data())
def test_any_removed_entry_is_found_once_sealed(members, data):
    entries = made_journal(members)
    seal = made_seal([e.hash for e in entries])
    del entries[data.draw(st.integers(0, len(entries) - 1))]

    assert "seal-broken" in codes_of(entries, [seal])


@given(histories, st.data())
def test_a_removed_entry_that_has_successors_is_found_without_a_seal(members, data):
    entries = made_journal(members)
    index = data.draw(st.integers(0, len(entries) - 1))
    has_successor = members[index] in members[index + 1 :]
    del entries[index]

    assert ("entry-removed" in codes_of(entries)) == has_successor


@given(histories, st.data())
def test_any_reordering_is_found_once_sealed(members, data):
    entries = made_journal(members)
    seal = made_seal([e.hash for e in entries])
    moved = data.draw(st.permutations(entries))

    assert ("seal-broken" in codes_of(moved, [seal])) == (moved != entries)


@given(histories, st.data())
def test_a_reordering_inside_a_stream_is_found_without_a_seal(members, data):
    entries = made_journal(members)
    moved = data.draw(st.permutations(entries))
    orders = [[e.seq for e in moved if e.stream_id == member] for member in (1, 2, 3)]

    assert ("entry-reordered" in codes_of(moved)) == (orders != [sorted(o) for o in orders])


@given(histories, st.data())
def test_any_inserted_entry_is_found_once_sealed(members, data):
    entries = made_journal(members)
    seal = made_seal([e.hash for e in entries])
    index = data.draw(st.integers(0, len(entries) - 1))
    like = entries[index]
    entries.insert(index, made_entry(99, like.stream_id, like.seq, like.prev_hash, '{"x": 1}'))

    assert {"entry-inserted", "seal-broken"} <= codes_of(entries, [seal])


@settings(max_examples=200)
@given(histories, st.binary(min_size=1, max_size=6), st.data())
def test_rubbish_in_a_line_never_passes_and_never_breaks_the_verifier(members, rubbish, data):
    entries = made_journal(members)
    export = [line.encode() for line in told(entries, [made_seal([e.hash for e in entries])])]
    # Between the head and the end: the seal, the mark behind the seals, the entries.
    which = data.draw(st.sampled_from([1, *range(3, len(export) - 1)]))
    at = data.draw(st.integers(0, len(export[which]) - 1))
    whole = export[which]
    export[which] = whole[:at] + rubbish + whole[at + len(rubbish) :]

    result = verify(export)

    assert result.holds == (_meaning(export[which]) == _meaning(whole))


def _meaning(line):
    try:
        data = lines.parse(line)
        kind = {"seal": Seal, "entry": StoredEntry}[data["kind"]]
        return lines.from_json(kind, data), data.get("position")
    except (KeyError, ValueError):
        return line


@pytest.mark.parametrize("record", [made_journal([1])[0], made_seal([bytes(32)])])
def test_a_record_survives_its_line(record):
    assert lines.from_json(type(record), lines.parse(lines.line(lines.as_json(record)))) == record
