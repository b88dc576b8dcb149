"""The city itself: parameters, clock templates, places, staff of the demo, calendars."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from tongban.kernel.clocks import Owner, Unit
from tongban.kernel.values import Mark, Marked, Name, Piece, Slug, Text, Word

ClockTime = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
RegionCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}([0-9]{3}([0-9]{3})?)?$")]


class Shift(Piece):
    """An opening span of a day, by the city's clock."""

    opens: ClockTime
    closes: ClockTime

    @property
    def minutes(self) -> int:
        """How long it lasts."""
        opens, closes = (60 * int(at[:2]) + int(at[3:]) for at in (self.opens, self.closes))
        return closes - opens


class OfficeHours(Piece):
    """Opening hours between two days of the year (month-day, both included)."""

    since: Annotated[str, StringConstraints(pattern=r"^[0-9]{2}-[0-9]{2}$")] = Field(alias="from")
    until: Annotated[str, StringConstraints(pattern=r"^[0-9]{2}-[0-9]{2}$")] = Field(alias="to")
    shifts: tuple[Shift, ...]
    mark: Mark
    basis: str = ""


class NegativeEntry(Piece):
    """An item that is not offered at the hall (进驻负面清单)."""

    item: Slug
    reason: Text
    basis: str


class City(Piece):
    """`content/city.yaml`."""

    code: RegionCode
    name: Name
    timezone: str
    ribbon: Text
    # The same in a few words, for a narrow screen.
    ribbon_short: Text
    area_code: Marked | None = None
    languages: tuple[str, ...]
    # Languages whose translations nobody answerable has read yet: pages and papers say so.
    unreviewed: tuple[str, ...] = ()
    hours: tuple[OfficeHours, ...]
    hall_negative_list: tuple[NegativeEntry, ...] = ()


class DatedValue(Piece):
    """A parameter's value from a day on."""

    since: date = Field(alias="from")
    value: bool | int | float | str | tuple[str, ...]
    mark: Mark
    basis: str = ""


class Parameter(Piece):
    """A dated parameter that conditions name instead of a number."""

    name: Name
    unit: str = ""
    values: Annotated[tuple[DatedValue, ...], Field(min_length=1)]
    note: Text | None = None


class LimitName(Piece):
    """The length of a clock, taken from the limits of the item or the package."""

    limit: Literal[
        "acceptance",
        "correction",
        "legal",
        "promise",
        "delivery",
        "joint",
        "licence",
        "extension",
        "first_review",
    ]


class FixedLength(Piece):
    """The length of a clock where neither item nor package sets one."""

    value: Annotated[float, Field(gt=0)]
    unit: Unit = Unit.WORKDAY
    mark: Mark
    basis: str = ""


class ClockTemplate(Piece):
    """A clock that every package or case of a kind carries, or what runs below a case (side)."""

    name: Word
    on: Literal["package", "case", "side"]
    length: LimitName | FixedLength
    legal_from: Literal["receipt", "acceptance"] | None = None
    starts_on: tuple[Word, ...]
    stops_on: tuple[Word, ...]
    pauses_on: tuple[Word, ...] = ()
    resumes_on: tuple[Word, ...] = ()
    extends_on: tuple[Word, ...] = ()
    extension: LimitName | FixedLength | None = None
    on_expiry: str = ""
    warn_percent: Annotated[int, Field(ge=1, le=100)] = 70
    owner: Owner = Owner.GOVERNMENT
    basis: str
    mark: Mark
    text: Name


class Procedure(Piece):
    """A special procedure whose time does not count (行政许可法 45): hearing, test, experts.

    ``life`` says how it goes: for the days that are told, or by the steps of a hearing (47, 48).
    ``officers`` is how many must be assigned to it, an inspection takes two (55).
    """

    code: Slug
    name: Name
    life: Literal["told", "hearing"] = "told"
    officers: Annotated[int, Field(ge=1, le=5)] = 1
    party: Owner
    max_days: Marked
    basis: str
    mark: Mark
    text: Text


class Department(Piece):
    """A department of the city with its (synthetic) credit code.

    ``system`` names the department's own system behind the exchange; without one the items that
    a department handles in a system of its own are worked on at the desk.
    """

    code: Slug
    name: Name
    short: Text | None = None
    uscc: Annotated[str, StringConstraints(pattern=r"^[0-9A-HJ-NPQRTUWXY]{18}$")]
    region: RegionCode
    parent: Slug | None = None
    phone: str = ""
    address: Text | None = None
    mark: Mark = Mark.ASSUMED
    system: Slug | None = None


class Window(Piece):
    """A window of a hall and the departments that it takes in for."""

    code: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9-]*$")]
    name: Name
    departments: tuple[Slug, ...] = ()
    packages: tuple[str, ...] = ()


class Authority(Piece):
    """What a hall's window may decide at once in the name of a department (授权综窗)."""

    department: Slug
    items: Annotated[tuple[Slug, ...], Field(min_length=1)]
    basis: Annotated[str, StringConstraints(min_length=4)]
    mark: Mark


class Hall(Piece):
    """A service hall."""

    code: Slug
    name: Name
    region: RegionCode
    department: Slug
    address: Text
    phone: str
    hours: tuple[OfficeHours, ...] = ()
    windows: tuple[Window, ...] = ()
    authorised: tuple[Authority, ...] = ()
    mark: Mark = Mark.ASSUMED


class StaffPost(Piece):
    """A post: a role in a department for a region."""

    department: Slug
    role: Word
    region: RegionCode
    skills: tuple[str, ...] = ()
    # The login of the colleague who stands in while the holder is away (B 岗).
    deputy: str = ""


class StaffMember(Piece):
    """A (synthetic) officer of the demo city."""

    login: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9.-]*$")]
    name: Name
    language: str = "zh"
    supervises: bool = False
    posts: Annotated[tuple[StaffPost, ...], Field(min_length=1)]


class Region(Piece):
    """A row of `content/places/regions.csv`."""

    code: RegionCode
    parent: str = ""
    level: Annotated[int, Field(ge=1, le=6)]
    name_zh: str
    name_en: str
    name_ug: str = ""
    mark: Mark = Mark.SECONDARY


class CalendarDay(Piece):
    """A row of a calendar file: a day that differs from the plain Monday-to-Friday week."""

    date: date
    kind: Literal["off", "work"]
    name: str
    mark: Mark = Mark.VERIFIED


class Opinion(Piece):
    """A ready phrase (常用意见) for a step."""

    code: Slug
    step: Word
    items: tuple[Slug, ...] = ()
    outcome: Word
    text: Text


class GlossaryEntry(Piece):
    """The law's word, the code's word, one sentence."""

    zh: str
    en: str
    identifier: str
    meaning: str
