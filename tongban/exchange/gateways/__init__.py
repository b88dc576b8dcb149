"""The way to departments' own systems: what is sent, what is told, and how both are signed."""

from tongban.exchange.gateways.envelopes import (
    DepartmentSystem,
    Envelope,
    Held,
    Receipt,
    Said,
    SystemUnreachable,
)
from tongban.exchange.gateways.http import HttpSystem
from tongban.exchange.gateways.regional import (
    RESULTS,
    STATE_CODES,
    HttpRegional,
    RegionalPlatform,
    RegionalSimulator,
    Reported,
    ReportedItem,
    ReportedLicence,
    ReportedReview,
    ReportRefused,
    licence_fields,
    process_fields,
    result_fields,
    review_fields,
)
from tongban.exchange.gateways.simulator import Simulator, Troubles
from tongban.exchange.gateways.wired import (
    department_system,
    key_of,
    regional_platform,
    system_codes,
)

__all__ = [
    "RESULTS",
    "STATE_CODES",
    "DepartmentSystem",
    "Envelope",
    "Held",
    "HttpRegional",
    "HttpSystem",
    "Receipt",
    "RegionalPlatform",
    "RegionalSimulator",
    "ReportRefused",
    "Reported",
    "ReportedItem",
    "ReportedLicence",
    "ReportedReview",
    "Said",
    "Simulator",
    "SystemUnreachable",
    "Troubles",
    "department_system",
    "key_of",
    "licence_fields",
    "process_fields",
    "regional_platform",
    "result_fields",
    "review_fields",
    "system_codes",
]
