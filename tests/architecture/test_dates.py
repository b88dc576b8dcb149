"""No step can be entered with an earlier date: the doors pass the city's time, and no other."""

import ast

import pytest

from tests.architecture.house import PACKAGE, modules, shown, tree

ROOMS = ("cases", "packages", "licences")
# What is in the future by its nature, or is told by another system with its own moment.
TOLD = {"held_at", "effective_at", "valid_from", "valid_to", "issued_on"}
DOORS = ("citizen", "desk", "hall", "line")


def _actions(room):
    for path in modules():
        parts = path.relative_to(PACKAGE).parts
        if parts[0] == room and (parts[1] == "actions" or parts[1] == "actions.py"):
            for node in tree(path).body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    yield path, node


@pytest.mark.parametrize("room", ROOMS)
def test_an_action_takes_no_moment_but_now(room):
    wrong = [
        f"{shown(path, node.lineno)} {argument.arg}"
        for path, node in _actions(room)
        for argument in (*node.args.args, *node.args.kwonlyargs)
        if argument.annotation is not None
        and any(word in ast.unparse(argument.annotation) for word in ("datetime", "date |"))
        and argument.arg not in {"now", *TOLD}
    ]

    assert wrong == []


def _nows(path):
    """What is passed as `now` to something that a door calls."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            for keyword in node.keywords:
                if keyword.arg == "now":
                    yield node.lineno, ast.unparse(keyword.value)


def test_the_doors_pass_on_the_moment_of_the_request():
    """A form that asks for the day of an act would let an officer write an earlier one."""
    wrong = [
        f"{shown(path, line)} {value}"
        for path in modules()
        if path.relative_to(PACKAGE).parts[:1] == ("doors",)
        and path.relative_to(PACKAGE).parts[1] in DOORS
        for line, value in _nows(path)
        if value not in {"now", "request.now", "self.now", "wall_clock()"}
    ]

    assert wrong == []
