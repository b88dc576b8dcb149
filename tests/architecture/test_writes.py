"""Writing happens in one place: `actions`, `sql` and migrations."""

import ast
import re

from tests.architecture.house import PACKAGE, modules, shown, tree

WRITERS = frozenset({"actions", "sql", "migrations"})
PLAIN = frozenset({"bulk_create", "bulk_update", "get_or_create", "update_or_create", "acreate"})
OF_QUERYSETS = frozenset({"create", "update", "delete"})
QUERYSET = re.compile(r"\.objects\b|\.filter\(|\.exclude\(|\.all\(\)|\._base_manager\b")
SQL = re.compile(
    r"^\s*(insert\s+into\s+\w|update\s+\w+\s+set\s|delete\s+from\s+\w|merge\s+into|truncate\s)",
    re.IGNORECASE,
)


def _is_writer(path) -> bool:
    inside = path.relative_to(PACKAGE).parts
    return any(part.removesuffix(".py") in WRITERS for part in inside[1:])


def _writes(node) -> bool:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return bool(SQL.match(node.value))
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    verb = node.func.attr
    if verb in PLAIN:
        return True
    if verb == "save":
        return not node.args
    return verb in OF_QUERYSETS and bool(QUERYSET.search(ast.unparse(node.func.value)))


def _found(source: str) -> bool:
    return any(_writes(node) for node in ast.walk(ast.parse(source)))


def test_writes_are_in_actions_and_sql_only():
    wrong = [
        shown(path, node.lineno)
        for path in modules()
        if not _is_writer(path)
        for node in ast.walk(tree(path))
        if _writes(node)
    ]

    assert wrong == []


def test_the_test_sees_what_it_should():
    assert _found("case.save()")
    assert _found("case.save(update_fields=['state'])")
    assert _found("Case.objects.filter(id=1).update(state='x')")
    assert _found("Case.objects.create(id=1)")
    assert _found("cursor.execute('insert into cases values (1)')")
    assert not _found("digest.update(data)")
    assert not _found("image.save(path)")
    assert not _found("log.info('update of the case follows')")


def test_doors_ask_no_table():
    wrong = [
        shown(path, node.lineno)
        for path in modules()
        if path.relative_to(PACKAGE).parts[0] == "doors"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in ("objects", "_base_manager")
    ]

    assert wrong == []
