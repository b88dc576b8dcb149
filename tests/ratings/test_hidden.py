"""Who rated is hidden from the reviewed, and what he said is his own: text, number, time, slip."""

import pytest
from django.test import Client

from tests.doors.desk.clerk import Clerk
from tests.ratings.lives import invitation, rectification, said, visited
from tests.ratings.test_rectification import do, han, head, replied
from tongban.kernel.refusals import BadInput
from tongban.people.queries import contact_of, parties
from tongban.ratings import actions
from tongban.ratings.models import Rectification, Review
from tongban.ratings.queries import linked, reviews_of
from tongban.ratings.rules import NotThePerson, Rating
from tongban.records.models import Entry


def desk(login, path):
    return Clerk(login).client.get(path).content.decode()


def whose(life):
    asked = parties([life.package.party_id])[life.package.party_id]
    speaks = parties([asked.representative_id])[asked.representative_id]
    return asked.name, speaks.name


def test_the_unit_learns_no_number_and_no_minute_of_whoever_gave_no_name(life):
    said(life, 5, text="太慢")
    number = rectification(life).proceeding.number
    at = f"{life.house.now:%H:%M}"

    for path in (f"/desk/{number}/", "/desk/ratings/?kind=all"):
        page = desk("zhou.head", path)
        assert "太慢" in page
        assert life.number not in page
        assert at not in page


def test_neither_the_case_nor_the_review_leads_to_the_other_for_the_unit(life):
    said(life, 5)
    number = rectification(life).proceeding.number
    boss, body = head(life), han(life)

    assert (linked(boss, life.number).reviews, linked(boss, number).cases) == ((), ())
    assert linked(boss, number).tickets == ()
    assert linked(body, life.number).reviews
    assert reviews_of(boss)[0].number == ""
    assert reviews_of(body)[0].number == life.number


def test_the_administration_learns_nothing_of_who_rated_itself(life):
    said(life, 5)
    Review.objects.update(department="service-centre")

    assert reviews_of(han(life))[0].number == ""


def test_whoever_signs_his_words_or_is_greeted_by_name_is_hidden(life):
    firm, person = whose(life)
    review = said(life, 5, text=f"拖了两周。{person}，{firm}", real_name=True)
    assert person not in review.text
    assert firm not in review.text

    replied(life, answer=f"{person}您好，已为{firm}更正，电话13812345678。")

    shown = rectification(life).answer + Client().get("/open/ratings/").content.decode()
    kept = str(Entry.objects.get(verb="reply", stream="proceeding").body)
    for secret in (person, firm, "13812345678"):
        assert secret not in shown
        assert secret not in kept


def test_name_and_telephone_are_there_while_they_are_needed(life):
    said(life, 5, text="让我跑了两次", real_name=True)
    phone = contact_of(life.package.party_id).phone
    path = f"/desk/{rectification(life).proceeding.number}/"
    assert phone in desk("zhou.head", path)
    assert phone not in desk("han.supervisor", path)

    replied(life)
    assert phone in desk("han.supervisor", path), "who calls back must know whom"
    do(life, actions.satisfied_at_callback, han(life), note="表示已解决")

    assert phone not in desk("zhou.head", path)
    assert phone not in desk("han.supervisor", path)


def test_whoever_was_rated_himself_learns_no_name(life):
    said(life, 5, real_name=True)
    Review.objects.update(officer_id=head(life).id)
    phone = contact_of(life.package.party_id).phone

    assert phone not in desk("zhou.head", f"/desk/{rectification(life).proceeding.number}/")


# The slip is printed by staff, who may keep its link


def test_who_holds_the_slip_of_a_visit_neither_reads_nor_changes_what_was_said(life):
    row = visited(life)
    own = Client()
    own.post(f"/rate/{row.token}/", {"level": "5", "text": "态度很差"})
    life.house.rest()
    officer = Client()

    page = officer.get(f"/rate/{row.token}/").content.decode()
    assert "态度很差" not in page
    assert 'name="level"' not in page
    assert officer.post(f"/rate/{row.token}/", {"level": "1"}).status_code == 403
    assert Review.objects.get().level == 5

    assert "态度很差" in own.get(f"/rate/{row.token}/").content.decode(), "his own device"
    ali = Clerk("gulbahar").client
    assert "态度很差" in ali.get(f"/rate/{row.token}/").content.decode(), "his own account"
    assert ali.post(f"/rate/{row.token}/", {"level": "4"}).status_code == 302
    assert Review.objects.filter(turn=1, level=4).exists()


def test_who_holds_the_slip_of_a_visit_does_not_answer_the_callback(life):
    row = visited(life)
    actions.rate(
        invitation=row, rating=Rating(level=5, channel="mobile", device="his"), now=life.house.now
    )
    life.house.rest()
    pk = Rectification.objects.get(invitation=row).pk
    boss, now = head(life), life.house.now
    actions.verify_review(rectification_id=pk, finding="属实", by=boss, now=now)
    actions.reply_evaluator(rectification_id=pk, answer="已改", by=boss, now=now)
    life.house.rest()

    answer = {"do": "callback", "solved": "1"}
    assert Client().post(f"/rate/{row.token}/", answer).status_code == 403
    assert Clerk("gulbahar").client.post(f"/rate/{row.token}/", answer).status_code == 302


def test_a_device_of_the_hall_is_nobodys_own(life):
    tablet = actions.register_device(
        window="market-regulation.window", channel="tablet", region="6501", name="大厅",
        by=han(life), now=life.house.now,
    )  # fmt: skip
    row = visited(life)
    rating = Rating(level=5, channel="tablet", seconds=60, device=tablet.code)
    actions.rate(invitation=row, rating=rating, now=life.house.now)

    with pytest.raises(NotThePerson):
        actions.rate(invitation=row, rating=rating, now=life.house.now)


def test_a_tablet_forgets_who_stood_there(life):
    from tongban.ratings.queries import ratings

    tablet = actions.register_device(
        window="market-regulation.window", channel="tablet", region="6501", name="大厅",
        by=han(life), now=life.house.now,
    )  # fmt: skip
    at = f"/hall/rate/{tablet.code}/"
    assert f'content="{ratings().look.value}"' in Client().get(at).content.decode()
    visited(life)

    page = Client().get(at).content.decode()
    assert f'data-forgets="{ratings().idle.value}"' in page
    assert Client().get(at, {"anew": "1"})["Location"] == at


def test_few_bad_reviews_are_not_counted_where_everybody_reads(life):
    said(life, 5)

    page = Client().get("/open/ratings/").content.decode()
    row = page.split("市场监督管理局")[1].split("</tr>")[0]
    assert row.count("—") >= 1
    assert "评价太少" in row
    assert row.rstrip().endswith("<bdi>—</bdi></td>")


def test_a_named_evaluator_is_spoken_to_before_anything_is_appealed(life):
    said(life, 5, real_name=True)

    with pytest.raises(BadInput, match="请先联系他"):
        do(life, actions.appeal_review, head(life), grounds="误点")
    assert invitation(life)
