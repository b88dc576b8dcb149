"""The corners of the law, the window and the family in Chromium: axe clean, nothing cut off."""

from __future__ import annotations

import pytest

from tests.city.lives import applied
from tests.doors.desk.test_law_corners import ORDER
from tests.doors.desk.test_looks import OUTSIDE, login_of, serious
from tests.doors.hall.window import Window
from tongban.cases.actions import EarlyQuestion, NewObjection, ask_early, object_to_notice
from tongban.cases.rules.redoing import Forum, Order, Relief
from tongban.engine.models import Proceeding, Step
from tongban.kernel.actors import Actor
from tongban.packages.actions import propose_visit, set_aside
from tongban.people.models import Account

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FOOD, NOTICE = "food-licence", "simple-closing-notice"
OPEN_ALL = "() => document.querySelectorAll('details').forEach((one) => { one.open = true; })"
NEIGHBOUR = Actor(kind="citizen", id=0, name="天山调味品商行")


def visit(city):
    """The lead window appoints a joint visit, a department joins it."""
    from tests.city.house import moment

    life = applied(city, "restaurant")
    other = applied(city, "restaurant", key="second")
    city.go("2026-09-08 11:00")
    life.accept()
    other.accept()
    yield "visit-propose", "li.window", f"/desk/{life.number}/"
    propose_visit(
        package_id=life.package_id, held_at=moment("2026-09-10 10:00"), place="友好北路88号",
        by=life.window, now=city.now,
    )  # fmt: skip
    city.rest()
    yield "visit-join", "bekzat.checker", f"/desk/{life.case(FOOD).number}/"
    boards = [one.case("signboard-filing").pk for one in (life, other)]
    steps = Step.objects.filter(proceeding_id__in=boards, code="review", state="open")
    one = Account.objects.get(pk=steps.first().assignee_id)
    steps.update(assignee_id=one.pk)
    yield "batch", one.login, "/desk/batch/"


def again(city):
    """A decision that a review set aside, and the case that is handled again."""
    life = applied(city, "restaurant", key="third")
    city.go("2026-09-09 11:00")
    life.accept()
    life.review(FOOD)
    life.decide(FOOD, "deny", "排烟设施不合格")
    number = life.case(FOOD).number
    yield "aside-form", "zhou.head", f"/desk/{number}/"
    order = Order(
        forum=Forum.REVIEW, relief=Relief.REDO, body=ORDER["body"], document=ORDER["document"],
        dated=city.now.date(), reason=ORDER["reason"],
    )  # fmt: skip
    set_aside(case_id=life.case(FOOD).pk, order=order, by=city.actor("zhou.head"), now=city.now)
    city.rest()
    redone = Proceeding.objects.get(kind="case", facts__redo__of=number).number
    yield "aside-old", "zhou.head", f"/desk/{number}/"
    yield "aside-new", "zhou.head", f"/desk/{redone}/"


def early(city):
    """A question before the application."""
    life = applied(city, "hongshan-pit")
    asked = EarlyQuestion("P13-S3", "pit-permit", "2603-650105-04-01-100017", "可否分段报审")
    number = ask_early(
        asked=asked, party_id=life.package.party_id, by=life.applicant, now=city.now
    )
    yield "early-answer", "yu.construction", f"/desk/{number}/"


def objection(city):
    """An objection to a public notice."""
    city.go("2026-10-12 11:00")
    life = applied(city, "close-company")
    city.go("2026-10-13 11:00")
    life.accept()
    life.pass_step(NOTICE, "publish", "reviewer")
    said = NewObjection(
        name="天山调味品商行", contact="13999000011", interest="债权人", text="货款八千元未付"
    )
    object_to_notice(case_id=life.case(NOTICE).pk, objection=said, by=NEIGHBOUR, now=city.now)
    city.rest()
    decider = login_of(life.officer_of(NOTICE, "decider"))
    yield "objection-answer", decider, f"/desk/{life.case(NOTICE).number}/"


def family(city):
    """A child with its licences: its guardians' pages, and the window's."""
    life = applied(city, "newborn")
    life.accept()
    life.grant(["birth-certificate", "household-registration"])
    yield "family", "reyhan", "/my/family/"
    yield "licences", "reyhan", "/my/licences/"
    yield "hall-start", "li.window", "/hall/"
    yield "hall-family", "li.window", "/hall/family/"
    yield "hall-delivery", "li.window", "/hall/delivery/"
    yield "hall-instant", "li.window", "/hall/instant/"


def stations(city):
    city.go("2026-09-07 10:30")
    for part in (visit, again, early, objection, family):
        yield from part(city)


def look(page, name, language, pictures):
    """Axe on the open page, then nothing over the edge at both widths."""
    page.evaluate(OPEN_ALL)
    assert (name, language, serious(page)) == (name, language, [])
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=pictures / f"corner-{name}-{language}-{width}.png", full_page=True)
        found = page.evaluate(OUTSIDE)
        assert (name, language, width, found) == (name, language, width, [])


def test_the_pages_of_a_walk_in_are_whole_and_accessible(own_city, sit_down, pictures):
    own_city.go("2026-09-07 10:30")
    clerk = Window("li.window")
    clerk.serve(own_city.party("92650102MA7TE5T192"))
    page = sit_down("li.window")
    # The walk is kept in the session of the clerk who served.
    kept = next(one for one in page.context.cookies() if one["name"] == "sessionid")
    page.context.add_cookies([{**kept, "value": clerk.client.cookies["sessionid"].value}])
    for name in ("form", "materials", "confirm", "print"):
        page.set_viewport_size({"width": 1280, "height": 900})
        answer = page.goto(f"{clerk.here}/{name}/")
        assert (name, answer.status) == (name, 200)
        look(page, f"hall-{name}", "zh-hans", pictures)


def test_the_corners_of_the_law_are_whole_and_accessible(own_city, sit_down, pictures):
    for name, login, path in stations(own_city):
        for language in ("zh-hans", "ug") if path.startswith("/my/") else ("zh-hans",):
            page = sit_down(login, language=language)
            answer = page.goto(path)
            assert (name, answer.status) == (name, 200)
            look(page, name, language, pictures)
            page.context.close()
