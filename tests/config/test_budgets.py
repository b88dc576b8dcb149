import pytest
from django.db import connection

from tests.harness import budgets


@pytest.fixture
def purse(tmp_path, monkeypatch):
    """A file of budgets of this test's own."""
    monkeypatch.setattr(budgets, "FILE", tmp_path / "budgets.json")
    monkeypatch.delenv("UPDATE", raising=False)
    return tmp_path / "budgets.json"


def _ask(times):
    with connection.cursor() as cursor:
        for _ in range(times):
            cursor.execute("select 1")


def test_what_costs_its_budget_passes_and_anything_else_fails(db, purse, budget):
    purse.write_text('{"page": 2}')

    with budget("page"):
        _ask(2)
    with pytest.raises(AssertionError, match="page costs 3, budget 2"), budget("page"):
        _ask(3)


def test_a_page_without_a_budget_fails(db, purse, budget):
    with pytest.raises(AssertionError, match="new costs 1, budget None"), budget("new"):
        _ask(1)


def test_update_writes_what_was_measured(db, purse, budget, monkeypatch):
    monkeypatch.setenv("UPDATE", "1")
    with budget("page"):
        _ask(4)

    assert purse.read_text() == '{\n "page": 4\n}\n'
