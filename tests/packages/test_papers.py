"""Every paper and licence of a life, as it is really typeset and sealed."""

import io

import pytest
from pypdf import PdfReader

from tests.city.lives import applied
from tests.packages.test_correction import ask, supply, whole
from tongban.cases.actions import refuse_acceptance
from tongban.documents import gateways
from tongban.documents.models import Document
from tongban.licences.models import Licence

pytestmark = pytest.mark.slow


def text(content):
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


@pytest.fixture
def lived(monday, real_papers):
    """A restaurant that met everything on its way: correction, refusal, denial, grants."""
    life = applied(monday, "restaurant")
    refuse_acceptance(
        case_id=life.case("tobacco-licence").id, reason="不属本局职权范围",
        right_body="兵团烟草专卖局", by=life.officer_of("tobacco-licence", "reviewer"),
        now=monday.now,
    )  # fmt: skip
    life.require("food-licence", "site.seats")
    life.require("food-licence", "layout-plan")
    life.require("fire-check", "fire-plan")
    ask(life)
    supply(life, whole(life))
    life.accept()
    life.grant(["signboard-filing", "food-licence", "drainage-permit"])
    life.review("fire-check")
    life.decide("fire-check", "deny", "疏散楼梯被封堵")
    return life


def test_each_paper_and_licence_is_made_sealed_and_says_what_it_must(lived):
    papers = {}
    for one in Document.objects.select_related("file").order_by("id"):
        assert (one.state, one.last_fault) == ("issued", "")
        content = gateways.object_store().get(bytes(one.file.sha256))
        signature = gateways.seal_service().verify(content)
        assert (signature.intact, signature.trusted) == (True, True)
        papers[one.kind, one.department] = text(content)

    assert {kind for kind, _ in papers} == {
        "receipt", "non_acceptance", "correction", "acceptance", "grant", "denial", "closing",
        "commitment",
    }  # fmt: skip
    assert "兵团烟草专卖局" in papers["non_acceptance", "tobacco"]
    assert "疏散楼梯被封堵" in papers["denial", "fire-rescue"]
    assert "行政复议" in papers["denial", "fire-rescue"]
    assert "准予备案决定书" in papers["grant", "urban-management"]
    assert "准予行政许可决定书" in papers["grant", "market-regulation"]

    made = Licence.objects.filter(origin="issued")

    assert sorted(made.values_list("type_code", flat=True)) == [
        "drainage-licence", "food-licence", "signboard-receipt",
    ]  # fmt: skip
    for one in made:
        version = one.versions.get(succeeded_at=None)
        content = gateways.object_store().get(bytes(version.file_sha256))
        assert one.state == "valid"
        assert gateways.seal_service().verify(content).intact
        assert "乌鲁木齐天山雪餐饮管理有限公司" in text(content).replace("\n", "")
