"""Files as people and attackers send them, and data as the rooms above give it."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from datetime import UTC, datetime

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from tongban.documents.gateways import Organ
from tongban.documents.rules import Limits
from tongban.kernel.actors import Actor

LIMITS = Limits(size=20_000_000, pixels=60_000_000)
NOW = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
HOLDER = Actor(kind="citizen", id=7, name="张三", party_id=1, acts_for=frozenset({1}))
STRANGER = Actor(kind="citizen", id=8, name="李四", party_id=2, acts_for=frozenset({2}))
CLERK = Actor(
    kind="staff", id=9, name="王五", departments=frozenset({"market-regulation"}),
    roles=frozenset({"reviewer"}), queues=frozenset({"market-regulation.reviewer"}),
)  # fmt: skip
ORGAN = Organ("market-regulation", "乌鲁木齐市市场监督管理局", "11650100MB0U001T1C", "乌市监")
OTHER_ORGAN = Organ("fire-rescue", "乌鲁木齐市消防救援支队", "11650100MB0U010T30", "乌消")


def picture(form="JPEG", size=(60, 40), colour=(200, 30, 30), **options) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, form, **options)
    return out.getvalue()


def readable(form="JPEG", colour=(200, 30, 30)) -> bytes:
    """A picture as large as the city wants those that somebody has to read."""
    return picture(form, size=(800, 600), colour=colour)


def photograph() -> bytes:
    """A JPEG lying on its side, with device, place, a thumbnail comment and a profile."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees
    exif[0x010F] = "PhoneMaker"
    exif[0x8769] = {0x9286: b"ASCII\0\0\0home of the owner"}
    exif[0x8825] = {1: "N", 2: (43.0, 48.0, 12.5), 3: "E", 4: (87.0, 35.0, 1.25)}
    image = Image.new("RGB", (60, 40), (10, 10, 10))
    image.paste((250, 250, 250), (0, 0, 60, 20))  # the upper half is white
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, quality=95, comment=b"secret note")
    return out.getvalue()


def pixel_bomb(width=60_000, height=60_000) -> bytes:
    """A PNG of a few kilobytes that unpacks to gigabytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1_000_000, 9)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", pixels)
        + chunk(b"IEND", b"")
    )


def pdf(change=lambda writer: None, pages: int = 1) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(width=595, height=842)
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def with_action(writer: PdfWriter, kind: str) -> None:
    """An action on a link of the first page, not where one would look first."""
    action = DictionaryObject(
        {NameObject("/S"): NameObject(kind), NameObject("/F"): TextStringObject("cmd.exe")}
    )
    link = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/Link"),
            NameObject("/A"): writer._add_object(action),
        }
    )
    writer.pages[0][NameObject("/Annots")] = writer._add_object(link)


def with_script_at_opening(writer: PdfWriter) -> None:
    """A script that runs when the file is opened."""
    script = DictionaryObject(
        {
            NameObject("/S"): NameObject("/JavaScript"),
            NameObject("/JS"): TextStringObject("app.alert(1)"),
        }
    )
    writer._root_object[NameObject("/OpenAction")] = writer._add_object(script)


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("word/document.xml", "<w/>")
    return out.getvalue()


RECEIPT = {
    "addressee": "乌鲁木齐市天山区阿依古丽餐饮店",
    "matter": "开办餐饮店",
    "proceeding_number": "P65010020260105000123K",
    "contact": {"phone": "0991-5550110", "address": "乌鲁木齐市政务服务中心商事登记厅"},
    "ribbon": "演示数据 · 非法定证照",
    "ribbon_short": "演示",
    "received_at": "2026年1月5日 10:00",
    "channel": "网上提交",
    "answer_by": "2026年1月12日前告知是否受理",
    "items": [{"name": "食品经营许可新办", "department": "乌鲁木齐市市场监督管理局"}],
    "materials": [{"name": "经营场所平面布局图", "copies": "1", "note": "申请人上传（尚未核验）"}],
}
