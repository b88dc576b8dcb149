"""Personal data inside entries: AES-256-GCM under one key for each subject.

A subject's key is wrapped by a master key. Rotating the master rewraps the small keys and leaves
the entries alone; destroying a subject's key makes every private part about the subject
unreadable for good, while the chain, which covers the ciphertext, still verifies.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tongban.kernel.hashes import canonical_json
from tongban.records.rules.chain import statement

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

NONCE_BYTES = 12


def new_key() -> bytes:
    """A fresh key of 256 bits for one subject."""
    return AESGCM.generate_key(bit_length=256)


def wrap(key: bytes, *, master: bytes, subject: int) -> bytes:
    """A subject's key under a master key, bound to its subject."""
    return _lock(key, master, statement("tongban-subject-key-1", (subject,), ()))


def unwrap(wrapped: bytes, *, master: bytes, subject: int) -> bytes:
    """Raises cryptography's InvalidTag when the master key or the subject is another one."""
    return _open(wrapped, master, statement("tongban-subject-key-1", (subject,), ()))


def encrypt(data: Mapping[str, Any], *, key: bytes, place: bytes) -> bytes:
    """The private part of an entry: a nonce of its own, then the ciphertext."""
    return _lock(canonical_json(data), key, place)


def decrypt(private: bytes, *, key: bytes, place: bytes) -> dict[str, Any]:
    """Raises cryptography's InvalidTag when key or place is another one."""
    data: dict[str, Any] = json.loads(_open(private, key, place))
    return data


def place_of(*, stream: str, stream_id: int, action_id: UUID, subject: int) -> bytes:
    """What binds a private part to its entry.

    The number inside the stream is drawn by the database after the encryption; the action's id,
    of which a stream has one entry, stands for it.
    """
    return statement("tongban-private-1", (stream_id, action_id, subject), (stream,))


def _lock(data: bytes, key: bytes, bound_to: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, data, bound_to)


def _open(locked: bytes, key: bytes, bound_to: bytes) -> bytes:
    return AESGCM(key).decrypt(locked[:NONCE_BYTES], locked[NONCE_BYTES:], bound_to)
