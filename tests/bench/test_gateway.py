"""The benchmark of the gateway sends and hears what it says, and its lines are whole."""

import json

import pytest

from bench import gateway
from tests.bench.test_life import PROMISED

pytestmark = pytest.mark.slow


def test_messages_go_out_and_come_in(bench_city, capsys, settings):
    # Put back when the test ends: the benchmark names a system of its own.
    settings.DEPARTMENT_SYSTEMS = settings.DEPARTMENT_SYSTEMS
    gateway.measure(bench_city.fresh("bench_try_gateway"), cases=6, processes=2)

    out, heard = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (out["case"], heard["case"]) == ("out", "in")
    assert out["messages"] == 6
    assert heard["messages"] >= 12
    for line in (out, heard):
        assert set(line) >= PROMISED | {"per_second", "aim_per_second", "p95_ms"}
        assert line["rows"] == pytest.approx(line["floor_rows"], rel=0.1)
        assert line["ratio"] is None or line["ratio"] > 0
