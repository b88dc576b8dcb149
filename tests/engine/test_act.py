"""One action: lock, decide, write once."""

from datetime import timedelta

import pytest

from tests.engine import tennis
from tests.engine.tennis import MONDAY, member, steward
from tongban.engine.actions import Act, sweep
from tongban.engine.models import Clock, Proceeding, Step
from tongban.engine.rules import TakenByColleague, require_step
from tongban.kernel.numbers import check_number
from tongban.kernel.refusals import MoveNotAllowed, NotAllowed, NotFound
from tongban.records.models import Entry

TUESDAY = MONDAY + timedelta(days=1)


def verbs(proceeding_id):
    found = Entry.objects.filter(stream="proceeding", stream_id=proceeding_id).order_by("seq")
    return list(found.values_list("verb", flat=True))


def test_asking_writes_proceeding_step_clocks_and_one_entry(asked):
    row = Proceeding.objects.get(id=asked.id)

    assert check_number(row.number)
    assert row.state == "asked"
    assert verbs(row.id) == ["ask"]
    assert Step.objects.get(proceeding=row).queue == "club.steward"
    assert Clock.objects.get(proceeding=row, name="patience").due_at is not None


def test_a_move_changes_state_closes_steps_and_stops_clocks(asked):
    with Act(by=steward(), now=TUESDAY) as act:
        act.move(act.lock(asked.id), "welcome")

    row = Proceeding.objects.get(id=asked.id)
    assert (row.state, row.ended_at) == ("member", TUESDAY)
    assert Step.objects.get(proceeding=row).state == "cancelled"
    assert Clock.objects.get(proceeding=row, name="patience").next_fire_at is None
    assert verbs(row.id) == ["ask", "welcome"]


def test_a_move_that_the_table_does_not_have_is_refused_and_writes_nothing(asked):
    with pytest.raises(MoveNotAllowed), Act(by=steward(), now=TUESDAY) as act:
        act.move(act.lock(asked.id), "wake")

    assert verbs(asked.id) == ["ask"]


def test_a_person_whom_the_table_does_not_name_is_refused(asked, party):
    with pytest.raises(NotAllowed), Act(by=member(party.id), now=TUESDAY) as act:
        act.move(act.lock(asked.id), "welcome")

    with pytest.raises(NotAllowed), Act(by=steward(region="6531"), now=TUESDAY) as act:
        act.move(act.lock(asked.id), "welcome")


def test_an_exception_inside_the_block_writes_nothing(asked):
    with pytest.raises(RuntimeError), Act(by=steward(), now=TUESDAY) as act:  # noqa: PT012 -- the block is the action
        act.move(act.lock(asked.id), "welcome")
        raise RuntimeError

    assert Proceeding.objects.get(id=asked.id).state == "asked"
    assert verbs(asked.id) == ["ask"]


def test_a_second_entry_for_one_proceeding_in_one_action_is_a_fault(asked):
    with pytest.raises(AssertionError), Act(by=steward(), now=TUESDAY) as act:  # noqa: PT012 -- the block is the action
        one = act.lock(asked.id)
        act.record(one, "seen")
        act.record(one, "seen_again")


def test_an_unknown_proceeding_is_not_found(db):
    with pytest.raises(NotFound), Act(by=steward(), now=TUESDAY) as act:
        act.lock(12345)


def test_a_dropped_action_leaves_no_trace(asked):
    with Act(by=steward(), now=TUESDAY) as act:
        act.lock(asked.id)
        act.drop()

    assert verbs(asked.id) == ["ask"]


def test_an_assigned_step_is_not_for_a_colleague(asked):
    step = Step.objects.get(proceeding_id=asked.id)
    step.assignee_id = 8

    with pytest.raises(TakenByColleague):
        require_step(steward(7), asked, step)
    require_step(steward(8), asked, step)


def test_the_last_child_joins_its_parent_in_the_same_action(party):
    parent, first, second = tennis.ask(party.id, children=2)

    for child in (first, second):
        with Act(by=steward(), now=TUESDAY) as act:
            act.move(act.lock(child.id), "welcome")

    assert Proceeding.objects.get(id=parent.id).open_children == 0
    assert verbs(parent.id) == ["ask", "child_gone"]
    last = Entry.objects.get(verb="welcome", stream_id=second.id)
    assert Entry.objects.get(verb="child_gone").action_id == last.action_id


def test_a_suspension_moves_the_deadline_by_the_days_it_lasted(asked):
    before = Clock.objects.get(proceeding_id=asked.id, name="patience").due_at
    with Act(by=steward(), now=TUESDAY) as act:
        act.move(act.lock(asked.id), "rest")
    assert Clock.objects.get(proceeding_id=asked.id, name="patience").due_at is None

    with Act(by=steward(), now=TUESDAY + timedelta(days=2)) as act:
        act.move(act.lock(asked.id), "wake")

    after = Clock.objects.get(proceeding_id=asked.id, name="patience").due_at
    assert after - before == timedelta(days=2)


def test_a_deadline_fires_with_its_own_moment_as_now(asked):
    due = Clock.objects.get(proceeding_id=asked.id, name="patience").due_at

    sweep(due + timedelta(days=30))

    row = Proceeding.objects.get(id=asked.id)
    assert (row.state, row.ended_at) == ("turned_away", due)
    assert verbs(asked.id) == ["ask", "clock_warned", "drop"]


def test_a_late_worker_does_not_let_an_officer_act_after_the_deadline(asked):
    due = Clock.objects.get(proceeding_id=asked.id, name="patience").due_at

    with pytest.raises(MoveNotAllowed), Act(by=steward(), now=due + timedelta(hours=1)) as act:
        act.move(act.lock(asked.id), "welcome")

    sweep(due + timedelta(hours=2))
    assert Proceeding.objects.get(id=asked.id).ended_at == due


def test_deadlines_fire_in_due_order_over_the_whole_city(party):
    late = tennis.ask(party.id, now=TUESDAY)[0]
    early = tennis.ask(party.id, now=MONDAY)[0]

    sweep(TUESDAY + timedelta(days=30))

    dropped = Entry.objects.filter(verb="drop").order_by("id").values_list("stream_id", flat=True)
    assert list(dropped) == [early.id, late.id]


def test_a_year_without_calendar_never_blocks_and_is_never_guessed(asked):
    row = Clock.objects.get(proceeding_id=asked.id, name="long")

    assert row.due_at is None
    assert row.not_before is not None
    assert row.next_fire_at is None or row.next_fire_level == "warn"
