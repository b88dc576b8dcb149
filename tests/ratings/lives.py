"""What the tests of the ratings room share: a finished application and what is said of it."""

from tests.city.lives import applied
from tongban.ratings.actions import Ended, invite, rate
from tongban.ratings.models import Flag, Invitation, Rectification, Review
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


def visited(life, number="1", **changes):
    """Somebody was served at the window of the market regulation department."""
    package = life.package
    return invite(
        ended=Ended(**{
            "object": "visit", "number": number, "cause_id": 1, "proceeding_id": package.pk,
            "version_id": package.version_id, "party_id": package.party_id,
            "region": package.region, "department": package.department, "item": "P02",
            "window": "market-regulation.window", "prompted": True, **changes,
        }),
        now=life.house.now,
    )  # fmt: skip


def forged(life, count, **said_so):
    """That many visits of different people rated within seconds; the flags, oldest first."""
    from tongban.people.models import Party

    people = Party.objects.order_by("pk").values_list("pk", flat=True)[:count]
    for n, party_id in enumerate(people):
        row = visited(life, f"V{n}", party_id=party_id)
        how = {"channel": "tablet", "seconds": 3, **said_so}
        rate(invitation=row, rating=Rating(level=1, **how), now=life.house.now)
    return list(Flag.objects.order_by("pk"))


def rectification(life):
    """How the matter is put right, in its last round."""
    found = Rectification.objects.select_related("proceeding")
    return found.get(invitation=invitation(life), later=None)
