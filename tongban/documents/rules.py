"""What may be handed in, how it is cleaned, and how files are named and served.

Everything here is pure: bytes in, a verdict out. Three formats are taken, because each can be
checked to the end and will still be readable when the record is an archive: PDF, JPEG and PNG.
"""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
import warnings
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import puremagic
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
)

from tongban.kernel.parsing import MADE_UP
from tongban.kernel.refusals import BadInput, Problem, worded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

NAME_LENGTH = 180
JPEG_QUALITY = 92
PDF_OBJECTS = 200_000
RETRY_FIRST = timedelta(seconds=30)
RETRY_LONGEST = timedelta(hours=1)

# What is alive in a PDF: it runs, reaches out, or carries another file.
_ALIVE = {
    "/JavaScript": "脚本",
    "/JS": "脚本",
    "/Launch": "启动程序的命令",
    "/ImportData": "导入数据的命令",
    "/SubmitForm": "向外提交数据的命令",
    "/EmbeddedFile": "内嵌文件",
    "/EmbeddedFiles": "内嵌文件",
    "/RichMedia": "多媒体",
    "/XFA": "动态表单",
    "/GoToE": "内嵌文件",
}
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
_BROKEN: tuple[type[Exception], ...] = (PyPdfError, *MADE_UP)
_ZIP_END = b"PK\x05\x06"
_LETTER_MODES = {"1", "L", "LA", "P", "PA", "RGB", "RGBA", "I;16"}


class Format(StrEnum):
    """The formats that are taken, by media type."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"

    @property
    def extension(self) -> str:
        return {Format.PDF: ".pdf", Format.JPEG: ".jpg", Format.PNG: ".png"}[self]


_EXTENSIONS = {
    ".pdf": Format.PDF,
    ".jpg": Format.JPEG,
    ".jpeg": Format.JPEG,
    ".jpe": Format.JPEG,
    ".jfif": Format.JPEG,
    ".png": Format.PNG,
}
_ADVICE = {
    ".doc": "请在 Word 或 WPS 中另存为 PDF 后上传。",
    ".docx": "请在 Word 或 WPS 中另存为 PDF 后上传。",
    ".wps": "请在 WPS 中另存为 PDF 后上传。",
    ".xls": "请在 Excel 或 WPS 中另存为 PDF 后上传。",
    ".xlsx": "请在 Excel 或 WPS 中另存为 PDF 后上传。",
    ".heic": "请在手机相机设置中选择“兼容性最佳”，或者截图后上传。",
    ".webp": "请另存为 JPG 或 PNG 后上传。",
    ".tif": "请在扫描软件中改选 PDF 或 JPG 后重新扫描。",
    ".tiff": "请在扫描软件中改选 PDF 或 JPG 后重新扫描。",
    ".zip": "请解压后逐个上传其中的文件。",
    ".rar": "请解压后逐个上传其中的文件。",
    ".7z": "请解压后逐个上传其中的文件。",
    ".ofd": "请用 OFD 阅读器另存为 PDF 后上传。",
}


# How days and lengths of time are written on documents.
_DAY = r"(?P<year>\d{4})年(?P<month>\d{2})月(?P<day>\d{2})日"
_FRAMES = {
    "day": re.compile(_DAY),
    "moment": re.compile(_DAY + r" (?P<time>\d{2}:\d{2})"),
    "workdays": re.compile(r"(?P<n>[\d.]+) 个工作日"),
    "months": re.compile(r"(?P<n>[\d.]+) 个月"),
    "yuan": re.compile(r"(?P<n>[\d.]+) 元"),
}


def picture_size(content: bytes) -> tuple[int, int]:
    """Width and height of a kept picture, in pixels; only its head is read."""
    with Image.open(io.BytesIO(content)) as picture:
        return picture.size


class FileRefused(BadInput):
    """A file that cannot be taken. `problems` names the reason by a code of its own."""

    code = "file-refused"


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a file may be: bytes, and pixels once a picture is unpacked."""

    size: int
    pixels: int
    pages: int = 1000


@dataclass(frozen=True, slots=True)
class Accepted:
    """A file that may be kept: its bytes without hidden data, its format and its tidy name."""

    content: bytes
    format: Format
    name: str


def why_too_large(size: int, limits: Limits, *, name: str = "") -> FileRefused | None:
    """The refusal of a file of that many bytes, None where it may be read.

    Asked before anything is read, with the length that the sender states.
    """
    if size <= limits.size:
        return None
    shown, most = f"{size / 1_000_000:.1f}", f"{limits.size / 1_000_000:g}"
    return _refused(
        "file-too-large",
        worded(
            "文件{name}有 {size} MB，超过了 {most} MB 的上限。",
            name=_quoted(name),
            size=shown,
            most=most,
        ),
        instead=("请降低扫描分辨率（200 dpi 足够清晰），或者分成几个文件上传。",),
        facts={"size": size, "limit": limits.size},
    )


def accept_file(content: bytes, name: str, limits: Limits) -> Accepted:
    """Check a file to the end and clean it. Raises FileRefused, saying what to do instead.

    Pictures are decoded, turned upright and written anew, so that place, device and every other
    hidden note is gone, and so is whatever was appended. A PDF is kept byte for byte, because a
    signature in it must stay valid; one that is alive is refused.
    """
    tidy = tidy_name(name)
    if not content:
        raise _refused(
            "file-empty", worded("文件{name}是空的，请检查后重新选择文件。", name=_quoted(tidy))
        )
    if too_large := why_too_large(len(content), limits, name=tidy):
        raise too_large
    form = _format_of(content, tidy)
    if form is Format.PDF:
        _check_pdf(content, tidy, limits)
    else:
        content = _clean_picture(content, form, tidy, limits)
    return Accepted(content, form, _with_extension(tidy, form))


def tidy_name(name: str) -> str:
    """A name that is safe to store and show: no path, no controls, no change of direction.

    Rare characters, other scripts and long names stay; joiners stay because Uyghur and Kazakh
    need them. A nameless file is called 文件.
    """
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(c for c in _BIDI.sub("", last) if _may_stand_in_a_name(c))
    kept = _NOT_IN_NAMES.sub("_", re.sub(r"\s+", " ", kept)).strip(" .")
    stem, dot, extension = kept.rpartition(".")
    if not dot:
        stem, extension = kept, ""
    if not stem or _RESERVED.fullmatch(stem):
        stem = f"文件{stem}"
    room = NAME_LENGTH - len(extension) - len(dot)
    return f"{stem[:room].rstrip(' .')}{dot}{extension}"


def download_headers(name: str, media_type: str) -> dict[str, str]:
    """The headers under which a kept file is sent: never rendered, sniffed or cached."""
    return _headers(name, media_type, "attachment") | {
        "Content-Security-Policy": "default-src 'none'; sandbox"
    }


def preview_headers(name: str, media_type: str) -> dict[str, str]:
    """The headers for showing a file in the browser; what is no PDF or picture is downloaded."""
    if media_type not in set(Format):
        return download_headers(name, media_type)
    # Browsers do not show a PDF in a sandbox; without scripts or sources there is nothing to run.
    return _headers(name, media_type, "inline") | {
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'",
        "X-Frame-Options": "SAMEORIGIN",
    }


def sha256_of(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def retry_after(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts: doubling, an hour at most."""
    return min(RETRY_FIRST * (1 << min(attempts - 1, 10)), RETRY_LONGEST)


def document_title(title: str, data: Mapping[str, Any]) -> str:
    """The name of a document, with the act that it decides on where that is another one."""
    return title.replace("行政许可", str(data.get("act", "行政许可")))


def retold(
    data: Mapping[str, Any], say: Callable[[str], str], words: Mapping[str, str]
) -> dict[str, Any]:
    """What stands on a document in another language, as far as its texts are known.

    `say` answers a sentence of the content or the program in that language, or the Chinese;
    `words` has the frames of days and lengths of time. What an officer wrote stays as written.
    """
    return {key: _retold(value, say, words) for key, value in data.items()}


def _retold(value: Any, say: Callable[[str], str], words: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_retold(part, say, words) for part in value]
    if isinstance(value, dict):
        return retold(value, say, words)
    if not isinstance(value, str) or not value:
        return value
    said = say(value)
    return said if said != value else _framed(value, words)


def _framed(value: str, words: Mapping[str, str]) -> str:
    """A day, a moment or a length of time, by the frame of its kind; anything else as it is."""
    for source, pattern in _FRAMES.items():
        found = pattern.fullmatch(value)
        if found and source in words:
            parts = {name: part.lstrip("0") or "0" for name, part in found.groupdict().items()}
            return words[source].format(**parts | {"time": found.groupdict().get("time", "")})
    return value


def document_number(mark: str, kind: str, year: int, serial: int) -> str:
    """{机关代字}{文种}〔{year}〕{n}号, as on the papers of an organ."""
    return f"{mark}{kind}〔{year}〕{serial}号"


def _headers(name: str, media_type: str, disposition: str) -> dict[str, str]:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", plain).strip("_.") or "file"
    return {
        "Content-Type": media_type,
        "Content-Disposition": (
            f"{disposition}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
        ),
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
    }


def _refused(code: str, sentence: str, **more: Any) -> FileRefused:
    return FileRefused(sentence, problems=(Problem("file", code, sentence),), **more)


def _quoted(name: str) -> str:
    return f"“{name}”" if name else ""


def _may_stand_in_a_name(character: str) -> bool:
    # Unassigned code points stay: new standards add characters faster than Python knows them.
    return unicodedata.category(character) not in {"Cc", "Cs", "Zl", "Zp"} and character not in (
        "\ufeff\u200b\u2060\u00ad"
    )


def _with_extension(name: str, form: Format) -> str:
    stem, dot, extension = name.rpartition(".")
    if dot and _EXTENSIONS.get(f".{extension.lower()}") is form:
        return f"{stem}{form.extension}"
    return f"{name}{form.extension}"


def _extension(name: str) -> str:
    _, dot, extension = name.rpartition(".")
    return f".{extension.lower()}" if dot else ""


def _format_of(content: bytes, name: str) -> Format:
    """What the bytes are; the name must say the same."""
    found = _sniff(content)
    extension = _extension(name)
    if found is None:
        guess = _guess(content)
        advice = (
            _ADVICE.get(extension) or _ADVICE.get(guess) or "请另存为 PDF、JPG 或 PNG 后上传。"
        )
        raise _refused(
            "file-format",
            worded("文件{name}不是 PDF、JPG 或 PNG 格式，不能上传。", name=_quoted(name)),
            instead=(advice,),
            facts={"found": guess},
        )
    if extension and _EXTENSIONS.get(extension) is not found:
        raise _refused(
            "file-mismatch",
            worded(
                "文件{name}的内容是 {found}，与扩展名不一致。",
                name=_quoted(name),
                found=found.extension[1:].upper(),
            ),
            instead=(
                worded(
                    "请确认选对了文件；确实是它的话，请把扩展名改为 {extension}。",
                    extension=found.extension,
                ),
            ),
            facts={"found": found.value},
        )
    return found


def _sniff(content: bytes) -> Format | None:
    for form, magic in (
        (Format.PDF, b"%PDF-"),
        (Format.JPEG, b"\xff\xd8\xff"),
        (Format.PNG, b"\x89PNG\r\n\x1a\n"),
    ):
        if content.startswith(magic):
            return form
    return None


def _guess(content: bytes) -> str:
    try:
        return str(puremagic.from_string(content[:65536]))
    except (puremagic.PureError, ValueError):
        return ""


def _clean_picture(content: bytes, form: Format, name: str, limits: Limits) -> bytes:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content), formats=(form.name,)) as picture:
                _check_pixels(picture, name, limits)
                picture.load()
                return _written_anew(picture, form)
    except Image.DecompressionBombError as error:
        raise _too_many_pixels(name, limits) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise _refused(
            "file-damaged",
            worded("图片{name}已损坏，不能完整打开。", name=_quoted(name)),
            instead=("请重新拍照或扫描后上传。",),
        ) from error


def _check_pixels(picture: Image.Image, name: str, limits: Limits) -> None:
    width, height = picture.size
    if width * height > limits.pixels:
        raise _too_many_pixels(name, limits, facts={"width": width, "height": height})


def _too_many_pixels(name: str, limits: Limits, **more: Any) -> FileRefused:
    most = f"{limits.pixels / 1_000_000:g}"
    return _refused(
        "file-too-many-pixels",
        worded(
            "图片{name}的像素太多，超过了 {most} 百万像素的上限。", name=_quoted(name), most=most
        ),
        instead=("请缩小图片或者降低扫描分辨率后上传。",),
        **more,
    )


def _written_anew(picture: Image.Image, form: Format) -> bytes:
    upright = _in_plain_colours(ImageOps.exif_transpose(picture))
    out = io.BytesIO()
    if form is Format.JPEG:
        plain = upright if upright.mode in {"L", "RGB"} else upright.convert("RGB")
        plain.info.clear()
        plain.save(out, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    else:
        plain = upright if upright.mode in _LETTER_MODES else upright.convert("RGBA")
        clear = plain.info.get("transparency")
        plain.info.clear()
        keep = {} if clear is None else {"transparency": clear}
        plain.save(out, "PNG", **keep)
    return out.getvalue()


def _in_plain_colours(picture: Image.Image) -> Image.Image:
    """In sRGB: a colour profile may carry notes, and printers ignore it."""
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in {"RGB", "CMYK"}:
        return picture
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        plain = ImageCms.createProfile("sRGB")
        turned = ImageCms.profileToProfile(picture, source, plain, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture
    return turned or picture


def _check_pdf(content: bytes, name: str, limits: Limits) -> None:
    tail = content[content.rfind(b"%%EOF") :] if b"%%EOF" in content else None
    if tail is None:
        raise _damaged_pdf(name)
    if tail[5:].strip(b"\r\n\t \0") or _ZIP_END in content[-70_000:]:
        raise _refused(
            "file-two-in-one",
            worded("文件{name}的末尾附有其他内容，不是单纯的 PDF。", name=_quoted(name)),
            instead=("请用“打印为 PDF”重新生成文件后上传。",),
        )
    try:
        _check_parsed_pdf(PdfReader(io.BytesIO(content), strict=False), name, limits)
    except _BROKEN as error:
        raise _damaged_pdf(name) from error


def _damaged_pdf(name: str) -> FileRefused:
    return _refused(
        "file-damaged",
        worded("PDF 文件{name}已损坏，不能完整打开。", name=_quoted(name)),
        instead=("请用“打印为 PDF”重新生成文件后上传。",),
    )


def _check_parsed_pdf(reader: PdfReader, name: str, limits: Limits) -> None:
    if reader.is_encrypted:
        raise _refused(
            "file-locked",
            worded("PDF 文件{name}已加密或限制了权限，工作人员无法审查。", name=_quoted(name)),
            instead=("请去掉密码和权限限制，或者用“打印为 PDF”重新生成文件后上传。",),
        )
    for word in _words_of(reader):
        if word in _ALIVE:
            raise _refused(
                "file-alive",
                worded(
                    "PDF 文件{name}中含有{what}，为了安全不能上传。",
                    name=_quoted(name),
                    what=_ALIVE[word],
                ),
                instead=("请用“打印为 PDF”重新生成文件后上传。",),
                facts={"found": word},
            )
    pages = len(reader.pages)
    if not 1 <= pages <= limits.pages:
        raise _refused(
            "file-pages",
            worded(
                "PDF 文件{name}有 {pages} 页，应在 1 至 {most} 页之间。",
                name=_quoted(name),
                pages=pages,
                most=limits.pages,
            ),
            instead=("请拆分成几个文件上传。",),
        )


def _words_of(reader: PdfReader) -> Iterator[str]:
    """Every key and every name in every object, the unreferenced ones included."""
    pending: list[Any] = [reader.trailer]
    for generation, entries in reader.xref.items():
        pending += [IndirectObject(number, generation, reader) for number in entries]
    pending += [IndirectObject(number, 0, reader) for number in reader.xref_objStm]
    seen: set[tuple[int, int]] = set()
    count = 0
    while pending:
        thing = pending.pop()
        count += isinstance(thing, DictionaryObject | ArrayObject)
        if count > PDF_OBJECTS:
            raise ValueError("too many objects")
        if isinstance(thing, IndirectObject):
            place = (thing.idnum, thing.generation)
            if place not in seen:
                seen.add(place)
                pending.append(thing.get_object())
        elif isinstance(thing, DictionaryObject):
            yield from map(str, thing)
            pending += [thing.raw_get(key) for key in thing]
        elif isinstance(thing, ArrayObject):
            pending += list(thing)
        elif isinstance(thing, NameObject):
            yield str(thing)
