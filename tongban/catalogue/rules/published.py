"""What is published of a content folder: versions that cases are pinned to, and live parts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tongban.catalogue.content.loader import NATIONAL, Content
from tongban.catalogue.rules.compiled import to_json
from tongban.catalogue.rules.compiler import Shelf, compile_package, dated
from tongban.catalogue.rules.tongues import in_chinese, translations_of
from tongban.kernel.hashes import hash_json
from tongban.kernel.values import Piece


@dataclass(frozen=True, slots=True)
class Publishable:
    """One thing to be published. `data` is Chinese only for what cases are pinned to."""

    kind: str
    code: str
    data: Any
    slug: str = ""
    valid_from: date | None = None

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical data, in hexadecimal: the same facts, the same hash."""
        return hash_json(self.data).hex()


def shelf_of(content: Content) -> Shelf:
    """Return what packages are compiled from."""
    return Shelf(
        city=content.city,
        parameters=content.parameters,
        clocks=content.clocks,
        procedures=content.procedures,
        promises=content.promises,
        groups=content.groups,
        materials=content.materials,
        licences=content.licences,
        items=content.items,
    )


def publishable(content: Content) -> tuple[Publishable, ...]:
    """Return everything that the content publishes, packages last."""
    spoken = list(_pinned(content))
    translations = translations_of([one.data for one in spoken])
    live = dict(live_parts(content)) | {"translations": translations}
    return (
        *(Publishable("live", name, live[name]) for name in sorted(live)),
        *(
            Publishable(one.kind, one.code, in_chinese(one.data), one.slug, one.valid_from)
            for one in spoken
        ),
    )


def _pinned(content: Content) -> Iterator[Publishable]:
    for code, item in sorted(content.items.items()):
        yield Publishable("item", code, dump(item), valid_from=item.valid_from)
    for code, licence in sorted(content.licences.items()):
        yield Publishable("licence", code, dump(licence))
    for code, compiled in package_data(content):
        package = content.packages[code]
        yield Publishable("package", code, compiled, package.slug, package.valid_from)


def package_data(content: Content) -> Iterator[tuple[str, Any]]:
    """Return every compiled package as data, with the languages of its texts, by code."""
    shelf = shelf_of(content)
    for code, package in sorted(content.packages.items()):
        yield code, to_json(compile_package(package, shelf))


def live_parts(content: Content) -> dict[str, Any]:
    """Return the parts of the content that running cases follow as they change."""
    return {
        "answers": _answers(content),
        "calendars": _calendars(content),
        "city": dump(content.city),
        "clocks": {clock.name: dump(clock.text) for clock in content.clocks},
        "departments": [dump(one) for one in content.departments.values()],
        "halls": [dump(one) for one in content.halls],
        "credit": _credit(content),
        "hotline": dump(content.hotline),
        "opinions": [dump(one) for one in content.opinions],
        "parameters": {
            name: [[since.isoformat(), value] for since, value in dated(parameter)]
            for name, parameter in content.parameters.items()
        },
        "trades": [dump(one) for one in content.trades.values()],
    }


def _answers(content: Content) -> dict[str, Any]:
    """The knowledge base, with the names of the materials that its answers may have to name."""
    sheets = [dump(one) for one in content.answers.values()]
    items = {
        code for sheet in content.answers.values() for one in sheet.answers for code in one.items
    }
    used = {use.material for code in items for use in content.items[code].materials}
    names = {code: dump(one.name) for code, one in content.materials.items() if code in used}
    return {"sheets": sheets, "materials": names}


def _credit(content: Content) -> dict[str, Any]:
    """What the credit room follows: its kinds of events and the days to answer an objection."""
    promises = content.promises
    kinds = {one.code: dump(one) for one in promises.credit}
    return {"kinds": kinds, "objection": dump(promises.objection)}


def _calendars(content: Content) -> Mapping[str, Any]:
    national: dict[str, Any] = {}
    regional: dict[str, dict[str, Any]] = {}
    for (layer, year), days in content.calendars.items():
        place = national if layer == NATIONAL else regional.setdefault(layer, {})
        place[str(year)] = [dump(day) for day in days]
    hours = [dump(one) for one in content.city.hours]
    return {"national": national, "regional": regional, "hours": hours}


def dump(piece: Piece) -> Any:
    """Write a piece of content as JSON data; what equals its default is left out."""
    return piece.model_dump(mode="json", by_alias=True, exclude_defaults=True)
