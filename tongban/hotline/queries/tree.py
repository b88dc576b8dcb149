"""The live content of the hotline: its tree of subjects, its words, who answers for what."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tongban.catalogue.queries import live, live_version, part
from tongban.hotline import rules
from tongban.kernel.worktime import city_date

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


@lru_cache(maxsize=8)
def nodes(version_id: int) -> tuple[rules.Node, ...]:
    """The tree of domains in a version of the content, what is above before what is below."""
    return tuple(rules.nodes(part(version_id)["domains"]))


@lru_cache(maxsize=8)
def _by_code(version_id: int) -> Mapping[str, rules.Node]:
    return {one.code: one for one in nodes(version_id)}


def node_of(code: str, version_id: int) -> rules.Node | None:
    """The domain of that code in a version of the content; None for an unknown or empty one."""
    return _by_code(version_id).get(code)


def domains() -> tuple[rules.Node, ...]:
    """The tree of domains as a list, what is above before what is below."""
    return nodes(live_version("hotline"))


def content() -> Mapping[str, Any]:
    """The hotline's content as it is now."""
    found: Mapping[str, Any] = live("hotline")
    return found


def emergency_name(code: str) -> Mapping[str, str] | None:
    """What a kind of emergency is called; None for a code that the content does not know."""
    found = (one["name"] for one in content()["emergencies"] if one["code"] == code)
    return next(found, None)


def good_to() -> int:
    """The last of the five levels that counts as content (domain-04 §4.1)."""
    return int(content()["good_to"]["value"])


def usual_hold(now: datetime) -> date:
    """The last day of a hold that is granted now, where nobody names another."""
    return city_date(now) + timedelta(days=int(content()["hold_days"]["value"]))


def city_region() -> str:
    """The region of the whole city, for a request whose place nobody knows yet."""
    return str(live("city")["code"])


def unit_here(node: rules.Node, region: str) -> str:
    """The unit that answers for a domain in a region: its branch there where there is one."""
    if not node.local:
        return node.unit
    branches = [
        one["code"]
        for one in live("departments")
        if one.get("parent") == node.unit and region.startswith(one["region"])
    ]
    return str(branches[0]) if branches else node.unit
