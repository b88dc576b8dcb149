"""Seals and promises: signed statements about the journal that outlive a change of its tables.

A seal signs the Merkle root over a span of the feed and links the seal before it. A promise signs
the hash of one entry at once, for a receipt: until the next seal nothing else proves the entry.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tongban.kernel.hashes import MerkleTree, Proof, merkle_root, verify_proof
from tongban.records.rules.chain import statement

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

NO_SEAL = bytes(32)
"""What the first seal has in place of the hash of the seal before it."""
SEAL_SPAN = 65_536
"""The most entries that one seal covers, so that a long pause does not end in one huge tree."""


@dataclass(frozen=True, slots=True)
class Seal:
    """The signed root over the feed positions `first_position` to `last_position`."""

    number: int
    first_position: int
    last_position: int
    root: bytes
    prev_hash: bytes
    sealed_at: datetime
    public_key: bytes
    signature: bytes = b""

    @property
    def statement(self) -> bytes:
        """What is signed."""
        return statement(
            "tongban-seal-1",
            (
                self.number,
                self.first_position,
                self.last_position,
                self.sealed_at,
                self.root,
                self.prev_hash,
                self.public_key,
            ),
            (),
        )

    @property
    def hash(self) -> bytes:
        """What the next seal links."""
        return sha256(self.statement).digest()

    @property
    def name(self) -> str:
        """Where it is published."""
        return f"seals/{self.number:012d}.json"

    def follows(self, before: Seal | None) -> bool:
        """Whether number, span and link continue the seal before it."""
        if before is None:
            return (self.number, self.first_position, self.prev_hash) == (1, 1, NO_SEAL)
        expected = (before.number + 1, before.last_position + 1, before.hash)
        return (self.number, self.first_position, self.prev_hash) == expected


@dataclass(frozen=True, slots=True)
class ReadsSeal:
    """The signed root over all reads of personal data of one day (in the city's time zone)."""

    day: date
    reads: int
    root: bytes
    prev_hash: bytes
    sealed_at: datetime
    public_key: bytes
    signature: bytes = b""

    @property
    def statement(self) -> bytes:
        """What is signed."""
        return statement(
            "tongban-reads-seal-1",
            (
                self.day,
                self.reads,
                self.sealed_at,
                self.root,
                self.prev_hash,
                self.public_key,
            ),
            (),
        )

    @property
    def hash(self) -> bytes:
        """What the seal of the next sealed day links."""
        return sha256(self.statement).digest()

    @property
    def name(self) -> str:
        """Where it is published."""
        return f"reads/{self.day.isoformat()}.json"

    def follows(self, before: ReadsSeal | None) -> bool:
        """Whether it links the sealed day before it."""
        if before is None:
            return self.prev_hash == NO_SEAL
        return self.day > before.day and self.prev_hash == before.hash


@dataclass(frozen=True, slots=True)
class Promise:
    """A signed word that this entry is in the journal, given before it is sealed."""

    stream: str
    stream_id: int
    seq: int
    entry_hash: bytes
    public_key: bytes
    signature: bytes = b""

    @property
    def statement(self) -> bytes:
        """What is signed."""
        return statement(
            "tongban-promise-1",
            (self.stream_id, self.seq, self.entry_hash, self.public_key),
            (self.stream,),
        )


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """That the entry at this position of the feed is under the root of this seal."""

    position: int
    entry_hash: bytes
    proof: Proof
    seal: Seal

    def holds(self) -> bool:
        """Whether the path leads to the seal's root and the seal is signed by its key."""
        leaf = leaf_of(self.position, self.entry_hash)
        return (
            self.position == self.seal.first_position + self.proof.index
            and verify_proof(leaf=leaf, proof=self.proof, root=self.seal.root)
            and is_signed(self.seal)
        )


Signed = Seal | ReadsSeal | Promise


def leaf_of(position: int, entry_hash: bytes) -> bytes:
    """A leaf binds the entry and its place, so that a changed order changes the root."""
    return position.to_bytes(8, "big") + entry_hash


def root_of(first_position: int, entry_hashes: Iterable[bytes]) -> bytes:
    """The root over entries that stand one after the other from a position on."""
    return merkle_root(leaf_of(p, h) for p, h in enumerate(entry_hashes, first_position))


def prove(seal: Seal, entry_hashes: Iterable[bytes], position: int) -> InclusionProof:
    """The proof for one position from the hashes of all entries under the seal."""
    hashes = list(entry_hashes)
    index = position - seal.first_position
    tree = MerkleTree.of(leaf_of(p, h) for p, h in enumerate(hashes, seal.first_position))
    return InclusionProof(position, hashes[index], tree.proof(index), seal)


def is_signed(signed: Signed) -> bool:
    """Whether the signature is that of the key named in it; whose key that is, is not asked."""
    try:
        key = Ed25519PublicKey.from_public_bytes(signed.public_key)
        key.verify(signed.signature, signed.statement)
    except (InvalidSignature, ValueError):
        return False
    return True
