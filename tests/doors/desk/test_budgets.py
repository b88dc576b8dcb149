"""What the pages of the desk cost: as many queries for one line as for a full page."""

from __future__ import annotations

import pytest

from tests.city.lives import applied
from tests.doors.desk.test_looks import licence_of
from tests.doors.desk.test_refusals import login_of

pytestmark = pytest.mark.budget

FOOD = "food-licence"
# So few lines that eight applications fill a page: the queries are those of a page of fifty.
LINES, MANY = 10, 8
USES = 30
PARTY = "乌鲁木齐天山雪餐饮管理有限公司"


def pages(life):
    """Login and address of the pages that everybody opens all day, by name."""
    reviewer = login_of(life.officer_of(FOOD, "reviewer"))
    return {
        "desk inbox": (reviewer, "/desk/"),
        "desk inbox of a head": ("zhou.head", "/desk/"),
        "desk search": ("zhou.head", f"/desk/find/?q={PARTY}"),
        "desk case": (reviewer, f"/desk/{life.case(FOOD).number}/"),
        "desk package": ("li.window", f"/desk/{life.number}/"),
    }


def hold(desk, budget, found):
    clerks = {login: desk(login) for login, _path in found.values()}
    for name, (login, path) in found.items():
        clerks[login].open(path)
        with budget(name):
            page = clerks[login].open(path)
        assert page.status == 200, name
    return clerks


def test_pages_cost_the_same_for_one_application_and_for_a_full_page(
    received, desk, budget, monkeypatch
):
    monkeypatch.setattr("tongban.doors.desk.views.PAGE", LINES)
    hold(desk, budget, pages(received))

    for n in range(MANY - 1):
        applied(received.house, "restaurant", key=f"again-{n}")
    clerks = hold(desk, budget, pages(received))

    reviewer = pages(received)["desk inbox"][0]
    assert len(clerks[reviewer].open("/desk/").numbers) == MANY
    # Intake checks and acceptances together are more than one page.
    assert len(clerks["zhou.head"].open("/desk/").numbers) == LINES


def test_the_page_of_a_licence_costs_the_same_however_often_it_was_used(decidable, desk, budget):
    from tongban.licences.models import LicenceUse
    from tongban.licences.queries import get_licence

    decidable.decide(FOOD)
    identifier = licence_of(decidable)
    decider = login_of(decidable.officer_of(FOOD, "decider"))
    found = {"desk licence": (decider, f"/desk/licences/{identifier}/")}
    clerk = hold(desk, budget, found)[decider]

    licence = get_licence(identifier, decidable.house.now.date()).id
    LicenceUse.objects.bulk_create(
        LicenceUse(
            licence_id=licence, seq=n, by_kind="staff", by_id=0, purpose="核验",
            used_at=decidable.house.now,
        )
        for n in range(USES)
    )  # fmt: skip
    hold(desk, budget, found)

    assert clerk.open(f"/desk/licences/{identifier}/").words.count("核验") == USES
