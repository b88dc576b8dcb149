"""Withdrawal, one delivery, and what becomes of results that exist already."""

import pytest

from tests.city.lives import applied
from tongban.cases.actions import withdraw_case
from tongban.engine.models import Step
from tongban.engine.queries import audit_clocks
from tongban.kernel.refusals import MoveNotAllowed, NotAllowed
from tongban.packages.actions import collect_results, deliver_results, withdraw_application
from tongban.packages.rules import NothingToWithdraw
from tongban.records.actions import read_private
from tongban.records.models import Entry

SIGN = "signboard-filing"


def withdraw(life, *, by=None):
    withdraw_application(package_id=life.package_id, by=by or life.applicant, now=life.house.now)
    life.house.rest()


def withdraw_item(life, item):
    withdraw_case(case_id=life.case(item).id, by=life.applicant, now=life.house.now)
    life.house.rest()


def test_before_any_decision_the_whole_is_withdrawn(restaurant):
    withdraw(restaurant)

    states = restaurant.states()
    assert restaurant.package.state == "withdrawn"
    assert states.pop("licence-check") == "granted"
    assert set(states.values()) == {"withdrawn"}
    assert not Step.objects.filter(state="open").exists()
    assert list(audit_clocks()) == []


def test_where_a_result_exists_the_rest_is_withdrawn_and_the_result_delivered(restaurant):
    restaurant.accept()
    restaurant.grant([SIGN])

    withdraw(restaurant)

    assert restaurant.package.state == "done"
    assert restaurant.states()[SIGN] == "granted"
    assert restaurant.states()["fire-check"] == "withdrawn"
    collect_results(package_id=restaurant.package_id, by=restaurant.applicant,
                    now=restaurant.house.now)  # fmt: skip
    assert restaurant.package.state == "delivered"
    assert list(audit_clocks()) == []


def test_a_denial_is_a_result_too(restaurant):
    restaurant.accept()
    restaurant.review(SIGN)
    restaurant.decide(SIGN, "deny", "遮挡消防通道")

    withdraw(restaurant)

    assert restaurant.package.state == "done"


def test_one_item_is_withdrawn_and_the_others_go_on(restaurant):
    restaurant.accept()

    withdraw_item(restaurant, "tobacco-licence")

    assert restaurant.states()["tobacco-licence"] == "withdrawn"
    assert restaurant.package.state == "accepted"
    assert restaurant.package.open_children == 4


def test_what_is_decided_is_not_withdrawn(restaurant):
    restaurant.accept()
    restaurant.grant([SIGN])

    with pytest.raises(MoveNotAllowed) as no:
        withdraw_item(restaurant, SIGN)

    assert "已经没有可以进行的操作" in no.value.sentence


def test_when_everything_is_decided_there_is_nothing_to_withdraw(monday, settings):
    from tests.documents.fakes import TroubledRenderer, fake

    life = applied(monday, "snack-shop")
    life.accept()
    settings.DOCUMENT_RENDERER = fake(TroubledRenderer, trouble="down")
    life.grant(["small-eatery-registration"])

    with pytest.raises(NothingToWithdraw):
        withdraw(life)


def test_a_withdrawn_application_is_not_withdrawn_again(restaurant):
    withdraw(restaurant)

    with pytest.raises(MoveNotAllowed):
        withdraw(restaurant)


@pytest.mark.parametrize("who", ["li.na", "li.window"])
def test_nobody_else_withdraws(restaurant, who):
    with pytest.raises(NotAllowed):
        withdraw(restaurant, by=restaurant.house.actor(who))


# Delivery


@pytest.fixture
def done(monday):
    life = applied(monday, "snack-shop")
    life.accept()
    life.grant(["small-eatery-registration"])
    return life


def test_the_window_hands_over_once_and_keeps_who_received(done):
    deliver_results(
        package_id=done.package_id, receiver="古丽巴哈尔·阿不都热合曼", by=done.window,
        now=done.house.now,
    )  # fmt: skip

    entry = Entry.objects.get(verb="deliver")
    assert "古丽巴哈尔" not in str(entry.body)
    kept = read_private(entry.pk, by=done.window, why="proof of delivery")
    assert kept == {"receiver": "古丽巴哈尔·阿不都热合曼"}
    with pytest.raises(MoveNotAllowed):
        deliver_results(
            package_id=done.package_id, receiver="别人", by=done.window, now=done.house.now
        )


def test_nothing_is_delivered_before_everything_has_ended(restaurant):
    restaurant.accept()

    with pytest.raises(MoveNotAllowed):
        deliver_results(
            package_id=restaurant.package_id, receiver="阿里木", by=restaurant.window,
            now=restaurant.house.now,
        )  # fmt: skip


def test_an_agent_who_may_not_receive_collects_nothing(done):
    from tests.packages.test_filing import LI_COMPANY, authorise
    from tongban.engine.models import Proceeding

    Proceeding.objects.filter(id=done.package_id).update(party_id=done.house.party(LI_COMPANY))
    authorise(done.house, functions=["fill", "submit"])

    with pytest.raises(NotAllowed):
        collect_results(
            package_id=done.package_id, by=done.house.actor("zhou.min"), now=done.house.now
        )
