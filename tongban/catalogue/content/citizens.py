"""The (synthetic) people and enterprises of the demo city, with the licences that they hold."""

from datetime import date
from typing import Literal

from pydantic import Field

from tongban.catalogue.content.city import RegionCode
from tongban.kernel.values import Piece, Slug

State = Literal["valid", "suspended", "revoked", "withdrawn_as_penalty", "cancelled", "expired"]
Plain = bool | int | float | str | None


class HeldLicence(Piece):
    """A licence that somebody held before the platform opened."""

    type: Slug
    number: str
    issued_on: date
    expires_on: date | None = None
    state: State = "valid"
    state_reason: str = ""
    face: dict[str, Plain]


class Citizen(Piece):
    """A natural person; one with a login can sign in."""

    key: Slug
    login: str = ""
    name: str
    name_en: str
    id_number: str
    phone: str = ""
    region: RegionCode
    address: str
    language: str = "zh"
    large_print: bool = False
    licences: tuple[HeldLicence, ...] = ()
    shared: dict[str, dict[str, Plain]] = {}


class Enterprise(Piece):
    """An enterprise or individual business; `representative` is a citizen's key."""

    uscc: str
    name: str
    name_en: str
    kind: str
    representative: Slug
    region: RegionCode
    phone: str
    licences: tuple[HeldLicence, ...] = ()
    shared: dict[str, dict[str, Plain]] = {}


class DemoAuthorisation(Piece):
    """That a citizen (`agent`, a key) may act for an enterprise (`principal`, its USCC)."""

    principal: str
    agent: Slug
    functions: tuple[str, ...]
    items: tuple[str, ...] = ()
    since: date = Field(alias="from")
    until: date = Field(alias="to")


class Citizens(Piece):
    """`content/places/citizens.yaml`."""

    persons: tuple[Citizen, ...]
    enterprises: tuple[Enterprise, ...]
    authorisations: tuple[DemoAuthorisation, ...] = ()
