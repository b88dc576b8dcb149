"""Refusals are answers that other programs recognise by their code."""

import importlib
from collections import Counter

from tests.architecture.house import CHECKOUT, modules
from tongban.kernel.refusals import Refusal


def _all(cls):
    for below in cls.__subclasses__():
        yield below
        yield from _all(below)


def _import_everything():
    for path in modules():
        name = ".".join(path.relative_to(CHECKOUT).with_suffix("").parts)
        if path.stem not in ("__main__", "wsgi"):
            importlib.import_module(name.removesuffix(".__init__"))


def _ours():
    return [cls for cls in set(_all(Refusal)) if cls.__module__.startswith("tongban.")]


def test_the_code_of_every_refusal_is_its_own():
    _import_everything()
    codes = Counter(cls.code for cls in _ours())

    assert [code for code, count in codes.items() if count > 1] == []


def test_every_refusal_says_when_it_comes():
    _import_everything()

    assert [cls.__name__ for cls in _ours() if not cls.__doc__] == []
