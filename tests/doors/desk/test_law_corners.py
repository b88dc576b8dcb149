"""The corners of the law at the desk: set aside, joint visit, early answer, objection."""

from tests.city.lives import applied
from tongban.engine.models import Proceeding

FOOD, HEAD = "food-licence", "zhou.head"
ORDER = {
    "forum": "review", "relief": "redo", "body": "乌鲁木齐市人民政府",
    "document": "乌政复决〔2026〕31号", "dated": "2026-09-08", "fault": "merits",
    "reason": "认定的事实不清",
}  # fmt: skip


def test_the_head_records_what_was_set_aside_and_finds_the_new_case(decidable, desk):
    decidable.decide(FOOD, "deny", "排烟设施不合格")
    number = decidable.case(FOOD).number
    head = desk(HEAD)
    assert "set_aside" in head.see(number).verbs

    wrong = head.do(number, "set_aside", {**ORDER, "dated": "someday"})
    assert (wrong.status, "请按 2026-09-18 的样子填写日期。" in wrong.words) == (422, True)
    assert head.do(number, "set_aside", ORDER).status == 302
    decidable.house.rest()

    old = head.see(number)
    again = Proceeding.objects.get(kind="case", facts__redo__of=number)
    assert "本件的决定已被撤销（乌政复决〔2026〕31号）。" in old.words
    assert "set_aside" not in old.verbs
    new = head.see(again.number)
    assert "不得以同一的事实和理由" in new.words
    assert "state_new_grounds" in new.verbs


def test_the_lead_window_appoints_the_joint_visit_and_departments_join(accepted, desk):
    window = desk("li.window")
    page = window.see(accepted.number)
    assert "propose_visit" in page.verbs
    sent = {"day": "2026-09-10", "time": "10:00", "place": "友好北路88号"}
    assert window.do(accepted.number, "propose_visit", sent).status == 302
    accepted.house.rest()

    number = accepted.case(FOOD).number
    checker = desk("bekzat.checker")
    seen = checker.see(number)
    assert "友好北路88号" in seen.words
    assert "join_visit" in seen.verbs
    two = [str(account_of(login)) for login in ("bekzat.checker", "chen.checker")]
    assert checker.do(number, "join_visit", {"first": two[0], "second": two[1]}).status == 302
    assert "join_visit" not in checker.see(number).verbs


def account_of(login):
    from tongban.people.models import Account

    return Account.objects.get(login=login).pk


def test_a_question_before_the_application_is_answered_at_the_desk(monday, desk):
    from tongban.cases.actions import EarlyQuestion, ask_early

    life = applied(monday, "hongshan-pit")
    asked = EarlyQuestion("P13-S3", "pit-permit", "2603-650105-04-01-100017", "可否分段报审")
    number = ask_early(
        asked=asked, party_id=life.package.party_id, by=life.applicant, now=monday.now
    )
    reviewer = desk("yu.construction")
    page = reviewer.see(number)
    assert "可否分段报审" in page.words
    assert page.verbs == {"answer_early"}

    assert reviewer.do(number, "answer_early", {"answer": "可以"}).status == 302

    assert "可以" in reviewer.see(number).words
