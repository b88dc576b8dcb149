"""The before/after figures of a set of items, computed the same way for every package.

Links (环节): before, those of every item alone; after, one filing, one acceptance, the items of
the longest chain that the applicant hears of, one delivery. Materials: before, those of every
item; after, the distinct ones that must still be brought. Fields: before, those of every item's
own form; after, the distinct ones on the one form. Days: the longest path over the days of each
item alone, and over the promised days; both let independent items run side by side, so that the
saving is not overstated. Visits: before, the sum; after, the largest single need, because the
visits of one application are made together.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from tongban.catalogue.rules.compiled import BeforeAfter, CompiledItem, Figures
from tongban.catalogue.rules.graph import effective, longest_path

ONE_FILING, ONE_ACCEPTANCE, ONE_DELIVERY = 1, 1, 1


@dataclass(frozen=True, slots=True)
class Asked:
    """What the one form and the one set still ask of the applicant."""

    materials: int
    fields: int
    typed_fields: int


def figures_of(
    items: Sequence[CompiledItem],
    chosen: Collection[str],
    asked: Asked,
    promises: Mapping[str, float] | None = None,
) -> Figures:
    """Compute the figures of the chosen items; `promises` overrides their promised days."""
    taken = [item for item in items if item.code in chosen]
    before = {item.code: item.alone.days.value for item in taken}
    after = {item.code: item.promise.value for item in taken} | dict(promises or {})
    order = order_of(items, chosen)
    return Figures(
        links=BeforeAfter(sum(item.alone.links for item in taken), _links(taken, order)),
        materials=BeforeAfter(sum(item.alone.materials for item in taken), asked.materials),
        fields=BeforeAfter(sum(item.alone.fields for item in taken), asked.fields),
        days=BeforeAfter(longest_path(order, before)[0], longest_path(order, after)[0]),
        visits=BeforeAfter(
            sum(item.alone.visits for item in taken),
            max((item.visits.value for item in taken), default=0),
        ),
        typed_fields=asked.typed_fields,
    )


def order_of(items: Sequence[CompiledItem], chosen: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Return which chosen items each chosen item waits for."""
    graph = {item.code: [edge.item for edge in item.depends_on] for item in items}
    return effective(graph, chosen)


def _links(taken: list[CompiledItem], order: Mapping[str, tuple[str, ...]]) -> int:
    steps = {item.code: 0.0 if item.internal else 1.0 for item in taken}
    chain = int(longest_path(order, steps)[0])
    return ONE_FILING + ONE_ACCEPTANCE + chain + ONE_DELIVERY if taken else 0
