"""Posts and the clerk's day: leave with a deputy, the B post, handing over everything at once."""

from datetime import date

import pytest

from tests.doors.desk.clerk import Clerk
from tests.doors.desk.test_refusals import login_of
from tongban.engine.models import Step
from tongban.engine.queries import assignment_log, inbox
from tongban.engine.rules import replay
from tongban.people.models import Account, Leave, Post
from tongban.records.models import Entry

FOOD = "food-licence"
HEAD = "zhou.head"


def account(login):
    return Account.objects.get(login=login).pk


@pytest.fixture
def holder(accepted):
    """Whoever was drawn for the review of the food licence, and one of his colleagues."""
    step = Step.objects.get(proceeding=accepted.case(FOOD), code="review", state="open")
    return Account.objects.get(pk=step.assignee_id).login


@pytest.fixture
def colleague(holder):
    names = {"zhang.reviewer", "gulnar.reviewer", "ma.reviewer"} - {holder}
    return sorted(names)[0]


def ask(login, deputy="0", first="2026-09-09", last="2026-09-11"):
    sent = {"form": "ask", "first_on": first, "last_on": last, "deputy": deputy}
    return Clerk(login).send("/desk/posts/", sent)


def approve(head=HEAD):
    leave = Leave.objects.get(state="asked")
    return Clerk(head).send("/desk/posts/", {"form": f"approve-{leave.pk}", "who": leave.pk})


def numbers(house, login):
    return {row.number for row in inbox(house.actor(login))}


def test_a_deputy_does_the_work_of_somebody_on_leave_and_it_goes_back(accepted, holder, colleague):
    house, number = accepted.house, accepted.case(FOOD).number
    assert ask(holder, account(colleague)).location == "/desk/posts/"
    house.go("2026-09-09 09:30")
    assert number not in numbers(house, colleague)  # asked for is not approved
    shown = Clerk(HEAD).open("/desk/posts/").words
    assert "等待负责人批准" in shown
    assert approve().status == 302

    assert number in numbers(house, colleague)
    assert f"代 {Account.objects.get(login=holder).name}" in Clerk(colleague).open("/desk/").words
    assert "正在代理" in Clerk(colleague).open("/desk/posts/").words
    assert "pass_step" in Clerk(colleague).see(number).verbs
    step = Step.objects.get(proceeding=accepted.case(FOOD), code="review", state="open")
    assert step.assignee_id == account(holder)

    house.go("2026-09-12 09:30")
    assert number not in numbers(house, colleague)
    assert number in numbers(house, holder)


def test_the_deputy_of_a_post_steps_in_where_the_leave_names_nobody(accepted, holder):
    house, number = accepted.house, accepted.case(FOOD).number
    post = Post.objects.get(account__login=holder, role="reviewer")
    # He has another post of the department and finds himself in the reviewer's as well.
    stand_in = "bekzat.checker"
    sent = {"form": f"cover-{post.pk}", "who": post.pk, "deputy": account(stand_in)}
    assert Clerk(HEAD).send("/desk/posts/", sent).status == 302
    assert number not in numbers(house, stand_in) or FOOD
    before = {row.step_code for row in inbox(house.actor(stand_in)) if row.number == number}

    record = {"form": f"record-{account(holder)}", "who": account(holder),
              "first_on": "2026-09-08", "last_on": "2026-09-08", "deputy": "0"}  # fmt: skip
    assert Clerk(HEAD).send("/desk/posts/", record).status == 302

    after = {row.step_code for row in inbox(house.actor(stand_in)) if row.number == number}
    assert after - before == {"review"}
    page = Clerk(stand_in).do(number, "pass_step", {"step": "review", "opinion": "同意。"})
    assert page.status == 302
    entry = Entry.objects.filter(verb="pass_step").latest("id")
    assert entry.actor_id == account(stand_in)


def test_nobody_is_given_work_on_his_leave(accepted, holder):
    from tongban.people.queries import officers_for

    ask(holder, first="2026-09-08", last="2026-09-08")
    on = date(2026, 9, 8)
    queue = "market-regulation.reviewer"
    assert account(holder) in {one.account_id for one in officers_for(queue, "650100", on=on)}
    approve()
    assert account(holder) not in {one.account_id for one in officers_for(queue, "650100", on=on)}


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"first_on": "2026-09-11", "last_on": "2026-09-10"}, "结束日期不能早于开始日期。"),
        ({"first_on": "morgen", "last_on": "2026-09-10"}, "请填写日期"),
        ({"first_on": "2026-09-09", "last_on": "2026-09-10", "deputy": "stranger"},
         "代理人必须是本部门在岗的其他同事。"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_for_is_told_and_kept(accepted, holder, sent, words):
    sent = sent | {"form": "ask"}
    if sent.get("deputy"):
        sent["deputy"] = account("zhang.urban")
    page = Clerk(holder).send("/desk/posts/", sent)
    assert page.status == 422
    assert words in page.words
    assert page.value("ask-first_on") == sent["first_on"]


def test_a_deputy_who_is_away_himself_is_refused(accepted, holder, colleague):
    ask(colleague)
    approve()
    page = ask(holder, account(colleague))
    assert (page.status, "代理人在这几天也休假" in page.words) == (422, True)


def test_only_the_own_head_arranges(accepted, holder, colleague):
    ask(holder)
    leave = Leave.objects.get()
    for login in (holder, colleague, "qi.fire", "li.window"):
        approve_it = {"form": f"approve-{leave.pk}", "who": leave.pk}
        assert Clerk(login).send("/desk/posts/", approve_it).status == 403
        over = {"form": f"handover-{account(holder)}", "who": account(holder), "reason": "调离"}
        page = Clerk(login).send("/desk/posts/", over)
        moved = Entry.objects.filter(verb="reassign").exists()
        assert (login, moved) == (login, False), page.words
    assert Clerk("ali").open("/desk/posts/").status == 403
    assert Clerk(None).open("/desk/posts/").location.startswith("/login/")
    assert "本部门的同事" not in Clerk(holder).open("/desk/posts/").words


def hand_over(holder, **more):
    sent = {"form": f"handover-{account(holder)}", "who": account(holder), "to": "0", **more}
    return Clerk(HEAD).send("/desk/posts/", sent)


def test_everything_goes_to_colleagues_by_draws_that_anybody_replays(accepted, holder):
    house = accepted.house
    assert hand_over(holder, reason="").status == 422
    assert hand_over(holder, reason="调离本单位").status == 302
    house.rest()

    assert not Step.objects.filter(assignee_id=account(holder), state="open").exists()
    entry = Entry.objects.get(verb="reassign")
    assert (entry.body["from"], entry.body["reason"]) == (account(holder), "调离本单位")
    step = Step.objects.get(proceeding=accepted.case(FOOD), code="review", state="open")
    assert step.assignee_id == entry.body["to"]
    house.go("2026-09-09 09:00")
    log = assignment_log(date(2026, 9, 8))
    assert entry.body["draws"][0] in log["draws"]
    assert all(one.agrees for one in replay(bytes.fromhex(log["secret"]), log["draws"]))
    assert "调离本单位" in Clerk(HEAD).see(accepted.case(FOOD).number).words


def test_everything_goes_to_the_one_who_was_named(accepted, holder, colleague):
    assert hand_over(holder, reason="退休", to=account(colleague)).status == 302
    step = Step.objects.get(proceeding=accepted.case(FOOD), code="review", state="open")
    assert step.assignee_id == account(colleague)
    assert hand_over(holder, reason="退休", to=account(colleague)).status == 302


def test_what_nobody_else_may_take_stays_and_is_told(accepted, holder):
    urban = account("zhang.urban")
    page = hand_over(holder, reason="退休", to=urban)
    shown = Clerk(HEAD).open("/desk/posts/")
    assert page.status == 302
    step = Step.objects.get(proceeding=accepted.case(FOOD), code="review", state="open")
    assert login_of(accepted.house.actor(holder)) == holder
    assert step.assignee_id == account(holder)
    assert shown.status == 200
