"""Several cases at once: each its own act, refusals told case by case, only where it is safe."""

import re

import pytest

from tests.city.lives import applied
from tongban.engine.models import Proceeding, Step

REVIEW = "signboard-filing/review/pass_step"
GRANT = "signboard-filing/decide/grant"
WORDS = {"opinion": "方案符合要求，建议备案。"}


@pytest.fixture
def two(accepted):
    """Two applications for a signboard; both wait for the same reviewer."""
    other = applied(accepted.house, "restaurant", key="again")
    other.accept()
    return accepted, other


def signboards():
    found = Proceeding.objects.filter(kind="case", facts__item="signboard-filing").order_by("id")
    return [one.number for one in found]


@pytest.fixture
def reviewer(two):
    """The officer with both reviews."""
    from tongban.people.models import Account

    steps = Step.objects.filter(proceeding__number__in=signboards(), code="review", state="open")
    one = Account.objects.get(pk=steps.first().assignee_id)
    steps.update(assignee_id=one.pk)
    return one.login


def test_what_is_safe_is_listed_and_done_case_by_case(two, reviewer, desk):
    clerk = desk(reviewer)
    page = clerk.open("/desk/batch/")
    assert all(number in page.words for number in signboards())

    after = clerk.send("/desk/batch/", {"group": REVIEW, "case": signboards(), **WORDS})

    assert after.words.count("已办理：通过") == 2
    assert not Step.objects.filter(
        proceeding__number__in=signboards(), code="review", state="open"
    ).exists()


def test_one_that_is_refused_does_not_stop_the_others(two, reviewer, desk):
    numbers = [signboards()[0], "BJ650100202609070000ZZ"]

    page = desk(reviewer).send("/desk/batch/", {"group": REVIEW, "case": numbers, **WORDS})

    assert "已办理：通过" in page.words
    assert "不在可以一起办理的办件里" in page.words
    assert Step.objects.filter(
        proceeding__number=signboards()[1], code="review", state="open"
    ).exists()


def test_without_an_opinion_or_a_tick_nothing_is_done(two, reviewer, desk):
    clerk = desk(reviewer)

    bare = clerk.send("/desk/batch/", {"group": REVIEW, "case": signboards(), "opinion": " "})
    none = clerk.send("/desk/batch/", {"group": REVIEW, **WORDS})

    assert (bare.status, none.status) == (422, 422)
    assert WORDS["opinion"] in none.source
    assert len(re.findall(r'name="case"[^>]*checked', bare.source)) == 2


def test_what_takes_two_officers_is_never_offered(accepted, desk):
    for login in ("bekzat.checker", "gulnar.reviewer", "sun.decider"):
        assert "food-licence" not in desk(login).open("/desk/batch/").source


def test_a_group_of_somebody_else_is_not_there(two, desk):
    page = desk("wu.reviewer").send(
        "/desk/batch/", {"group": REVIEW, "case": signboards(), **WORDS}
    )

    assert page.status == 404


def test_an_officer_keeps_a_phrase_for_himself(two, reviewer, desk):
    clerk = desk(reviewer)
    number = signboards()[0]
    data = {"step": "review", "opinion": "门头照片清楚，同意。", "keep_phrase": "yes"}
    clerk.send(f"/desk/{number}/pass_step/", data)

    other = clerk.open(f"/desk/{signboards()[1]}/")
    assert 'data-text="门头照片清楚，同意。"' in other.source
    assert "门头照片清楚" in clerk.open("/desk/batch/").words
    assert "门头照片清楚" not in desk("sun.decider").open("/desk/posts/").words

    page = clerk.open("/desk/posts/")
    who = re.search(r'name="who" value="([0-9]+)"', page.source)[1]
    assert desk("sun.decider").send("/desk/posts/", {"form": "phrase", "who": who}).status == 404
    clerk.send("/desk/posts/", {"form": "phrase", "who": who})
    assert "门头照片清楚" not in clerk.open("/desk/posts/").words
