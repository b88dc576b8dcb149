"""Gateways that fail on purpose: a full disk, a typesetter that answers garbage, a broken seal.

Name them in the settings: `settings.DOCUMENT_STORE = fake(TroubledStore, folder, "full")`.
"""

from __future__ import annotations

import errno
import os
import threading
import time
from pathlib import Path

from tongban.documents import gateways

TEMPLATES = Path(__file__).resolve().parents[2] / "web" / "typst"


def fake(kind: type, **options) -> tuple[str, dict]:
    """The setting that puts this gateway in place."""
    return f"{kind.__module__}.{kind.__name__}", options


class TroubledStore(gateways.FolderStore):
    """A folder on a disk that is full: `full` at once, `full-late` after part of the file."""

    def __init__(self, folder: Path, trouble: str = "") -> None:
        super().__init__(folder)
        object.__setattr__(self, "trouble", trouble)

    def put(self, content: bytes) -> bytes:
        if self.trouble == "full":
            raise gateways.StoreFull(os.strerror(errno.ENOSPC))
        return super().put(content)


class TroubledRenderer(gateways.TypstRenderer):
    """A typesetter that is `slow`, answers `garbage`, is `down` or never comes back (`stuck`)."""

    calls = 0
    transactions: list[bool] = []

    def __init__(self, trouble: str, mark: str = "") -> None:
        super().__init__(TEMPLATES)
        self.trouble = trouble
        self.mark = mark
        self._count = threading.Lock()

    def render(self, template, data, *, made_at):
        from django.db import connection

        with self._count:
            type(self).calls += 1
            type(self).transactions.append(connection.in_atomic_block)
        if self.trouble == "down":
            raise gateways.RenderFault("the typesetter is down")
        if self.trouble == "garbage":
            return gateways.Typeset(b"<html>sorry</html>", None)
        if self.trouble == "stuck":
            Path(self.mark).touch()
            time.sleep(600)
        if self.trouble == "slow":
            time.sleep(0.3)
        return super().render(template, data, made_at=made_at)


class TroubledSeals(gateways.LocalSeals):
    """A seal service that fails the first `times`, or always for -1."""

    failures: dict[str, int] = {}

    def __init__(self, folder: Path, times: int = -1) -> None:
        super().__init__(folder)
        self.key = str(folder)
        self.failures[self.key] = times

    def seal(self, pdf, **words):
        left = self.failures[self.key]
        if left:
            self.failures[self.key] = left - 1
            raise gateways.SealFault("the seal service does not answer")
        return super().seal(pdf, **words)
