"""Random assignment: fair by load, committed in the morning, replayed by anybody afterwards."""

import hashlib
import hmac
import json
import os
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine import tennis
from tests.engine.officers import ROLE, new_reviewer, on_leave
from tests.engine.tennis import MONDAY
from tongban.config.options import CHECKOUT
from tongban.engine.actions import assign_open_steps, ensure_assignment_day, reveal_secrets
from tongban.engine.models import AssignmentDay, Step
from tongban.engine.queries import assignment_log
from tongban.engine.rules import Candidate, commitment_of, draw, replay, seed_for
from tongban.engine.tasks import cli_replay
from tongban.kernel.refusals import NotFound
from tongban.records.models import Entry

TODAY = date(2026, 9, 14)
TOMORROW = MONDAY + timedelta(days=1)
SECRET = bytes(range(32))

# What chance exceeds in one of a thousand trials, by degrees of freedom; the dice are fixed.
CHI_SQUARE = {2: 13.82, 3: 16.27}


def chi_square(counts, shares):
    total = sum(counts.values())
    return sum((counts[k] - total * share) ** 2 / (total * share) for k, share in shares.items())


def drawn(loads, times=4000):
    candidates = [Candidate(account, load) for account, load in loads.items()]
    return Counter(
        draw(seed_for(SECRET, f"TC{number}", "look"), candidates).account_id
        for number in range(times)
    )


# The draw


def test_officers_of_equal_load_are_drawn_equally_often():
    assert (
        chi_square(drawn(dict.fromkeys((7, 8, 9, 10), 2)), dict.fromkeys((7, 8, 9, 10), 0.25))
        < (CHI_SQUARE[3])
    )


def test_the_chance_falls_as_the_load_grows():
    counts = drawn({7: 0, 8: 1, 9: 3})

    # Weights 1 : 1/2 : 1/4.
    assert chi_square(counts, {7: 4 / 7, 8: 2 / 7, 9: 1 / 7}) < CHI_SQUARE[2]


def test_one_step_of_a_case_tells_nothing_about_the_next():
    same = sum(
        draw(seed_for(SECRET, f"TC{n}", "review"), TWO).account_id
        == draw(seed_for(SECRET, f"TC{n}", "decide"), TWO).account_id
        for n in range(2000)
    )

    assert 900 < same < 1100


TWO = [Candidate(7, 0), Candidate(8, 0)]


@given(
    st.dictionaries(st.integers(1, 10_000), st.integers(0, 100_000), min_size=1, max_size=9),
    st.binary(min_size=32, max_size=32),
    st.randoms(use_true_random=False),
)
def test_a_draw_depends_on_the_seed_and_the_loads_alone(loads, seed, chance):
    candidates = [Candidate(account, load) for account, load in loads.items()]
    shuffled = list(candidates)
    chance.shuffle(shuffled)

    first, again = draw(seed, candidates), draw(seed, shuffled)

    assert first == again
    assert first.account_id in loads
    assert 0 <= first.ticket < sum(first.weights)
    assert first.weights == tuple(max(1, 2520 // (1 + loads[a])) for a in sorted(loads))


def test_there_is_nobody_to_draw_from_an_empty_room():
    with pytest.raises(ValueError, match="nobody"):
        draw(SECRET, [])


# A day of the city


@pytest.fixture
def reviewers(db):
    return [new_reviewer(f"reviewer.{name}") for name in "abc"]


@pytest.fixture
def day(reviewers):
    """The day's secret, known here so that the dice are the same in every run."""
    return AssignmentDay.objects.create(
        day=TODAY, commitment=commitment_of(SECRET), secret=SECRET, published_at=MONDAY
    )


def asked_and_assigned(party, *, now=MONDAY, excluded=()):
    one = tennis.ask(party.id, now=now, role=ROLE)[0]
    assign_open_steps(one.id, now=now, excluded=excluded)
    return Step.objects.get(proceeding_id=one.id)


def test_the_commitment_is_the_hash_of_the_secret_and_comes_before_the_first_draw(
    party, reviewers
):
    asked_and_assigned(party)

    row = AssignmentDay.objects.get(day=TODAY)
    assert row.commitment == hashlib.sha256(bytes(row.secret)).hexdigest()
    commit, assign = Entry.objects.get(verb="commit"), Entry.objects.get(verb="assign")
    assert commit.id < assign.id
    assert commit.public
    assert commit.body == {"day": "2026-09-14", "commitment": row.commitment}


def test_a_day_is_committed_once(party, reviewers):
    for _ in range(3):
        asked_and_assigned(party)
    ensure_assignment_day(TODAY, now=MONDAY)

    assert Entry.objects.filter(verb="commit").count() == 1


def test_the_secret_stays_secret_until_the_day_is_over(party, reviewers):
    asked_and_assigned(party)
    secret = bytes(AssignmentDay.objects.get(day=TODAY).secret).hex()

    assert reveal_secrets(MONDAY) == 0
    assert assignment_log(TODAY)["secret"] is None
    assert not any(secret in json.dumps(e.body) for e in Entry.objects.all())

    assert reveal_secrets(TOMORROW) == 1
    assert reveal_secrets(TOMORROW) == 0
    assert assignment_log(TODAY)["secret"] == secret
    assert Entry.objects.get(verb="reveal").body == {"day": "2026-09-14", "secret": secret}


def test_the_work_of_a_day_is_spread(party, reviewers, day):
    counts = Counter(asked_and_assigned(party).assignee_id for _ in range(60))

    # Inverse loads pull back whoever runs ahead: far from the 5 of pure chance.
    assert sorted(counts) == sorted(reviewers)
    assert min(counts.values()) >= 14


def test_nobody_on_leave_gone_or_elsewhere_is_drawn(party, reviewers, day):
    away, *_ = reviewers
    on_leave(away, TODAY, TODAY)
    gone = new_reviewer("reviewer.gone", is_active=False)
    elsewhere = [new_reviewer("far", region="653100"), new_reviewer("east", region="650102")]

    counts = Counter(asked_and_assigned(party).assignee_id for _ in range(30))

    assert set(counts) == set(reviewers) - {away}
    assert not set(counts) & {gone, *elsewhere}


def test_leave_that_is_over_or_has_not_begun_counts_for_nothing(party, reviewers, day):
    for away in reviewers[1:]:
        on_leave(away, TODAY - timedelta(days=9), TODAY - timedelta(days=1))
        on_leave(away, TODAY + timedelta(days=1), TODAY + timedelta(days=9))

    assert {asked_and_assigned(party).assignee_id for _ in range(30)} == set(reviewers)


def test_whoever_has_a_conflict_of_interest_is_left_out(party, reviewers, day):
    assigned = {asked_and_assigned(party, excluded=reviewers[:2]).assignee_id for _ in range(9)}

    assert assigned == {reviewers[2]}


def test_a_step_that_nobody_can_get_stays_in_its_queue(party, reviewers, day):
    step = asked_and_assigned(party, excluded=reviewers)

    assert (step.state, step.assignee_id) == ("open", None)
    assert not Entry.objects.filter(verb="assign").exists()


def test_an_assigned_step_is_not_drawn_again(party, reviewers, day):
    step = asked_and_assigned(party)

    assert assign_open_steps(step.proceeding_id, now=MONDAY) == 0
    assert Entry.objects.filter(verb="assign").count() == 1


def test_a_worker_that_comes_after_the_reveal_draws_from_the_day_on_which_it_works(
    party, reviewers, city_at
):
    """With a secret that everybody knows anybody could choose the moment that suits him."""
    late = tennis.ask(party.id, role=ROLE)[0]
    ensure_assignment_day(TODAY, now=MONDAY)
    now = city_at(TOMORROW)
    reveal_secrets(now)

    assign_open_steps(late.id, now=MONDAY)

    entry = Entry.objects.get(verb="assign")
    assert (entry.body["day"], entry.at) == ("2026-09-15", now)


def test_a_day_without_draws_is_not_found(db):
    with pytest.raises(NotFound):
        assignment_log(TODAY)


# Replaying


@pytest.fixture
def log(party, reviewers):
    """The public log of a day with twenty draws, as it reads after the reveal."""
    for _ in range(20):
        asked_and_assigned(party)
    reveal_secrets(TOMORROW)
    return json.loads(json.dumps(assignment_log(TODAY)))


def test_a_replay_agrees_with_every_draw(log):
    lines = replay(bytes.fromhex(log["secret"]), log["draws"])

    assert len(lines) == 20
    assert all(line.agrees for line in lines)


def test_a_stranger_replays_a_day_from_its_description_alone(log):
    """Written from the published rule, with nothing of the house."""
    secret = bytes.fromhex(log["secret"])
    assert hashlib.sha256(secret).hexdigest() == log["commitment"]
    for line in log["draws"]:
        seed = hmac.digest(secret, f"{line['number']}/{line['step']}".encode(), "sha256")
        weights = [max(1, 2520 // (1 + load)) for _, load in line["candidates"]]
        ticket = int(seed.hex(), 16) % sum(weights)
        lots = [a for (a, _), w in zip(line["candidates"], weights, strict=True) for _ in range(w)]
        assert lots[ticket] == line["officer"]


def forge_officer(log):
    line = log["draws"][3]
    line["officer"] = next(a for a, _ in line["candidates"] if a != line["officer"])


def forge_candidates(log):
    line = log["draws"][3]
    line["candidates"] = [pair for pair in line["candidates"] if pair[0] != line["officer"]]


def forge_secret(log):
    log["secret"] = bytes(32).hex()


def keep_the_secret(log):
    log["secret"] = None


def written(tmp_path, log):
    file = tmp_path / "day.json"
    file.write_text(json.dumps(log), encoding="utf-8")
    return [str(file)]


def test_the_replay_command_finds_nothing_in_a_true_log(log, tmp_path, capsys):
    assert cli_replay(written(tmp_path, log)) == 0

    assert capsys.readouterr().out == "2026-09-14：复核 20 次分办，不一致 0 次。\n"


@pytest.mark.parametrize(
    ("forge", "told"),
    [
        (forge_officer, "不一致 1 次"),
        (forge_candidates, "不一致 1 次"),
        (forge_secret, "与当日承诺值不符"),
        (keep_the_secret, "尚未公开"),
    ],
)
def test_the_replay_command_finds_a_forged_log(log, tmp_path, capsys, forge, told):
    forge(log)

    assert cli_replay(written(tmp_path, log)) == 1

    assert told in capsys.readouterr().out


def test_anybody_replays_without_a_database(log, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "tongban", "assignment", "replay", *written(tmp_path, log)],
        cwd=CHECKOUT,
        env=os.environ | {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "不一致 0 次" in done.stdout
