"""An invented procedure for the engine's tests: membership of a tennis club, no law in it."""

from datetime import UTC, datetime
from enum import StrEnum

from tongban.engine.actions import Act, NewProceeding
from tongban.engine.states import Kind, register
from tongban.kernel.actors import Actor
from tongban.kernel.clocks import ClockSpec
from tongban.kernel.machines import Machine, Move


class Membership(StrEnum):
    ASKED = "asked"
    RESTING = "resting"
    MEMBER = "member"
    TURNED_AWAY = "turned_away"


_S = Membership
LIFE = Machine(
    name="membership",
    states=Membership,
    initial=_S.ASKED,
    final=frozenset({_S.MEMBER, _S.TURNED_AWAY}),
    moves=(
        Move("rest", _S.ASKED, _S.RESTING, by="steward"),
        Move("wake", _S.RESTING, _S.ASKED, by="steward"),
        Move("welcome", _S.ASKED, _S.MEMBER, by="steward"),
        Move("turn_away", (_S.ASKED, _S.RESTING), _S.TURNED_AWAY, by=("steward", "applicant")),
        Move("drop", (_S.ASKED, _S.RESTING), _S.TURNED_AWAY, by="system"),
        Move("child_gone", _S.ASKED, None, by="family"),
        Move("assign", (_S.ASKED, _S.RESTING), None, by="system"),
        Move("reassign", (_S.ASKED, _S.RESTING), None, by="steward"),
    ),
)

SPECS = (
    ClockSpec(
        name="patience",
        length=5,
        unit="workday",
        starts_on={"ask"},
        stops_on={"welcome", "turn_away", "drop"},
        pauses_on={"rest"},
        resumes_on={"wake"},
        on_expiry="drop",
    ),
    ClockSpec(
        name="long",
        length=400,
        unit="workday",
        starts_on={"ask"},
        stops_on={"welcome", "turn_away", "drop"},
    ),
)


def _dropped(act, proceeding, clock):
    act.move(proceeding, "drop", body={"clock": clock})


def _child_ended(act, parent, child):
    if parent.open_children == 0 and not act.has_entry(parent):
        act.move(parent, "child_gone", body={"number": child.number})


KIND = register(
    Kind(
        name="membership",
        machine=LIFE,
        specs=lambda p: SPECS,
        expiries={"drop": _dropped},
        on_child_ended=_child_ended,
    )
)

MONDAY = datetime(2026, 9, 14, 3, 0, tzinfo=UTC)  # 11:00 in the city


def steward(account_id=7, *, region="6501"):
    return Actor(
        kind="staff",
        id=account_id,
        name="管家",
        queues=frozenset({"club.steward"}),
        regions=(region,),
        departments=frozenset({"club"}),
        roles=frozenset({"steward"}),
    )


def member(party_id, account_id=99):
    return Actor(
        kind="citizen",
        id=account_id,
        name="会员",
        party_id=party_id,
        acts_for=frozenset({party_id}),
    )


def ask(party_id, *, now=MONDAY, children=0, step=True, role="steward"):
    """Open a membership (with children) and answer the locked rows as they were written."""
    new = NewProceeding(
        kind="membership",
        prefix="TC",
        region="650100",
        department="club",
        party_id=party_id,
        version_id=1,
        state=Membership.ASKED,
        facts={},
        open_children=children,
    )
    child = NewProceeding(
        kind="membership",
        prefix="TC",
        region="650100",
        department="club",
        party_id=party_id,
        version_id=1,
        state=Membership.ASKED,
        facts={},
    )
    with Act(by=member(party_id), now=now) as act:
        opened = act.open([new, *([child] * children)])
        for one in opened:
            act.begin(one, "ask")
            if step:
                act.open_step(one, "look", role=role)
    return opened
