"""Those outside: a signed line, its simulator, an Open311 endpoint and one that plays it."""

from tongban.relay.gateways.partners import (
    Delivered,
    Gateway,
    Handed,
    RefusedForGood,
    SignedLine,
    Status,
    Unreachable,
)

__all__ = [
    "Delivered",
    "Gateway",
    "Handed",
    "RefusedForGood",
    "SignedLine",
    "Status",
    "Unreachable",
]
