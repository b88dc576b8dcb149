"""A system asks for a correction; the window tells it once; what is supplied goes back there."""

import pytest

from tests.city.applying import upload
from tests.city.lives import applied
from tests.exchange.conftest import REGISTRATION
from tests.exchange.saying import message, outbound, say
from tongban.cases.models import Requirement
from tongban.exchange.models import Reject, Sending
from tongban.packages import actions as packages
from tongban.packages.models import CorrectionNotice
from tongban.records.models import Entry

ITEM = "enterprise-registration"


@pytest.fixture
def life(linked):
    """A company whose registration was handed over on receipt, as its law counts from there."""
    linked.go("2026-09-21 10:30")
    return applied(linked, "new-company")


@pytest.fixture
def target(life):
    """A material that the applicant uploaded for the item."""
    from tongban.documents.queries import attachments_of

    return attachments_of([life.case(ITEM).pk])[0].material.material_code


def ask(life, target, seq=1, **more):
    case = life.case(ITEM)
    said = {"target": target, "problem": "签字页缺失", "remedy": "补签后重新上传", **more}
    told = message(case, seq, "correction", life.house.now, **said)
    return say(told, life.house.now, system=REGISTRATION)


def supply(life, target):
    file = upload(target, life.package.party_id, life.applicant, life.house.now, name="second")
    given = {"material": target, "files": [file.file_id]}
    notice = CorrectionNotice.objects.get(proceeding_id=life.package_id)
    assert [line["target"] for line in notice.lines] == [target]
    packages.supply_correction(
        package_id=life.package_id,
        supplies=[packages.Supply(item=ITEM, answers={}, materials=[given])],
        by=life.applicant,
        now=life.house.now,
    )
    life.house.rest()


def test_a_correction_is_a_requirement_of_the_system_and_told_by_the_window(life, target):
    assert ask(life, target).state == "applied"
    row = Requirement.objects.get(proceeding=life.case(ITEM))
    assert (row.target, row.problem, row.raised_by < 0) == (target, "签字页缺失", True)
    entry = Entry.objects.get(stream_id=life.case(ITEM).pk, verb="raise_requirement")
    assert (entry.actor_kind, entry.actor_id < 0) == ("system", True)

    packages.ask_correction(package_id=life.package_id, by=life.window, now=life.house.now)
    life.house.rest()
    assert life.package.state == "correction"


def test_what_is_supplied_is_told_to_the_system_with_its_new_hashes(life, target):
    ask(life, target)
    packages.ask_correction(package_id=life.package_id, by=life.window, now=life.house.now)
    before = Sending.objects.get().body["payload"]["attachments"]
    life.house.go("2026-09-22 10:00")
    supply(life, target)

    sent = Sending.objects.order_by("id").values_list("kind", "state")
    assert list(sent) == [("application", "acknowledged"), ("supply", "acknowledged")]
    told = next(one for one in outbound(REGISTRATION) if one["kind"] == "supply")
    now = told["payload"]["attachments"]
    assert {one["sha256"] for one in now} - {one["sha256"] for one in before}


def test_a_second_correction_after_the_notice_is_listed_and_moves_nothing(life, target):
    ask(life, target)
    packages.ask_correction(package_id=life.package_id, by=life.window, now=life.house.now)
    life.house.go("2026-09-22 10:00")
    supply(life, target)

    heard = ask(life, target, seq=2, problem="又缺一页")
    assert heard.state == "rejected"
    assert Requirement.objects.filter(proceeding=life.case(ITEM)).count() == 1
    assert Reject.objects.get().code == "notice-sent-already"


@pytest.mark.parametrize("wrong", ["no-such-material", "fire-plan"])
def test_a_correction_of_what_the_item_does_not_ask_for_is_refused(life, wrong):
    assert ask(life, wrong).state == "rejected"
    assert not Requirement.objects.exists()
    assert Reject.objects.get().code == "bad-input"
