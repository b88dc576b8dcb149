"""The order of items: cycles, effective dependencies, the longest path. Plain data only."""

from collections.abc import Collection, Mapping

Graph = Mapping[str, Collection[str]]
"""Each code with the codes that must end before it."""


def find_cycle(graph: Graph) -> tuple[str, ...]:
    """Return the codes of one circle of dependencies, or nothing where the order is sound."""
    done: set[str] = set()
    for start in sorted(graph):
        trail: list[str] = []
        circle = _walk(graph, start, trail, done)
        if circle:
            return circle
    return ()


def effective(graph: Graph, chosen: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Return the order among the chosen codes alone.

    Where a code waits for one that was not chosen, it waits for what that one would have waited
    for: leaving an item out never lets another start too early.
    """
    taken = set(chosen)
    known: dict[str, frozenset[str]] = {}

    def before(code: str) -> frozenset[str]:
        if code not in known:
            parts = [
                frozenset([dependency]) if dependency in taken else before(dependency)
                for dependency in graph.get(code, ())
            ]
            known[code] = frozenset().union(*parts)
        return known[code]

    return {code: tuple(sorted(before(code))) for code in sorted(taken)}


def direct(graph: Graph) -> dict[str, tuple[str, ...]]:
    """Return the same order without what follows from it: who waits for b and b for a, not for a.

    The graph must have no circle.
    """
    known: dict[str, frozenset[str]] = {}

    def above(code: str) -> frozenset[str]:
        if code not in known:
            mine = graph.get(code, ())
            known[code] = frozenset(mine).union(*(above(one) for one in mine))
        return known[code]

    return {
        code: tuple(one for one in mine if not any(one in above(other) for other in mine))
        for code, mine in graph.items()
    }


def longest_path(graph: Graph, length: Mapping[str, float]) -> tuple[float, tuple[str, ...]]:
    """Return the longest chain of dependencies and its length; ties go to the smallest codes.

    The graph must have no circle; its codes are exactly those of `length`.
    """
    best: dict[str, tuple[float, tuple[str, ...]]] = {}

    def ending_in(code: str) -> tuple[float, tuple[str, ...]]:
        if code not in best:
            chains = [ending_in(dependency) for dependency in graph.get(code, ())]
            days, chain = _longest(chains)
            best[code] = (days + length[code], (*chain, code))
        return best[code]

    return _longest([ending_in(code) for code in length])


def _longest(chains: Collection[tuple[float, tuple[str, ...]]]) -> tuple[float, tuple[str, ...]]:
    return min(chains, key=lambda chain: (-chain[0], -len(chain[1]), chain[1]), default=(0.0, ()))


def _walk(graph: Graph, code: str, trail: list[str], done: set[str]) -> tuple[str, ...]:
    if code in trail:
        return tuple(trail[trail.index(code) :])
    if code in done:
        return ()
    trail.append(code)
    for dependency in sorted(graph.get(code, ())):
        circle = _walk(graph, dependency, trail, done)
        if circle:
            return circle
    trail.pop()
    done.add(code)
    return ()
