"""What may be handed in: cleaned, or refused with advice."""

import contextlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader
from pypdf.generic import NameObject

from tests.documents import samples
from tests.documents.fakes import TroubledStore, fake
from tongban.documents import gateways, rules
from tongban.documents.actions import StorageFull, store_file
from tongban.documents.models import StoredFile
from tongban.documents.queries import access_file, content_of, headers_for, preview_headers_for
from tongban.kernel.refusals import NotAllowed, NotFound


def refused(content, name="材料.pdf", limits=samples.LIMITS):
    with pytest.raises(rules.FileRefused) as caught:
        rules.accept_file(content, name, limits)
    assert caught.value.sentence.endswith("。")
    return caught.value.problems[0].code


def store(content, name="平面图.png", **more):
    words = {"owner_party_id": 1, "purpose": "material", "by": samples.HOLDER, "now": samples.NOW}
    return store_file(content=content, name=name, **(words | more))


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "空.pdf", "file-empty"),
        (b"MZ\x90\x00" + bytes(500), "照片.jpg", "file-format"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "图.svg",
         "file-format"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "图.png", "file-format"),
        (b"<!doctype html><script>alert(1)</script>", "说明.html", "file-format"),
        (b"GIF89a" + bytes(50), "图.gif", "file-format"),
        (samples.archive(), "方案.docx", "file-format"),
        (samples.picture("TIFF"), "扫描.tif", "file-format"),
        (samples.picture("PNG"), "照片.pdf", "file-mismatch"),
        (samples.pdf(), "照片.png", "file-mismatch"),
        (samples.picture("JPEG")[:200], "照片.jpg", "file-damaged"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "图.png", "file-damaged"),
        (samples.pixel_bomb(), "图.png", "file-too-many-pixels"),
        (samples.pixel_bomb(2**31 - 1, 2**31 - 1), "图.png", "file-too-many-pixels"),
    ],
)  # fmt: skip
def test_what_is_no_clean_pdf_or_picture_is_refused(content, name, code):
    assert refused(content, name) == code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (samples.with_script_at_opening, "file-alive"),
        (lambda w: w.add_attachment("x.exe", b"MZ"), "file-alive"),
        (lambda w: samples.with_action(w, "/Launch"), "file-alive"),
        (lambda w: samples.with_action(w, "/SubmitForm"), "file-alive"),
        (lambda w: w.encrypt("secret"), "file-locked"),
        (lambda w: w.encrypt("", "owner"), "file-locked"),
    ],
)
def test_a_pdf_that_is_alive_or_locked_is_refused(change, code):
    assert refused(samples.pdf(change)) == code


def test_a_word_in_disguise_is_recognised():
    plain = samples.pdf(lambda writer: samples.with_action(writer, "/PLACEHOLDER1"))

    assert refused(plain.replace(b"/PLACEHOLDER1", b"/J#61vaScript")) == "file-alive"


def test_a_script_that_nothing_refers_to_is_found_too():
    def hide(writer):
        samples.with_action(writer, "/JavaScript")
        del writer.pages[0][NameObject("/Annots")]

    assert refused(samples.pdf(hide)) == "file-alive"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"%PDF-1.7\nno end", "file-damaged"),
        (b"%PDF-1.7\ngarbage\n%%EOF", "file-damaged"),
        (samples.pdf() + samples.archive(), "file-two-in-one"),
        (samples.pdf() + b"<script>alert(1)</script>", "file-two-in-one"),
        (samples.archive() + samples.pdf(), "file-format"),
        (samples.pdf(pages=3), "file-pages"),
    ],
)
def test_a_broken_or_double_pdf_is_refused(content, code):
    limits = rules.Limits(size=1_000_000, pixels=1, pages=2)

    assert refused(content, "", limits) == code


def test_advice_fits_the_kind_of_file():
    with pytest.raises(rules.FileRefused) as caught:
        rules.accept_file(samples.archive(), "方案.docx", samples.LIMITS)

    assert caught.value.instead == ("请在 Word 或 WPS 中另存为 PDF 后上传。",)


def test_a_pdf_is_kept_byte_for_byte():
    content = samples.pdf()

    assert rules.accept_file(content, "a.PDF", samples.LIMITS).content == content


def test_a_photograph_is_turned_upright_and_loses_place_device_and_notes():
    content = samples.photograph()
    assert b"PhoneMaker" in content

    kept = rules.accept_file(content, "照片.jpeg", samples.LIMITS)

    with Image.open(io.BytesIO(kept.content)) as image:
        assert image.size == (40, 60)  # lying on its side before
        assert image.getexif() == {}
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert image.getpixel((35, 30)) > (240, 240, 240)  # what was above is on the right
        assert image.getpixel((5, 30)) < (20, 20, 20)
    for word in (b"PhoneMaker", b"home of the owner", b"secret note", b"Exif", b"GPS"):
        assert word not in kept.content
    assert kept.name == "照片.jpg"


def test_what_is_appended_to_a_picture_is_gone():
    kept = rules.accept_file(samples.picture() + samples.archive(), "a.jpg", samples.LIMITS)

    assert b"word/document.xml" not in kept.content


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_png_of_any_colours_stays_what_it_was(mode):
    image = Image.new("RGBA", (9, 5), (200, 100, 0, 128)).convert(mode.replace("I;16", "L"))
    if mode == "I;16":
        image = image.convert("I").point(lambda x: x * 256).convert("I;16")
    out = io.BytesIO()
    image.save(out, "PNG")

    kept = rules.accept_file(out.getvalue(), "图.png", samples.LIMITS)

    with Image.open(io.BytesIO(kept.content)) as again, Image.open(out) as before:
        assert again.convert("RGBA").tobytes() == before.convert("RGBA").tobytes()


def test_a_cmyk_photograph_becomes_readable():
    out = io.BytesIO()
    Image.new("CMYK", (8, 8), (0, 200, 200, 0)).save(out, "JPEG")

    kept = rules.accept_file(out.getvalue(), "扫描.jpg", samples.LIMITS)

    with Image.open(io.BytesIO(kept.content)) as image:
        assert image.mode == "RGB"


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\me\\图纸.pdf", "图纸.pdf"),
        ("图纸\u202efdp.exe", "图纸fdp.exe"),
        ("\x00\x1b[31m图.pdf", "[31m图.pdf"),
        ("图\r\nSet-Cookie: x.pdf", "图Set-Cookie_ x.pdf"),
        ("...", "文件"),
        ("", "文件"),
        ("CON.pdf", "文件CON.pdf"),
        ("  平面图 .pdf", "平面图.pdf"),
        ("تىجارەت كىنىشكىسى ئۈرۈمچى.pdf", "تىجارەت كىنىشكىسى ئۈرۈمچى.pdf"),
        ("𠮷野家䶮𰻝.pdf", "𠮷野家䶮𰻝.pdf"),
        ("阿卜杜热合曼·麦麦提明的材料.pdf", "阿卜杜热合曼·麦麦提明的材料.pdf"),
    ],
)
def test_names_are_made_safe_and_stay_readable(given_name, kept):
    assert rules.tidy_name(given_name) == kept


@given(st.text(max_size=400))
def test_no_name_can_do_harm(name):
    tidy = rules.tidy_name(name)

    assert 0 < len(tidy) <= rules.NAME_LENGTH
    assert not set(tidy) & set('/\\:*?"<>|\r\n\t\0\u202e\u2066')
    assert tidy == tidy.strip(" .")
    assert rules.tidy_name(tidy) == tidy


@given(st.text(max_size=120))
def test_headers_never_break_whatever_the_name(name):
    headers = rules.download_headers(rules.tidy_name(name), "application/pdf")

    assert headers["Content-Disposition"].isascii()
    assert "\n" not in headers["Content-Disposition"]
    assert headers["Content-Disposition"].startswith("attachment; ")
    assert headers["X-Content-Type-Options"] == "nosniff"


@given(st.binary(max_size=300))
def test_no_bytes_whatever_are_a_fault(content):
    for start in (b"", b"%PDF-1.4\n", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n"):
        for end in (b"", b"\n%%EOF"):
            with contextlib.suppress(rules.FileRefused):
                rules.accept_file(start + content + end, "a", samples.LIMITS)


def test_what_is_no_pdf_or_picture_is_never_shown_in_the_browser():
    headers = rules.preview_headers("a.html", "text/html")

    assert headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in headers["Content-Security-Policy"]


def test_a_file_is_kept_once_and_read_back(db):
    first = store(samples.picture("PNG"))
    second = store(samples.picture("PNG"))

    assert first == second
    assert StoredFile.objects.count() == 1
    with Image.open(io.BytesIO(content_of(first))) as image:
        assert image.format == "PNG"
    assert headers_for(first)["Content-Type"] == "image/png"
    assert preview_headers_for(first)["Content-Disposition"].startswith("inline")


def test_a_claim_of_300_megabytes_is_refused_before_a_byte_is_read(db):
    class Untouchable(io.BytesIO):
        def read(self, size=-1):
            raise AssertionError("read")

    with pytest.raises(rules.FileRefused) as caught:
        store(Untouchable(), stated_size=300_000_000)

    assert caught.value.problems[0].code == "file-too-large"
    assert "300.0 MB" in caught.value.sentence


def test_never_more_than_the_limit_is_read(db, settings):
    settings.UPLOAD_LIMITS = {"size": 1000, "pixels": 100}

    class Endless(io.BytesIO):
        def read(self, size=-1):
            assert 0 < size <= 1001
            return b"x" * size

    with pytest.raises(rules.FileRefused) as caught:
        store(Endless(), stated_size=10)

    assert caught.value.problems[0].code == "file-too-large"


def test_a_full_disk_is_said_clearly_and_leaves_nothing(db, settings, tmp_path):
    settings.DOCUMENT_STORE = fake(TroubledStore, folder=tmp_path / "files", trouble="full")

    with pytest.raises(StorageFull) as caught:
        store(samples.picture("PNG"))

    assert "没有保存" in caught.value.sentence
    assert not StoredFile.objects.exists()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_citizen_stores_only_for_those_whom_they_act_for(db):
    with pytest.raises(NotAllowed):
        store(samples.picture("PNG"), by=samples.STRANGER)


def test_to_a_stranger_a_file_does_not_exist(db):
    kept = store(samples.picture("PNG"))

    assert access_file(samples.HOLDER, kept.pk) == kept
    with pytest.raises(NotFound):
        access_file(samples.STRANGER, kept.pk)


def test_a_signed_pdf_stays_signed(db, tmp_path):
    seals = gateways.LocalSeals(tmp_path / "elsewhere")
    sealed = seals.seal(samples.pdf(), organ=samples.ORGAN, reason="x", now=samples.NOW)

    kept = store(sealed.content, "证明.pdf")

    assert seals.verify(content_of(kept)).intact
    assert len(PdfReader(io.BytesIO(content_of(kept))).pages) == 1
