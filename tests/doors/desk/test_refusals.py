"""A refusal is shown on the same page, says why and who was first, and loses nothing typed."""

import pytest

from tests.doors.desk.clerk import Clerk

FOOD = "food-licence"
TYPED = "经查，场所平面图与现场不一致。\n第二行 <b>粗</b>"


def login_of(actor):
    from tongban.people.models import Account

    return Account.objects.get(pk=actor.id).login


@pytest.fixture
def decider(decidable, desk):
    return desk(login_of(decidable.officer_of(FOOD, "decider")))


def test_an_empty_reason_is_marked_at_its_field(decider, decidable):
    number = decidable.case(FOOD).number

    page = decider.do(number, "deny", {"reasons": " \n "})

    assert page.status == 422
    assert "没有办成，请修改标出的地方。" in page.words
    assert page.words.count("请填写“不予的理由”。") == 2
    assert 'href="#do-deny-reasons"' in page.main
    assert '<details class="act" open data-key="d" id="do-deny">' in page.main
    assert '<details class="act"  data-key="a" id="do-grant">' in page.main


def test_what_was_typed_stays_in_the_form_that_was_refused(decidable, decider):
    decidable.case(FOOD)
    too_long = TYPED + "长" * 2000

    page = decider.do(decidable.case(FOOD).number, "deny", {"reasons": too_long})

    assert page.status == 422
    assert page.value("do-deny-reasons") == too_long
    assert page.value("do-grant-reasons") == ""
    assert "最多 2000 字，现在有" in page.words
    assert "<b>粗</b>" not in page.main
    # Whoever leaves now is asked first.
    assert 'data-unsaved="kept"' in page.main


def test_every_field_of_a_requirement_comes_back(received, desk):
    clerk = desk(login_of(received.officer_of(FOOD, "reviewer")))
    typed = {"target": "layout-plan", "problem": TYPED, "remedy": "", "clause": "第十五条"}

    page = clerk.do(received.case(FOOD).number, "raise_requirement", typed)

    assert page.status == 422
    assert page.value("do-raise_requirement-problem") == TYPED
    assert page.value("do-raise_requirement-clause") == "第十五条"
    assert '<option value="layout-plan" selected>' in page.main
    assert page.words.count("请填写“怎样补正”。") == 2


def test_a_target_that_the_item_does_not_have_is_refused(received, desk):
    clerk = desk(login_of(received.officer_of(FOOD, "reviewer")))
    typed = {"target": "fire-plan", "problem": "看不清", "remedy": "重拍"}

    page = clerk.do(received.case(FOOD).number, "raise_requirement", typed)

    assert page.status == 422
    assert "请从本事项要填的项目或要交的材料中选择补正的对象。" in page.words
    assert page.value("do-raise_requirement-problem") == "看不清"


def test_the_second_of_two_tabs_is_told_who_decided_first(decidable, decider):
    number = decidable.case(FOOD).number
    name = decidable.officer_of(FOOD, "decider").name

    first = decider.do(number, "grant", {"reasons": "符合条件。"})
    second = decider.do(number, "deny", {"reasons": TYPED})

    assert first.status == 302
    assert second.status == 409
    assert "这一步已经办理完毕" in second.words
    assert f"{name}已于 2026年9月8日 11:00 办理“准予”。" in second.words
    assert "您刚才填写的内容 不予的理由 经查，场所平面图与现场不一致。" in second.words
    assert decidable.states()[FOOD] == "producing"
    assert "&lt;b&gt;粗&lt;/b&gt;" in second.main


def test_the_second_of_two_opinions_is_told_who_was_first(accepted, desk):
    reviewer = accepted.officer_of(FOOD, "reviewer")
    clerk, number = desk(login_of(reviewer)), accepted.case(FOOD).number
    clerk.do(number, "pass_step", {"step": "review", "opinion": "同意。"})

    page = clerk.do(number, "pass_step", {"step": "review", "opinion": "另一个意见"})

    assert page.status == 409
    assert f"{reviewer.name}已于 2026年9月8日 11:00 办理“通过本环节”。" in page.words
    assert "您刚才填写的内容 办理意见 另一个意见" in page.words


def test_the_second_acceptance_is_told_who_accepted(received, desk):
    first, second = desk("li.window"), desk("dilnur.window")

    assert first.do(received.number, "accept").status == 302
    page = second.do(received.number, "accept")

    assert page.status == 409
    assert "现在是“并联办理中”，不能再“予以受理”。" in page.words
    assert "李文娟已于 2026年9月7日 10:30 办理“受理”。" in page.words
    assert "accept" not in page.words


def test_a_colleagues_step_is_refused_with_what_to_do_instead(accepted, desk):
    holder = login_of(accepted.officer_of(FOOD, "reviewer"))
    others = {"zhang.reviewer", "gulnar.reviewer", "ma.reviewer"} - {holder}
    typed = {"step": "review", "opinion": TYPED}

    page = desk(min(others)).do(accepted.case(FOOD).number, "pass_step", typed)

    assert page.status == 403
    assert "这一步已分给其他同事。需要转办时，请由科室负责人改派并写明理由。" in page.words
    assert "您刚才填写的内容 办理意见 经查" in page.words


def test_a_step_is_not_handed_to_whoever_holds_it(decidable, desk):
    case, holder = decidable.case(FOOD), decidable.officer_of(FOOD, "decider")

    page = desk("zhou.head").do(
        case.number, "reassign", {"to": f"decide/{holder.id}", "reason": "休假"}
    )

    assert page.status == 409
    assert "改派需要选择同一岗位的在岗同事，并写明理由。" in page.words
    assert page.value("do-reassign-reason") == "休假"


def test_a_broken_licence_forbids_granting_and_the_page_says_so_before(decidable, decider):
    from tongban.cases.actions import break_reliance
    from tongban.cases.models import CaseFile

    case = decidable.case(FOOD)
    held = next(m for m in CaseFile.objects.get(proceeding=case).materials if m.get("licence"))
    break_reliance(identifier=held["licence"], state="revoked", now=decidable.house.now)

    before = decider.see(case.number)
    page = decider.do(case.number, "grant", {"reasons": "想准予"})

    assert "本件所依据的证照已失效，不能准予。 营业执照" in before.words
    assert '<details class="act" open' not in before.main
    assert page.status == 409
    assert "办件所依据的证照已失效，不能准予。" in page.words
    assert page.value("do-grant-reasons") == "想准予"


def test_a_form_without_its_secret_is_refused(decidable):
    clerk = Clerk(login_of(decidable.officer_of(FOOD, "decider")), checks_csrf=True)

    page = clerk.do(decidable.case(FOOD).number, "grant", {"reasons": ""})

    assert page.status == 403
    assert decidable.states()[FOOD] == "accepted"


def test_coming_back_to_where_a_form_was_sent_opens_the_case(decidable, decider):
    number = decidable.case(FOOD).number

    assert decider.open(f"/desk/{number}/grant/").location == f"/desk/{number}/"


NOWHERE = (
    "/desk/nonsense/",
    "/desk/YJS650100202609070000019/",
    "/desk/%00/",
    "/desk/%E2%80%AE/",
    "/desk/" + "9" * 3000 + "/",
    "/desk/file/1/nonsense/",
    "/desk/file/99999999999999999999/{case}/",
    "/desk/file/999999999/{case}/",
    "/open/assignments/yesterday/",
    "/open/assignments/2020-01-01/",
    "/open/assignments/2020-01-01.json",
)


def test_what_is_not_there_is_not_found(decider, decidable):
    case = decidable.case(FOOD).number

    for path in NOWHERE:
        assert (path, decider.open(path.format(case=case)).status) == (path, 404)


def test_a_verb_that_the_desk_does_not_have_is_not_found(decider, decidable):
    number = decidable.case(FOOD).number

    assert decider.do(number, "explode").status == 404
    assert decider.do(number, "auto_grant").status == 404
    assert decider.do(number, "accept").status == 404
    assert decidable.states()[FOOD] == "accepted"
