"""Clocks from templates: the limits of an item or a package put into the city's templates."""

from collections.abc import Mapping, Sequence

from tongban.catalogue.content import City, ClockTemplate, Limit, Package
from tongban.catalogue.content.city import FixedLength, LimitName
from tongban.catalogue.content.items import Limits
from tongban.catalogue.rules.compiled import length_of
from tongban.kernel.clocks import ClockSpec, Unit

Lengths = Mapping[str, Limit | None]


def lengths_of_item(limits: Limits) -> dict[str, Limit | None]:
    """Name the limits of an item as templates do."""
    return {
        "legal": limits.legal,
        "promise": limits.promise,
        "delivery": limits.delivery,
        "extension": limits.extension,
        "first_review": limits.first_review,
    }


def lengths_of_package(package: Package, promised_days: float) -> dict[str, Limit | None]:
    """Name the limits of a package as templates do; its promise is the critical path."""
    limits = package.limits
    return {
        "promise": Limit.model_validate({"value": promised_days, "mark": "A"}),
        "joint": limits.joint,
        "correction": limits.correction,
        "acceptance": limits.acceptance,
        "delivery": limits.delivery,
    }


def clocks_for(
    templates: Sequence[ClockTemplate],
    on: str,
    lengths: Lengths,
    *,
    minutes_per_day: int,
    legal_from: str | None = None,
) -> tuple[ClockSpec, ...]:
    """Make the clocks of a package or a case; a limit that is not set makes no clock."""
    fitting = sorted(
        (t for t in templates if t.on == on and t.legal_from in (None, legal_from)),
        key=lambda template: template.name,
    )
    triples = ((t, _length(t, lengths), _extension(t, lengths)) for t in fitting)
    return tuple(
        _clock(template, limit, extension, minutes_per_day)
        for template, limit, extension in triples
        if limit is not None
    )


def minutes_of_a_working_day(city: City) -> int:
    """Return the open minutes of the city's shortest working day: what "half a day" is half of."""
    return min(sum(shift.minutes for shift in hours.shifts) for hours in city.hours)


def _length(template: ClockTemplate, lengths: Lengths) -> Limit | FixedLength | None:
    if isinstance(template.length, LimitName):
        return lengths.get(template.length.limit)
    return template.length


def _extension(template: ClockTemplate, lengths: Lengths) -> Limit | FixedLength | None:
    if isinstance(template.extension, LimitName):
        return lengths.get(template.extension.limit)
    return template.extension


def _clock(
    template: ClockTemplate,
    limit: Limit | FixedLength,
    extension: Limit | FixedLength | None,
    minutes: int,
) -> ClockSpec:
    length, unit = int(limit.value), limit.unit
    if unit is Unit.WORKDAY:
        length, unit = length_of(limit.value, minutes)
    more = extension.value if extension else 0
    return ClockSpec(
        name=template.name,
        length=length,
        unit=unit,
        starts_on=frozenset(template.starts_on),
        stops_on=frozenset(template.stops_on),
        pauses_on=frozenset(template.pauses_on),
        resumes_on=frozenset(template.resumes_on),
        on_expiry=template.on_expiry,
        warn_percent=template.warn_percent,
        basis=limit.basis or template.basis,
        mark=str(limit.mark),
        owner=template.owner,
        extends_on=frozenset(template.extends_on if more else ()),
        extension=round(more * minutes) if unit is Unit.WORKMINUTE else int(more),
    )
