"""Who is asked, reminded and reported: once each, and nobody is named to the higher platform."""

import json
from datetime import timedelta

import pytest

from tests.ratings.lives import invitation, said
from tongban.exchange.actions import resend_reports, send_reports
from tongban.exchange.gateways import RegionalSimulator, regional_platform
from tongban.exchange.models import Report
from tongban.exchange.queries import report_status
from tongban.kernel.actors import SYSTEM
from tongban.notices.models import Message
from tongban.ratings import queries
from tongban.ratings.actions import Ended, invite, remind_invited
from tongban.ratings.actions.papers import monthly_report
from tongban.ratings.models import Invitation
from tongban.ratings.queries import ratings


def ended(life, **changes):
    package = life.package
    return Ended(**{
        "object": "visit", "number": package.number, "cause_id": 1,
        "proceeding_id": package.pk, "version_id": package.version_id,
        "party_id": package.party_id, "region": package.region,
        "department": package.department, "item": "P02",
        "window": "market-regulation.window", "prompted": True, **changes,
    })  # fmt: skip


def test_a_finished_application_is_asked_about_once(life):
    row = invitation(life)

    assert (row.item, row.department, row.prompted) == ("P02", "market-regulation", False)
    assert row.closes_at - row.opened_at == timedelta(days=15)
    assert invite(ended=ended(life, object="application"), now=life.house.now) is None


def test_the_tablet_shows_the_newest_visit_of_its_window(life):
    first = invite(ended=ended(life, number="1"), now=life.house.now)
    second = invite(ended=ended(life, number="2"), now=life.house.now)

    def shown(after=timedelta()):
        return queries.waiting_at("market-regulation.window", "6501", life.house.now + after)

    assert shown() == second
    Invitation.objects.filter(pk=second.pk).update(rated_at=life.house.now)
    assert shown() == first
    assert queries.waiting_at("tax.window", "6501", life.house.now) is None
    fresh = timedelta(minutes=ratings().tablet.value)
    assert shown(fresh - timedelta(seconds=1)) == first
    assert shown(fresh) is None


def test_whoever_said_nothing_is_reminded_once_after_a_day(life):
    assert remind_invited(now=life.house.now) == 0
    later = life.house.now + timedelta(days=1, minutes=1)

    assert remind_invited(now=later) == 1
    assert remind_invited(now=later) == 0

    (message,) = Message.objects.filter(key="rating_invited")
    row = invitation(life)
    assert row.token in message.words["zh"]["body"]
    assert row.code in message.words["zh"]["body"]


def test_nobody_is_reminded_who_has_rated_or_whose_days_are_over(life):
    said(life, 2)
    assert remind_invited(now=life.house.now + timedelta(days=2)) == 0
    Invitation.objects.update(rated_at=None)
    assert remind_invited(now=life.house.now + timedelta(days=20)) == 0


def test_the_higher_platform_gets_every_rating_with_a_receipt_and_no_name(life):
    said(life, 4, text="电话13812345678", real_name=True)
    now = life.house.now

    send_reports(now=now, wall=now)

    row = Report.objects.get(kind="review")
    assert row.state == "received"
    assert row.receipt
    platform = regional_platform()
    taken = [one for one in platform.taken() if one["kind"] == "review"][-1]
    fields = taken["fields"]
    assert (fields["satisfaction"], fields["pf"], fields["assess_number"]) == ("4", "2", "1")
    words = json.dumps(taken, ensure_ascii=False)
    assert "13812345678" not in words
    assert "古丽" not in words


def test_what_the_platform_refuses_is_listed_and_sent_again(life, settings, tmp_path):
    settings.REGIONAL_PLATFORM = (
        "tongban.exchange.gateways.RegionalSimulator", {"folder": tmp_path, "refuses": 1.0},
    )  # fmt: skip
    said(life, 2)
    now = life.house.now
    send_reports(now=now, wall=now)
    assert "review" in {one.kind for one in report_status().rejects}

    settings.REGIONAL_PLATFORM = (
        "tongban.exchange.gateways.RegionalSimulator", {"folder": tmp_path},
    )  # fmt: skip
    assert resend_reports(by=SYSTEM, now=now, wall=now) > 0
    send_reports(now=now, wall=now)

    assert Report.objects.get(kind="review").state == "received"
    assert RegionalSimulator(folder=tmp_path).taken()


def test_the_report_of_a_month_is_made_from_the_roll_up(life):
    said(life, 5)

    pdf = monthly_report(month=life.house.now.date().replace(day=1), departments=None,
                         now=life.house.now)  # fmt: skip

    assert pdf.startswith(b"%PDF")
    assert "市场监督管理局".encode() in pdf
    assert "全市".encode() in pdf
    assert "2026年9月".encode() in pdf


@pytest.mark.usefixtures("real_papers")
def test_the_report_is_set_with_the_real_typesetter(life):
    said(life, 5)

    pdf = monthly_report(
        month=life.house.now.date().replace(day=1), departments={"market-regulation"},
        now=life.house.now,
    )  # fmt: skip

    assert pdf.startswith(b"%PDF")
    assert len(pdf) > 5_000


def test_a_tickets_end_asks_its_caller_once_about_the_unit_that_handled_it(house):
    from tests.hotline.calls import called
    from tongban.hotline.actions import close_ticket

    house.go("2026-09-14 10:30")
    call = called(house).dispatched().signed().replied().passed().said_himself("solved", 1)

    row = Invitation.objects.get(object="ticket")
    assert call.state == "closed"
    assert (row.number, row.department) == (call.number, "urban-management")
    assert (row.party_id, row.item) == (call.ticket.caller_id, "city-noise-construction")
    again = called(house, phone="13800002222").dispatched().signed()
    again.replied("经核查，该处道路抢修，已经公示，今晚十点前完工，再有扰民当场停工。").passed()
    again.said("unsolved", 5)
    close_ticket(ticket_id=again.ticket_id, reason="抢修", by=again.centre(), now=house.now)
    house.rest()
    assert Invitation.objects.filter(object="ticket").count() == 2


def test_who_gave_no_number_is_reminded_of_nothing(house):
    from tests.hotline.calls import called

    house.go("2026-09-14 10:30")
    call = called(house, phone="", type="consult", domain="")
    from tongban.hotline.actions import answer_directly

    answer_directly(
        ticket_id=call.ticket_id, answer="当天出证。", by=call.centre("window"), now=house.now
    )
    house.rest()
    row = Invitation.objects.get(number=call.number)
    house.go("2026-09-16 10:30")
    remind_invited(now=house.now)
    assert not Message.objects.filter(party_id=row.party_id, key="rating_invited").exists()


def test_a_colleague_is_known_by_the_telephone_of_the_account(life):
    from tongban.people.models import Account
    from tongban.people.queries import contact_of

    phone = contact_of(life.package.party_id).phone
    Account.objects.filter(login="zhang.reviewer").update(phone=phone)
    review = said(life, 1)

    assert [one.detector for one in review.flags.all()] == ["F7"]


def test_a_request_is_asked_about_by_what_it_is_about(house):
    from tests.hotline.calls import called
    from tongban.hotline.actions import answer_directly
    from tongban.ratings.queries import rating_page

    house.go("2026-09-14 10:30")
    call = called(
        house, "请问共享单车停在盲道上找谁", type="consult", domain="city-street-parking"
    )
    answer_directly(
        ticket_id=call.ticket_id, answer="由城市管理部门通知企业清理。",
        by=house.actor("ning.line"), now=house.now,
    )  # fmt: skip
    house.rest()

    row = Invitation.objects.get(object="ticket")
    assert str(rating_page(row, house.now).invited.name) == "人行道停车"
    house.go("2026-09-15 12:00")
    remind_invited(now=house.now)
    told = Message.objects.get(key="rating_invited", party_id=row.party_id)
    assert "“人行道停车”" in told.words["zh"]["body"]
