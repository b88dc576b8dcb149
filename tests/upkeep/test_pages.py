"""The answers' desk and the question below a guide: who sees and does what, by forms alone."""

import re

import pytest

from tests.doors.desk.clerk import Clerk
from tests.hotline.calls import called
from tests.upkeep.test_answers import ASKS, REPLY, WRITTEN, state, taken
from tests.web.walks import Walker, form_of, main_of
from tongban.catalogue.queries import forget_live
from tongban.hotline.actions import close_ticket
from tongban.people.models import Account
from tongban.ratings.models import Review
from tongban.upkeep.models import Answer, Element

SLUG = "open-restaurant"
HELPFUL = f"/packages/{SLUG}/helpful/"
GIVEN = {"title": WRITTEN.title, "questions": WRITTEN.questions, "text": WRITTEN.text,
         "basis": WRITTEN.basis}  # fmt: skip


@pytest.fixture
def house(city):
    city.go("2026-09-07 10:30")
    forget_live()
    yield city
    forget_live()


@pytest.fixture
def row(house):
    call = called(house, ASKS, type="consult", domain="city-street-parking")
    call.dispatched().signed().replied(REPLY).passed().said("solved", 1)
    close_ticket(ticket_id=call.ticket_id, by=call.centre(), now=house.now)
    house.rest()
    return Answer.objects.select_related("proceeding").get()


def clerk(house, row, step):
    return Clerk(Account.objects.get(pk=taken(house, row, step).id).login)


def test_a_draft_goes_to_the_shelf_by_forms_and_is_found_by_operator_and_citizen(house, row):
    number = row.proceeding.number
    writer = clerk(house, row, "answer_write")
    assert row.title in writer.open("/desk/answers/").words
    page = writer.see(number)
    assert page.verbs == {"submit_answer", "drop_answer"}
    assert page.value("do-submit_answer-text") == REPLY
    short = writer.do(number, "submit_answer", {**GIVEN, "questions": "一种"})
    assert short.status == 422
    assert "至少写两种问法" in short.words
    assert short.value("do-submit_answer-basis") == WRITTEN.basis
    assert writer.do(number, "submit_answer", GIVEN).status == 302
    assert writer.see(number).verbs == set()
    head = clerk(house, row, "answer_approve")
    assert head.see(number).verbs == {"approve_answer", "return_answer"}
    assert head.do(number, "approve_answer").status == 302
    checker = clerk(house, row, "answer_check")
    assert checker.see(number).verbs == {"publish_answer", "send_back_answer"}
    assert checker.do(number, "publish_answer").status == 302
    assert state(row) == "published"

    live = Clerk("ning.line").send("/line/live/", {"text": "共享单车占了盲道，找谁挪走？"})
    assert "也可以扫车身上的码报告" in live.source
    assert "第 1 版" in live.source
    assert row.source in live.source
    asked = Walker(house).post("/12345/", text="请问共享单车占了盲道找谁挪走？", do="next")
    assert "也许已经有答案" in main_of(asked)
    assert WRITTEN.basis in main_of(asked)
    assert row.source not in asked.content.decode()


@pytest.mark.parametrize("login", ["zhang.reviewer", "yan.fire", "li.window", "wu.reviewer"])
def test_another_unit_sees_nothing_of_it(house, row, login):
    number = row.proceeding.number

    assert Clerk(login).see(number).status == 404
    assert row.title not in Clerk(login).open("/desk/answers/").words
    assert Clerk(login).do(number, "drop_answer", {"reason": "x"}).status == 404


def test_citizens_and_strangers_have_no_answers_desk(house):
    assert Clerk("ali").open("/desk/answers/").status == 403
    assert Clerk(None).open("/desk/answers/").status == 302


def test_an_officer_begins_an_answer_of_his_own_unit_alone(house):
    writer = Clerk("zhang.urban")
    done = writer.send("/desk/answers/", {"unit": "urban-management", "title": "露天烧烤怎么管"})
    assert done.status == 302
    assert "露天烧烤怎么管" in writer.open("/desk/answers/", state="draft").words
    assert writer.send("/desk/answers/", {"unit": "tax", "title": "甲"}).status == 403
    assert writer.send("/desk/answers/", {"unit": "urban-management", "title": ""}).status == 422
    for query in ({"state": "x"}, {"before": "\x00"}, {"list": "elements"}):
        assert writer.open("/desk/answers/", **query).status == 200


HOSTILE = '"><script>alert(1)</script>{{ 7|add:7 }}'


def helpful(walker, level="4", **more):
    page = walker.get(f"/packages/{SLUG}/")
    opened = re.search(r'name="opened" value="([^"]+)"', page.content.decode())[1]
    return walker.post(HELPFUL, level=level, opened=opened, **more)


def test_anybody_says_at_one_tap_whether_a_guide_helps(house):
    stranger = Walker(house)

    done = helpful(stranger, "1")

    assert done.status_code == 302
    assert done["Location"] == f"/packages/{SLUG}/"
    review = Review.objects.get()
    assert (review.object, review.level, review.item) == ("guide", 1, "P02")
    assert not Element.objects.exists()


def test_what_is_wrong_lies_with_its_owner_and_names_nobody(house):
    helpful(Walker(house, "ali"), "5", element="materials", item="food-licence",
            text=f"复印件要几份没写，我的电话 13800001111 {HOSTILE}")  # fmt: skip
    house.rest()

    row = Element.objects.select_related("proceeding").get()
    assert row.unit == "market-regulation"
    owner = clerk(house, row, "guide_element")
    page = owner.see(row.proceeding.number)
    assert page.verbs == {"element_changed", "element_stays"}
    assert "复印件要几份没写" in page.words
    for told in ("13800001111", "阿里", "<script>alert"):
        assert told not in page.source
    refused = owner.do(row.proceeding.number, "element_changed", {"reason": "改了"})
    assert refused.status == 409
    assert "没有发布新的版本" in refused.words
    given = {"reason": "条例没有改，两份。"}
    assert owner.do(row.proceeding.number, "element_stays", given).status == 302
    assert "维持不变" in owner.open("/desk/answers/", list="elements").words
    assert "没有对指南的反映" in Clerk("zhang.urban").open("/desk/answers/", list="elements").words


def test_a_guide_is_rated_twice_at_most_and_never_by_default(house):
    walker = Walker(house)
    assert helpful(walker, "").status_code == 422
    assert not Review.objects.exists()
    assert [helpful(walker, "4", text="材料").status_code for _n in range(3)] == [302, 302, 409]
    assert Walker(house).post("/packages/nothing/helpful/", level="1").status_code == 404
    assert helpful(Walker(house), "4", element="nothing").status_code == 422


# Which element of a guide a request is about


SPEAKS = "开办餐馆的办事指南上写的材料和窗口要的材料不一样"
LOUD = "工地夜里施工很吵，睡不着"


def test_the_web_form_asks_only_where_a_guide_may_be_meant_and_nothing_must_be_chosen(house):
    walker = Walker(house)
    loud = walker.post("/12345/", text=LOUD, do="next")
    assert "指南的哪一项不对" not in main_of(loud)
    asked = walker.post("/12345/", text=SPEAKS, do="next")
    assert "指南的哪一项不对" in main_of(asked)
    form = form_of(asked)
    assert "P02|" in form.options["guide"]
    said = {"text": SPEAKS, "do": "send", "type": "suggestion", "region": "650102",
            "phone": "13800001111", "guide": "P02|", "once": "a1"}  # fmt: skip
    for wrong in ({"element": "nothing"}, {"element": "fee", "guide": "P77|x"}):
        refused = walker.post("/12345/", **{**said, **wrong})
        assert refused.status_code == 422
        assert "请从列出的" in main_of(refused)
    walker.post("/12345/", **said, element="fee")
    house.rest()

    row = Element.objects.get()
    assert (row.element, row.count) == ("fee", 1)


def test_an_operator_says_it_while_he_types(house):
    operator = Clerk("ning.line")
    typed = {"text": LOUD, "key": "a" * 32, "region": "650102"}
    assert "指南的哪一项不对" not in operator.send("/line/live/", typed).source
    typed |= {"text": SPEAKS}
    assert "指南的哪一项不对" in operator.send("/line/live/", typed).source
    assert operator.send("/line/", {**typed, "act": "keep", "element": "x"}).status == 422
    chosen = {**typed, "act": "keep", "guide": "P02|", "element": "window", "type": "suggestion"}
    assert operator.send("/line/", chosen).status == 302
    house.rest()

    assert Element.objects.get().element == "window"


def test_the_centre_corrects_it_on_the_page_of_the_ticket(house):
    call = called(house, SPEAKS, type="suggestion", domain="")
    loud = called(house, LOUD, phone="13800002222")
    operator = Clerk("qiu.line")
    assert "name_element" not in operator.see(loud.number).verbs
    page = operator.see(call.number)
    assert "name_element" in page.verbs
    assert "要带的材料" in page.words
    assert "由系统识别" in page.words
    done = operator.do(call.number, "name_element", {"guide": "P02|", "element": "time"})
    assert done.status == 302
    house.rest()

    page = operator.see(call.number)
    assert "办理时限" in page.words
    assert "由系统识别" not in page.words
    open_now = Element.objects.filter(closed_at=None)
    assert [(one.element, one.count) for one in open_now] == [("time", 1)]
