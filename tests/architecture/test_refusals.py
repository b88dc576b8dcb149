"""Refusals are answers that other programs recognise by their code."""

import ast
import importlib
import re
from collections import Counter

from tests.architecture.house import CHECKOUT, modules
from tongban.kernel.refusals import Refusal
from tools.messages import catalogue_of, read


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


def test_a_refusal_with_values_can_be_said_in_every_language():
    """An f-string is Chinese for ever; `worded` is put together anew by the door."""
    fixed = [
        f"{path.relative_to(CHECKOUT)}:{call.lineno}"
        for path in modules()
        if not str(path.relative_to(CHECKOUT)).startswith(_NOT_FOR_CITIZENS)
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and _names_a_refusal(call.func)
        for argument in [*call.args, *(word.value for word in call.keywords)]
        if isinstance(argument, ast.JoinedStr) and _HAN.search(ast.unparse(argument))
    ]

    assert fixed == []


def test_a_template_and_its_values_fit_in_every_language():
    for language in ("en", "ug"):
        holes = {
            message.id: set(re.findall(r"\{(\w+)\}", text))
            for message in read(catalogue_of(language))
            if isinstance(message.id, str)
            for text in [message.string]
            if text
        }
        assert [one for one, has in holes.items() if has and has != _holes(one)] == []


# Officers of systems and authors of content read Chinese.
_NOT_FOR_CITIZENS = (
    "tongban/config/",
    "tongban/catalogue/",
    "tongban/records/",
    "tongban/doors/exchange/",
    "tongban/exchange/",
    "tongban/kernel/conditions/",
)
_HAN = re.compile(r"[\u3400-\u9fff]")


def _names_a_refusal(func):
    words = ast.unparse(func).split(".")
    known = {cls.__name__ for cls in _all(Refusal)} | {"Problem", "_refused", "_no"}
    return words[-1] in known or words[0] in known


def _holes(text):
    return set(re.findall(r"\{(\w+)\}", text))
