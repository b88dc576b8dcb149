"""The periodic jobs: they find what failed, what a dead worker left, and what has ended."""

from datetime import date

from tests.documents import test_papers as papers
from tests.documents.fakes import TroubledSeals, fake
from tests.licences import scenes
from tongban.documents import tasks as document_tasks
from tongban.documents.models import Document
from tongban.licences import tasks
from tongban.licences.models import Licence


def test_what_failed_is_found_and_made(city, settings, tmp_path):
    settings.DOCUMENT_SEALS = fake(TroubledSeals, folder=tmp_path / "seals", times=2)
    licence, document = scenes.order(city), papers.issue()
    assert not scenes.produce(licence)
    assert not papers.produce(document)

    assert tasks.produce_due_licences.func(0) == 0  # not before their time
    assert document_tasks.produce_due_documents.func(0) == 0
    earlier = scenes.machine(seconds=-1)
    Licence.objects.update(retry_at=earlier)
    Document.objects.update(retry_at=earlier)

    assert tasks.produce_due_licences.func(0) == 1
    assert document_tasks.produce_due_documents.func(0) == 1
    assert tasks.produce_due_licences.func(0) == 0


def test_licences_end_by_the_citys_clock(city, city_at):
    scenes.issued(city, valid_to=date(2026, 1, 31))

    assert tasks.expire_licences.func(0) == 0
    city_at("2026-02-01 00:00")
    assert tasks.expire_licences.func(0) == 1
    assert Licence.objects.get().state == "expired"


def test_drafts_of_dead_writers_are_swept(db):
    assert document_tasks.sweep_store.func(0) == 0
