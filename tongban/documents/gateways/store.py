"""Where bytes lie: under the hash of what they are.

The built-in store is a folder. A bucket of an S3 service keeps the same promises with the same
keys (`ab/cd/<sha256>`): a put either stands whole or not at all, and reading checks the hash.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
INCOMING = ".incoming"


class StoreFull(Exception):  # noqa: N818 -- says what is wrong, like FileExistsError
    """There is no room left; nothing was written."""


class ContentMissing(Exception):  # noqa: N818 -- as above
    """No content under this hash: lost, or never stored."""


class ContentDamaged(Exception):  # noqa: N818 -- as above
    """What lies under this hash is something else: the disk or somebody changed it."""


class ObjectStore(Protocol):
    """Keeps bytes under their SHA-256, whole or not at all."""

    def put(self, content: bytes) -> bytes:
        """Keep the bytes and answer their hash; the same bytes again are harmless.

        Raises StoreFull, and then nothing is left behind.
        """
        ...

    def get(self, sha256: bytes) -> bytes:
        """The bytes, checked. Raises ContentMissing or ContentDamaged."""
        ...

    def has(self, sha256: bytes) -> bool:
        """Whether something lies under the hash; it is not read."""
        ...

    def sweep(self, *, older_than: float) -> int:
        """Remove what writers that died left behind, after so many seconds; how many it was."""
        ...


@dataclass(frozen=True)
class FolderStore:
    """A folder on a local or mounted disk: `ab/cd/<sha256>`, written aside and renamed."""

    folder: Path

    def put(self, content: bytes) -> bytes:
        digest = hashlib.sha256(content).digest()
        place = self._place(digest)
        if place.exists() and place.stat().st_size == len(content):
            return digest
        draft = self.folder / INCOMING / secrets.token_hex(12)
        try:
            self._make(draft.parent)
            self._make(place.parent)
            _write(draft, content)
            draft.replace(place)
            _sync_folder(place.parent)
        except OSError as error:
            with contextlib.suppress(OSError):
                draft.unlink()
            if error.errno in _NO_ROOM:
                raise StoreFull(str(error)) from error
            raise
        return digest

    def get(self, sha256: bytes) -> bytes:
        try:
            content = self._place(sha256).read_bytes()
        except FileNotFoundError:
            raise ContentMissing(sha256.hex()) from None
        if hashlib.sha256(content).digest() != sha256:
            raise ContentDamaged(sha256.hex())
        return content

    def has(self, sha256: bytes) -> bool:
        return self._place(sha256).exists()

    def sweep(self, *, older_than: float) -> int:
        swept = 0
        limit = time.time() - older_than
        for draft in (self.folder / INCOMING).glob("*"):
            # Another sweeper or the writer itself may be faster.
            with contextlib.suppress(FileNotFoundError):
                if draft.stat().st_mtime < limit:
                    draft.unlink()
                    swept += 1
        return swept

    def _place(self, sha256: bytes) -> Path:
        name = sha256.hex()
        return self.folder / name[:2] / name[2:4] / name

    def _make(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _write(path: Path, content: bytes) -> None:
    # 0600: what people hand in is for this program only.
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make the rename itself survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
