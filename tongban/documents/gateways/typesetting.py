"""From data to pages: typst with the packaged fonts, to PDF/A-2b.

Data goes in as one JSON text that the templates show and never evaluate. Pages of the same data
and time are the same bytes.
"""

from __future__ import annotations

import io
import json
import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import pylopdf_fonts_ar
import pylopdf_fonts_zh_cn
import segno
import typst

if TYPE_CHECKING:
    from datetime import datetime

STANDARD: Final = "a-2b"
# Controls and bidirectional overrides can make a page read other than what was decided.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]"
)
_SPACE = "\t\n \u00a0\u200b\u3000"


class RenderFault(Exception):  # noqa: N818 -- says what is wrong, like FileExistsError
    """The page could not be made; the text says why, for the log."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the seal goes: the centre of a square of `size`, in points from the top left.

    `paper` is the height of that page.
    """

    page: int
    x: float
    y: float
    size: float
    paper: float


@dataclass(frozen=True, slots=True)
class Typeset:
    """The finished pages, and the place of the seal where the template leaves one."""

    content: bytes
    spot: Spot | None


class Renderer(Protocol):
    """Makes PDF pages from a named template and data."""

    def render(self, template: str, data: Mapping[str, Any], *, made_at: datetime) -> Typeset:
        """Raises RenderFault. `made_at` is the time that the file itself carries."""
        ...

    def words(self, language: str) -> Mapping[str, str]:
        """The templates' sentences in another language; empty where there are none."""
        ...


class TypstRenderer:
    """typst in this process; one compilation at a time, a few hundredths of a second each."""

    def __init__(self, templates: Path) -> None:
        self._templates = templates
        self._lock = threading.Lock()
        self._compilers: dict[str, typst.Compiler] = {}

    def render(self, template: str, data: Mapping[str, Any], *, made_at: datetime) -> Typeset:
        tidy = _tidy(data)
        missing = self._missing(_characters(tidy))
        filled = {**tidy, "missing": missing}
        if "verify_url" in filled:
            filled["qr"] = _qr(str(filled["verify_url"]))
        inputs = {"data": json.dumps(filled, ensure_ascii=False)}
        with self._lock:
            compiler = self._compiler(template)
            try:
                content = compiler.compile(
                    format="pdf",
                    sys_inputs=inputs,
                    pdf_standards=[STANDARD],
                    timestamp=int(made_at.timestamp()),
                )
                spots = json.loads(compiler.query("<seal>", field="value"))
            except typst.TypstError as error:
                raise RenderFault(f"{template}: {error.diagnostic}") from error
        if not isinstance(content, bytes):
            raise RenderFault(f"{template}: no pages")
        return Typeset(content, Spot(**spots[0]) if spots else None)

    def words(self, language: str) -> Mapping[str, str]:
        path = self._templates / "words" / f"{language}.json"
        if not re.fullmatch(r"[a-z]{2}", language) or not path.is_file():
            return {}
        known: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        return known

    @cached_property
    def _fonts(self) -> typst.Fonts:
        packages = (pylopdf_fonts_zh_cn, pylopdf_fonts_ar)
        folders = [str(Path(str(package.__file__)).parent) for package in packages]
        return typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=True, font_paths=folders
        )

    def _compiler(self, template: str) -> typst.Compiler:
        path = self._templates / f"{template}.typ"
        if not re.fullmatch(r"[a-z_]+", template) or not path.is_file():
            raise RenderFault(f"no template {template!r}")
        if template not in self._compilers:
            self._compilers[template] = self._made(str(path))
        return self._compilers[template]

    def _made(self, source: str) -> typst.Compiler:
        return typst.Compiler(
            source, root=str(self._templates), font_paths=self._fonts, ignore_system_fonts=True
        )

    def _missing(self, characters: frozenset[str]) -> str:
        """Those that no font has; the templates show their code points instead.

        PDF/A refuses a page with a missing glyph, so trying is the one sure way to know. Private
        use has no meaning of its own and counts as missing whatever a font draws there.
        """
        missing = {c for c in characters if _is_private(c)}
        rest = characters - missing
        if not self._has_all("".join(sorted(rest))):
            missing |= {c for c in rest if not self._has(c)}
        return "".join(sorted(missing))

    def _has(self, character: str) -> bool:
        if character not in self._known:
            self._known[character] = self._has_all(character)
        return self._known[character]

    @cached_property
    def _known(self) -> dict[str, bool]:
        return {}

    @cached_property
    def _probe(self) -> typst.Compiler:
        return self._made(str(self._templates / "probe.typ"))

    def _has_all(self, text: str) -> bool:
        with self._lock:
            try:
                self._probe.compile(
                    format="pdf", sys_inputs={"text": text, "data": "{}"}, pdf_standards=[STANDARD]
                )
            except typst.TypstError:
                return False
        return True


def _tidy(value: Any) -> Any:
    if isinstance(value, str):
        return _UNSEEN.sub("", value)
    if isinstance(value, Mapping):
        return {key: _tidy(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [_tidy(member) for member in value]
    return value


def _characters(value: Any) -> frozenset[str]:
    return frozenset("".join(_texts(value))) - frozenset(_SPACE)


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for member in value.values():
            yield from _texts(member)
    elif isinstance(value, list):
        for member in value:
            yield from _texts(member)


def _is_private(character: str) -> bool:
    point = ord(character)
    return 0xE000 <= point <= 0xF8FF or point >= 0xF0000


def _qr(address: str) -> str:
    out = io.BytesIO()
    segno.make_qr(address, error="m").save(out, kind="svg", border=0, dark="#1d1b18")
    return out.getvalue().decode()
