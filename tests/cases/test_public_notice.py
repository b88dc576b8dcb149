"""The public notice of a simple closing: twenty calendar days, and objections (P03)."""

import pytest

from tests.city.lives import applied
from tongban.cases.actions import (
    NewObjection,
    answer_notice_objection,
    object_to_notice,
    pass_step,
)
from tongban.cases.models import Objection
from tongban.cases.queries.publicity import public_notice, public_notices
from tongban.cases.rules.publicity import NoticeObjectionOpen, NoticeOver, NoticeRunning
from tongban.kernel.actors import Actor
from tongban.kernel.refusals import BadInput, NotFound
from tongban.notices.models import Message

NOTICE = "simple-closing-notice"
NEIGHBOUR = Actor(kind="citizen", id=0, name="天山调味品商行")
SAID = {
    "name": "天山调味品商行", "contact": "13999000011", "interest": "债权人",
    "text": "货款八千元未付，附欠条",
}  # fmt: skip


@pytest.fixture
def published(city):
    """The notice was published on Tuesday, 13 October; its last day is 2 November."""
    city.go("2026-10-12 11:00")
    life = applied(city, "close-company")
    city.go("2026-10-13 11:00")
    life.accept()
    life.pass_step(NOTICE, "publish", "reviewer")
    return life


def end(life):
    pass_step(
        case_id=life.case(NOTICE).id, step_code="public_notice", opinion="期满没有异议",
        by=life.officer_of(NOTICE, "reviewer"), now=life.house.now,
    )  # fmt: skip
    life.house.rest()


def objected(life, **changes):
    object_to_notice(
        case_id=life.case(NOTICE).id, objection=NewObjection(**SAID | changes), by=NEIGHBOUR,
        now=life.house.now,
    )  # fmt: skip
    life.house.rest()


def answer(life, *, upheld, reason="经核实，欠款属实"):
    answer_notice_objection(
        case_id=life.case(NOTICE).id, upheld=upheld, reason=reason,
        by=life.officer_of(NOTICE, "decider"), now=life.house.now,
    )  # fmt: skip
    life.house.rest()


@pytest.mark.law("市场主体登记管理条例 33")
def test_the_notice_stands_twenty_calendar_days(published):
    assert public_notice(published.case(NOTICE).number).until.isoformat() == "2026-11-02"
    published.house.go("2026-11-02 17:00")
    with pytest.raises(NoticeRunning, match="2026年11月2日届满"):
        end(published)
    published.house.go("2026-11-03 09:30")

    end(published)

    assert public_notices() == []


@pytest.mark.law("市场主体登记管理条例 33")
def test_an_objection_that_holds_sends_the_applicant_to_the_general_way(published):
    published.house.go("2026-10-26 12:00")
    objected(published)
    published.house.go("2026-11-03 09:30")
    with pytest.raises(NoticeObjectionOpen):
        end(published)

    answer(published, upheld=True)

    states = published.states()
    assert (states[NOTICE], states["enterprise-deregistration"]) == ("denied", "cancelled")
    assert published.case(NOTICE).facts["general_way"]
    assert Message.objects.filter(key="notice_objected").exists()


def test_an_objection_that_does_not_hold_leaves_the_notice_to_its_last_day(published):
    published.house.go("2026-10-26 12:00")
    objected(published)
    answer(published, upheld=False, reason="提出人与企业没有债权债务关系")

    assert Objection.objects.get().upheld is False
    published.house.go("2026-11-03 09:30")
    end(published)
    assert published.case(NOTICE).state == "accepted"


def test_who_objects_too_late_is_told_so(published):
    published.house.go("2026-11-03 09:30")

    with pytest.raises(NoticeOver):
        objected(published)


def test_the_contact_is_shown_masked(published):
    objected(published)

    assert "99900" not in Objection.objects.get().contact


@pytest.mark.parametrize("empty", ["name", "contact", "interest", "text"])
def test_who_why_and_how_to_reach_him_are_said(published, empty):
    with pytest.raises(BadInput):
        objected(published, **{empty: " "})


def test_a_notice_that_does_not_stand_is_not_found(published):
    with pytest.raises(NotFound):
        public_notice(published.case("tax-clearance").number)


def test_anybody_reads_and_objects_by_the_page(published, client):
    number = published.case(NOTICE).number
    assert published.package.number
    listed = client.get("/notices/")
    assert number in listed.content.decode()

    refused = client.post(f"/notices/{number}/", {**SAID, "text": ""})
    assert refused.status_code == 422
    done = client.post(f"/notices/{number}/", SAID)

    assert done.status_code == 302
    assert Objection.objects.get().interest == "债权人"
    assert "天山调味品商行" not in client.get(f"/notices/{number}/").content.decode()
