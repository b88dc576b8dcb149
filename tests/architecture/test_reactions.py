"""A reaction hears a verb of every kind that has it: where kinds share one, it asks which it is.

The journal knows no kinds (they are the engine's), so `subscribe` takes verbs. A new kind with a
verb that somebody hears already fails here until each of those reactions was made to ask.
"""

import importlib

import pytest

from tongban.engine.states import KINDS
from tongban.records.events import SUBSCRIBERS

RECORDED = {
    "case": "cases.states.RECORDED",
    "package": "packages.states.RECORDED",
    "ticket": "hotline.states.RECORDED",
    "ticket_task": "hotline.states.TASK_RECORDED",
    "ticket_order": "hotline.states.ORDER_RECORDED",
    "hot_issue": "hotline.states.HOT_RECORDED",
    "incident": "relay.states.INCIDENT_RECORDED",
    "rectification": "ratings.states.RECORDED",
    "answer": "upkeep.states.ANSWER_RECORDED",
    "guide_element": "upkeep.states.ELEMENT_RECORDED",
    "credit": "credit.states.RECORDED",
    "check": "cases.states.checks.CHECK_RECORDED",
    "early": "cases.states.early.EARLY_RECORDED",
}
"""What is written about a proceeding of a kind besides the moves of its machine."""

ANY = {"clock_expired", "clock_warned", "clocks_reindexed"}
"""The engine writes these about proceedings of every kind: whoever hears them asks."""

SHARED = {
    "accept": {"case", "package"},
    "assign": {"case", "ticket", "ticket_task"},
    "contact": {"rectification", "ticket_task"},
    "deem_accept": {"case", "package"},
    "extend": {"case", "ticket_task"},
    "finish": {"package", "ticket_task"},
    "hold": {"package", "ticket_task"},
    "reassign": {"answer", "case", "guide_element", "rectification", "ticket", "ticket_task"},
    "rehandle": {"rectification", "ticket"},
    "reply": {"rectification", "ticket_task"},
    "resume": {"package", "ticket_task"},
    "set_aside": {"case", "hot_issue"},
    "settle": {"debt", "rectification"},
    "supervise": {"rectification", "ticket"},
    "supply": {"case", "package"},
    "urge": {"case", "ticket"},
    "withdraw": {"case", "package", "ticket"},
}
"""Each verb that somebody hears and several kinds have, with those kinds.

Every reaction to such a verb asks first what the proceeding is, or finds nothing under its number.
"""


def _named(path):
    if not path:
        return ()
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(f"tongban.{module}"), name)


def verbs_of(kind):
    """What can be written about a proceeding of a kind; the beginnings of sides are the case's."""
    return {*KINDS[kind].machine.verbs, *_named(RECORDED.get(kind, ""))}


def heard():
    """Which reactions listen to each verb of proceedings."""
    found = {}
    for one in SUBSCRIBERS.values():
        if one.streams is None or "proceeding" in one.streams:
            for verb in one.verbs or ():
                found.setdefault(verb, set()).add(one.name)
    return found


def collisions(kinds, listeners):
    """What nobody has judged yet, as sentences."""
    for verb, names in sorted(listeners.items()):
        have = {kind for kind, verbs in kinds.items() if verb in verbs}
        if verb not in ANY and len(have) > 1 and have != SHARED.get(verb):
            yield f"{verb} of {sorted(have)} is heard by {sorted(names)}: let each ask which"


def test_a_verb_that_several_kinds_have_is_heard_only_by_reactions_that_ask():
    # Other tests register kinds of their own.
    ours = (name for name, kind in KINDS.items() if kind.specs.__module__.startswith("tongban."))
    kinds = {name: verbs_of(name) for name in ours}

    assert list(collisions(kinds, heard())) == []


def test_a_new_kind_that_grants_does_not_run_the_licence_reaction_unseen():
    kinds = {"case": {"grant"}, "benefit": {"grant"}}

    (told,) = collisions(kinds, {"grant": heard()["grant"]})

    assert "cases.issue" in told


@pytest.mark.parametrize("verb", sorted(SHARED))
def test_what_is_said_to_be_shared_is(verb):
    assert {kind for kind in SHARED[verb] if verb in verbs_of(kind)} == SHARED[verb]
