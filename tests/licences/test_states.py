"""The life of a licence: every pair of state and verb, in the table and in the action."""

import pytest

from tests.licences import scenes
from tongban.kernel.refusals import MoveNotAllowed
from tongban.licences import rules
from tongban.licences.actions import change_state
from tongban.licences.models import Licence, LicenceVersion
from tongban.licences.states import LIFE, STATE_CODES, LicenceState

S = LicenceState
PAIRS = [(state, to) for state in S for to in S]
ORGANS_CHOICE = {
    (move.source_states[i], move.target)
    for move in LIFE.moves
    for i in range(len(move.source_states))
    if "organ" in move.roles
}


@pytest.mark.parametrize(("state", "verb"), list(LIFE.matrix()))
def test_every_pair_of_state_and_verb_moves_or_is_refused(state, verb):
    target = LIFE.matrix()[state, verb]

    if target is None:
        with pytest.raises(MoveNotAllowed, match="证照"):
            LIFE.move(state, verb)
    else:
        assert LIFE.target(state, verb) is target


@pytest.mark.parametrize(("state", "to"), PAIRS)
def test_an_organ_brings_a_licence_where_the_table_leads_and_nowhere_else(city, state, to):
    licence = put_into(scenes.order(city), state)

    if (state, to) in ORGANS_CHOICE:
        version = change(licence, to)
        assert (version.state, version.state_reason) == (to.value, "群众举报")
        licence.refresh_from_db()
        assert licence.state == to.value
    else:
        with pytest.raises(Exception) as caught:  # noqa: PT011 -- a move or a right, see below
            change(licence, to)
        assert caught.value.status in (403, 409)


def put_into(licence: Licence, state: S) -> Licence:
    """The licence as if it had lived up to there."""
    before = licence.versions.get(succeeded_at=None)
    LicenceVersion.objects.filter(pk=before.pk).update(succeeded_at=scenes.NOW)
    before.pk, before.seq, before.state, before.succeeded_at = None, 2, state.value, None
    before.save()
    licence.state = state.value
    licence.retry_at = licence.retry_at if state is S.PRODUCING else None
    licence.save()
    return licence


def change(licence: Licence, to: S):
    return change_state(
        identifier=scenes.identifier(licence), to=to, reason="群众举报",
        basis="行政许可法第六十九条", by=scenes.DECIDER, now=scenes.NOW,
    )  # fmt: skip


def test_the_way_back_to_valid_is_never_through_publishing():
    assert rules.move_to(S.SUSPENDED, S.VALID).verb == "resume"
    with pytest.raises(MoveNotAllowed):
        rules.move_to(S.PRODUCING, S.VALID)


def test_every_state_but_producing_has_its_national_code():
    assert set(STATE_CODES) == set(S) - {S.PRODUCING}
    assert len(set(STATE_CODES.values())) == len(STATE_CODES)


def test_the_database_knows_the_same_states(db):
    from django.db import connection

    for name in ("licences_licence_state", "licences_version_state"):
        with connection.cursor() as cursor:
            cursor.execute(
                "select pg_get_constraintdef(oid) from pg_constraint where conname = %s", [name]
            )
            body = cursor.fetchone()[0]
        assert all(f"'{state.value}'" in body for state in S)


def test_the_diagram_in_the_card_is_the_table():
    from tongban.config.options import CHECKOUT

    card = (CHECKOUT / "docs" / "rooms" / "licences.md").read_text(encoding="utf-8")

    assert LIFE.mermaid() in card
