"""What the city says about requests: whoever is responsible can take them, refuse and reply."""

from collections import Counter

import pytest

from tongban.catalogue.content.loader import load_content
from tongban.catalogue.content.requests import read_requests
from tongban.config.options import CHECKOUT


@pytest.fixture(scope="module")
def city():
    return load_content(CHECKOUT / "content")


def _nodes(found, unit=None, depth=1):
    for one in found:
        here = one.unit or unit
        yield depth, here, one
        yield from _nodes(one.children, here, depth + 1)


def test_every_request_has_a_unit_whose_people_handle_it_and_answer_for_it(city):
    held = {(post.department, post.role) for one in city.staff for post in one.posts}

    units = {unit for _, unit, _ in _nodes(city.hotline.domains)}

    assert None not in units
    lacking = [
        (u, role) for u in sorted(units) for role in ("reviewer", "head") if (u, role) not in held
    ]
    assert lacking == []


def test_a_branch_of_a_place_is_staffed_like_its_unit(city):
    held = {(post.department, post.role) for one in city.staff for post in one.posts}
    local = {unit for _, unit, one in _nodes(city.hotline.domains) if one.local}

    branches = [one.code for one in city.departments.values() if one.parent in local]

    assert branches
    assert [one for one in branches if not {(one, "reviewer"), (one, "head")} <= held] == []


def test_the_tree_has_three_levels_and_every_leaf_the_words_of_those_who_call(city):
    leaves = [(depth, one) for depth, _, one in _nodes(city.hotline.domains) if not one.children]

    assert {depth for depth, _ in leaves} == {3}
    assert [one.code for _, one in leaves if len(one.words) < 4] == []


def test_every_name_of_the_hotline_is_written_in_uyghur(city):
    hotline = city.hotline
    named = [
        *(one for _, _, one in _nodes(hotline.domains)),
        *hotline.types,
        *hotline.refusals,
        *hotline.lines,
        *hotline.emergencies,
        *hotline.specials,
        *hotline.triggers,
    ]

    assert [one.code for one in named if not one.name.ug] == []
    assert [one.code for one in hotline.refusals if not one.way.ug] == []
    assert [one.code for one in hotline.emergencies if not one.say.ug] == []


def test_an_outage_is_looked_into_within_two_hours(city):
    found = {one.code: one for _, _, one in _nodes(city.hotline.domains)}

    for what in ("water", "heat", "gas", "power"):
        limit = found[f"utility-{what}-outage"].urgent
        assert (limit.value, str(limit.unit)) == (2, "hour")


def test_no_word_of_an_emergency_is_an_everyday_word_of_requests(city):
    alarms = {word for one in city.hotline.emergencies for word in one.words}
    everyday = {word for _, _, one in _nodes(city.hotline.domains) for word in one.words}

    assert {a for a in alarms for word in everyday if a in word} == set()


def test_labelled_requests_speak_of_every_leaf_in_the_languages_of_the_city(city):
    leaves = {one.code for _, _, one in _nodes(city.hotline.domains) if not one.children}

    assert {one.domain for one in city.requests} == leaves
    assert {one.type for one in city.requests} == {one.code for one in city.hotline.types}
    assert sum("ى" in one.text for one in city.requests) >= 15


def test_every_leaf_is_taught_by_two_sentences_at_least(city):
    counts = Counter(one.domain for one in city.requests)

    assert [code for code, times in counts.items() if times < 2] == []


def test_planted_events_have_several_callers_of_one_place(city):
    events: dict[str, list] = {}
    for one in city.requests:
        events.setdefault(one.event, []).append(one)
    del events[""]

    assert len(events) >= 6
    assert all(len({one.place for one in rows}) == 1 for rows in events.values())
    assert sum(len(rows) >= 3 for rows in events.values()) >= 6


def test_labelled_requests_are_read_alone_as_with_everything_else(city, tmp_path):
    assert read_requests(CHECKOUT / "content") == city.requests
    assert read_requests(tmp_path) == ()
