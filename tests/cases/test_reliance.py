"""A case relies on licences that others issued; what becomes of them becomes of it."""

import pytest

from tongban.cases.models import Reliance
from tongban.cases.rules import ReliesOnBrokenLicence
from tongban.kernel.actors import SYSTEM
from tongban.licences.actions import change_state
from tongban.licences.queries import find_valid
from tongban.licences.states import LicenceState
from tongban.packages.queries import progress_of
from tongban.records.models import Entry

ITEM = "small-eatery-registration"
USCC = "92650102MA7TE5T192"


def business_licence(life):
    held = find_valid(life.house.party(USCC), "business-licence", life.house.now.date())
    return held.identifier


def change(life, identifier, to):
    change_state(
        identifier=identifier, to=LicenceState(to), reason="未按规定年报", basis="条例第三十八条",
        by=SYSTEM, now=life.house.now,
    )  # fmt: skip
    life.house.rest()


def told(verb):
    return Entry.objects.filter(verb=verb).count()


@pytest.fixture
def reviewed(snack_shop):
    """Everything is done but the decision."""
    snack_shop.accept()
    snack_shop.review(ITEM)
    return snack_shop


def test_a_case_remembers_which_licences_it_relies_on(snack_shop):
    known = Reliance.objects.filter(proceeding=snack_shop.case(ITEM))

    assert business_licence(snack_shop) in set(known.values_list("licence_identifier", flat=True))


def test_a_case_that_relies_on_a_revoked_licence_is_not_granted(reviewed):
    identifier = business_licence(reviewed)
    change(reviewed, identifier, "revoked")

    with pytest.raises(ReliesOnBrokenLicence) as no:
        reviewed.decide(ITEM)

    assert no.value.code == "relies-on-broken-licence"
    assert no.value.facts["licences"] == [identifier]
    lane = progress_of(reviewed.applicant, reviewed.number, reviewed.house.now).lanes[1]
    assert lane.broken_licences == (identifier,)
    entry = Entry.objects.get(verb="reliance_broken")
    assert (entry.body["item"], entry.public) == (ITEM, True)


def test_it_may_be_denied_with_that_reason(reviewed):
    change(reviewed, business_licence(reviewed), "revoked")

    reviewed.decide(ITEM, "deny", "营业执照已被撤销，不再具备主体资格")

    assert reviewed.states()[ITEM] == "denied"


def test_a_suspended_licence_that_is_valid_again_mends_the_case(reviewed):
    identifier = business_licence(reviewed)
    change(reviewed, identifier, "suspended")
    change(reviewed, identifier, "valid")

    reviewed.decide(ITEM)

    assert reviewed.states()[ITEM] == "granted"
    assert (told("reliance_broken"), told("reliance_mended")) == (1, 1)


def test_what_was_decided_before_stays_decided(reviewed):
    identifier = business_licence(reviewed)
    reviewed.decide(ITEM)

    change(reviewed, identifier, "revoked")

    assert reviewed.states()[ITEM] == "granted"
    assert told("reliance_broken") == 0


def test_a_licence_that_fails_while_another_is_made_stops_no_reaction(reviewed, settings):
    """Granted, its paper not made yet: the decision stands, and everybody else goes on."""
    from tests.documents.fakes import TroubledRenderer, fake

    identifier = business_licence(reviewed)
    settings.DOCUMENT_RENDERER = fake(TroubledRenderer, trouble="down")
    reviewed.decide(ITEM)
    assert reviewed.states()[ITEM] == "producing"

    change(reviewed, identifier, "revoked")

    assert reviewed.states()[ITEM] == "producing"


def test_two_materials_on_one_licence_tell_once(reviewed):
    identifier = business_licence(reviewed)
    case = reviewed.case(ITEM)
    Reliance.objects.create(proceeding=case, licence_identifier=identifier, material="second")

    change(reviewed, identifier, "revoked")

    assert told("reliance_broken") == 1
    assert reviewed.case(ITEM).facts["broken"] == [identifier]
