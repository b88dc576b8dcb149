"""The same notice, or two payments of one order, at the same moment."""

from tests.payments.test_paying import owed
from tongban.payments.actions import open_order, start_payment, take_notice
from tongban.payments.models import Attempt, Order
from tongban.payments.queries import bank


def order(city):
    city.go("2026-10-12 10:30")
    ali = city.actor("ali")
    return ali, open_order(order=owed(party_id=ali.party_id), by=ali, now=city.now).number


def test_two_presses_at_the_same_moment_open_one_payment(own_city, race):
    ali, number = order(own_city)
    now = own_city.now

    found = race(*[lambda: start_payment(number=number, by=ali, now=now)] * 2)

    assert len(set(found)) == 1
    assert Attempt.objects.count() == 1


def test_the_same_notice_at_the_same_moment_pays_once(own_city, race):
    ali, number = order(own_city)
    now = own_city.now
    reference = start_payment(number=number, by=ali, now=now)
    ((body, signature),) = bank().pay(reference, at=now)

    race(*[lambda: take_notice(body=body, signature=signature, now=now)] * 3)

    assert Order.objects.get().state == "paid"
    assert Attempt.objects.get().state == "succeeded"
    assert bank().query(reference).state == "paid"
