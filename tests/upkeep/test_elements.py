"""What people say about an element of a guide lies with its owner, once, until it is answered."""

import threading

import pytest
from django.db import connection

from tests.city.anew import publish_anew
from tests.hotline.calls import called
from tongban.catalogue.queries import package_in_force
from tongban.engine.queries import audit_clocks
from tongban.hotline.actions import name_element
from tongban.kernel.refusals import BadInput, NotAllowed, NotFound
from tongban.kernel.worktime import city_date
from tongban.notices.models import Message
from tongban.people.models import Account
from tongban.people.queries import officers_for
from tongban.ratings.models import Invitation, Rectification, Review
from tongban.ratings.rules import RatedAlready, Rating
from tongban.upkeep.actions import Said, change_element, keep_element, rate_guide, report_element
from tongban.upkeep.actions import elements as writing
from tongban.upkeep.models import Element, Report
from tongban.upkeep.queries import elements_of, guides_about, upkeep
from tongban.upkeep.rules import NO_ELEMENT, NotPublishedYet, suggested

GUIDE = "P02"
ITEM = "small-eatery-registration"


@pytest.fixture
def house(own_city):
    own_city.go("2026-09-07 10:30")
    return own_city


def party(house, login="ali"):
    return house.actor(login).party_id


def rated(house, level=4, element="materials", item=ITEM, who="ali", device="a", text=""):
    review = rate_guide(
        package=GUIDE, rating=Rating(level=level, channel="web", text=text), element=element,
        item=item, party_id=party(house, who) if who else None, device=device, now=house.now,
    )  # fmt: skip
    house.rest()
    return review


def owner(house, row):
    from tongban.engine.models import Step

    step = Step.objects.get(proceeding_id=row.pk, state="open")
    account = step.assignee_id or officers_for(step.queue, "650100")[0].account_id
    return house.actor(Account.objects.get(pk=account).login)


def test_an_element_lies_with_the_unit_of_its_item_and_one_of_the_whole_with_the_lead(house):
    rated(house)
    rated(house, item="", who="rena")

    found = {one.item: one.unit for one in Element.objects.all()}
    compiled = package_in_force(GUIDE, city_date(house.now)).compiled
    assert found[""] == compiled.lead_department
    assert found[ITEM] == compiled.item(ITEM).department


def test_many_say_so_and_there_is_one_task_that_counts_them(house):
    rated(house)
    rated(house, who="rena")
    rated(house, who="", device="phone")
    rated(house, element="time", who="", device="other")

    counts = {one.element: one.count for one in Element.objects.all()}
    assert counts == {"materials": 3, "time": 1}


def test_two_who_speak_of_it_first_at_the_same_moment_make_one_task(house, monkeypatch):
    rated(house, element="time", who="", device="before")
    people, now = [party(house), party(house, "rena")], house.now
    both, seen, failed, look = threading.Barrier(2), set(), [], writing._open_now

    def together(said):
        """Each sees that nothing is open before the other opens it."""
        found = look(said)
        if said.number not in seen:
            seen.add(said.number)
            both.wait(timeout=20)
        return found

    monkeypatch.setattr(writing, "_open_now", together)

    def speak(person):
        try:
            said = Said(
                package=GUIDE, item=ITEM, element="materials", kind="review",
                number=f"R{person}", party_id=person,
            )  # fmt: skip
            report_element(said=said, now=now)
        except Exception as error:  # noqa: BLE001 -- told below
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=speak, args=(one,)) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    assert Element.objects.get(element="materials").count == 2
    assert Report.objects.filter(element__element="materials").count() == 2


def test_an_answer_that_comes_first_leaves_the_next_word_a_new_task(house, monkeypatch):
    """The row was read as open; until its proceeding is locked the owner answers."""
    rated(house)
    row = Element.objects.get()
    found, by = [row], owner(house, row)
    look = writing._open_now
    monkeypatch.setattr(writing, "_open_now", lambda said: found.pop() if found else look(said))
    keep_element(element_id=row.pk, reason="条例第九条要求。", by=by, now=house.now)
    rated(house, who="rena")

    row.refresh_from_db()
    assert (row.count, Element.objects.get(closed_at=None).count) == (1, 1)


def test_a_good_word_opens_no_task_and_no_rectification(house):
    rated(house, level=1, element="")

    assert Review.objects.get().object == "guide"
    assert not Element.objects.exists()
    assert not Rectification.objects.exists()


def test_a_bad_word_without_an_element_is_read(house):
    rated(house, element="", item="", text="材料写得不对，复印件要几份没有说")

    assert Element.objects.get().element == "materials"


def test_somebody_says_it_once_for_a_version_and_once_more(house):
    rated(house)
    rated(house)
    with pytest.raises(RatedAlready):
        rated(house)

    assert (Invitation.objects.count(), Report.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("more", "refusal"),
    [({"level": 0}, BadInput), ({"element": "nothing"}, BadInput), ({"item": "x"}, BadInput)],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(house, more, refusal):
    with pytest.raises(refusal):
        rated(house, **more)

    assert not Invitation.objects.filter(object="guide").exists()
    assert not Element.objects.exists()


def test_a_guide_that_is_not_there_is_rated_by_nobody(house):
    with pytest.raises(NotFound):
        rate_guide(
            package="P99", rating=Rating(level=1, channel="web"), party_id=None, device="a",
            now=house.now,
        )  # fmt: skip


def test_changed_needs_a_new_version_and_everybody_who_spoke_hears_of_it(house):
    rated(house)
    rated(house, who="", device="b")
    row = Element.objects.get()
    by = owner(house, row)
    with pytest.raises(NotPublishedYet):
        change_element(element_id=row.pk, text="已经改了", by=by, now=house.now)
    publish_anew(ITEM, house.now)
    change_element(element_id=row.pk, text="补上了复印件的份数。", by=by, now=house.now)
    house.rest()

    row.refresh_from_db()
    assert (row.proceeding.state, row.new_version) == ("changed", 2)
    told = Message.objects.filter(key="element_changed")
    assert [one.party_id for one in told] == [party(house)]
    assert "补上了复印件的份数" in told.get().words["zh"]["body"]


def test_what_stays_has_a_reason_that_is_told(house):
    rated(house)
    row = Element.objects.get()
    with pytest.raises(BadInput):
        keep_element(element_id=row.pk, reason=" ", by=owner(house, row), now=house.now)
    keep_element(element_id=row.pk, reason="条例第九条要求。", by=owner(house, row), now=house.now)
    house.rest()

    assert Message.objects.get(key="element_stays").party_id == party(house)
    rated(house, who="rena")
    assert Element.objects.count() == 2


def test_no_other_unit_sees_or_answers_it(house):
    rated(house)
    row = Element.objects.get()
    other = house.actor("zhang.urban")

    assert elements_of(other) == []
    with pytest.raises(NotAllowed):
        keep_element(element_id=row.pk, reason="不归我", by=other, now=house.now)
    assert [one.number for one in elements_of(owner(house, row))] == [row.proceeding.number]


def test_a_request_that_speaks_of_a_guide_is_suggested_to_its_owner(house):
    call = called(
        house, "开办餐馆的办事指南上写的材料和窗口要的材料不一样", type="suggestion", domain=""
    )
    called(house, "工地夜里施工，材料堆在路上", type="complaint", phone="13800002222")

    report = Report.objects.get()
    assert (report.kind, report.number, report.suggested) == ("ticket", call.number, True)
    assert report.element.element == "materials"


def test_who_reports_a_wrong_is_suggested_to_nobody(house):
    called(house, "开办餐馆的指南上写的材料是假的，有人收好处", type="report", domain="")

    assert not Report.objects.exists()


SPEAKS = "开办餐馆的办事指南上写的材料和窗口要的材料不一样"


def named(house, call, element, item="", guide=GUIDE):
    name_element(
        ticket_id=call.ticket_id, guide=guide, item=item, element=element, by=call.centre(),
        now=house.now,
    )  # fmt: skip
    house.rest()


def test_what_a_person_chose_at_once_goes_to_the_owner_of_the_item(house):
    call = called(
        house, SPEAKS, type="suggestion", domain="", of_guide=GUIDE, of_item=ITEM,
        of_element="fee",
    )  # fmt: skip

    report = Report.objects.get()
    assert (report.number, report.suggested) == (call.number, False)
    assert (report.element.item, report.element.element) == (ITEM, "fee")
    assert call.ticket.of_item == ITEM


def test_who_says_that_no_guide_is_meant_is_suggested_to_nobody(house):
    called(house, SPEAKS, type="suggestion", domain="", of_element=NO_ELEMENT)

    assert not Element.objects.exists()


def test_what_a_person_says_stands_before_what_was_suggested_and_counts_once(house):
    call = called(house, SPEAKS, type="suggestion", domain="")
    suggested_row = Element.objects.get()
    named(house, call, "fee")
    named(house, call, "fee")

    suggested_row.refresh_from_db()
    suggested_row.proceeding.refresh_from_db()
    assert (suggested_row.proceeding.state, suggested_row.count) == ("mistaken", 0)
    report = Report.objects.get()
    assert (report.element.element, report.element.count, report.suggested) == ("fee", 1, False)
    assert list(audit_clocks()) == []
    named(house, call, NO_ELEMENT)
    assert not Report.objects.exists()
    assert not Element.objects.filter(closed_at=None).exists()


def test_what_was_suggested_rightly_is_a_suggestion_no_more(house):
    call = called(house, SPEAKS, type="suggestion", domain="")
    named(house, call, "materials")

    report = Report.objects.get()
    assert (report.suggested, report.element.count) == (False, 1)


def test_others_keep_the_task_where_one_is_taken_back(house):
    rated(house, item="", who="rena")
    call = called(house, SPEAKS, type="suggestion", domain="")
    assert Element.objects.get().count == 2
    named(house, call, "time")

    counts = {one.element: (one.count, one.proceeding.state) for one in Element.objects.all()}
    assert counts == {"materials": (1, "open"), "time": (1, "open")}


def test_what_was_answered_already_stays_where_it_was(house):
    call = called(house, SPEAKS, type="suggestion", domain="")
    row = Element.objects.get()
    keep_element(element_id=row.pk, reason="条例第九条要求。", by=owner(house, row), now=house.now)
    named(house, call, "time")

    assert Report.objects.get().element_id == row.pk
    assert Element.objects.count() == 1


def test_one_person_who_reviews_and_calls_about_it_counts_once(house):
    rated(house, item="", who="ali")
    called(house, SPEAKS, type="suggestion", domain="", phone="", party_id=party(house))
    row = Element.objects.get()

    assert (row.count, Report.objects.count()) == (1, 2)
    called(house, SPEAKS, type="suggestion", domain="", phone="")
    called(house, SPEAKS, type="suggestion", domain="", phone="")
    row.refresh_from_db()
    assert row.count == 3, "who gives no number is each time another"


@pytest.mark.parametrize(
    ("guide", "element"), [("P99", "fee"), (GUIDE, "unknown"), ("", "fee"), (GUIDE, "x" * 500)]
)
def test_what_no_guide_has_makes_no_task_and_stops_nothing(house, guide, element):
    call = called(house, type="complaint")
    named(house, call, element, guide=guide)

    assert not Report.objects.exists()


def test_of_a_hidden_caller_nothing_is_said_whatever_is_chosen(house):
    called(house, SPEAKS, type="report", domain="", of_guide=GUIDE, of_element="materials")

    assert not Report.objects.exists()


def test_only_the_centre_says_which_element_and_only_with_one(house):
    call = called(house)
    with pytest.raises(BadInput):
        named(house, call, "")
    with pytest.raises(NotAllowed):
        name_element(
            ticket_id=call.ticket_id, guide=GUIDE, element="fee",
            by=house.actor("zhang.urban"), now=house.now,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "first"),
    [(SPEAKS, "P02"), ("工地夜里施工很吵", ""), ("指南写得不清楚", ""), ("开餐馆要带什么", "")],
)
def test_the_question_is_asked_only_where_a_guide_may_be_meant(house, text, first):
    found = guides_about(text, "", city_date(house.now))

    assert (found[0].package if found else "") == first


def test_told_twice_it_is_one_report(house):
    said = Said(package=GUIDE, item="", element="fee", kind="ticket", number="GD1", party_id=1)
    first = report_element(said=said, now=house.now)

    assert report_element(said=said, now=house.now) == first
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "element"),
    [
        ("指南上写的收费不对", "fee"),
        ("网上写的时限是几天", "time"),
        ("材料要带什么", ""),
        ("指南写的材料和电话都不对", ""),
    ],
)
def test_the_reader_suggests_only_what_is_clear(text, element):
    assert suggested(text, upkeep()) == element
