"""The schemas of what the city offers, and the loader that reads `content/` through them."""

from tongban.catalogue.content.city import (
    CalendarDay,
    City,
    ClockTemplate,
    Department,
    GlossaryEntry,
    Hall,
    Opinion,
    Parameter,
    Region,
    StaffMember,
)
from tongban.catalogue.content.forms import (
    Element,
    ElementGroup,
    ElementKind,
    LicenceType,
    Material,
)
from tongban.catalogue.content.items import Exempt, Item, ItemType, Step, Together
from tongban.catalogue.content.packages import GuideQuestion, Package, PackageItem
from tongban.catalogue.content.trades import Trade, TradePart
from tongban.kernel.values import Limit, Mark, Marked, Name, Text

__all__ = [
    "CalendarDay",
    "City",
    "ClockTemplate",
    "Department",
    "Element",
    "ElementGroup",
    "ElementKind",
    "Exempt",
    "GlossaryEntry",
    "GuideQuestion",
    "Hall",
    "Item",
    "ItemType",
    "LicenceType",
    "Limit",
    "Mark",
    "Marked",
    "Material",
    "Name",
    "Opinion",
    "Package",
    "PackageItem",
    "Parameter",
    "Region",
    "StaffMember",
    "Step",
    "Text",
    "Together",
    "Trade",
    "TradePart",
]
