"""In which region a request lies: by what was pointed out, by its address, else by its text.

Pure. What speaks for two districts is for a person to decide: the nearest unit is not the right
one when the place is across the border.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tongban.kernel.identifiers import region_within

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

DISTRICT = 6
_KM = 111.32
"""Kilometres of a degree of latitude."""


@dataclass(frozen=True, slots=True)
class Where:
    """The region of a request; empty where it is unknown or unsure.

    ``among``: the districts between which a person decides. ``is_sure`` is true also where
    nothing at all was said of a place: there is nothing to decide.
    """

    region: str = ""
    is_sure: bool = True
    among: tuple[str, ...] = ()


def deepest(codes: Iterable[str]) -> tuple[str, ...]:
    """The regions that are named, in their order; of a region and one inside it the inner one."""
    found: list[str] = []
    for code in codes:
        if any(region_within(one, code) for one in found):
            continue
        found = [one for one in found if not region_within(code, one)]
        found.append(code)
    return tuple(found)


def districts_at(
    longitude: float,
    latitude: float,
    middles: Mapping[str, tuple[float, float]],
    *,
    nearer: float,
    reach_km: float,
) -> tuple[str, ...]:
    """The districts in which a point may lie, the nearest first; one where that is clear.

    ``middles``: where districts and streets lie, degrees (WGS 84, longitude first). A district is
    as near as the nearest that is known of it; it is clear where every other is ``nearer`` times
    as far. None where all are beyond ``reach_km``.
    """
    far: dict[str, float] = {}
    for code, (east, north) in middles.items():
        across = (east - longitude) * math.cos(math.radians(latitude))
        km = _KM * math.hypot(across, north - latitude)
        far[code[:DISTRICT]] = min(km, far.get(code[:DISTRICT], math.inf))
    order = sorted((km, code) for code, km in far.items() if km <= reach_km)
    if not order:
        return ()
    limit = order[0][0] * nearer
    return tuple(code for km, code in order if km <= limit)


def settle(spot: Sequence[str] | None, address: Sequence[str], text: Sequence[str]) -> Where:
    """The region, from the districts of a point, the regions of an address and of a text.

    ``spot`` is None where nothing was pointed out, empty where that lies outside of the city.
    Point and address come before the text, which may speak of other places too.
    """
    if spot is None:
        return _one_of(address or text)
    if not spot:
        return Where(is_sure=False, among=_districts(address or text))
    for named in (address, text):
        inside = [one for one in named if one[:DISTRICT] in spot]
        if len(inside) == 1:
            return Where(inside[0])
        if named is address and named and not inside:
            # What was pointed out and what was written contradict each other.
            return Where(is_sure=False, among=_districts((*named, *spot)))
    return _one_of(spot)


def _one_of(regions: Sequence[str]) -> Where:
    if len(regions) > 1:
        return Where(is_sure=False, among=_districts(regions))
    return Where(regions[0] if regions else "")


def _districts(regions: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one[:DISTRICT] for one in regions))
