"""The reply to the one-time notice: all points at once, nothing lost on the way."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.documents.samples import readable
from tests.web.test_applying import ready
from tests.web.walks import Walker, form_of, main_of
from tongban.cases.actions import Missing, raise_requirement
from tongban.engine.models import Proceeding, Step
from tongban.packages.actions import ask_correction
from tongban.people.models import Account


@pytest.fixture
def ali(city):
    return Walker(city, "ali")


@pytest.fixture
def number(city, ali):
    """An application with two points to correct: an answer and a paper."""
    draft = ali.draft()
    response = ali.client.post(f"/apply/{draft}/check/", ready(ali, draft))
    city.rest()
    number = response["Location"].split("/")[2]
    case = Proceeding.objects.get(parent__number=number, facts__item="food-licence")
    reviewer = officer(city, Step.objects.get(proceeding=case, state="open"))
    for target, problem in (("site.seats", "与平面图不一致"), ("layout-plan", "看不清。")):
        raise_requirement(
            case_id=case.pk,
            missing=Missing(target, problem, "按实际情况改正。"),
            by=reviewer,
            now=city.now,
        )
    window = officer(city, Step.objects.get(proceeding__number=number, state="open"))
    ask_correction(package_id=case.parent_id, by=window, now=city.now)
    city.rest()
    return number


def officer(city, step):
    """Somebody who may take this step."""
    from tongban.people.queries import officers_for

    found = step.assignee_id or officers_for(step.queue, step.region)[0].account_id
    return city.actor(Account.objects.get(pk=found).login)


def drawing(name="新图.jpg"):
    return SimpleUploadedFile(name, readable(colour=(9, 90, 9)), "image/jpeg")


def test_in_english_the_notice_names_items_and_papers_in_english(ali, number):
    ali.post("/language/", language="en")
    text = main_of(ali.get("/my/messages/"))

    assert "Food business licence (new), Layout of premises and equipment: 看不清" in text
    assert "食品经营许可" not in text


def test_the_notice_lists_every_point_and_it_is_the_applicants_turn(ali, number):
    text = main_of(ali.get(f"/my/{number}/"))
    page = main_of(ali.get(f"/my/{number}/supply/"))

    assert "现在轮到 您" in text
    assert "请补正 2 处" in text
    assert "与平面图不一致" in page
    assert "看不清" in page


def test_half_a_reply_is_not_sent_and_keeps_what_was_given(ali, number):
    path = f"/my/{number}/supply/"
    name = form_of(ali.get(path)).files[0]
    response = ali.client.post(path, {name: drawing(), "food-licence.site.seats": "许多"})
    text = response.content.decode()

    assert response.status_code == 422
    assert 'value="许多"' in text
    assert "新图.jpg" in text
    assert "请填写数字" in main_of(response)


def test_a_complete_reply_is_sent_once_and_the_window_goes_on(ali, number):
    path = f"/my/{number}/supply/"
    name = form_of(ali.get(path)).files[0]
    ali.client.post(path, {name: drawing()})
    response = ali.client.post(path, {"food-licence.site.seats": "52"})

    assert response["Location"] == f"/my/{number}/"
    assert (
        "市场监督管理局窗口" in re.search("现在轮到 (.+?) ", main_of(ali.get(f"/my/{number}/")))[0]
    )
    assert ali.get(path).status_code == 404
