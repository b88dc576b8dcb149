"""Every address says who may open it."""

from django.urls import URLPattern, get_resolver

WORDS = frozenset({"public", "citizen", "staff", "window", "supervisor"})


def _patterns(resolver, before=""):
    for pattern in resolver.url_patterns:
        where = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield where, pattern.callback
        else:
            yield from _patterns(pattern, where)


def test_every_address_has_a_permission():
    open_doors = [
        where
        for where, view in _patterns(get_resolver())
        if getattr(view, "tongban_permission", "") not in WORDS
    ]

    assert open_doors == []
