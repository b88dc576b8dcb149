"""Captures at the window are distrusted like every upload; proposals count once ticked."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.documents.samples import archive, pdf, picture, pixel_bomb, readable
from tests.window.test_pictures import table
from tongban.documents.models import StoredFile
from tongban.window import gateways
from tongban.window.rules import as_jpeg
from tongban.window.states import Line


def capture(li, content, name="capture.jpg"):
    file = SimpleUploadedFile(name, content, "image/jpeg")
    return li.client.post(f"{li.here}/capture/", {"capture": file})


def test_a_capture_is_cut_and_nothing_of_it_is_kept(served):
    before = StoredFile.objects.count()

    said = capture(served, as_jpeg(table((60, 60, 760, 1140), (840, 60, 1540, 1140)))).json()

    assert len(said["pages"]) == 2
    assert said["whole"].startswith("data:image/jpeg;base64,")
    assert StoredFile.objects.count() == before


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "a.jpg"),
        (b"<svg onload=alert(1)>", "a.jpg"),
        (pixel_bomb(), "a.png"),
        (archive(), "a.jpg"),
        (pdf(), "a.pdf"),
        (picture()[:200], "a.jpg"),
    ],
    ids=["empty", "script", "bomb", "archive", "pdf", "torn"],
)
def test_a_hostile_capture_is_refused_in_words(served, content, name):
    response = capture(served, content, name)

    assert response.status_code == 422
    assert response.json()["error"].endswith("。")


def test_a_hostile_page_is_not_filed(served):
    before = StoredFile.objects.count()

    page = served.file("layout-plan", content=b"MZ" + b"\0" * 400)

    assert page.status == 422
    assert StoredFile.objects.count() == before


def test_a_page_is_filed_as_it_was_turned(served):
    tall = Image.new("RGB", (900, 1400), (240, 240, 240))
    served.file("layout-plan", content=as_jpeg(tall), name="turned.jpg", turn="90")

    stored = StoredFile.objects.get(name="turned.jpg")
    shown = served.client.get(f"{served.here}/file/{stored.pk}/").content
    with Image.open(io.BytesIO(shown)) as made:
        assert made.size == (1400, 900)


@pytest.mark.parametrize("code", ["nothing", "business-licence", "", "layout-plan'--"])
def test_nothing_is_filed_under_what_is_not_asked(served, code):
    assert served.file(code, content=readable()).status == 404


def test_a_file_is_taken_away_from_the_own_draft_alone(served):
    served.send(f"{served.here}/remove/", {"remove": "999999999999999999999"})
    served.send(f"{served.here}/remove/", {"remove": "1'"})

    assert "还没有归入" not in served.open(f"{served.here}/confirm/").words


class Reader:
    """Recognises what a test tells it."""

    def __init__(self, *lines):
        self.lines = [Line(*one) for one in lines]

    def read(self, content):
        return self.lines


def test_without_the_component_the_page_says_so(served, monkeypatch):
    monkeypatch.setattr(gateways, "is_installed", lambda: False)

    assert "没有安装文字识别组件" in served.open(f"{served.here}/materials/").words


def test_what_was_read_is_proposed_and_counts_once_it_is_ticked(served, monkeypatch):
    served.fill(**{"site.lease_until": ""})
    monkeypatch.setattr(
        gateways, "text_reader", lambda: Reader(("租赁（使用）到期日：2028年6月30日", 0.95))
    )
    file = StoredFile.objects.filter(materials__draftmaterial__draft_id=served.draft).first()

    said = served.client.post(f"{served.here}/read/{file.pk}/").json()["proposals"]
    assert [(one["code"], one["value"]) for one in said] == [("site.lease_until", "2028-06-30")]

    served.send(f"{served.here}/take-over/", {"site.lease_until": "2028-06-30"})
    assert "2028" not in served.open(f"{served.here}/confirm/").words
    served.send(
        f"{served.here}/take-over/",
        {"site.lease_until": "2028-06-30", "take": "site.lease_until"},
    )
    assert "2028" in served.open(f"{served.here}/confirm/").words
