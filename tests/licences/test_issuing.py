"""From the decision to the sealed licence: once, whatever fails."""

import io
import os
import signal
import subprocess
import sys
from datetime import date

import pytest
from pypdf import PdfReader

from tests.documents.fakes import TroubledRenderer, TroubledSeals, TroubledStore, fake
from tests.documents.test_papers import wait_for
from tests.licences import scenes
from tongban.config.options import CHECKOUT
from tongban.documents.models import SealUse, StoredFile
from tongban.documents.queries import content_of, verify_pdf
from tongban.kernel.identifiers import parse_certificate_identifier
from tongban.kernel.numbers import check_number
from tongban.kernel.refusals import BadInput, NotFound
from tongban.licences.actions import licences_due
from tongban.licences.models import Licence, LicenceVersion
from tongban.licences.queries import find_valid, get_licence, licences_of_proceedings
from tongban.records.models import Entry


def entries(licence):
    return list(Entry.objects.filter(stream="licence", stream_id=licence.pk).order_by("seq"))


def test_a_licence_is_made_sealed_kept_and_told_to_everybody(city):
    licence = scenes.order(city)
    assert licence.state == "producing"
    assert find_valid(city.shop, "tea-house-licence", scenes.TODAY) is None

    assert scenes.produce(licence)

    held = find_valid(city.shop, "tea-house-licence", scenes.TODAY)
    assert held.identifier == scenes.identifier(licence)
    assert parse_certificate_identifier(held.identifier).version == 1
    assert check_number(held.number)
    assert held.number.startswith("CG659901")
    assert held.face["address"] == scenes.FACE["address"]
    assert held.face["holder_name"] == "试验市阿依古丽茶馆"
    assert (held.seq, held.edition, held.state_title) == (2, 1, "有效")
    version = licence.versions.get(succeeded_at=None)
    content = content_of(version.file)
    assert verify_pdf(content).is_genuine
    assert verify_pdf(content).uscc == scenes.ORGAN_USCC
    assert bytes(version.file_sha256) == bytes(version.file.sha256)
    assert len(bytes(version.file_sm3)) == 32
    text = "".join(PdfReader(io.BytesIO(content)).pages[0].extract_text().split())
    for word in ("茶馆经营许可证", held.number, "天山区", "热茶、茶点", "2026年2月1日"):
        assert word in text
    assert SealUse.objects.get().reference == held.identifier
    ordered, produced = entries(licence)
    assert (ordered.verb, produced.verb) == ("licence_ordered", "licence_produced")
    assert produced.body["proceeding_id"] == 70
    assert produced.body["identifier"] == held.identifier
    assert "阿依古丽" not in str(ordered.body) + str(produced.body)
    assert licences_of_proceedings([70], scenes.TODAY)[70] == held


def test_ordered_twice_it_is_issued_once(city):
    first = scenes.order(city)

    assert scenes.order(city, face={"address": "别处"}) == first
    assert Licence.objects.count() == 1
    assert len(entries(first)) == 1
    assert scenes.order(city, proceeding=71) != first


def test_the_worker_makes_it_by_itself(city, settle):
    licence = scenes.order(city)

    settle()

    licence.refresh_from_db()
    assert licence.state == "valid"


def test_a_face_that_the_type_does_not_have_is_refused(city):
    with pytest.raises(BadInput, match="没有这些内容"):
        scenes.order(city, face={"colour": "red"})
    with pytest.raises(NotFound):
        scenes.order(city, department="nobody")
    assert not Licence.objects.exists()


def test_a_number_that_others_decide_is_taken_as_it_is(city):
    own = scenes.LICENCE.model_copy(update={"number_prefix": ""})

    with pytest.raises(BadInput, match="编号"):
        scenes.order(city, licence_type=own)
    licence = scenes.order(city, licence_type=own, number="92650102MA7TE5T192")

    assert licence.number == "92650102MA7TE5T192"


def test_a_licence_without_an_end_says_so(city):
    licence = scenes.order(city, valid_to=None)
    scenes.produce(licence)

    held = get_licence(scenes.identifier(licence), scenes.TODAY)
    assert held.face["valid_until"] == "长期"
    assert get_licence(held.identifier, date(2199, 1, 1)).is_in_force


@pytest.mark.parametrize(
    ("setting", "trouble"),
    [
        ("DOCUMENT_RENDERER", lambda folder: fake(TroubledRenderer, trouble="down")),
        ("DOCUMENT_RENDERER", lambda folder: fake(TroubledRenderer, trouble="garbage")),
        ("DOCUMENT_SEALS", lambda folder: fake(TroubledSeals, folder=folder / "broken")),
        (
            "DOCUMENT_STORE",
            lambda folder: fake(TroubledStore, folder=folder / "f", trouble="full"),
        ),
    ],
)
def test_whatever_fails_it_stays_producing_and_is_tried_again(
    city, settings, tmp_path, setting, trouble
):
    licence = scenes.order(city)
    well = getattr(settings, setting)
    setattr(settings, setting, trouble(tmp_path))

    assert not scenes.produce(licence)

    assert (licence.state, licence.attempts) == ("producing", 1)
    assert licence.last_fault
    assert not StoredFile.objects.exists()
    assert not get_licence(scenes.identifier(licence), scenes.TODAY).is_in_force
    assert licences_due(now=scenes.machine()) == []
    setattr(settings, setting, well)
    assert licences_due(now=scenes.machine(minutes=1)) == [licence.pk]
    assert scenes.produce(licence, minutes=1)
    assert (licence.state, licence.attempts, licence.last_fault) == ("valid", 2, "")
    assert [entry.verb for entry in entries(licence)] == ["licence_ordered", "licence_produced"]


def test_two_that_order_at_the_same_second_get_one_licence(real_city, race):
    first, second = race(lambda: scenes.order(real_city), lambda: scenes.order(real_city))

    assert first == second
    assert Licence.objects.count() == 1
    assert LicenceVersion.objects.count() == 1
    assert len(entries(first)) == 1


def test_two_workers_at_the_same_second_make_one_licence(real_city, race, settings):
    settings.DOCUMENT_RENDERER = fake(TroubledRenderer, trouble="slow", mark="licence-race")
    licence = scenes.order(real_city)

    race(*[lambda: scenes.produce_licence(licence_id=licence.pk, now=scenes.machine())] * 2)

    licence.refresh_from_db()
    assert licence.state == "valid"
    assert StoredFile.objects.count() == 1
    assert len(entries(licence)) == 2


@pytest.mark.kill
def test_a_worker_killed_while_rendering_leaves_exactly_one_licence(real_city, tmp_path):
    licence = scenes.order(real_city)
    started = tmp_path / "started"
    program = (
        "import django; django.setup()\n"
        "from django.conf import settings\n"
        "from datetime import UTC, datetime\n"
        f"settings.DOCUMENT_RENDERER = ('tests.documents.fakes.TroubledRenderer',"
        f" {{'trouble': 'stuck', 'mark': {str(started)!r}}})\n"
        "from tongban.licences.actions import produce_licence\n"
        f"produce_licence(licence_id={licence.pk}, now=datetime.now(UTC))\n"
    )
    from django.db import connection

    worker = subprocess.Popen(
        [sys.executable, "-c", program], cwd=CHECKOUT,
        env=os.environ | database_url_of(connection),
    )  # fmt: skip
    wait_for(started)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait(10)

    licence.refresh_from_db()
    assert (licence.state, licence.attempts) == ("producing", 1)
    assert scenes.produce(licence, minutes=1)
    assert Licence.objects.count() == 1
    assert StoredFile.objects.count() == 1
    assert LicenceVersion.objects.filter(succeeded_at=None).count() == 1
    assert [entry.verb for entry in entries(licence)] == ["licence_ordered", "licence_produced"]


def database_url_of(connection) -> dict[str, str]:
    words = connection.settings_dict
    where = f"host={words['HOST']}&port={words['PORT']}"
    return {
        "DATABASE_URL": f"postgresql://{words['USER']}:{words['PASSWORD']}@/{words['NAME']}?{where}"
    }
