"""The small machines of the room, every pair of state and verb."""

import re

import pytest
from django.db import connection

from tongban.documents.content import PAGES
from tongban.documents.states import DOCUMENT_LIFE, FORMS, MATERIAL_LIFE, DocumentKind
from tongban.kernel.refusals import MoveNotAllowed

PAIRS = [
    (machine, state, verb, target)
    for machine in (MATERIAL_LIFE, DOCUMENT_LIFE)
    for (state, verb), target in machine.matrix().items()
]


@pytest.mark.parametrize(("machine", "state", "verb", "target"), PAIRS)
def test_every_pair_of_state_and_verb_moves_or_is_refused(machine, state, verb, target):
    if target is None:
        with pytest.raises(MoveNotAllowed):
            machine.move(state, verb)
    else:
        assert machine.target(state, verb) is target


def test_only_the_known_ways_are_open():
    assert MATERIAL_LIFE.mermaid().count("-->") == 1 + 2 + 2
    assert DOCUMENT_LIFE.open_verbs("issued") == ()


def test_the_database_knows_the_same_words(db):
    body = _check("documents_material_state")

    assert all(f"'{state.value}'" in body for state in MATERIAL_LIFE.states)


def test_the_database_knows_the_shape_of_a_kind(db):
    shape = re.search(r"~ '([^']+)'", _check("documents_document_kind"))[1]

    assert all(re.fullmatch(shape, kind.value) for kind in DocumentKind)
    assert not re.fullmatch(shape, "Receipt; drop")


def _check(name):
    with connection.cursor() as cursor:
        cursor.execute("select pg_get_constraintdef(oid) from pg_constraint where conname = %s",
                       [name])  # fmt: skip
        return cursor.fetchone()[0]


def test_every_kind_has_a_form_a_schema_and_a_template():
    from tests.documents.fakes import TEMPLATES

    assert set(FORMS) == set(PAGES) == set(DocumentKind)
    assert len({form.mark for form in FORMS.values()}) == len(FORMS)
    for form in FORMS.values():
        assert (TEMPLATES / f"{form.template}.typ").is_file()
