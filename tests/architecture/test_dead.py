"""What nobody names is gone: functions and classes of the rooms, templates, words to people."""

import ast
import re
from collections import Counter

from tests.architecture.house import PACKAGE, modules, shown, tree
from tongban.config.options import CHECKOUT
from tongban.notices.queries import messages

FOLDERS = ("tongban", "web", "bench", "tools", "tests")
SPOKEN = {".py", ".html", ".js", ".typ", ".sql", ".toml"}
NEVER_SENT = {"licence_revoked"}
"""A message that is ready and that nothing sends yet; this list may only become shorter."""


def _text():
    for folder in FOLDERS:
        for path in sorted((CHECKOUT / folder).rglob("*")):
            if path.suffix in SPOKEN and "node_modules" not in path.parts:
                yield path, path.read_text(encoding="utf-8")


def test_every_function_and_class_is_named_somewhere_else():
    named = Counter()
    for _path, text in _text():
        named.update(re.findall(r"\w+", text))

    dead = [
        f"{shown(path)}:{node.lineno} {node.name}"
        for path in modules()
        if path.name != "apps.py" and "migrations" not in path.parts
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.decorator_list
        and named[node.name] < 2
    ]
    assert dead == []


def test_every_message_is_sent_by_somebody():
    code = "\n".join(text for path, text in _text() if path.is_relative_to(PACKAGE))

    silent = {one.key for one in messages().messages if f'"{one.key}"' not in code}
    assert silent == NEVER_SENT
