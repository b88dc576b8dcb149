"""The nightly audit: every stored clock is recomputed from the journal and compared."""

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.engine import tennis
from tests.engine.calendars import publish_days
from tests.engine.tennis import MONDAY, steward
from tongban.catalogue.queries import forget_live
from tongban.config.cli import ROOM_COMMANDS
from tongban.engine.actions import Act, reindex_clocks, sweep
from tongban.engine.models import Clock, Proceeding
from tongban.engine.queries import audit_clocks
from tongban.engine.states import KINDS
from tongban.engine.tasks import cli_audit, cli_sweep
from tongban.kernel.refusals import Refusal
from tongban.records.models import Entry

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _own_calendar():
    """A calendar that a test publishes is forgotten with its rows."""
    forget_live()
    yield
    forget_live()


def do(proceeding_id, verb, now):
    with Act(by=steward(), now=now) as act:
        act.move(act.lock(proceeding_id), verb)


def patience(proceeding):
    return Clock.objects.get(proceeding_id=proceeding.id, name="patience")


def found():
    return [(one.clock, one.what) for one in audit_clocks()]


@pytest.mark.parametrize("warns_only", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_the_audit_finds_no_difference(party, seed, warns_only, monkeypatch):
    if warns_only:
        monkeypatch.setitem(KINDS, "membership", replace(tennis.KIND, expiries={}))
    chance = random.Random(seed)  # noqa: S311 -- a test's dice
    lives = [tennis.ask(party.id, now=MONDAY + i * timedelta(hours=5))[0] for i in range(6)]
    now = MONDAY + 2 * DAY
    for _ in range(60):
        now += timedelta(hours=chance.randint(0, 20))
        try:
            do(chance.choice(lives).id, chance.choice(["rest", "wake", "rest", "welcome"]), now)
        except Refusal:
            continue
        if chance.random() < 0.2:
            sweep(now)

    assert found() == []
    assert len(set(Proceeding.objects.values_list("state", flat=True))) > 1


@pytest.mark.parametrize(
    ("tampered", "differs"),
    [
        ({"due_at": MONDAY + 90 * DAY}, ["due_at"]),
        ({"next_fire_at": None, "next_fire_level": ""}, ["next_fire_at", "next_fire_level"]),
        ({"next_fire_at": MONDAY + 90 * DAY}, ["next_fire_at"]),
        ({"started_at": MONDAY + DAY}, ["started_at"]),
        ({"stopped_at": MONDAY + DAY}, ["stopped_at"]),
        ({"not_before": date(2026, 1, 1)}, ["not_before"]),
        (
            {"suspensions": [["2026-09-15T03:00:00+00:00", "2026-09-17T03:00:00+00:00"]]},
            ["suspensions"],
        ),
        ({"pauses": 1}, ["pauses"]),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_what_somebody_changed_in_a_clock_is_found(asked, tampered, differs):
    Clock.objects.filter(proceeding_id=asked.id, name="patience").update(**tampered)

    assert found() == [("patience", what) for what in differs]


def test_a_clock_that_is_gone_and_one_that_nobody_started_are_found(asked):
    Clock.objects.filter(proceeding_id=asked.id, name="long").delete()
    Clock.objects.create(proceeding_id=asked.id, name="invented", started_at=MONDAY)

    assert {clock for clock, _ in found()} == {"long", "invented"}


def test_the_command_tells_each_difference_and_fails(asked, capsys):
    assert cli_audit([]) == 0
    due = patience(asked).due_at
    Clock.objects.filter(proceeding_id=asked.id, name="patience").update(due_at=due + DAY)

    assert cli_audit([]) == 1

    told = capsys.readouterr().out.splitlines()
    assert told[0] == "时限核对完毕，不一致 0 处。"
    assert told[1].startswith(f"{asked.number} patience due_at: ")
    assert told[-1] == "时限核对完毕，不一致 1 处。"


def test_the_sweep_command_fires_what_is_due_by_the_citys_clock(asked, city_at, capsys):
    city_at(patience(asked).due_at)

    assert cli_sweep([]) == 0

    assert capsys.readouterr().out == "已触发 2 个到期时限。\n"
    assert Proceeding.objects.get(id=asked.id).state == "turned_away"


@pytest.mark.parametrize("words", ["clocks audit", "clocks sweep", "assignment replay"])
def test_the_command_line_knows_the_commands_of_the_engine(words):
    module, _, name = ROOM_COMMANDS[words].run.rpartition(".")

    assert module == "tongban.engine.tasks"
    assert name.startswith("cli_")


# A calendar that is published later


def test_a_calendar_that_comes_later_moves_the_deadline_in_the_journal(asked):
    before = patience(asked).due_at

    publish_days(MONDAY + DAY, date(2026, 9, 16))
    assert ("patience", "due_at") in found()
    assert reindex_clocks(MONDAY + DAY) == 1

    assert patience(asked).due_at == before + DAY  # Sunday the 20th is worked, so Monday
    assert found() == []
    assert Entry.objects.get(verb="clocks_reindexed").body == {
        "clocks": ["patience"],
        "over": [],
    }


def test_a_calendar_that_changes_nothing_here_writes_nothing(asked):
    publish_days(MONDAY + DAY, date(2026, 1, 28))

    assert reindex_clocks(MONDAY + DAY) == 0
    assert not Entry.objects.filter(verb="clocks_reindexed").exists()


def test_a_deadline_of_a_late_calendar_fires_with_its_own_moment(party):
    """2027 is published after the five days are over: the city still decides as a punctual one."""
    asked = tennis.ask(party.id, now=MONDAY.replace(month=12, day=30))[0]
    row = patience(asked)
    assert (row.due_at, row.not_before, row.next_fire_at) == (None, date(2027, 1, 1), None)
    published = MONDAY.replace(year=2027, month=1, day=20)

    publish_days(published, date(2027, 1, 1))
    reindex_clocks(published)
    assert found() == []
    sweep(published)

    # 30 December is not counted; 31, 4, 5, 6, 7 January are.
    ended = Proceeding.objects.get(id=asked.id).ended_at
    assert ended.isoformat() == "2027-01-07T16:00:00+00:00"
    assert found() == []


@pytest.fixture
def _warns_only(monkeypatch):
    """The club's clock only warns its owner and goes on running after its end."""
    monkeypatch.setitem(KINDS, "membership", replace(tennis.KIND, expiries={}))


@pytest.mark.usefixtures("_warns_only")
def test_a_pause_after_the_end_does_not_let_a_clock_expire_again(asked):
    sweep(MONDAY + 10 * DAY)

    do(asked.id, "rest", MONDAY + 10 * DAY)
    sweep(MONDAY + 11 * DAY)
    do(asked.id, "wake", MONDAY + 12 * DAY)
    sweep(MONDAY + 40 * DAY)

    assert Entry.objects.filter(stream_id=asked.id, verb="clock_expired").count() == 1
    assert found() == []


@pytest.mark.usefixtures("_warns_only")
def test_an_expiry_that_has_happened_does_not_happen_again(party):
    asked = tennis.ask(party.id)[0]
    sweep(MONDAY + 10 * DAY)
    assert Entry.objects.filter(stream_id=asked.id, verb="clock_expired").count() == 1

    publish_days(MONDAY + 10 * DAY, date(2026, 9, 16))
    reindex_clocks(MONDAY + 10 * DAY)
    sweep(MONDAY + 11 * DAY)

    assert Entry.objects.filter(stream_id=asked.id, verb="clock_expired").count() == 1
    assert found() == []
