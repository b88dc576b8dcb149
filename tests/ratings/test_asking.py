"""Who is asked, reminded and reported: once each, and nobody is named to the higher platform."""

import json
from datetime import timedelta

import pytest

from tests.ratings.lives import finished, invitation, said
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


@pytest.fixture
def life(own_city):
    return finished(own_city)


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

    def shown():
        return queries.waiting_at("market-regulation.window", "6501", life.house.now)

    assert shown() == second
    Invitation.objects.filter(pk=second.pk).update(rated_at=life.house.now)
    assert shown() == first
    assert queries.waiting_at("tax.window", "6501", life.house.now) is None
    assert queries.waiting_at(
        "market-regulation.window", "6501", life.house.now + timedelta(hours=2)
    ) is None  # fmt: skip


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
    (taken,) = [one for one in platform.taken() if one["kind"] == "review"]
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


@pytest.mark.usefixtures("real_papers")
def test_the_report_is_set_with_the_real_typesetter(life):
    said(life, 5)

    pdf = monthly_report(
        month=life.house.now.date().replace(day=1), departments={"market-regulation"},
        now=life.house.now,
    )  # fmt: skip

    assert pdf.startswith(b"%PDF")
    assert len(pdf) > 5_000
