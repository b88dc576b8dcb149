"""The population register over HTTP: right, wrong, down, slow and talking nonsense."""

import pytest

from tests.people.fakes import closed_address, outside_world
from tongban.people.gateways import HttpRegister, Match, RegisterError


@pytest.fixture
def world():
    with outside_world() as world:
        yield world


def ask(url):
    register = HttpRegister(url, "token", timeout_seconds=0.3)
    return register.match(id_number="650102199001010017", name="艾山")


@pytest.mark.parametrize("match", list(Match))
def test_its_word_is_taken(world, match):
    world.says({"match": match.value})

    assert ask(world.url) is match
    headers, asked = world.asked[0]
    assert headers["Authorization"] == "Bearer token"
    assert asked == {"id_number": "650102199001010017", "name": "艾山"}


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b'"same"', b"{}", b'{"match": "maybe"}', b"\xff" * 100_000]
)
def test_nonsense_is_no_answer(world, body):
    world.says(body)

    with pytest.raises(RegisterError):
        ask(world.url)


@pytest.mark.parametrize("status", [302, 400, 500])
def test_a_bad_status_is_no_answer(world, status):
    world.says({"match": "same"}, status=status)

    with pytest.raises(RegisterError):
        ask(world.url)


def test_a_slow_register_is_not_waited_for(world):
    world.says({"match": "same"}, after=0.6)

    with pytest.raises(RegisterError):
        ask(world.url)


def test_a_register_that_is_down_is_no_answer():
    with pytest.raises(RegisterError):
        ask(closed_address())
