"""A full disk while a licence is made, and a licence revoked while a case relies on it."""

from datetime import timedelta

import pytest

from tests.city.lives import applied
from tests.documents.fakes import TroubledStore, fake
from tongban.cases.rules import ReliesOnBrokenLicence
from tongban.documents.gateways import FolderStore
from tongban.documents.models import Document
from tongban.engine.models import Clock
from tongban.engine.queries import audit_clocks
from tongban.kernel.actors import SYSTEM
from tongban.licences.actions import change_state, licences_due, produce_licence
from tongban.licences.models import Licence
from tongban.licences.queries import find_valid
from tongban.licences.states import LicenceState
from tongban.records.models import Entry

ITEM = "small-eatery-registration"


@pytest.fixture
def life(own_city):
    own_city.go("2026-09-07 10:30")
    life = applied(own_city, "snack-shop")
    life.accept()
    life.review(ITEM)
    return life


def made_later(life, moment):
    """What the periodic job does when the next attempt is due by the machine's clock."""
    for licence_id in licences_due(now=moment):
        produce_licence(licence_id=licence_id, now=moment)
    life.house.rest()


def next_attempt():
    return Licence.objects.get(origin="issued").retry_at + timedelta(seconds=1)


def test_a_full_disk_leaves_the_case_in_the_making_and_it_heals(life, settings, folders):
    settings.DOCUMENT_STORE = fake(TroubledStore, folder=folders / "files", trouble="full")
    life.decide(ITEM)

    licence = Licence.objects.get(origin="issued")
    assert life.states()[ITEM] == "producing"
    assert (licence.state, "StoreFull" in licence.last_fault) == ("producing", True)
    assert life.package.state == "accepted"
    clock = Clock.objects.get(proceeding=life.case(ITEM), name="licence")
    assert clock.stopped_at is None
    made_later(life, next_attempt())
    assert Licence.objects.get(origin="issued").attempts == 2
    assert life.states()[ITEM] == "producing"

    settings.DOCUMENT_STORE = fake(FolderStore, folder=folders / "files")
    made_later(life, next_attempt())

    assert life.states()[ITEM] == "granted"
    assert Licence.objects.get(origin="issued").state == "valid"
    assert life.package.state == "done"
    assert Entry.objects.filter(stream="licence", verb="licence_produced").count() == 1
    assert list(audit_clocks()) == []


def test_papers_that_found_no_room_are_made_later(life, settings, folders):
    from tongban.documents.actions import documents_due, produce_document

    settings.DOCUMENT_STORE = fake(TroubledStore, folder=folders / "files", trouble="full")
    life.decide(ITEM, "deny", "距离不够")
    waiting = Document.objects.filter(state="pending")
    assert set(waiting.values_list("kind", flat=True)) == {"denial", "closing"}
    later = max(waiting.values_list("retry_at", flat=True)) + timedelta(seconds=1)

    settings.DOCUMENT_STORE = fake(FolderStore, folder=folders / "files")
    for document_id in documents_due(now=later):
        produce_document(document_id=document_id, now=later)

    assert not Document.objects.filter(state="pending").exists()
    assert Document.objects.get(kind="denial").attempts == 2


def test_a_licence_revoked_while_a_case_relies_on_it(life):
    """The grant is refused with its code, the applicant sees why, a denial is possible."""
    from tongban.packages.queries import progress_of

    licence = find_valid(life.house.party(life.wish.party), "business-licence",
                         life.house.now.date())  # fmt: skip
    change_state(
        identifier=licence.identifier, to=LicenceState.REVOKED, reason="以欺骗手段取得登记",
        basis="市场主体登记管理条例第四十条", by=SYSTEM, now=life.house.now,
    )  # fmt: skip
    life.house.rest()

    with pytest.raises(ReliesOnBrokenLicence) as no:
        life.decide(ITEM)

    assert no.value.facts["licences"] == [licence.identifier]
    lanes = progress_of(life.applicant, life.number, life.house.now).lanes
    assert [lane.broken_licences for lane in lanes if lane.item_code == ITEM] == [
        (licence.identifier,)
    ]
    life.decide(ITEM, "deny", "营业执照已被撤销，不再具备主体资格")
    assert life.states()[ITEM] == "denied"
    assert life.package.state == "done"
