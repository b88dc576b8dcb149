"""The rules of domain-03 §3.2, article by article of the licensing law (行政许可法)."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from tests.city.house import moment
from tests.city.lives import applied
from tongban.cases.actions import declare_not_required, refuse_acceptance
from tongban.cases.models import Decision
from tongban.cases.rules import NoticeSentAlready, RequirementsOpen, ReturnNotPossible
from tongban.documents.models import Document
from tongban.engine.models import Clock, Proceeding
from tongban.engine.queries import audit_clocks
from tongban.kernel.refusals import BadInput, MoveNotAllowed, NotAllowed
from tongban.kernel.worktime import city_date
from tongban.notices.models import Message
from tongban.packages.actions import accept_application, ask_correction, collect_results
from tongban.packages.models import CorrectionNotice
from tongban.records.models import Entry


def due(proceeding, clock):
    """The last day of a clock."""
    row = Clock.objects.get(proceeding=proceeding, name=clock)
    return None if row.due_at is None else city_date(row.due_at) - date.resolution


def started(proceeding, clock):
    return Clock.objects.get(proceeding=proceeding, name=clock).started_at


def refuse(life, item, reason, right_body):
    refuse_acceptance(
        case_id=life.case(item).id, reason=reason, right_body=right_body,
        by=life.officer_of(item, "reviewer"), now=life.house.now,
    )  # fmt: skip
    life.house.rest()


def papers(life):
    ids = Proceeding.objects.filter(parent_id=life.package_id).values_list("id", flat=True)
    found = Document.objects.filter(proceeding_id__in=[life.package_id, *ids]).order_by("id")
    return list(found.values_list("kind", flat=True))


def last_message(key):
    return Message.objects.filter(key=key).latest("id").words["zh"]["body"]


class TestArticle32:
    """受理: what must be said at once, once and in writing."""

    @pytest.mark.law("32(1)(1)")
    def test_1_what_needs_no_licence_is_told_at_once_with_the_reason(self, restaurant):
        with pytest.raises(BadInput):
            self.not_required(restaurant, "  ")

        self.not_required(restaurant, "商场统一排水，不需要单独办理")

        assert restaurant.states()["drainage-permit"] == "not_required"
        assert "商场统一排水" in last_message("not_required")

    def not_required(self, life, reason):
        declare_not_required(
            case_id=life.case("drainage-permit").id, reason=reason,
            by=life.officer_of("drainage-permit", "reviewer"), now=life.house.now,
        )  # fmt: skip
        life.house.rest()

    @pytest.mark.parametrize(("reason", "body"), [("", "自治区烟草专卖局"), ("不属本局职权", " ")])
    def test_2_a_body_that_is_not_competent_must_say_why_and_name_the_right_one(
        self, restaurant, reason, body
    ):
        with pytest.raises(BadInput):
            refuse(restaurant, "tobacco-licence", reason, body)

        assert restaurant.states()["tobacco-licence"] == "received"

    @pytest.mark.law("32(1)(2)")
    def test_2_the_refusal_names_the_right_body_in_the_message_and_the_paper(self, restaurant):
        refuse(restaurant, "tobacco-licence", "不属本局职权范围", "兵团烟草专卖局")

        assert restaurant.states()["tobacco-licence"] == "refused"
        assert "请向兵团烟草专卖局申请" in last_message("acceptance_refused")
        paper = Document.objects.get(kind="non_acceptance")
        assert paper.data["competent"] == "兵团烟草专卖局"
        assert paper.state == "issued"

    def test_2_the_others_go_on(self, restaurant):
        refuse(restaurant, "tobacco-licence", "不属本局职权范围", "兵团烟草专卖局")

        restaurant.accept()

        states = restaurant.states()
        assert states.pop("tobacco-licence") == "refused"
        assert states.pop("licence-check") == "granted"
        assert set(states.values()) == {"accepted"}

    def test_after_acceptance_nobody_refuses_to_accept(self, restaurant):
        restaurant.accept()

        with pytest.raises((MoveNotAllowed, ReturnNotPossible)):
            refuse(restaurant, "tobacco-licence", "不属本局职权范围", "兵团烟草专卖局")

    @pytest.mark.law("32(1)(4)")
    def test_4_the_notice_carries_everything_of_all_departments_at_once(self, restaurant):
        restaurant.require("fire-check", "fire-plan", clause="消防法第十五条")
        restaurant.require("food-licence", "layout-plan")

        self.ask(restaurant)

        lines = CorrectionNotice.objects.get().lines
        assert [(one["item"], one["target"]) for one in lines] == [
            ("fire-check", "fire-plan"),
            ("food-licence", "layout-plan"),
        ]
        told = last_message("correction_notice")
        assert "消防设施平面图" in told
        assert "布局与设备平面图" in told

    @pytest.mark.law("32(1)(4)")
    def test_4_a_second_notice_is_refused(self, restaurant):
        restaurant.require("fire-check", "fire-plan")
        self.ask(restaurant)

        with pytest.raises(NoticeSentAlready):
            self.ask(restaurant)

    def test_4_nothing_is_added_after_the_notice(self, restaurant):
        restaurant.require("fire-check", "fire-plan")
        self.ask(restaurant)

        with pytest.raises(NoticeSentAlready) as no:
            restaurant.require("food-licence", "layout-plan")

        assert no.value.basis == "行政许可法第三十二条第一款第四项"

    def test_4_nothing_is_accepted_while_a_department_misses_something(self, restaurant):
        restaurant.require("fire-check", "fire-plan")

        with pytest.raises(RequirementsOpen):
            restaurant.accept()

        assert restaurant.package.state == "received"

    @pytest.mark.law("32(1)(4)")
    def test_4_silence_for_five_working_days_is_acceptance_from_the_day_of_receipt(
        self, restaurant
    ):
        received = restaurant.package.opened_at
        assert due(restaurant.package, "acceptance") == date(2026, 9, 14)

        restaurant.house.go("2026-09-15 00:00")

        assert restaurant.package.state == "accepted"
        assert restaurant.package.accepted_at == received
        entry = Entry.objects.get(stream_id=restaurant.package_id, verb="deem_accept")
        assert entry.at == moment("2026-09-15 00:00")
        assert entry.actor_kind == "system"

    @pytest.mark.law("32(1)(4)")
    def test_4_the_legal_clocks_of_a_deemed_acceptance_count_from_the_receipt(self, restaurant):
        restaurant.house.go("2026-09-20 10:00")

        tobacco = restaurant.case("tobacco-licence")
        assert tobacco.accepted_at == restaurant.package.opened_at
        assert started(tobacco, "legal") == restaurant.package.opened_at
        assert due(tobacco, "legal") == date(2026, 10, 10)
        assert list(audit_clocks()) == []

    def test_4_a_notice_in_time_stops_the_five_days(self, restaurant):
        restaurant.house.go("2026-09-14 19:00")
        restaurant.require("fire-check", "fire-plan")
        self.ask(restaurant)

        restaurant.house.go("2026-09-16 10:00")

        assert restaurant.package.state == "correction"

    @pytest.mark.law("32(2)")
    def test_acceptance_and_its_refusal_are_dated_papers(self, restaurant):
        refuse(restaurant, "tobacco-licence", "不属本局职权范围", "兵团烟草专卖局")
        restaurant.accept()

        told = [kind for kind in papers(restaurant) if kind != "commitment"]
        assert told == ["receipt", "non_acceptance", "acceptance"]
        for paper in Document.objects.exclude(kind="commitment"):
            assert paper.state == "issued"
            assert paper.number is not None
            assert paper.created_at == restaurant.house.now

    def ask(self, life):
        ask_correction(package_id=life.package_id, by=life.window, now=life.house.now)
        life.house.rest()


@pytest.mark.law("34(2)")
def test_article_34_what_is_complete_and_can_be_decided_at_once_is(restaurant):
    check = restaurant.case("licence-check")

    assert check.state == "granted"
    assert check.ended_at == check.opened_at


class TestArticle38:
    """A refusal gives its reasons, and says where to turn."""

    @pytest.mark.law("38")
    def test_a_denial_without_reasons_is_refused(self, snack_shop):
        snack_shop.accept()
        snack_shop.review("small-eatery-registration")

        for reasons in ("", "  \n"):
            with pytest.raises(BadInput):
                snack_shop.decide("small-eatery-registration", "deny", reasons)

        assert snack_shop.states()["small-eatery-registration"] == "accepted"

    def test_the_database_knows_no_denial_without_reasons(self, snack_shop):
        case = snack_shop.case("small-eatery-registration")

        with pytest.raises(IntegrityError), transaction.atomic():
            Decision.objects.create(
                proceeding=case, result="deny", reasons="", decided_by=1,
                decided_at=snack_shop.house.now,
            )  # fmt: skip

    @pytest.mark.law("38")
    def test_a_denial_says_where_to_turn_and_how_long(self, snack_shop):
        snack_shop.accept()
        snack_shop.review("small-eatery-registration")
        snack_shop.decide("small-eatery-registration", "deny", "经营场所与污染源距离不够")

        told = last_message("case_denied")
        assert "经营场所与污染源距离不够" in told
        assert "60日内向乌鲁木齐市人民政府申请行政复议" in told
        assert "6个月内向有管辖权的人民法院提起行政诉讼" in told
        paper = Document.objects.get(kind="denial").data
        assert paper["reasons"] == ["经营场所与污染源距离不够"]
        assert paper["remedies"]["days"] == 60


class TestArticle42:
    """How long a decision may take."""

    @pytest.mark.law("42(1)")
    def test_1_twenty_working_days_from_the_acceptance(self, restaurant):
        restaurant.house.go("2026-09-08 11:00")
        restaurant.accept()

        # 9, 10, 11, 14–18, 20 (worked), 21–24, 28–30 September; 8, 9, 10 (worked), 12 October.
        assert due(restaurant.case("tobacco-licence"), "legal") == date(2026, 10, 12)

    def test_1_the_clock_stops_with_the_decision(self, restaurant):
        restaurant.accept()
        restaurant.grant(["tobacco-licence"])

        clock = Clock.objects.get(proceeding=restaurant.case("tobacco-licence"), name="legal")
        assert clock.stopped_at == restaurant.house.now
        assert clock.next_fire_at is None

    @pytest.mark.law("42(2)")
    def test_2_joint_handling_has_forty_five_working_days(self, restaurant):
        restaurant.accept()

        # From 8 September: 17 to the 30th, 18 in October, 10 to 13 November.
        assert due(restaurant.package, "joint") == date(2026, 11, 13)

    def test_a_law_that_counts_from_receipt_does(self, monday):
        company = applied(monday, "new-company")
        monday.go("2026-09-09 11:00")
        company.accept()

        registration = company.case("enterprise-registration")
        assert started(registration, "legal_from_receipt") == company.package.opened_at
        assert due(registration, "legal_from_receipt") == date(2026, 9, 10)

    def test_no_clock_runs_against_a_department_that_has_received_nothing_yet(self, monday):
        """社会保险法 57: the days count from the application, which waits for the enterprise."""
        company = applied(monday, "new-company")
        tax = company.case("invoice-tax")
        assert not Clock.objects.filter(proceeding=tax).exists()

        monday.go("2026-09-08 11:00")
        company.accept()
        monday.go("2026-09-08 16:00")
        company.grant(["enterprise-registration"])

        assert started(tax, "legal_from_receipt") == moment("2026-09-08 16:00")


@pytest.mark.law("44")
def test_article_44_the_results_are_handed_over_within_ten_working_days(snack_shop):
    snack_shop.accept()
    snack_shop.grant(["small-eatery-registration"])
    package = snack_shop.package
    assert (package.state, due(package, "delivery")) == ("done", date(2026, 9, 20))

    snack_shop.house.go("2026-09-22 11:00")
    assert Entry.objects.filter(stream_id=package.id, verb="clock_expired").count() == 1

    collect_results(package_id=package.id, by=snack_shop.applicant, now=snack_shop.house.now)
    clock = Clock.objects.get(proceeding=package, name="delivery")
    assert clock.stopped_at == snack_shop.house.now
    assert snack_shop.package.state == "delivered"


@pytest.mark.law("82")
def test_article_82_days_are_working_days(city):
    """Filed on the last day before the October holiday: five days take until the 13th."""
    city.go("2026-09-30 18:00")

    life = applied(city, "snack-shop")

    # 8, 9, 10 (worked), 12, 13 October.
    assert due(life.package, "acceptance") == date(2026, 10, 13)


def test_only_the_lead_departments_window_accepts(restaurant):
    for who in (
        restaurant.applicant,
        restaurant.officer("fire-rescue.reviewer"),
        restaurant.house.actor("wang.window"),
        restaurant.house.actor("zhao.window"),
    ):
        with pytest.raises(NotAllowed):
            accept_application(package_id=restaurant.package_id, by=who, now=restaurant.house.now)
