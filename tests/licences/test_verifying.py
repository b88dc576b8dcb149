"""Verification for everybody: true, ended, replaced, changed, forged, unknown."""

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from tests.documents import samples
from tests.documents import test_papers as papers
from tests.licences import scenes
from tests.licences.test_changing import change, mirrored
from tongban.documents import gateways
from tongban.documents.queries import content_of
from tongban.kernel.identifiers import certificate_identifier
from tongban.licences.models import LicenceVersion
from tongban.licences.queries import Verdict, verify, verify_file, verify_qr, verify_url
from tongban.licences.states import LicenceState

S = LicenceState


def file_of(identifier) -> bytes:
    return content_of(LicenceVersion.objects.get(identifier=identifier, succeeded_at=None).file)


def test_a_licence_in_force_is_told_with_the_fewest_data(city):
    identifier = scenes.issued(city)

    found = verify(identifier, now=scenes.NOW)

    assert (found.verdict, found.is_good) == (Verdict.IN_FORCE, True)
    assert (found.name, found.state_title, found.state_code) == ("茶馆经营许可证", "有效", "01")
    assert (found.holder, found.issuer) == ("试验市阿依古丽茶馆", "试验市商务局")
    assert found.checked_at == scenes.NOW
    assert scenes.FACE["address"] not in str(found)


def test_a_persons_name_and_number_are_masked(city):
    own = scenes.LICENCE.model_copy(update={"number_prefix": ""})
    identifier = scenes.issued(
        city, holder_id=city.person, licence_type=own, number="650103198512310021"
    )

    found = verify(identifier, now=scenes.NOW)

    assert found.holder == "阿***·**提"
    assert found.number == "650103********0021"
    assert "1985" not in str(found)


@pytest.mark.parametrize(
    ("to", "code"), [(S.SUSPENDED, "02"), (S.REVOKED, "03"), (S.CANCELLED, "04"),
                     (S.TRANSFERRED, "06"), (S.WITHDRAWN_AS_PENALTY, "07")],
)  # fmt: skip
def test_an_ended_licence_is_genuine_but_not_good(city, to, code):
    identifier = scenes.issued(city)
    change(identifier, to)

    found = verify(identifier, now=scenes.NOW)

    assert (found.verdict, found.is_good) == (Verdict.NOT_IN_FORCE, False)
    assert (found.state, found.state_code) == (to.value, code)
    assert found.state_title in found.sentence
    assert verify_file(file_of(identifier), now=scenes.NOW).verdict is Verdict.NOT_IN_FORCE


def test_one_that_ends_soon_says_when(city):
    identifier = scenes.issued(city, valid_to=scenes.date(2026, 2, 5))

    found = verify(identifier, now=scenes.NOW)

    assert found.verdict is Verdict.EXPIRING
    assert "2026年2月5日" in found.sentence


def test_one_that_is_being_made_is_not_in_force(city):
    licence = scenes.order(city)

    found = verify(scenes.identifier(licence), now=scenes.NOW)

    assert (found.verdict, found.is_good) == (Verdict.NOT_IN_FORCE, False)
    assert "正在制作" in found.sentence


def test_a_replaced_edition_leads_to_the_new_one(city):
    licence = mirrored(city)
    old = scenes.identifier(licence)
    mirrored(city, face={"address": "西街2号"})

    found = verify(old, now=scenes.NOW)

    assert found.verdict is Verdict.SUPERSEDED
    assert found.replaced_by == scenes.identifier(licence)
    assert verify(found.replaced_by, now=scenes.NOW).verdict is Verdict.IN_FORCE


def test_a_mistyped_identifier_and_an_unknown_one_differ(city):
    identifier = scenes.issued(city)
    unknown = certificate_identifier(f"{scenes.ORGAN_USCC}901", scenes.ORGAN_USCC, "X1", 1)

    assert verify(identifier[:-1] + "?", now=scenes.NOW).verdict is Verdict.MALFORMED
    wrong = "0" if identifier[-1] != "0" else "1"
    assert verify(identifier[:-1] + wrong, now=scenes.NOW).verdict is Verdict.MALFORMED
    assert verify(unknown, now=scenes.NOW).verdict is Verdict.UNKNOWN
    assert verify(f"  {identifier.lower()} /", now=scenes.NOW).verdict is Verdict.IN_FORCE


@given(text=st.text(max_size=80) | st.text(max_size=40).map("1.2.156.3005.2.".__add__))
@examples(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_nothing_that_is_typed_is_a_fault(db, text):
    assert verify(text, now=scenes.NOW).verdict in (Verdict.MALFORMED, Verdict.UNKNOWN)


@pytest.mark.parametrize("text", ["\x00", "\ud800", "x" * 10_000, "", " / ", "1.2.156.3005.2."])
def test_strange_bytes_and_endless_text_lead_nowhere(db, text):
    assert not verify(text, now=scenes.NOW).is_good


def test_the_file_itself_is_verified_by_seal_bytes_and_state(city):
    identifier = scenes.issued(city)
    content = file_of(identifier)

    found = verify_file(content, now=scenes.NOW)

    assert (found.verdict, found.identifier) == (Verdict.IN_FORCE, identifier)
    assert [holds for holds, _words in found.checks] == [True, True, True, True]


def test_a_tampered_file_is_found(city):
    content = bytearray(file_of(scenes.issued(city)))
    content[len(content) // 3] ^= 1

    found = verify_file(bytes(content), now=scenes.NOW)

    assert (found.verdict, found.is_good) == (Verdict.TAMPERED, False)
    assert "修改" in found.sentence


def test_the_seal_of_a_wrong_key_is_not_trusted(city, tmp_path):
    forger = gateways.LocalSeals(tmp_path / "forger")
    organ = gateways.Organ("trade", "试验市商务局", scenes.ORGAN_USCC)
    forged = forger.seal(samples.pdf(), organ=organ, reason="假证", now=scenes.machine()).content

    found = verify_file(forged, now=scenes.NOW)

    assert (found.verdict, found.is_good) == (Verdict.FOREIGN, False)
    assert [holds for holds, _words in found.checks] == [True, True, False, False]


@pytest.mark.parametrize("content", [b"", b"no pdf", samples.pdf(), samples.picture()])
def test_a_file_from_elsewhere_is_no_proof(city, content):
    assert verify_file(content, now=scenes.NOW).verdict is Verdict.FOREIGN


def test_the_code_on_a_document_is_verified_on_the_same_page(city):
    document = papers.issue()
    papers.produce(document)

    found = verify(document.token, now=scenes.NOW)

    assert (found.verdict, found.name, found.number) == (
        Verdict.DOCUMENT, "收件凭证", "乌市监收〔2026〕1号",
    )  # fmt: skip
    assert verify_file(content_of(document.file), now=scenes.NOW).verdict is Verdict.DOCUMENT
    assert verify("unknown-token", now=scenes.NOW).verdict is Verdict.UNKNOWN


def test_the_qr_code_carries_the_public_address(city, settings):
    settings.SITE_URL = "https://tongban.example"
    identifier = scenes.issued(city)

    assert verify_url(identifier) == f"https://tongban.example/verify/{identifier}/"
    assert verify_qr(identifier).startswith("<svg")
