"""Who may do what: role × verb × state × own or other department, committed as a page.

The page is generated from the machines' tables through the very rules that the actions use; a
difference shows in a diff who gained what. `UPDATE=1` writes the page anew.
"""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from tongban.cases.states import LIFE as CASE
from tongban.cases.states import SIDES
from tongban.cases.states.checks import CHECK_LIFE
from tongban.cases.states.early import EARLY_LIFE
from tongban.credit.states import LIFE as CREDIT
from tongban.engine.rules import may_do
from tongban.engine.states import KINDS
from tongban.hotline.states import HOT, ORDER, TASK, TICKET
from tongban.kernel.actors import SYSTEM, Actor
from tongban.packages.states import LIFE as PACKAGE
from tongban.ratings.states import LIFE as RECTIFICATION
from tongban.relay.states import INCIDENT
from tongban.upkeep.states import ANSWER, ELEMENT

PAGE = Path(__file__).parents[2] / "docs" / "permissions.md"
MACHINES = (
    *(PACKAGE, CASE, *(side.machine for side in SIDES.values()), CHECK_LIFE, EARLY_LIFE),
    *(TICKET, TASK, ORDER, HOT, INCIDENT, RECTIFICATION, ANSWER, ELEMENT, CREDIT),
)
ROLES = ("window", "reviewer", "checker", "decider", "head", "supervisor")
THING = SimpleNamespace(number="N", region="650100", department="own", party_id=1, facts={})


def officer(role, department="own", region="6501"):
    return Actor(
        kind="staff",
        id=5,
        name="x",
        queues=frozenset({f"{department}.{role}"}),
        regions=(region,),
        departments=frozenset({department}),
        roles=frozenset({role}),
    )


ACTORS = {
    "applicant": Actor(kind="citizen", id=1, name="x", party_id=1, acts_for=frozenset({1})),
    "other citizen": Actor(kind="citizen", id=2, name="x", party_id=2, acts_for=frozenset({2})),
    "system": SYSTEM,
    **{role: officer(role) for role in ROLES},
    **{f"{role}, other department": officer(role, "other") for role in ROLES},
    **{f"{role}, other region": officer(role, "own", "6531") for role in ROLES},
}


def allowed(machine):
    for state in machine.states:
        for move in machine.open_moves(state):
            who = [n for n, a in ACTORS.items() if any(may_do(a, THING, r) for r in move.roles)]
            if "family" in move.roles:
                who.append("together with parent or child")
            yield str(state), move.verb, who


def page():
    lines = [
        "# Who may do what",
        "",
        "Generated from the machines by `tests/engine/test_matrix.py`; do not edit by hand.",
        "Whoever is not named in a row is refused. Officers need the queue of the proceeding's",
        "department in a region that holds it, and the open step must be nobody's or theirs.",
        "",
    ]
    for machine in MACHINES:
        lines += [f"## {machine.name}", "", "| state | verb | who |", "|---|---|---|"]
        lines += [f"| {s} | {v} | {', '.join(w)} |" for s, v, w in allowed(machine)]
        lines += ["", "```mermaid", machine.mermaid().strip(), "```", ""]
    return "\n".join(lines)


def test_every_kind_of_proceeding_is_on_the_page():
    # Other tests register kinds of their own.
    kinds = [kind for kind in KINDS.values() if kind.specs.__module__.startswith("tongban.")]

    assert {kind.machine.name for kind in kinds} == {machine.name for machine in MACHINES}


def test_the_committed_permission_matrix_is_true():
    if os.environ.get("UPDATE"):
        PAGE.write_text(page(), encoding="utf-8")

    assert PAGE.read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("machine", MACHINES, ids=lambda m: m.name)
def test_nobody_of_another_department_region_or_party_may_do_anything(machine):
    strangers = [n for n in ACTORS if "other" in n]

    for _state, _verb, who in allowed(machine):
        assert not set(who) & set(strangers)


@pytest.mark.parametrize("machine", MACHINES, ids=lambda m: m.name)
def test_every_verb_is_open_to_somebody(machine):
    for _state, verb, who in allowed(machine):
        assert who, verb
