"""The benchmark of the hotline takes in what it says, and its lines are whole."""

import json

import pytest

from bench import hotline
from tests.bench.test_life import PROMISED

pytestmark = pytest.mark.slow


def test_requests_are_taken_in_beside_their_floor(bench_city, capsys):
    name = bench_city.fresh("bench_try_hotline")
    hotline.measure(name, 8, ("intake", "http"), processes=1, minute=1.0)

    lines = {one["case"]: one for one in map(json.loads, capsys.readouterr().out.splitlines())}
    assert set(lines) == {"intake", "floor", "http"}
    for line in lines.values():
        assert set(line) >= PROMISED | {"per_second", "p95_ms"}
        assert line["requests"] == 8
        assert line["errors"] == 0
    # The floor writes what the product writes: neither is padded.
    assert lines["intake"]["rows"] == lines["floor"]["rows"] > 0


def test_a_spike_says_how_late_requests_were_and_when_that_was_over(bench_city, capsys):
    name = bench_city.fresh("bench_try_hotline")
    hotline.measure(name, 8, ("spike",), processes=1, minute=0.5)

    (line,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert line["requests_in_spike"] == int(0.5 * hotline.AIM)
    assert line["errors"] == 0
    assert 0 < line["spike_p50_ms"] <= line["spike_p95_ms"] <= line["spike_longest_ms"]
    assert line["recovered_s"] >= 0
