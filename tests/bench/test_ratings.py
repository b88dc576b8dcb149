"""The benchmark of ratings says what it promises, and its floor writes the product's rows."""

import json

import pytest

from bench import ratings
from tests.bench.test_life import PROMISED

pytestmark = pytest.mark.slow


def test_the_lines_are_whole_and_the_floor_is_not_padded(bench_city, capsys):
    ratings.measure(bench_city.fresh("bench_try_ratings"), reviews=500, taken=5, rounds=1)

    lines = {one["case"]: one for one in map(json.loads, capsys.readouterr().out.splitlines())}
    assert all(set(line) >= PROMISED for line in lines.values())
    intake, floor = lines["intake"], lines["floor"]
    assert abs(intake["rows"] - floor["rows"]) < 1
    assert intake["statements"] <= 4
    assert {"board of units, a month", "page of everybody", "fold"} <= set(lines)
