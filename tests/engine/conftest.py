import pytest

from tests.engine import tennis
from tongban.people.models import Party


def new_party(name="阿里木·买买提", code="650102199001010017"):
    return Party.objects.create(kind="natural", name=name, code=code, code_key=code.encode())


@pytest.fixture
def party(db):
    return new_party()


@pytest.fixture
def asked(party):
    """One membership that has just been asked for."""
    return tennis.ask(party.id)[0]
