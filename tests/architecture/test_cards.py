"""A room's card lists the public names of its `actions`, and nothing that is not there."""

import ast
import re

import pytest

from tests.architecture.house import CHECKOUT, PACKAGE, modules, rooms, tree

CODE = re.compile(r"`([^`]+)`")
NAME = re.compile(r"[A-Za-z_]\w*")
SQL_FUNCTION = re.compile(r"FUNCTION\s+(\w+)", re.IGNORECASE)
CALL = re.compile(r"`(?:\w+\.)*([a-z_]\w*)\(")


def _card(room):
    return (CHECKOUT / "docs" / "rooms" / f"{room}.md").read_text(encoding="utf-8")


def _public(room):
    """The functions that `actions` offers; a folder offers what its first file takes in."""
    for path in (PACKAGE / room / "actions.py", PACKAGE / room / "actions" / "__init__.py"):
        if path.exists():
            nodes = tree(path).body
            names = {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
            if path.name == "__init__.py":
                names |= {
                    alias.asname or alias.name
                    for node in nodes
                    if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tong")
                    for alias in node.names
                }
            return {name for name in names if name.islower() and not name.startswith("_")}
    return set()


def _defined(room):
    """Every function, method and class of the room, those of the database included."""
    scripts = (path.read_text(encoding="utf-8") for path in (PACKAGE / room).glob("*/[0-9]*.py"))
    return {name for text in scripts for name in SQL_FUNCTION.findall(text)} | {
        node.name
        for path in modules()
        if path.relative_to(PACKAGE).parts[0] == room
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }


@pytest.mark.parametrize("room", rooms())
def test_the_card_lists_every_verb(room):
    listed = {name for code in CODE.findall(_card(room)) for name in NAME.findall(code)}

    assert _public(room) - listed == set()


@pytest.mark.parametrize("room", rooms())
def test_the_card_calls_nothing_that_is_not_there(room):
    everywhere = set().union(*(_defined(other) for other in rooms()))

    assert set(CALL.findall(_card(room))) - everywhere == set()
