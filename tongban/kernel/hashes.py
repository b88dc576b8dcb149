"""Hashes: one byte form for every JSON value, SHA-256, and Merkle trees with proofs.

The byte form follows RFC 8785 and the trees RFC 6962 (section 2.1), so that proofs can be
checked outside this program.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from json.encoder import encode_basestring
from math import isfinite
from uuid import UUID

EMPTY_ROOT = hashlib.sha256(b"").digest()


def canonical_json(value: object) -> bytes:
    """The one UTF-8 form of a JSON value, after RFC 8785.

    Dates, aware datetimes (in UTC, microseconds, Z), Decimals and UUIDs are written as strings.
    Raises TypeError for anything else that is not JSON, and ValueError for NaN, an infinity, a
    naive datetime or a lone surrogate.
    """
    parts: list[str] = []
    _write(value, parts)
    return "".join(parts).encode()


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def hash_json(value: object) -> bytes:
    """SHA-256 of the canonical form of a JSON value."""
    return sha256(canonical_json(value))


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf; its prefix keeps a leaf from posing as a node (RFC 6962)."""
    return sha256(b"\x00" + data)


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right)


@dataclass(frozen=True, slots=True)
class Proof:
    """That one leaf is in a tree of `size` leaves: the sibling hashes from leaf to root."""

    index: int
    size: int
    path: tuple[bytes, ...]

    def root_for(self, leaf: bytes) -> bytes | None:
        """The root this proof leads to from the data of a leaf, None when it is malformed."""
        if not 0 <= self.index < self.size:
            return None
        position, last = self.index, self.size - 1
        node = leaf_hash(leaf)
        for sibling in self.path:
            if last == 0:
                return None
            if position % 2 or position == last:
                node = node_hash(sibling, node)
                while position % 2 == 0 and position:
                    position, last = position // 2, last // 2
            else:
                node = node_hash(node, sibling)
            position, last = position // 2, last // 2
        return node if last == 0 else None


@dataclass(frozen=True, slots=True)
class MerkleTree:
    """A tree over leaves of bytes; `levels` run from the leaf hashes up to the root."""

    levels: tuple[tuple[bytes, ...], ...]

    @classmethod
    def of(cls, leaves: Iterable[bytes]) -> MerkleTree:
        """A last node without a sibling moves up as it is: the same roots as in RFC 6962."""
        level = tuple(leaf_hash(leaf) for leaf in leaves)
        levels = [level]
        while len(level) > 1:
            level = _parents(level)
            levels.append(level)
        return cls(tuple(levels))

    @property
    def size(self) -> int:
        return len(self.levels[0])

    @property
    def root(self) -> bytes:
        return self.levels[-1][0] if self.size else EMPTY_ROOT

    def proof(self, index: int) -> Proof:
        """The inclusion proof of a leaf. Raises IndexError for a leaf that is not there."""
        if not 0 <= index < self.size:
            raise IndexError(f"leaf {index} of a tree of {self.size}")
        path: list[bytes] = []
        position = index
        for level in self.levels[:-1]:
            sibling = position ^ 1
            if sibling < len(level):
                path.append(level[sibling])
            position //= 2
        return Proof(index, self.size, tuple(path))


def merkle_root(leaves: Iterable[bytes]) -> bytes:
    """The root over the leaves' data; that of no leaves is the hash of nothing."""
    return MerkleTree.of(leaves).root


def merkle_proof(leaves: Sequence[bytes], index: int) -> Proof:
    return MerkleTree.of(leaves).proof(index)


def verify_proof(*, leaf: bytes, proof: Proof, root: bytes) -> bool:
    """Whether the proof shows that the leaf's data is in the tree with this root."""
    return proof.root_for(leaf) == root


def _parents(level: tuple[bytes, ...]) -> tuple[bytes, ...]:
    pairs = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
    return (*pairs, level[-1]) if len(level) % 2 else tuple(pairs)


def _write(value: object, parts: list[str]) -> None:
    if isinstance(value, Mapping):
        _write_object(value, parts)
    elif isinstance(value, list | tuple):
        _write_array(value, parts)
    else:
        parts.append(_scalar(value))


def _write_object(value: Mapping[object, object], parts: list[str]) -> None:
    keys = list(value)
    if not all(isinstance(key, str) for key in keys):
        raise TypeError("a JSON object has text keys only")
    mark = "{"
    # RFC 8785 sorts by UTF-16 code units, which differs from code points beyond the first plane.
    for key in sorted(keys, key=lambda k: str(k).encode("utf-16-be", "surrogatepass")):
        parts.append(f"{mark}{encode_basestring(str(key))}:")
        _write(value[key], parts)
        mark = ","
    parts.append("}" if keys else "{}")


def _write_array(value: Sequence[object], parts: list[str]) -> None:
    mark = "["
    for member in value:
        parts.append(mark)
        _write(member, parts)
        mark = ","
    parts.append("]" if value else "[]")


def _scalar(value: object) -> str:
    if isinstance(value, str):
        return encode_basestring(str.__str__(value))
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float):
        return _float(value)
    return encode_basestring(_as_text(value))


def _as_text(value: object) -> str:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a datetime without a zone has no one form")
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"
    if isinstance(value, date | UUID):
        return str(value)
    if isinstance(value, Decimal) and value.is_finite():
        return f"{value.normalize():f}" if value else "0"
    raise TypeError(f"{type(value).__name__} is not a JSON value")


def _float(value: float) -> str:
    """A number as ECMAScript writes it; Python finds the same digits but places them otherwise."""
    if not isfinite(value):
        raise ValueError("JSON knows no NaN and no infinity")
    if value == 0:
        return "0"
    if 1e-6 <= abs(value) < 1e21:
        plain = f"{Decimal(repr(value)):f}"
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    mantissa, exponent = f"{Decimal(repr(value)).normalize():E}".split("E")
    return f"{mantissa}e{exponent[0]}{exponent[1:].lstrip('0')}"
