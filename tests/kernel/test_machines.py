from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.kernel.machines import Machine, MachineFault, Move
from tongban.kernel.refusals import MoveNotAllowed


class Membership(StrEnum):
    ASKED = "asked"
    WAITING = "waiting"
    MEMBER = "member"
    REFUSED = "refused"


_M = Membership
MOVES = (
    Move("queue", _M.ASKED, _M.WAITING, by="clerk", title="排队"),
    Move("admit", (_M.ASKED, _M.WAITING), _M.MEMBER, by=("clerk", "chair"), title="接纳"),
    Move("refuse", (_M.ASKED, _M.WAITING), _M.REFUSED, by="chair", title="谢绝"),
    Move("remind", (_M.ASKED, _M.WAITING), None, by="applicant"),
)


def club(**changes):
    table = {
        "name": "membership",
        "states": Membership,
        "initial": _M.ASKED,
        "final": frozenset({_M.MEMBER, _M.REFUSED}),
        "moves": MOVES,
        "titles": {_M.ASKED: "已申请", _M.MEMBER: "会员"},
        "subject": "入会申请",
    }
    return Machine(**{**table, **changes})


def test_a_move_says_where_it_leads_and_who_may_do_it():
    move = club().move("waiting", "admit")

    assert (move.target, move.roles, move.source_states) == (
        _M.MEMBER,
        ("clerk", "chair"),
        (_M.WAITING,),
    )
    assert club().target(_M.ASKED, "queue") is _M.WAITING


def test_a_move_without_a_target_stays_where_it_is():
    assert club().target(_M.WAITING, "remind") is _M.WAITING
    assert club().move(_M.ASKED, "remind").target is _M.ASKED


def test_a_refusal_names_the_verb_the_state_and_what_is_possible_now():
    with pytest.raises(MoveNotAllowed) as refused:
        club().move(_M.WAITING, "queue")

    assert refused.value.sentence == (
        "入会申请处于“waiting”状态，不能“排队”；现在可以：“接纳”、“谢绝”、“remind”。"
    )
    assert refused.value.instead == ("admit", "refuse", "remind")
    assert refused.value.facts == {
        "machine": "membership",
        "state": "waiting",
        "verb": "queue",
        "open": ["admit", "refuse", "remind"],
    }


def test_a_refusal_in_a_final_state_says_that_nothing_is_left():
    with pytest.raises(MoveNotAllowed) as refused:
        club().move(_M.MEMBER, "admit")

    assert refused.value.sentence == (
        "入会申请处于“会员”状态，不能“接纳”；已经没有可以进行的操作。"
    )
    assert refused.value.instead == ()


def test_an_unknown_verb_is_refused_and_an_unknown_state_is_a_fault():
    with pytest.raises(MoveNotAllowed):
        club().move(_M.ASKED, "dance")
    with pytest.raises(ValueError, match="asleep"):
        club().move("asleep", "admit")


def test_open_verbs_are_those_of_the_role():
    assert club().open_verbs(_M.ASKED) == ("queue", "admit", "refuse", "remind")
    assert club().open_verbs("asked", by="chair") == ("admit", "refuse")
    assert club().open_verbs(_M.ASKED, by="stranger") == ()
    assert club().open_verbs(_M.REFUSED) == ()


@given(state=st.sampled_from(list(Membership)), verb=st.sampled_from(club().verbs))
def test_the_matrix_the_moves_and_the_open_verbs_tell_the_same(state, verb):
    target = club().matrix()[state, verb]

    assert (verb in club().open_verbs(state)) == (target is not None)
    if target is None:
        with pytest.raises(MoveNotAllowed):
            club().move(state, verb)
    else:
        assert club().target(state, verb) is target


def test_the_matrix_has_every_pair():
    assert len(club().matrix()) == 4 * 4


def test_final_states_are_known():
    assert club().is_final("member")
    assert not club().is_final(_M.WAITING)


def test_the_diagram_shows_every_way():
    assert club().mermaid() == (
        "stateDiagram-v2\n"
        "    [*] --> asked\n"
        "    asked --> waiting: queue\n"
        "    asked --> member: admit\n"
        "    waiting --> member: admit\n"
        "    asked --> refused: refuse\n"
        "    waiting --> refused: refuse\n"
        "    asked --> asked: remind\n"
        "    waiting --> waiting: remind\n"
        "    member --> [*]\n"
        "    refused --> [*]\n"
    )


def test_the_check_constraint_lets_only_known_states_in():
    assert club().sql_check("state") == "state in ('asked', 'waiting', 'member', 'refused')"
    with pytest.raises(ValueError, match="column"):
        club().sql_check("state; drop table")


def test_a_life_may_begin_in_several_states():
    machine = club(initial=(_M.ASKED, _M.WAITING), moves=MOVES[1:])

    assert machine.initials == (_M.ASKED, _M.WAITING)


class Other(StrEnum):
    ELSEWHERE = "elsewhere"


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"moves": MOVES[1:]}, "waiting is unreachable"),
        ({"moves": MOVES[:1]}, "waiting is a dead end"),
        ({"moves": (*MOVES, Move("leave", _M.MEMBER, _M.ASKED))}, "leave leaves the final state"),
        ({"moves": (*MOVES, Move("note", _M.REFUSED, None))}, "note leaves the final state"),
        ({"moves": (*MOVES, Move("admit", _M.ASKED, _M.WAITING))}, r"\(asked, admit\) is there 2"),
        ({"moves": (*MOVES, Move("go", _M.ASKED, Other.ELSEWHERE))}, "unknown state"),
        ({"moves": (*MOVES, Move("go", (), _M.ASKED))}, "go starts from no state"),
        ({"initial": Other.ELSEWHERE}, "unknown state"),
        ({"initial": ()}, "no initial state"),
        ({"final": frozenset()}, "no final state"),
        ({"final": frozenset({Other.ELSEWHERE})}, "unknown state"),
        ({"titles": {Other.ELSEWHERE: "别处"}}, "unknown state"),
    ],
)
def test_a_table_that_contradicts_itself_is_refused(changes, fault):
    with pytest.raises(MachineFault, match=fault):
        club(**changes)


def test_states_that_only_lead_to_each_other_are_a_dead_end():
    moves = (
        *MOVES[1:3],
        Move("queue", _M.ASKED, _M.WAITING),
    )
    circle = (
        Move("admit", _M.ASKED, _M.MEMBER),
        Move("queue", _M.ASKED, _M.WAITING),
        Move("queue_more", _M.WAITING, _M.REFUSED),
        Move("queue_again", _M.REFUSED, _M.WAITING),
    )

    assert club(moves=moves)
    with pytest.raises(MachineFault, match=r"waiting is a dead end.*refused is a dead end"):
        club(moves=circle, final=frozenset({_M.MEMBER}))
