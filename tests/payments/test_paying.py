"""The bank calls twice, late, never or wrongly; strangers call too. An order is paid once."""

import json
from dataclasses import replace

import pytest

from tests.city.lives import applied
from tongban.engine.queries import audit_clocks, clocks_of
from tongban.kernel.actors import SYSTEM
from tongban.kernel.refusals import NotAllowed, NotFound
from tongban.notices.models import Message
from tongban.packages.actions import withdraw_application
from tongban.payments.actions import (
    NewOrder,
    ask_bank,
    close_order,
    finish_refunds,
    open_order,
    refund_order,
    settle_open_payments,
    start_payment,
    take_notice,
)
from tongban.payments.gateways import BankUnclear
from tongban.payments.models import Attempt, Order
from tongban.payments.queries import bank, order_of_case, reconcile
from tongban.payments.rules import FeeUnpaid, NothingToPay, NoticeNotTrusted
from tongban.payments.states import WhenDue
from tongban.records.models import Entry


class Till:
    """One order and whoever owes it."""

    def __init__(self, house, number, login):
        self.house, self.number, self._login = house, number, login

    @property
    def payer(self):
        return self.house.actor(self._login)

    @property
    def order(self):
        return Order.objects.get(number=self.number)

    def start(self, by=None):
        return start_payment(number=self.number, by=by or self.payer, now=self.house.now)

    def pay(self, trouble=""):
        told = bank().pay(self.start(), at=self.house.now, trouble=trouble)
        for body, signature in told:
            take_notice(body=body, signature=signature, now=self.house.now)

    @property
    def verbs(self):
        rows = Entry.objects.filter(stream="payment", stream_id=self.order.pk).order_by("seq")
        return list(rows.values_list("verb", flat=True))


def owed(**changes):
    plain = NewOrder(
        party_id=0,
        region="650100",
        proceeding_id=900001,
        package_id=900000,
        case_number="X1",
        item="seal-filing",
        department="public-security",
        subject={"zh": "公章刻制备案", "en": "Seals"},
        payee={"zh": "刻章单位", "en": "Seal maker"},
        lines=[
            ({"zh": "制作费", "en": "Making"}, 30000, "一套"),
            ({"zh": "加急", "en": "X"}, 2000, ""),
        ],
        basis="设计假设",
        when_due=WhenDue.BEFORE_DELIVERY,
        is_refundable=True,
    )
    return replace(plain, **changes)


@pytest.fixture
def till(city):
    city.go("2026-10-12 10:30")
    ali = city.actor("ali")
    view = open_order(order=owed(party_id=ali.party_id), by=ali, now=city.now)
    return Till(city, view.number, "ali")


def test_an_order_is_the_sum_of_its_lines_and_opened_once(till):
    again = open_order(order=owed(party_id=till.payer.party_id), by=till.payer, now=till.house.now)

    assert (again.number, again.amount_fen) == (till.number, 32000)
    assert Order.objects.filter(proceeding_id=900001).count() == 1


@pytest.mark.parametrize("trouble", ["", "twice"])
def test_a_notice_pays_once_however_often_it_comes(till, trouble):
    till.pay(trouble)

    assert till.order.state == "paid"
    assert till.verbs == ["order_opened", "order_paid"]
    assert reconcile(till.house.now.date()) == ()


def test_a_lost_notice_is_found_by_asking(till):
    till.pay("lost")
    assert till.order.state == "due"

    ask_bank(number=till.number, now=till.house.now)

    assert till.order.state == "paid"


def test_a_late_notice_is_made_up_for_by_the_sweep(till):
    till.pay("late")
    assert settle_open_payments(now=till.house.now) == 0

    till.house.go("2026-10-12 10:35")
    assert settle_open_payments(now=till.house.now) == 1
    body, signature = bank().notice(till.order.reference)
    take_notice(body=body, signature=signature, now=till.house.now)

    assert till.verbs == ["order_opened", "order_paid"]


def test_a_wrong_amount_pays_nothing_and_goes_back(till):
    till.pay("wrong_amount")

    attempt = Attempt.objects.get()
    assert (till.order.state, attempt.state, attempt.collected_fen) == ("due", "returned", 31999)
    assert bank().query(attempt.reference).state == "refunded"
    assert reconcile(till.house.now.date()) == ()
    till.pay()
    assert till.order.state == "paid"


def test_a_declined_payment_leaves_it_due(till):
    for body, signature in bank().decline(till.start()):
        take_notice(body=body, signature=signature, now=till.house.now)

    assert (till.order.state, Attempt.objects.get().state) == ("due", "failed")


def test_a_second_press_opens_no_second_payment(till):
    assert till.start() == till.start()
    till.pay()

    with pytest.raises(NothingToPay):
        till.start()


def test_of_two_payments_one_counts_and_the_other_goes_back(till):
    first = till.start()
    Attempt.objects.filter(reference=first).update(state="failed")
    second = till.start()
    Attempt.objects.filter(reference=first).update(state="open")
    for reference in (second, first):
        for body, signature in bank().pay(reference, at=till.house.now):
            take_notice(body=body, signature=signature, now=till.house.now)

    assert till.order.reference == second
    assert bank().query(first).state == "refunded"
    assert bank().query(second).state == "paid"
    assert reconcile(till.house.now.date()) == ()


def test_only_the_banks_signature_counts(till):
    reference = till.start()
    good, signature = bank().notice(reference)
    forged = json.dumps({**json.loads(good), "state": "paid"}).encode()
    hostile = [
        (forged, signature),
        (forged, ""),
        (forged, "é" * 64),
        (b"", bank().sign(b"")),
        (b"[]", bank().sign(b"[]")),
        (b"\xff\x00", bank().sign(b"\xff\x00")),
        (b"{" * 9000, bank().sign(b"{" * 9000)),
    ]
    unknown = good.replace(reference.encode(), b"B00")
    hostile.append((unknown, bank().sign(unknown)))

    for body, sign in hostile:
        with pytest.raises(NoticeNotTrusted):
            take_notice(body=body, signature=sign, now=till.house.now)

    assert till.order.state == "due"


def test_a_notice_about_another_order_pays_nothing(till):
    reference = till.start()
    body, _ = bank().notice(reference)
    told = json.dumps({**json.loads(body), "state": "paid", "order": "JF-OTHER"}).encode()
    bank().pay(reference, at=till.house.now)

    take_notice(body=told, signature=bank().sign(told), now=till.house.now)

    assert till.order.state == "due"
    assert bank().query(reference).state == "refunded"


def test_strangers_do_not_pay_and_agents_only_within_their_authorisation(till):
    with pytest.raises(NotFound):
        till.start(till.house.actor("li.na"))
    agent = replace(till.house.actor("li.na"), acts_for=frozenset({till.order.party_id}))
    with pytest.raises(NotAllowed):
        till.start(agent)


def test_a_refund_is_done_once_and_tried_again_where_the_bank_is_silent(till, monkeypatch):
    till.pay()

    class Silent:
        def refund(self, *args):
            raise BankUnclear

    monkeypatch.setattr("tongban.payments.actions.refunds.bank", Silent)
    assert refund_order(proceeding_id=900001, reason="withdraw", by=till.payer, now=till.house.now)
    assert till.order.state == "refunding"
    monkeypatch.undo()

    assert finish_refunds(now=till.house.now) == 1
    assert finish_refunds(now=till.house.now) == 0
    assert not refund_order(
        proceeding_id=900001, reason="withdraw", by=till.payer, now=till.house.now
    )
    assert till.verbs[-2:] == ["order_refund_asked", "order_refunded"]
    assert reconcile(till.house.now.date()) == ()


def test_what_is_not_refundable_is_kept_and_what_is_unpaid_is_closed(city):
    city.go("2026-10-12 10:30")
    ali = city.actor("ali")
    kept = owed(party_id=ali.party_id, is_refundable=False)
    till = Till(city, open_order(order=kept, by=ali, now=city.now).number, "ali")
    till.pay()
    other = owed(party_id=ali.party_id, proceeding_id=900002)
    open_order(order=other, by=ali, now=city.now)

    assert not refund_order(proceeding_id=900001, reason="x", by=ali, now=city.now)
    assert close_order(proceeding_id=900002, by=ali, now=city.now)
    assert [one.state for one in Order.objects.order_by("id")] == ["paid", "closed"]


def test_the_day_shows_what_only_one_side_knows(till):
    reference = till.start()
    bank().pay(reference, at=till.house.now, trouble="lost")

    (found,) = reconcile(till.house.now.date())

    assert (found.kind, found.at_bank, found.with_us) == ("pay", 32000, None)
    assert "平台没有记录" in found.sentence


@pytest.fixture
def company(city):
    """A new company: its seals cost 320 yuan, by content."""
    city.go("2026-09-28 10:30")
    life = applied(city, "new-company")
    case = life.case("seal-filing")
    order = order_of_case(case.pk)
    assert order is not None
    return life, Till(city, order.number, life.wish.login)


def test_only_what_content_names_is_owed(company):
    life, till = company

    assert Order.objects.filter(package_id=life.package_id).count() == 1
    assert (till.order.amount_fen, till.order.state) == (32000, "due")
    assert Message.objects.filter(key="fee_due").count() == 1


def test_withdrawing_before_work_began_gives_the_money_back(company):
    life, till = company
    till.pay()
    till.house.rest()

    withdraw_application(package_id=life.package_id, by=life.applicant, now=till.house.now)
    till.house.rest()

    assert till.order.state == "refunded"
    assert bank().query(till.order.reference).state == "refunded"
    assert Message.objects.filter(key="fee_refunded").count() == 1


def test_withdrawing_unpaid_owes_nothing(company):
    life, till = company

    withdraw_application(package_id=life.package_id, by=life.applicant, now=till.house.now)
    till.house.rest()

    assert till.order.state == "closed"


def test_what_content_lets_come_first_keeps_the_window_from_accepting(company):
    life, till = company
    Order.objects.filter(number=till.number).update(when_due="before_acceptance")

    with pytest.raises(FeeUnpaid) as told:
        life.accept()
    assert "320.00元" in told.value.sentence
    till.pay()
    life.accept()

    assert life.package.state == "accepted"


@pytest.mark.law("58")
def test_an_unpaid_fee_does_not_keep_silence_from_being_acceptance(company):
    """32(4) knows one way out of silence: the notice of what is missing. A fee is no material."""
    life, till = company
    Order.objects.filter(number=till.number).update(when_due="before_acceptance")

    life.house.go("2026-10-15 09:00")

    assert life.package.state != "received"
    assert life.package.accepted_at is not None
    assert till.order.state == "due"


@pytest.mark.law("44")
def test_the_time_of_delivery_waits_while_a_fee_is_unpaid(restaurant_with_fee):
    life, till = restaurant_with_fee
    delivery = next(
        c for c in clocks_of(life.package, life.house.now) if c.spec.name == "delivery"
    )
    assert delivery.reading.state == "suspended"

    life.house.go("2026-10-26 10:00")
    till.pay()
    life.house.rest()

    after = next(c for c in clocks_of(life.package, life.house.now) if c.spec.name == "delivery")
    assert (after.reading.state, after.reading.used) == ("running", 0)
    assert list(audit_clocks()) == []


@pytest.fixture
def restaurant_with_fee(city):
    """A small eatery whose last item has ended while a fee stands unpaid before the delivery."""
    city.go("2026-09-07 10:30")
    life = applied(city, "snack-shop")
    case = life.case("small-eatery-registration")
    order = open_order(
        order=owed(
            party_id=case.party_id, proceeding_id=case.pk, package_id=life.package_id,
            case_number=case.number,
        ),
        by=SYSTEM, now=city.now,
    )  # fmt: skip
    city.go("2026-09-08 11:00")
    life.accept()
    life.grant([code for code, state in life.states().items() if state == "accepted"])
    assert life.package.state == "done"
    return life, Till(city, order.number, life.wish.login)
