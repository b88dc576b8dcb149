"""A trade (行业) whose permits make one comprehensive licence (一业一证)."""

from typing import Annotated

from pydantic import Field, StringConstraints

from tongban.catalogue.content.packages import PackageCode
from tongban.catalogue.content.values import LegalBasis
from tongban.kernel.values import Mark, Name, Piece, Slug


class TradePart(Piece):
    """One place in the comprehensive licence: any of these licence types fills it.

    Without a required part there is no comprehensive licence; the others join where the holder
    has them, since not every shop needs each of them.
    """

    types: Annotated[tuple[Slug, ...], Field(min_length=1)]
    required: bool = False
    mark: Mark
    basis: str = ""


class Trade(Piece):
    """Which permits of a trade are shown as one licence, and by whom.

    `base` is the licence without which nothing of it stands (营业执照). `site_field` is the face
    field that says which premises a permit is for: permits of another address are not parts.
    """

    code: Slug
    name: Name
    licence_name: Name
    package: PackageCode
    lead_department: Slug
    type_code: Annotated[str, StringConstraints(pattern=r"^[0-9A-HJ-NPQRTUWXY]{18}[0-9]{3}$")]
    number_prefix: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    base: Slug
    site_field: str
    parts: Annotated[tuple[TradePart, ...], Field(min_length=2)]
    basis: tuple[LegalBasis, ...]
    mark: Mark
