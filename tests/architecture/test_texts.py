"""What no file of the project may hold."""

import re

import pytest

from tests.architecture.house import CHECKOUT, shown, tracked

# A letter in brackets keeps this file from finding itself.
PLACES = re.compile(
    r"(?<![\w.])/(?:r[o]ot|w[o]rk|home/\w+|U[s]ers/\w+)/"
    r"|/opt/(?:w[h]eels|p[y]pi)"
    r"|https?://(?:[\w.-]*p[y]pi|r[e]gistry\.|files\.p[y]thonhosted)"
)
UNFINISHED = re.compile(r"\b(?:T[O]DO|F[I]XME|X[X]X|B[U]ILD-UP)\b(?!\(#\d+\))")
SUPPRESSION = re.compile(r"#\s*(?:n[o]qa|type:\s*i[g]nore)")
REASON = re.compile(r"--\s*\S")
PYTHON = frozenset({".py"})
NOT_OURS = frozenset({"LICENSE", "requirements/run.txt", "requirements/dev.txt"})


def _lines(suffixes=frozenset()):
    for path in tracked():
        if path.relative_to(CHECKOUT).as_posix() in NOT_OURS:
            continue
        if suffixes and path.suffix not in suffixes:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        for number, line in enumerate(text.splitlines(), start=1):
            yield path, number, line


def _found(pattern, suffixes=frozenset()):
    return [shown(path, n) for path, n, line in _lines(suffixes) if pattern.search(line)]


@pytest.fixture(autouse=True)
def _in_a_repository():
    if not tracked():
        pytest.skip("not a git repository: the list of the project's files is not known")


def test_no_file_names_a_place_of_somebodys_machine():
    assert _found(PLACES) == []


def test_what_is_left_to_do_has_an_issue():
    assert _found(UNFINISHED) == []


def test_every_suppression_has_a_reason():
    bare = [
        shown(path, number)
        for path, number, line in _lines(PYTHON)
        if SUPPRESSION.search(line) and not REASON.search(line)
    ]

    assert bare == []


def test_no_file_is_without_an_end_of_line():
    ragged = [
        shown(path)
        for path in tracked()
        if path.suffix in (".py", ".md", ".yaml", ".html", ".css", ".js")
        and path.stat().st_size
        and not path.read_bytes().endswith(b"\n")
    ]

    assert ragged == []
