"""What the journal needs from outside the database: keys, a signer and a place to publish.

The built-in signer holds an Ed25519 key; the built-in publisher is a folder, to be copied to
where nobody of this house can change it. A security module or a public notary takes their place
behind the same two protocols.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Iterator


class Signer(Protocol):
    """Signs statements of the journal with Ed25519."""

    @property
    def public_key(self) -> bytes:
        """The 32 bytes with which anybody checks."""
        ...

    def sign(self, statement: bytes) -> bytes:
        """The 64 bytes of the signature."""
        ...


class Publisher(Protocol):
    """Keeps seals where the database and its administrators cannot reach them."""

    def publish(self, name: str, content: bytes) -> None:
        """Keep `content` for good. Publishing the same again is harmless."""
        ...

    def has(self, name: str) -> bool:
        """Whether something is published under the name."""
        ...

    def names(self) -> Iterator[str]:
        """The names of everything published, ascending."""
        ...

    def read(self, name: str) -> bytes:
        """What was published under the name."""
        ...


class AlreadyPublished(Exception):  # noqa: N818 -- says what is wrong, like FileExistsError
    """Something else stands under this name: the database or the folder has been tampered with."""


@dataclass(frozen=True)
class Ed25519Signer:
    """A key derived from a secret of this installation."""

    secret: str

    @cached_property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(derive(self.secret, b"tongban-seal-1"))

    @cached_property
    def public_key(self) -> bytes:
        return self._key.public_key().public_bytes_raw()

    def sign(self, statement: bytes) -> bytes:
        return self._key.sign(statement)


@dataclass(frozen=True)
class FolderPublisher:
    """One file for each seal; a file is never rewritten."""

    folder: Path

    def publish(self, name: str, content: bytes) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{token_hex(8)}")
        try:
            with draft.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            # A hard link is atomic and, unlike a rename, refuses a name that is taken.
            path.hardlink_to(draft)
        except FileExistsError:
            if path.read_bytes() != content:
                raise AlreadyPublished(f"{name} was published with another content") from None
        finally:
            draft.unlink(missing_ok=True)

    def has(self, name: str) -> bool:
        return (self.folder / name).exists()

    def names(self) -> Iterator[str]:
        found = (p.relative_to(self.folder).as_posix() for p in self.folder.rglob("[!.]*.json"))
        return iter(sorted(found))

    def read(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()


@dataclass(frozen=True, slots=True)
class MasterKey:
    """A key that wraps subjects' keys; its id says which, and tells nothing about it."""

    id: str
    key: bytes


def derive(secret: str, purpose: bytes) -> bytes:
    """32 bytes for one purpose from a secret text."""
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose).derive(
        secret.encode()
    )


def master_keys() -> tuple[MasterKey, ...]:
    """The master keys of personal data; the first one wraps, all of them unwrap."""
    keys = (derive(secret, b"tongban-journal-1") for secret in settings.JOURNAL_KEYS)
    return tuple(MasterKey(sha256(key).hexdigest()[:16], key) for key in keys)


def signer() -> Signer:
    return Ed25519Signer(settings.JOURNAL_SEAL_KEY)


def publisher() -> Publisher:
    return FolderPublisher(Path(settings.JOURNAL_PUBLISHED))
