"""The benchmark of the hotline's lists fills a city whose pages all answer, and says its lines."""

import json

import pytest

from bench import tickets
from bench.rig.visits import Plan
from tests.bench.test_life import PROMISED

pytestmark = pytest.mark.slow


def test_every_page_of_a_filled_year_is_timed(bench_city, capsys, tmp_path):
    name = bench_city.fresh("bench_try_tickets")
    tickets.fill(name, 2_000)
    plan = Plan("tickets", 1, 2, {"tickets": 2_000}, tickets.AIM_P95, plans=tmp_path)

    tickets.measure(name, plan)

    lines = {one["case"]: one for one in map(json.loads, capsys.readouterr().out.splitlines())}
    assert all(set(line) >= PROMISED for line in lines.values())
    named = {"centre, overdue", "unit, all", "figures, a year", "ticket at the centre"}
    assert named <= set(lines)
    # A page reads so many statements however long its list is.
    assert max(line["statements"] for line in lines.values()) < 40
    assert len(list(tmp_path.glob("*.txt"))) == len(lines)
