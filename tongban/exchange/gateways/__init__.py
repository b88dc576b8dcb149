"""The way to departments' own systems: what is sent, what is told, and how both are signed."""

from tongban.exchange.gateways.envelopes import (
    DepartmentSystem,
    Envelope,
    Held,
    Receipt,
    Said,
    SystemUnreachable,
    signature_of,
)
from tongban.exchange.gateways.http import HttpSystem
from tongban.exchange.gateways.simulator import Simulator, Troubles
from tongban.exchange.gateways.wired import department_system, key_of, system_codes

__all__ = [
    "DepartmentSystem",
    "Envelope",
    "Held",
    "HttpSystem",
    "Receipt",
    "Said",
    "Simulator",
    "SystemUnreachable",
    "Troubles",
    "department_system",
    "key_of",
    "signature_of",
    "system_codes",
]
