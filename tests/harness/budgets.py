"""Query budgets: what a page may ask of the database, in a file that a diff shows.

    @pytest.mark.budget
    def test_the_inbox_costs_the_same_for_one_and_three(…, budget):
        with budget("desk inbox"):
            clerk.get("/desk/")

Every block of the same name, whatever its number of rows, must cost exactly what
`tests/budgets.json` says. `UPDATE=1` writes what was measured instead (`make budgets UPDATE=1`).
The look for newer live content, which any page takes every few seconds by the clock, is no page's.
"""

from __future__ import annotations

import contextlib
import json
import os
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.harness.databases import forget_content, locked
from tongban.config.options import CHECKOUT

LIVE_LOOK = re.compile(r"FROM \"catalogue_version\" .*\"kind\" = 'live'\) ORDER BY .* LIMIT 1")
FILE = CHECKOUT / "tests" / "budgets.json"


def _known() -> dict[str, int]:
    return json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}


def _write(name: str, cost: int) -> None:
    with locked("budgets.lock"):
        FILE.write_text(
            json.dumps(_known() | {name: cost}, ensure_ascii=False, indent=1, sort_keys=True)
            + "\n",
            encoding="utf-8",
        )


@pytest.fixture(autouse=True)
def _nothing_known(request):
    """What a page costs must not depend on which content the tests before have read."""
    if request.node.get_closest_marker("budget"):
        forget_content()


@pytest.fixture
def budget():
    """Hold the queries of a block to the budget of its name."""

    @contextlib.contextmanager
    def hold(name: str):
        with CaptureQueriesContext(connection) as asked:
            yield
        queries = [q["sql"] for q in asked.captured_queries if not LIVE_LOOK.search(q["sql"])]
        if os.environ.get("UPDATE"):
            _write(name, len(queries))
            return
        allowed = _known().get(name)
        told = "\n".join(sql[:300] for sql in queries)
        assert len(queries) == allowed, f"{name} costs {len(queries)}, budget {allowed}:\n{told}"

    return hold
