"""The schema of `content/relay.yaml`: who stands outside, who is on duty, by when."""

from typing import Annotated, Literal

from pydantic import Field

from tongban.kernel.contentfiles import ContentFile
from tongban.kernel.values import Limit, Mark, Name, Piece, Slug, Word


class Partner(Piece):
    """Somebody outside with whom requests are exchanged: another line, a unit, a platform above.

    ``kind``: a ``line`` such as 110, a unit behind ``open311``, or a ``platform`` of a higher
    level that hands requests down and hears how they stand (domain-04 §5.1, channels).
    ``line`` names the other line of the hotline's content, ``units`` the units whose tasks go
    there. ``services`` are its codes for our domains, ``other`` the code for all the rest.
    ``contacts`` says that it speaks to the caller itself and so is told the number.
    """

    code: Slug
    name: Name
    kind: Literal["line", "open311", "platform"]
    line: Word | None = None
    units: tuple[Slug, ...] = ()
    services: dict[Slug, str] = Field(default_factory=dict)
    other: str = ""
    contacts: bool = False
    basis: str
    mark: Mark


class OnDuty(Piece):
    """Whoever leads at the hotline when danger is spoken of: told in this order."""

    name: Name
    phone: Annotated[str, Field(pattern=r"^[0-9]{5,20}$")]


class Duty(Piece):
    """The duty roster: who is told, by when each says that he knows, by when he reports.

    ``supervision`` is the department whose supervisor sees what nobody acknowledged.
    """

    roster: Annotated[tuple[OnDuty, ...], Field(min_length=1)]
    acknowledge: Limit
    report: Limit
    supervision: Slug


class Own(Piece):
    """How the hotline itself is called among the lines, and with which other one it mostly speaks.

    ``other_kind`` names an emergency whose kind no words say.
    """

    name: Name
    first_line: Word
    other_kind: Name


class Relay(Piece):
    """`content/relay.yaml`."""

    own: Own
    duty: Duty
    partners: tuple[Partner, ...]

    def partner(self, code: str) -> Partner | None:
        """The partner of that code."""
        return next((one for one in self.partners if one.code == code), None)


FILE = ContentFile("relay.yaml", Relay)
