"""The seal: who signed, whether anything was changed, and whether the signer is to be trusted."""

import io
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from tests.documents import samples
from tests.documents.fakes import TEMPLATES
from tongban.documents import gateways
from tongban.documents.queries import verify_pdf

# Signatures state the machine's time, so the certificates must follow it too.
MACHINE_NOW = datetime.fromtimestamp(time.time(), UTC)


@pytest.fixture(scope="module")
def seals(tmp_path_factory):
    return gateways.LocalSeals(tmp_path_factory.mktemp("seals"))


def sign(seals, content=None, organ=samples.ORGAN, now=MACHINE_NOW):
    return seals.seal(content or samples.pdf(), organ=organ, reason="证照制发", now=now)


@pytest.fixture(scope="module")
def sealed(seals):
    return sign(seals).content


def test_a_sealed_file_is_intact_trusted_and_names_the_organ(seals, sealed):
    found = seals.verify(sealed)

    assert (found.is_signed, found.intact, found.trusted) == (True, True, True)
    assert found.signer == "乌鲁木齐市市场监督管理局"
    assert found.uscc == "11650100MB0U001T1C"
    assert found.at is not None


@given(st.data())
@settings(max_examples=25, deadline=None)
def test_no_changed_byte_passes_as_genuine(seals, sealed, data):
    place = data.draw(st.integers(0, len(sealed) - 1))
    changed = bytearray(sealed)
    changed[place] ^= data.draw(st.integers(1, 255))

    found = seals.verify(bytes(changed))

    # The container of the signature is padded with zeros that nothing covers.
    assert not (found.intact and found.trusted) or _only_padding_differs(sealed, place)


def _only_padding_differs(sealed: bytes, place: int) -> bool:
    start = sealed.rindex(b"/Contents <") + len(b"/Contents <")
    return start <= place <= sealed.index(b">", start)


def test_something_added_after_signing_is_found(seals, sealed):
    writer = PdfWriter(io.BytesIO(sealed), incremental=True)
    writer.add_blank_page(width=100, height=100)
    out = io.BytesIO()
    writer.write(out)

    assert not seals.verify(out.getvalue()).intact


def test_the_seal_of_another_authority_is_not_trusted(seals, tmp_path):
    forged = sign(gateways.LocalSeals(tmp_path / "forger")).content

    found = seals.verify(forged)

    assert found.signer == "乌鲁木齐市市场监督管理局"
    assert found.intact
    assert not found.trusted


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"MZ", samples.pdf(), samples.picture()])
def test_what_is_not_signed_says_so(seals, content):
    found = seals.verify(content)

    assert (found.is_signed, found.intact, found.trusted) == (False, False, False)


def test_keys_are_made_once_and_readable_by_nobody_else(tmp_path):
    folder = tmp_path / "secrets" / "seals"
    first = sign(gateways.LocalSeals(folder))
    second = sign(gateways.LocalSeals(folder))

    assert first.seal_id == second.seal_id
    assert folder.stat().st_mode & 0o777 == 0o700
    keys = [*folder.glob("*.key"), *folder.glob("*.crt")]
    assert {path.stat().st_mode & 0o777 for path in keys} == {0o600}


def test_two_processes_that_start_at_once_share_one_authority(tmp_path):
    services = [gateways.LocalSeals(tmp_path) for _ in range(6)]
    made = []
    threads = [
        threading.Thread(target=lambda service=service: made.append(sign(service)))
        for service in services
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({one.seal_id for one in made}) == 1
    assert all(services[0].verify(one.content).trusted for one in made)


def test_each_organ_has_its_own_certificate(seals):
    other = sign(seals, organ=samples.OTHER_ORGAN)

    assert seals.verify(other.content).signer == "乌鲁木齐市消防救援支队"
    assert other.seal_id != sign(seals).seal_id


def test_a_certificate_is_renewed_in_time_and_old_papers_stay_trusted(tmp_path):
    seals = gateways.LocalSeals(tmp_path)
    old = sign(seals)

    new = sign(seals, now=MACHINE_NOW + timedelta(days=365 * 10 - 100))

    assert new.seal_id != old.seal_id
    assert seals.verify(old.content).trusted


def test_an_organ_without_a_credit_code_gets_no_seal(seals):
    nameless = gateways.Organ("x", "某局", "../../../etc")

    with pytest.raises(gateways.SealFault):
        sign(seals, organ=nameless)


def test_the_seal_is_visible_only_as_the_look_of_a_signature(seals):
    typesetter = gateways.TypstRenderer(TEMPLATES)
    data = {
        **samples.RECEIPT, "title": "收件凭证", "number": "乌市监收〔2026〕1号", "serial": "DC1",
        "made_on": "2026-01-05", "verify_url": "http://127.0.0.1:8000/verify/x/",
        "organ": {"name": samples.ORGAN.name, "uscc": samples.ORGAN.uscc},
    }  # fmt: skip
    page = typesetter.render("receipt", data, made_at=samples.NOW)
    look = typesetter.render("seal", data, made_at=samples.NOW).content

    done = seals.seal(
        page.content,
        organ=samples.ORGAN,
        reason="收件",
        now=MACHINE_NOW,
        spot=page.spot,
        look=look,
    )

    field = PdfReader(io.BytesIO(done.content)).pages[0]["/Annots"][0].get_object()
    left, bottom, right, top = (float(edge) for edge in field["/Rect"])
    assert (right - left, top - bottom) == pytest.approx((119, 119), abs=1.5)
    assert field["/FT"] == "/Sig"
    assert "电子签章" not in PdfReader(io.BytesIO(page.content)).pages[0].extract_text()
    assert seals.verify(done.content).intact


def test_the_query_answers_what_the_service_found(settings, seals, sealed):
    settings.DOCUMENT_SEALS = (
        "tongban.documents.gateways.LocalSeals", {"folder": seals._folder},
    )  # fmt: skip

    check = verify_pdf(sealed)

    assert check.is_genuine
    assert check.signer == samples.ORGAN.name
    assert len(check.sha256) == 64
