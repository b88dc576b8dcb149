"""What the tests of the ratings room share: a finished application and what is said of it."""

from tests.city.lives import applied
from tongban.ratings.actions import rate
from tongban.ratings.models import Invitation, Rectification, Review
from tongban.ratings.rules import Rating

EATERY = "small-eatery-registration"


def finished(house, name="snack-shop", item=EATERY):
    """An application that is done, with its invitation."""
    house.go("2026-09-07 10:30")
    life = applied(house, name)
    life.accept()
    house.go("2026-09-09 10:30")
    life.grant([item])
    return life


def invitation(life, kind="application"):
    return Invitation.objects.get(number=life.number, object=kind)


def said(life, level=1, **more):
    """Somebody rates; the house comes to rest."""
    values = {"channel": "mobile", **more}
    one = rate(
        invitation=invitation(life), rating=Rating(level=level, **values), now=life.house.now
    )
    life.house.rest()
    return Review.objects.get(pk=one)


def rectification(life):
    return Rectification.objects.select_related("proceeding").get(invitation=invitation(life))
