"""Reading text in pictures: optional, found when it is installed (requirements/reading.txt)."""

from __future__ import annotations

import logging
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol

from tongban.kernel.refusals import Refusal
from tongban.window.states import Line


class NotInstalled(Refusal):
    """Text in pictures cannot be read here: the optional component is not installed."""

    code = "reading-not-installed"


class TextReader(Protocol):
    """Reads the lines of text in a picture."""

    def read(self, content: bytes) -> list[Line]:
        """The lines from top to bottom; an empty list where there is no text."""


class RapidOcr:
    """rapidocr on this machine; nothing leaves it. Models come with the package."""

    def __init__(self) -> None:
        # It tells of every model that it opens, each time.
        logging.getLogger("RapidOCR").setLevel(logging.WARNING)
        self._engine: Any = import_module("rapidocr").RapidOCR()

    def read(self, content: bytes) -> list[Line]:
        """The lines that the engine recognised, with its own scores."""
        found = self._engine(content)
        texts, scores = found.txts or (), found.scores or ()
        return [Line(str(text), float(sure)) for text, sure in zip(texts, scores, strict=True)]


def is_installed() -> bool:
    """Whether the optional component can be imported; it is not loaded for the question."""
    return find_spec("rapidocr") is not None


@cache
def text_reader() -> TextReader:
    """The one reader of this process. Raises NotInstalled."""
    if not is_installed():
        raise NotInstalled(
            "没有安装文字识别组件，请照原件录入。",
            instead=("需要时请运维人员按 docs/howto/window-devices.md 安装。",),
        )
    return RapidOcr()
