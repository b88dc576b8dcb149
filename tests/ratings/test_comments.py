"""What is said of a unit, a hall or the platform as a whole; what the administration checks."""

from datetime import date

import pytest
from django.test import Client

from tests.doors.desk.clerk import Clerk
from tongban.exchange.models import Report
from tongban.kernel.refusals import BadInput, NotFound
from tongban.kernel.worktime import city_date, start_of_day
from tongban.ratings import actions, queries
from tongban.ratings.models import Change, Invitation, Rectification, Review
from tongban.ratings.rules import NotTwoPersons, RatedAlready, Rating

UNIT = "market-regulation"
ADDRESS = f"/open/ratings/of/unit/{UNIT}/"
SEPTEMBER = (date(2026, 9, 1), date(2026, 10, 1))


@pytest.fixture
def house(own_city):
    own_city.go("2026-09-07 10:30")
    return own_city


def said(house, level, *, kind="unit", code=UNIT, device="a", party_id=None, **more):
    row = actions.comment(
        kind=kind, code=code, party_id=party_id, now=house.now,
        rating=Rating(level=level, channel="web", device=device, **more),
    )  # fmt: skip
    house.rest()
    return row


def checked(house, level=4, unit=UNIT, findings="9月7日上午三号窗口空岗四十分钟，附照片"):
    review = actions.check_unit(
        unit=unit, level=level, findings=findings, by=house.actor("han.supervisor"), now=house.now
    )
    house.rest()
    return Review.objects.get(pk=review)


def test_anybody_comments_on_a_unit_a_hall_and_the_platform_without_any_matter(house):
    said(house, 2)
    said(house, 4, kind="hall", code="city-centre")
    said(house, 1, kind="platform", code="platform")

    assert set(Review.objects.values_list("object", "department")) == {
        ("unit", UNIT), ("hall", "service-centre"), ("platform", "service-centre"),
    }  # fmt: skip
    with pytest.raises(BadInput):
        said(house, 0, device="b")
    with pytest.raises(NotFound):
        said(house, 1, code="nobody")


def test_a_comment_is_in_no_figure_of_the_reviews(house):
    said(house, 5, text="电话没有人接")
    since, until = SEPTEMBER

    assert not Change.objects.exists()
    assert queries.figures_of("all", since, until) == {}
    assert queries.mended_of(since, until).due == 0
    assert queries.voices(start_of_day(since), start_of_day(until)).bad == 0
    figures, mended = queries.comments_on(queries.subject_of("unit", UNIT))
    assert (figures.bad, mended.due, mended.done) == (1, 1, 0)
    assert not Report.objects.filter(kind="review").exists()


def test_a_bad_comment_is_put_right_by_the_unit_like_any_review(house):
    row = said(house, 4, text="电话没有人接")
    mended = Rectification.objects.select_related("proceeding").get(invitation=row)
    head = Clerk("zhou.head").client
    number = mended.proceeding.number

    assert number in head.get("/desk/ratings/?kind=comment").content.decode()
    assert number not in head.get("/desk/ratings/").content.decode()
    page = head.get(f"/desk/{number}/")
    assert "总的评价，不计入好评率" in page.content.decode()
    head.post(f"/desk/{number}/verify/", {"finding": "属实"})
    head.post(f"/desk/{number}/reply/", {"answer": "已经安排专人接听"})
    house.rest()

    assert "已经安排专人接听" in Client().get(f"/rate/{row.token}/").content.decode()
    public = Client().get("/open/ratings/").content.decode()
    assert "对单位的综合点评" in public


def test_one_comments_once_a_month_on_a_thing_and_once_more(house):
    first = said(house, 2)
    again = said(house, 3)
    with pytest.raises(RatedAlready):
        said(house, 1)
    said(house, 1, device="b")
    house.go("2026-10-08 10:30")
    later = said(house, 2)

    assert first.pk == again.pk
    assert later.pk != first.pk
    assert Invitation.objects.filter(object="unit").count() == 3


def test_a_burst_of_comments_flags_no_review(house):
    for n in range(25):
        said(house, 1, device=f"phone {n}")

    by = house.actor("han.supervisor")
    assert actions.detect_day(day=city_date(house.now), by=by, now=house.now) == 0


def test_the_public_page_asks_and_nothing_is_filled_in(house):
    client = Client()
    assert ADDRESS in client.get("/open/ratings/").content.decode()
    page = client.get(ADDRESS).content.decode()
    assert "checked" not in page
    assert 'name="real_name"' not in page, "nobody is known who could be called"
    assert "点评太少" in page

    assert client.post(ADDRESS, {"opened": "x"}).status_code == 422
    done = client.post(ADDRESS, {"level": "4", "text": "电话没有人接", "real_name": "1"})
    assert done["Location"].startswith("/rate/")
    assert client.get(done["Location"]).status_code == 200
    assert Review.objects.get().real_name is False
    assert client.post(ADDRESS, {"level": "2"}).status_code == 302
    assert client.post(ADDRESS, {"level": "2"}).status_code == 409
    assert client.get("/open/ratings/of/check/market-regulation/").status_code == 404


def test_what_the_administration_finds_bad_is_answered_by_the_unit(house):
    review = checked(house)
    mended = Rectification.objects.select_related("proceeding").get(review=review)

    assert (mended.proceeding.department, mended.proceeding.state) == (UNIT, "open")
    assert not Change.objects.exists()
    head = Clerk("zhou.head").client
    page = head.get(f"/desk/{mended.proceeding.number}/").content.decode()
    assert "空岗四十分钟" in page
    figures, _mended = queries.apart_figures("spot_check", department=UNIT)
    assert (figures.total, figures.bad) == (1, 1)


def test_nobody_checks_his_own_unit_and_only_the_administration_checks(house):
    with pytest.raises(NotTwoPersons):
        checked(house, unit="service-centre")
    with pytest.raises(BadInput):
        checked(house, findings=" ")
    with pytest.raises(NotFound):
        checked(house, unit="nobody")
    with pytest.raises(NotFound):
        actions.check_unit(
            unit="tax", level=4, findings="空岗", by=house.actor("zhou.head"), now=house.now
        )


def test_a_check_is_recorded_and_listed_on_the_desk(house):
    han = Clerk("han.supervisor").client
    page = han.get("/desk/ratings/?kind=spot_check").content.decode()
    assert 'id="do-check"' in page
    assert "checked" not in page

    wrong = han.post("/desk/ratings/check/", {"unit": UNIT, "level": "", "findings": "空岗"})
    assert wrong.status_code == 422
    assert "空岗" in wrong.content.decode()
    own = han.post(
        "/desk/ratings/check/", {"unit": "service-centre", "level": "4", "findings": "空岗"}
    )
    assert own.status_code == 403
    right = {"unit": UNIT, "level": "1", "findings": "各窗口都在岗"}
    assert han.post("/desk/ratings/check/", right).status_code == 302

    assert "各窗口都在岗" in han.get("/desk/ratings/?kind=spot_check").content.decode()
    assert "各窗口都在岗" not in han.get("/desk/ratings/?kind=all").content.decode()
    head = Clerk("zhou.head").client
    listed = head.get("/desk/ratings/?kind=spot_check").content.decode()
    assert "各窗口都在岗" in listed
    assert 'id="do-check"' not in listed
    assert not Rectification.objects.exists(), "what is good needs no answer"
