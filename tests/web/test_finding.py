"""Finding a package, its questions and the personal guide, without and with an account."""

import re

import pytest

from tests.web.walks import Walker, form_of, main_of


@pytest.fixture
def stranger(city):
    return Walker(city)


@pytest.fixture
def ali(city):
    return Walker(city, "ali")


def test_the_first_page_offers_every_package(stranger):
    text = main_of(stranger.get("/"))

    assert "开办餐饮店" in text
    assert "企业开办" in text or "开办企业" in text


def test_everyday_words_find_the_package(stranger):
    text = main_of(stranger.get("/", q="开烤肉店"))

    assert "“开烤肉店”找到" in text
    assert "开办餐饮店" in text


def test_words_that_find_nothing_say_what_to_do(stranger):
    assert "没有找到。换个说法试试" in main_of(stranger.get("/", q="zzzzqqqq"))


def test_the_general_guide_shows_figures_items_and_marks(stranger):
    response = stranger.get("/packages/open-restaurant/")
    text = main_of(response)

    assert "食品经营许可（新办）" in text
    assert "法定时限" in text
    assert 'class="mark' in response.content.decode()


def test_a_package_that_is_not_there_is_not_found(stranger):
    response = stranger.get("/packages/open-casino/")

    assert response.status_code == 404
    assert "没有找到" in main_of(response)


def test_a_stranger_sees_the_guide_and_is_asked_to_sign_in_for_the_form(stranger):
    response = stranger.ask()

    assert response.request["PATH_INFO"] == "/packages/open-restaurant/guide/"
    assert "填表要先登录" in main_of(response)
    started = stranger.post("/packages/open-restaurant/guide/")
    assert started["Location"] == "/login/?next=%2Fpackages%2Fopen-restaurant%2Fguide%2F"


def test_questions_without_answers_are_told_and_nothing_typed_is_lost(stranger):
    response = stranger.post("/packages/open-restaurant/ask/", area="一百二", staff="8")
    text = response.content.decode()

    assert response.status_code == 422
    assert 'value="一百二"' in text
    assert 'href="#f-area"' in text
    assert "请填数字，例如 120。" in text
    assert 'href="#f-tenure"' in text


@pytest.mark.parametrize("typed", ["１２０", "120.0", " 120 "])
def test_numbers_are_read_as_people_type_them(stranger, typed):
    response = stranger.ask(area=typed)

    assert "120 平方米" in main_of(response)


def test_an_answer_that_reveals_a_question_asks_that_one_more(stranger):
    response = stranger.ask(area="3600")

    assert response.request["PATH_INFO"] == "/packages/open-restaurant/ask/"
    assert "根据您的回答，还要再问 1 个问题" in main_of(response)
    assert "消防安全检查想怎样办" in main_of(response)


def test_a_small_eatery_is_registered_and_needs_no_licence(stranger):
    text = main_of(stranger.ask(area="42", staff="3", projects=["hot"]))
    needed, _sign, rest = text.partition("不用办")

    assert "食品经营登记" in needed
    assert "食品经营许可（新办）" in rest


def test_who_does_not_know_gets_advice_and_the_item_stays_open(stranger):
    response = stranger.post(
        "/packages/open-restaurant/ask/",
        **{**_answers(), "drainage": "__unsure__"},
    )
    assert response["Location"] == "/packages/open-restaurant/guide/"

    text = main_of(stranger.get("/packages/open-restaurant/guide/"))
    assert "还有不清楚的地方" in text
    assert "请拨打 0991-5550220 或到乌鲁木齐市政务服务中心工程建设厅（演示地址）问清楚" in text
    assert "先提交" not in text  # what is not clear cannot be submitted


def test_who_still_does_not_know_is_told_whom_to_ask_before_submitting(ali):
    draft = ali.draft(drainage="__unsure__")

    text = main_of(ali.get(f"/apply/{draft}/check/"))

    assert "还不能确定要不要办“城镇污水排入排水管网许可”，请回答有关的问题。" in text
    assert "请拨打 0991-5550220" in text
    assert "提交申请" not in text


def _answers():
    from tests.web.walks import SITUATION

    return SITUATION


def test_known_answers_are_filled_in_with_their_source(ali):
    text = ali.get("/packages/open-restaurant/ask/").content.decode()

    assert "来自营业执照" in text
    assert "政府已经知道答案" in text


def test_a_draft_keeps_the_answers_and_shows_what_need_not_be_typed(ali):
    draft = ali.draft()
    text = main_of(ali.get(f"/apply/{draft}/form/"))

    assert "已按证照、登记信息和您的回答替您填好" in text
    assert "不用再填" in text
    assert "120 平方米" in text


def test_changing_the_answers_changes_the_same_draft(ali):
    draft = ali.draft()
    again = ali.draft(area="130")

    assert again == draft
    assert "130 平方米" in main_of(ali.get(f"/apply/{draft}/form/"))


def test_a_revealed_question_is_shown_while_answering_and_nothing_is_kept(stranger):
    path = "/packages/open-restaurant/ask/"
    more = stranger.client.post(path, {"area": "3600"}, headers={"HX-Request": "true"})
    none = stranger.client.post(path, {"area": "12"}, headers={"HX-Request": "true"})

    assert "消防安全检查想怎样办" in more.content.decode()
    assert "<html" not in more.content.decode()
    assert "消防安全检查" not in none.content.decode()
    assert 'value="3600"' not in stranger.get(path).content.decode()


def test_revealed_and_answered_at_once_needs_no_second_round(stranger):
    response = stranger.ask(area="3600", fire_lane="inspection")

    assert response.request["PATH_INFO"] == "/packages/open-restaurant/guide/"


CLOSING = {
    "holder_kind": "limited_company",
    "reason": "resolution",
    "debts": "yes",
    "obstacle": "no",
    "tax_business": "yes",
    "accounts": ["social", "medical", "seals"],
}
CLOSE = "/packages/close-enterprise/"


def test_a_question_behind_several_answers_is_shown_by_the_browser(stranger):
    text = stranger.get(f"{CLOSE}ask/").content.decode()
    needs = re.findall(r'data-needs="([^"]+)"', text)
    lane = next(one for one in needs if "debts" in one)

    assert lane.split(";")[1:] == ["reason=resolution|term", "debts=yes", "obstacle=no"]


def test_a_question_revealed_by_a_revealed_one_is_answered_in_the_same_round(stranger):
    response = stranger.client.post(f"{CLOSE}ask/", {**CLOSING, "lane": "simple"})

    assert response["Location"] == f"{CLOSE}guide/"


def test_a_revealed_question_left_out_costs_one_more_step_only(stranger):
    again = stranger.client.post(f"{CLOSE}ask/", CLOSING)
    assert again["Location"] == f"{CLOSE}ask/?fresh=1#f-lane"
    form = form_of(stranger.get(f"{CLOSE}ask/"))

    response = stranger.client.post(f"{CLOSE}ask/", {**form.data, "lane": "general"})
    assert response["Location"] == f"{CLOSE}guide/"


def test_a_reason_names_only_the_choice_that_it_is_about(stranger):
    stranger.client.post(f"{CLOSE}ask/", {**CLOSING, "lane": "simple"})
    text = main_of(stranger.get(f"{CLOSE}guide/"))

    assert "办过社会保险登记：是（您的情况：社会保险）" in text
    assert "办过海关报关备案：否（您的情况：没有选海关" in text
