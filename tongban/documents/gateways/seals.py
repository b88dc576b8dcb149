"""Electronic seals: an organ signs a PDF, and anybody can tell whether it is intact and whose.

What stands here costs nothing to import; the built-in service, with all that it needs to read and
sign PDFs, is imported when a paper is first sealed or checked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.documents.gateways.typesetting import Spot


class SealFault(Exception):  # noqa: N818 -- says what is wrong, like FileExistsError
    """The seal could not be set; the text says why, for the log."""


@dataclass(frozen=True, slots=True)
class Organ:
    """The organ that answers for a paper: its code and name, credit code and 机关代字."""

    code: str
    name: str
    uscc: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed PDF: with which seal (the certificate's serial number) and when."""

    content: bytes
    seal_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Signature:
    """What the signatures of a PDF say.

    `intact`: nothing was changed or added after signing. `trusted`: the signer's certificate was
    issued by an authority that this service trusts. `at` is the time that the signer states; the
    journal, sealed every ten minutes, is the evidence for it.
    """

    is_signed: bool
    intact: bool = False
    trusted: bool = False
    signer: str = ""
    uscc: str = ""
    seal_id: str = ""
    at: datetime | None = None


class SealService(Protocol):
    """Seals PDFs for organs and checks them."""

    def seal(
        self, pdf: bytes, *, organ: Organ, reason: str, now: datetime,
        spot: Spot | None = None, look: bytes | None = None,
    ) -> Sealed:  # fmt: skip
        """Sign for the organ; `look`, a PDF page, becomes visible at `spot`. Raises SealFault.

        `now` is machine time: signatures do not follow the city's clock.
        """
        ...

    def verify(self, pdf: bytes) -> Signature:
        """Never raises for what the bytes are: what cannot be read is not signed."""
        ...
