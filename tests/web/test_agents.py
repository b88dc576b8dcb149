"""Acting for others: asked, confirmed, ended, by the two of them and by nobody else."""

import re

import pytest

from tests.web.walks import Walker, main_of
from tongban.notices.models import Message
from tongban.people.models import Authorisation

FATHER = {"name": "艾力·吐尔逊", "code": "650102199108091179"}


@pytest.fixture
def mother(city):
    city.go("2026-10-12 10:30")
    return Walker(city, "reyhan")


@pytest.fixture
def father(city, mother):
    return Walker(city, "eli")


def asked(mother, **changes):
    principal = mother.house.actor("reyhan").party_id
    data = {
        "principal": str(principal),
        **FATHER,
        "functions": ["fill", "submit"],
        "things": ["P05"],
        "starts_on": "2026-10-12",
        "ends_on": "2026-11-30",
        **changes,
    }
    return mother.client.post("/my/agents/", data)


def press(walker, verb):
    text = walker.get("/my/agents/").content.decode()
    value = re.search(rf'value="({verb}:\d+)"', text).group(1)
    return walker.post("/my/agents/", do=value)


def test_an_authorisation_works_once_the_other_one_has_confirmed(city, mother, father):
    assert asked(mother).status_code == 302
    city.rest()
    principal = city.actor("reyhan").party_id
    assert principal not in city.actor("eli").acts_for

    press(father, "confirm")
    city.rest()

    assert principal in city.actor("eli").acts_for
    row = Authorisation.objects.get(agent_id=city.actor("eli").party_id, principal_id=principal)
    assert set(row.functions) == {"fill", "submit"}
    assert "birth-certificate" in row.items
    assert {"authorisation_proposed", "authorisation_answered"} <= set(
        Message.objects.values_list("key", flat=True)
    )


def test_either_side_ends_it(city, mother, father):
    asked(mother)
    press(father, "confirm")

    press(mother, "revoke")

    assert city.actor("reyhan").party_id not in city.actor("eli").acts_for
    assert "已解除" in main_of(father.get("/my/agents/"))


def test_whoever_is_asked_may_decline(mother, father):
    asked(mother)

    press(father, "decline")

    assert "已谢绝" in main_of(mother.get("/my/agents/"))


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "艾力"},
        {"code": "650102199108091178"},
        {"functions": []},
        {"functions": ["rule"]},
        {"ends_on": "2026-10-01"},
        {"ends_on": "soon"},
        {"principal": "1"},
    ],
)
def test_what_cannot_be_authorised_is_told_and_kept(mother, changes):
    before = Authorisation.objects.count()

    response = asked(mother, **changes)

    assert response.status_code == 422
    assert Authorisation.objects.count() == before


def test_strangers_neither_answer_nor_end(city, mother, father):
    asked(mother)
    number = Authorisation.objects.latest("id").pk
    stranger = Walker(city, "li.na")

    for verb in ("confirm", "decline", "revoke"):
        assert stranger.post("/my/agents/", do=f"{verb}:{number}").status_code == 404
    assert stranger.post("/my/agents/", do="burn:1").status_code == 404
    assert mother.post("/my/agents/", do=f"confirm:{number}").status_code == 403
