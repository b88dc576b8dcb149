"""What import-linter cannot see of the plan: furniture, docstrings, tables that point down."""

import ast

import pytest
from django.apps import apps
from django.core.management import call_command

from tests.architecture.house import CHECKOUT, FREE, PACKAGE, floors, modules, rooms, shown, tree

FURNITURE = frozenset(
    {
        *("__init__", "apps", "migrations"),
        *("states", "events", "rules", "models", "queries", "actions", "gateways"),
        *("reactions", "tasks", "checks", "content", "sql"),
    }
)
JUNK = frozenset({"utils", "common", "core", "base", "helpers", "misc", "lib"})


def test_every_room_stands_on_a_floor():
    assert set(rooms()) <= set(floors())


@pytest.mark.parametrize("room", rooms())
def test_a_room_says_what_it_is_and_nothing_else_in_its_first_file(room):
    module = tree(PACKAGE / room / "__init__.py")

    assert len(ast.get_docstring(module) or "") > 80
    assert len(module.body) == 1


@pytest.mark.parametrize("room", sorted(set(rooms()) - FREE))
def test_a_room_has_the_known_furniture_only(room):
    names = {path.stem for path in (PACKAGE / room).iterdir() if path.name != "__pycache__"}

    assert names <= FURNITURE


def test_there_is_no_junk_drawer():
    assert [shown(path) for path in PACKAGE.rglob("*") if path.stem in JUNK] == []


def test_every_module_says_what_it_is_for():
    silent = [shown(path) for path in modules() if not ast.get_docstring(tree(path))]

    assert silent == []


def _imported(node) -> str:
    """The room that an import names, empty for everything else."""
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module]
    parts = (names[0] or "").split(".")
    if parts == ["tongban"] and isinstance(node, ast.ImportFrom):
        return node.names[0].name
    return parts[1] if parts[0] == "tongban" and len(parts) > 1 else ""


def test_imports_for_types_point_down_too():
    wrong = [
        shown(path, node.lineno)
        for path in modules()
        for home in [path.relative_to(PACKAGE).parts[0]]
        if home in floors()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for target in [_imported(node)]
        if target in floors() and target != home and floors()[target] <= floors()[home]
    ]

    assert wrong == []


def test_foreign_keys_point_down():
    ours = [app for app in apps.get_app_configs() if app.name.startswith("tongban.")]
    wrong = [
        f"{model.__name__}.{field.name} -> {target}"
        for app in ours
        for model in app.get_models()
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model
        for home, target in [(_room(model), _room(field.related_model))]
        if target and home != target and floors()[target] <= floors()[home]
    ]

    assert wrong == []


def _room(model) -> str:
    parts = model.__module__.split(".")
    return parts[1] if parts[0] == "tongban" else ""


def test_each_app_carries_the_name_of_its_room():
    wrong = [
        app.label
        for app in apps.get_app_configs()
        if app.name.startswith("tongban.") and app.label != app.name.rpartition(".")[2]
    ]

    assert wrong == []


def test_no_migration_is_pending(db):
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_there_is_no_admin():
    assert not apps.is_installed("django.contrib.admin")


@pytest.mark.parametrize("room", rooms())
def test_every_room_has_a_card(room):
    assert (CHECKOUT / "docs" / "rooms" / f"{room}.md").exists()
