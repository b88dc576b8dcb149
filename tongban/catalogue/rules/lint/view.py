"""What a rule of the linter looks at, and how it speaks."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from tongban.catalogue.content import Element, Item, Package
from tongban.catalogue.content.findings import Finding
from tongban.catalogue.content.loader import Content
from tongban.catalogue.content.values import FromLicence
from tongban.kernel.conditions import Condition, parse
from tongban.kernel.refusals import BadInput

PARTY_FACTS = frozenset(
    {"party.kind", "party.licences", "party.penalties", "party.credit", "party.region"}
)
"""Facts about the applicant that the platform knows by itself."""

Found = Iterator[Finding]


@dataclass(frozen=True)
class Place:
    """A part of a content file."""

    file: str
    path: tuple[str | int, ...] = ()

    def __truediv__(self, step: str | int) -> "Place":
        return Place(self.file, (*self.path, step))


@dataclass(frozen=True)
class View:
    """The content and what follows from it at a glance."""

    content: Content
    verbs: Mapping[str, set[str]]

    def find(
        self,
        place: Place,
        code: str,
        what: str,
        why: str,
        instead: str,
        *,
        blocking: bool = True,
    ) -> Finding:
        """Make a finding at the line of a place."""
        line = self.content.line(place.file, *place.path)
        return Finding(place.file, line, code, what, why, instead, blocking)

    @cached_property
    def elements(self) -> dict[str, Element]:
        """Every data element by code."""
        return self.content.elements

    @cached_property
    def items(self) -> list[tuple[Place, Item]]:
        """Every item with its file."""
        return [(Place(f"items/{code}.yaml"), item) for code, item in self.content.items.items()]

    @cached_property
    def packages(self) -> list[tuple[Place, Package]]:
        """Every package with its file."""
        return [
            (Place(f"packages/{code}.yaml"), package)
            for code, package in self.content.packages.items()
        ]

    @cached_property
    def element_places(self) -> list[tuple[Place, Element]]:
        """Every data element where it is written."""
        return [
            (Place(f"elements/{group.group}.yaml", ("elements", index)), element)
            for group in self.content.groups
            for index, element in enumerate(group.elements)
        ]

    @cached_property
    def packages_with(self) -> dict[str, list[Package]]:
        """The packages that contain each item."""
        found: dict[str, list[Package]] = {code: [] for code in self.content.items}
        for _, package in self.packages:
            for place in package.items:
                found.setdefault(place.item, []).append(package)
        return found

    def elements_of(self, package: Package) -> set[str]:
        """Return the data elements that the items of a package consume."""
        return {
            use.element
            for place in package.items
            if place.item in self.content.items
            for use in self.content.items[place.item].fields
        }

    def facts_of(self, package: Package) -> set[str]:
        """Return the facts that can be known while somebody applies for a package."""
        asked = {question.fact for question in package.questions}
        return asked | self.elements_of(package)

    def facts_of_item(self, item: Item) -> set[str]:
        """Return the facts that can be known wherever the item is applied for."""
        known = {use.element for use in item.fields}
        shared = [self.facts_of(package) for package in self.packages_with[item.code]]
        return known | (set.intersection(*shared) if shared else set())

    def producers_in(self, package: Package) -> dict[str, str]:
        """Return, for each licence type issued in a package, the item that issues it."""
        return {
            licence: place.item
            for place in package.items
            if place.item in self.content.items
            and (licence := self.content.items[place.item].result.licence)
        }

    def produced_elements(self, package: Package) -> dict[str, str]:
        """Return the elements that an item of the package brings about itself, with that item."""
        producers = self.producers_in(package)
        return {
            code: producers[source.licence]
            for code, element in self.elements.items()
            if isinstance(source := element.source, FromLicence)
            and source.licence in producers
            and self._is_made(source, code)
        }

    def _is_made(self, source: FromLicence, code: str) -> bool:
        licence = self.content.licences.get(source.licence)
        faces = {face.field: face.origin for face in licence.face} if licence else {}
        return source.field in faces and faces[source.field] != code


Rule = Callable[[View], Iterable[Finding]]


def parsed(data: object) -> Condition | None:
    """Return a condition, or nothing where it is written wrongly (another rule says so)."""
    try:
        return parse(data)
    except BadInput:
        return None
