"""Reporting to the regional platform: what goes out, once, in order, and what is refused."""

import hashlib
from datetime import timedelta

import pytest

from tests.city.house import moment
from tests.city.lives import applied
from tests.documents.fakes import fake
from tests.doors.desk.clerk import Clerk
from tests.doors.desk.test_access import hire
from tests.exchange.conftest import TOBACCO
from tests.exchange.saying import ANY_TIME, ITEM, say, story
from tongban.exchange import actions, queries
from tongban.exchange.gateways import (
    RESULTS,
    STATE_CODES,
    RegionalSimulator,
    ReportRefused,
    regional_platform,
)
from tongban.exchange.models import Link, Report
from tongban.exchange.tasks import cli_rejects, cli_report, cli_resend
from tongban.kernel.hashes import canonical_json
from tongban.kernel.refusals import NotAllowed
from tongban.records.models import Entry

EATERY = "small-eatery-registration"


@pytest.fixture
def region(settings, folders):
    """region(refuses=…) puts a platform with these troubles in place."""

    def set_up(**how):
        settings.REGIONAL_PLATFORM = fake(
            RegionalSimulator, folder=folders / how.pop("name", "regional"), **how
        )

    set_up()
    return set_up


@pytest.fixture
def life(city, region):
    """A small eatery, registered and done with."""
    city.go("2026-09-07 10:30")
    life = applied(city, "snack-shop")
    life.accept()
    life.review(EATERY)
    life.decide(EATERY)
    city.rest()
    return life


def send(house, later=timedelta(0)):
    return actions.send_reports(now=house.now, wall=ANY_TIME + later)


def taken(number=None):
    found = [one["fields"] | {"kind": one["kind"]} for one in regional_platform().taken()]
    return [one for one in found if number in (None, one.get("project_code"))]


def test_the_process_the_result_and_the_licence_are_reported_once(life):
    count = Report.objects.count()
    assert send(life.house) == count
    assert send(life.house) == 0

    number = life.case(EATERY).number
    told = taken(number)
    codes = {one["state_code"] for one in told if "state_code" in one}
    assert {"3", "11"} <= codes
    assert [one["close_type"] for one in told if one["kind"] == "result"] == ["PASS"]
    (licence,) = [one for one in told if one["kind"] == "licence"]
    assert (licence["license_number"], len(licence["license_type"])) != ("", 0)
    assert set(Report.objects.values_list("state", flat=True)) == {"received"}
    assert not Report.objects.filter(receipt="").exists()
    life.house.rest()
    assert Report.objects.count() == count


def test_fields_are_those_of_the_national_exchange_and_say_no_more_of_a_person(life):
    send(life.house)
    one = next(o for o in taken(life.case(EATERY).number) if o["kind"] == "process")

    assert len(one["task_code"]) == 31
    assert len(one["catalog_code"]) == 12
    assert one["group_code"] == life.number
    assert one["dept_code"].startswith("11650100")
    assert (one["promise_type"], one["project_type"] in "129") == ("1", True)
    natural = [o for o in taken() if o.get("server_type") == "1"]
    assert {(o["apply_name"], o["apply_code"]) for o in natural} <= {("", "")}


def test_every_turn_of_a_case_has_a_code_and_every_end_a_result():
    assert set(RESULTS) <= set(STATE_CODES)
    assert set(STATE_CODES.values()) <= {str(n) for n in range(1, 16)}


def test_an_envelope_names_client_service_request_and_hash(life):
    row = Report.objects.order_by("id").first()
    assert actions.send_report(report_id=row.pk, now=life.house.now, wall=ANY_TIME)
    row.refresh_from_db()
    envelope = actions.reporting._envelope(row, life.house.now)
    assert row.request_hash == hashlib.sha256(canonical_json(row.body)).hexdigest()
    assert envelope.headers["X-Road-Request-Hash"] == row.request_hash
    assert envelope.headers["X-Road-Client"] == "CN/GOV/650100/tongban"
    assert envelope.headers["X-Road-Service"] == "CN/GOV/650000/regional-platform/reports/v1"


def test_an_outage_and_lost_answers_end_as_one_report_each(life, region):
    region(outages=((moment("2026-01-01"), moment("2027-01-01")),))
    count = Report.objects.count()
    assert send(life.house) == 0
    own = Report.objects.filter(proceeding=life.case(EATERY)).order_by("id")
    # What comes after the first waits, so that the region hears of a case in order.
    assert [(one.state, one.attempts) for one in own[:2]] == [("failed", 1), ("queued", 0)]

    region(deaf=0.5, seed=3)
    for hour in range(8):
        send(life.house, timedelta(hours=2 * hour + 1))
    assert Report.objects.filter(state="received").count() == count
    assert len(taken()) == count


def test_what_the_platform_refuses_is_listed_and_reported_again(life, region, capsys):
    region(refuses=1.0)
    send(life.house)
    count = Report.objects.count()
    assert queries.report_status().counts == {"rejected": count}
    assert cli_rejects([]) == 1
    assert "R09" in capsys.readouterr().out

    region()
    by = life.officer_of(EATERY, "reviewer")
    with pytest.raises(NotAllowed):
        actions.resend_reports(by=by, now=life.house.now, wall=ANY_TIME)
    before = set(Report.objects.values_list("message_id", flat=True))
    assert cli_resend(["regional"]) == 0
    assert Entry.objects.get(verb="reports_resent").body["count"] == count
    assert not before & set(Report.objects.values_list("message_id", flat=True))
    assert cli_report(["--json"]) == 0
    assert len(taken()) == count


def test_a_report_without_a_needed_field_is_refused_with_its_name(life, region):
    row = Report.objects.filter(kind="process").order_by("id").first()
    row.body = {"id": str(row.message_id), "kind": "process",
                "fields": {"data_source": "650100", "project_code": "1", "dept_code": "",
                           "state_code": "1", "state_time": "x"}}  # fmt: skip
    row.save()
    assert not actions.send_report(report_id=row.pk, now=life.house.now, wall=ANY_TIME)
    row.refresh_from_db()
    assert (row.reject_code, "dept_code" in row.reject_sentence) == ("R02", True)
    assert issubclass(ReportRefused, Exception)


# The desk


@pytest.fixture
def supervisor(handed, region):
    return Clerk("han.supervisor")


def test_the_supervisor_sees_every_link_and_says_that_one_is_down(supervisor, handed):
    page = supervisor.open("/desk/exchange/")
    assert "链路正常" in page.words
    assert "向自治区平台上报" in page.words
    sent = {"do": "down", "system": TOBACCO, "reason": "专线故障"}
    assert supervisor.send("/desk/exchange/", sent).location == "/desk/exchange/"
    assert Link.objects.get(code=TOBACCO).is_down
    shown = supervisor.open("/desk/exchange/").words
    assert "链路中断" in shown
    assert "原因 专线故障" in shown
    assert supervisor.send("/desk/exchange/", {"do": "up", "system": TOBACCO}).status == 302
    assert not Link.objects.get(code=TOBACCO).is_down


def test_refused_messages_alarms_and_reports_stand_there_with_their_reasons(
    supervisor, handed, region
):
    say({"id": "x"}, handed.house.now)
    region(refuses=1.0)
    send(handed.house)
    actions.reconcile(system=TOBACCO, now=moment("2026-09-10 18:00"))
    words = supervisor.open("/desk/exchange/").words
    assert "报文不符合交换格式" in words
    assert "平台抽检退回" in words
    assert "部门业务系统已决定，这里还没有收到" in words

    region()
    assert supervisor.send("/desk/exchange/", {"do": "report"}).status == 302
    assert send(handed.house) > 0
    assert "没有被退回的上报" in supervisor.open("/desk/exchange/").words


def test_a_head_sees_his_own_system_and_changes_nothing(handed, region):
    hire("tobacco.chief", "tobacco", "head", "650100", totp="JBSWY3DPEHPK3PXP")
    chief = Clerk("tobacco.chief")
    page = chief.open("/desk/exchange/")
    assert page.main.count('class="card"') == 1
    assert "登记链路中断" not in page.words
    for sent in (
        {"do": "down", "system": TOBACCO},
        {"do": "resend", "system": TOBACCO},
        {"do": "report"},
    ):
        assert chief.send("/desk/exchange/", sent).status == 403
    other = {"do": "down", "system": "registration-simulator"}
    assert chief.send("/desk/exchange/", other).status == 404


def test_for_others_the_page_does_not_exist(handed):
    for login in ("xie.tobacco", "li.window"):
        assert Clerk(login).open("/desk/exchange/").status == 404
    assert Clerk("ali").open("/desk/exchange/").status == 403


def test_what_a_system_took_in_is_reported_with_its_own_time(handed, region):
    for one in story(handed.case(ITEM), moment("2026-09-08 12:00")):
        say(one, handed.house.go("2026-09-09 18:00"))
    handed.house.rest()
    send(handed.house)
    told = {one.get("state_code"): one for one in taken(handed.case(ITEM).number)}
    assert moment(told["8"]["state_time"]) == moment("2026-09-08 12:00")
    assert told["11"]["close_type"] == "PASS"
