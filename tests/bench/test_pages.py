"""The benchmarks of pages visit what they say, and their lines are whole."""

import json

import pytest

from bench import fill, guide, lists, where
from bench.rig import people, site
from tests.bench.test_life import PROMISED

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def furnished():
    """Texts and styles, once."""
    site.furnish()


def lines_of(capsys):
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_the_lists_are_timed_page_by_page(bench_city, furnished, capsys, tmp_path):
    name = "bench_try_lists"
    fill.fill(name, 2_000)
    lists.measure(name, 1, 2, plans=tmp_path)

    lines = lines_of(capsys)
    assert len(lines) == len({line["case"] for line in lines}) == 17
    for line in lines:
        assert set(line) >= PROMISED | {"p50_ms", "p95_ms", "database_ms", "load"}
        assert line["cases"] == 2_000
        assert line["statements"] > 3
    plans = sorted(path.read_text(encoding="utf-8") for path in tmp_path.iterdir())
    assert len(plans) == 17
    assert all("Execution Time" in plan for plan in plans)


def test_guide_and_form_are_timed_computed_and_as_pages(bench_city, furnished, capsys):
    guide.measure(bench_city.fresh("bench_try_guide"), rounds=1, times=2)

    lines = lines_of(capsys)
    assert [line["case"] for line in lines[:2]] == ["guide, computed, P01", "form, computed, P01"]
    assert len(lines) == 12
    for line in lines:
        assert set(line) >= PROMISED | {"p50_ms", "p95_ms", "aim_ms"}
        assert (line["statements"] == 0) == ("computed" in line["case"])


def test_where_the_time_goes_adds_up(bench_city, furnished, capsys):
    where.measure(bench_city.fresh("bench_try_where"), 2)

    lines = lines_of(capsys)
    ways = ("in process", "site", "site with pages")
    sides = [f"{way}, {side}" for way in ways for side in ("layers", "statements")]
    assert [line["case"] for line in lines] == sides
    for line in lines:
        assert set(line) >= PROMISED | {"where_ms"}
        assert sum(line["where_ms"].values()) == pytest.approx(line["cpu_ms"], abs=0.02)
    assert "begin, engine_lock" in lines[1]["where_ms"]


def test_the_benchmarks_people_can_do_their_work(bench_city, furnished):
    name = bench_city.fresh("bench_try_people")
    bench_city.point(name, pool=1)
    door = site.Site()
    officer = site.sign_in(people.account(people.decider_login("fire-rescue", 3)))
    assert "fire-rescue.decider" in door.get("/desk/", officer).text
    head = site.sign_in(people.account(people.HEAD.login))
    assert door.get("/desk/", head).status == 200
    citizen = site.sign_in(people.account(people.citizen_login(7)))
    assert door.get("/my/", citizen).status == 200
    with pytest.raises(RuntimeError, match="403"):
        door.get("/desk/", citizen)


def test_a_quick_run_of_each_benchmark_ends(bench_city, furnished, capsys):
    assert guide.main(["--quick", "--rounds", "1"]) == 0
    assert lists.main(["--quick", "--page", "my things"]) == 0
    assert {line["bench"] for line in lines_of(capsys)} == {"guide", "lists"}
