"""A worker killed (kill -9) in the middle of a reaction: nothing lost, nothing twice."""

from collections import Counter

import pytest

from tests.races.dying import die_in
from tongban.cases.models import Decision
from tongban.documents.models import Document
from tongban.engine.models import Step
from tongban.engine.queries import audit_clocks
from tongban.licences.models import Licence
from tongban.notices.models import Message
from tongban.records.models import Entry
from tongban.records.queries import export_lines, subscriptions
from tongban.records.rules.verification import verify

pytestmark = pytest.mark.kill

ITEM = "small-eatery-registration"


def facts(life):
    """Everything that reactions made, without what depends on chance."""
    return {
        "states": life.states(),
        "package": life.package.state,
        "verbs": Counter(Entry.objects.filter(stream="proceeding").values_list("verb", flat=True)),
        "steps": Counter(Step.objects.values_list("code", "state")),
        "decisions": Counter(Decision.objects.values_list("result", "is_automatic")),
        "messages": Counter(Message.objects.values_list("key", flat=True)),
        "papers": Counter(Document.objects.values_list("kind", "state")),
        "licences": Counter(Licence.objects.values_list("type_code", "state")),
    }


def live(house, disturb):
    """A whole small life; `disturb` may kill a worker wherever reactions are waiting."""
    from tests.city import applying
    from tests.city.lives import Life
    from tests.city.wishes import wish

    house.go("2026-09-07 10:30")
    made = wish("snack-shop")
    filed = applying.submit(house, made)
    life = Life(house, made, filed.proceeding_id, filed.number)
    disturb("cases.machine", "packages.advance", "packages.messages", "packages.papers")
    house.rest()
    from tongban.cases.actions import decide_case
    from tongban.cases.states import Result
    from tongban.packages.actions import accept_application

    accept_application(package_id=life.package_id, by=life.window, now=house.now)
    disturb("cases.assign")
    house.rest()
    life.review(ITEM)
    decide_case(
        case_id=life.case(ITEM).id, result=Result.GRANT, reasons="",
        by=life.officer_of(ITEM, "decider"), now=house.now,
    )  # fmt: skip
    disturb("cases.issue", "packages.messages")
    house.rest()
    return life


def test_workers_killed_in_their_reactions_leave_the_same_city_as_punctual_ones(
    own_city, city_template, server, django_db_blocker, tmp_path
):
    from tests.city.house import House
    from tests.harness.databases import OwnDatabase, address, clone, pointed

    mark = tmp_path / "at-work"
    kills = []

    def kill(*names):
        for name in names:
            die_in(name, mark)
            kills.append(name)

    disturbed = facts(live(own_city, kill))
    assert list(audit_clocks()) == []
    assert verify(export_lines(now=own_city.now)).holds
    assert all(s.behind == 0 and not s.error for s in subscriptions())

    with clone(server, city_template) as name, pointed(address(server, name), django_db_blocker):
        punctual = facts(live(House(OwnDatabase(server, name)), lambda *names: None))

    assert len(kills) == 7
    assert disturbed == punctual
