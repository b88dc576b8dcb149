"""A case, a request and a review about one thing know each other, and count once."""

from datetime import timedelta

import pytest

from tests.hotline.calls import called
from tests.ratings.lives import invitation, rectification, said
from tongban.hotline.queries import known_caller
from tongban.people.actions import caller_party
from tongban.people.queries import contact_of
from tongban.ratings.models import Invitation, Link
from tongban.ratings.queries import linked, matter_of, voices
from tongban.ratings.queries.linked import complaint_with

EATERY = "small-eatery-registration"


def complains(life, text="办证拖了很久，要投诉", **more):
    facts = {"type": "complaint", "domain": "", "party_id": life.package.party_id, "phone": "",
             "of_number": life.number, **more}  # fmt: skip
    return called(life.house, text, **facts)


def seen(house, login, number):
    found = linked(house.actor(login), number)
    return (
        {one.number for one in found.cases},
        {one.number for one in found.tickets},
        {one.level for one in found.reviews},
    )


def test_every_number_of_a_matter_leads_to_the_same_matter(life):
    said(life, 5)
    call = complains(life)
    case, mended = life.case(EATERY), rectification(life).proceeding

    matters = {
        matter_of(one).root for one in (life.number, case.number, call.number, mended.number)
    }

    assert matters == {life.number}
    assert case.number in matter_of(call.number).numbers


def test_a_complaint_about_a_bad_review_is_linked_and_counts_once(life, house):
    start, end = house.now - timedelta(days=30), house.now + timedelta(days=1)
    said(life, 5)
    first = complains(life)

    link = Link.objects.get()
    assert (link.ticket_id, link.rectification_id) == (first.ticket_id, rectification(life).pk)
    found = voices(start, end)
    assert (found.complaints, found.bad, found.both, found.matters) == (1, 1, 1, 1)
    called(house)
    assert voices(start, end).matters == 2


def test_a_bad_review_after_a_complaint_is_linked_too(life, house):
    call = complains(life)
    said(life, 4)

    assert Link.objects.get().ticket_id == call.ticket_id


def test_one_who_calls_is_known_by_his_telephone(life, house):
    said(life, 5)
    phone = contact_of(life.package.party_id).phone
    call = complains(life, party_id=None, phone=phone)

    assert known_caller(phone) == call.ticket.caller_id
    assert Link.objects.get().ticket_id == call.ticket_id


@pytest.mark.parametrize(
    "more",
    [
        {"type": "consult"},
        {"type": "report"},
        {"of_number": ""},
        {"party_id": None, "phone": "13800009999"},
    ],
)
def test_what_is_not_the_same_person_matter_and_complaint_is_not_linked(life, more):
    said(life, 5)
    complains(life, **more)

    assert not Link.objects.exists()


def test_two_who_gave_no_number_are_not_one_person(life):
    """Everybody without a number shares one party: strangers were taken for the same one."""
    said(life, 5)
    nobody = caller_party("")
    Invitation.objects.update(party_id=nobody)
    complains(life, party_id=None, phone="")
    row = rectification(life)

    assert not Link.objects.exists()
    assert complaint_with(row, row.proceeding.opened_at - timedelta(days=30)) is None


def test_a_number_in_the_text_says_what_it_is_about(life, house):
    call = called(house, f"我的申请{life.number}办得太慢", type="complaint", domain="")
    broken = called(house, f"我的申请{life.number[:-1]}?办得太慢", type="complaint", domain="")

    assert call.ticket.of_number == life.number
    assert broken.ticket.of_number == ""


def test_officers_of_a_case_see_requests_and_reviews_as_far_as_they_may(life, house):
    said(life, 5, real_name=True)
    call = complains(life)
    number = life.case(EATERY).number

    reviewer = seen(house, "zhang.reviewer", number)
    head = seen(house, "zhou.head", number)

    assert call.number in reviewer[1]
    assert reviewer[2] == set()
    assert head[2] == {5}


def test_the_ticket_leads_to_the_review_and_the_rectification_to_the_ticket(life, house):
    said(life, 5, real_name=True)
    call = complains(life)
    mended = rectification(life).proceeding

    assert call.number in seen(house, "zhou.head", mended.number)[1]
    assert life.number not in seen(house, "qiu.line", call.number)[0]


def test_whoever_reports_a_wrong_is_seen_from_no_case_and_linked_with_no_review(life, house):
    said(life, 5)
    call = complains(life, "窗口人员索要好处费，我要举报", type="report")
    assert call.ticket.hides_caller
    case = life.case(EATERY).number

    for login in ("zhang.reviewer", "zhou.head", "li.window"):
        for number in (life.number, case, rectification(life).proceeding.number):
            assert call.number not in seen(house, login, number)[1]
    call.dispatched("market-regulation")
    task = call.task.proceeding.number
    for login in ("zhou.head",):
        cases, tickets, reviews = seen(house, login, task)
        assert (cases, tickets, reviews) == (set(), set(), set())
    assert not Link.objects.exists()
    assert invitation(life)


def test_each_review_is_shown_once_with_its_last_word(life, house):
    said(life, 5, real_name=True)
    said(life, 2, real_name=True)

    assert seen(house, "zhou.head", life.number)[2] == {2}


def test_a_task_stands_beside_other_requests_not_beside_its_own(life, house):
    call = called(house, of_number=life.number).dispatched()
    alone = called(house).dispatched()
    other = complains(life)
    head = f"{call.task.unit}.head"

    found = linked(call.holder(head), call.task.proceeding.number)
    nothing = linked(alone.holder(head), alone.task.proceeding.number)

    assert [one.number for one in found.tickets] == [other.number]
    assert nothing.tickets == ()
