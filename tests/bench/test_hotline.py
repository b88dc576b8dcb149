"""The benchmark of the hotline takes in what it says, and its lines are whole."""

import json

import pytest

from bench import hotline
from tests.bench.test_life import PROMISED

pytestmark = pytest.mark.slow


def test_requests_are_taken_in_beside_their_floor(bench_city, capsys):
    hotline.measure(bench_city.fresh("bench_try_hotline"), requests=8, processes=2, spike=4)

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["case"] for line in lines] == ["intake", "floor", "spike"]
    for line in lines:
        assert set(line) >= PROMISED | {"per_second", "p95_ms"}
        assert line["rows"] > 0
