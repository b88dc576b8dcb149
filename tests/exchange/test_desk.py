"""What the desk shows of a case that its department works on elsewhere, and entering by hand."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.documents.samples import readable
from tests.doors.desk.clerk import Clerk
from tests.doors.desk.test_access import hire
from tests.exchange.conftest import TOBACCO
from tests.exchange.saying import ITEM
from tongban.engine.models import Step
from tongban.engine.queries import inbox, queue_loads, watched
from tongban.exchange import actions
from tongban.exchange.models import Backfill
from tongban.kernel.actors import SYSTEM
from tongban.people.models import Account


@pytest.fixture
def officer(handed):
    return handed.officer("tobacco.reviewer")


@pytest.fixture
def clerk(officer):
    return Clerk(Account.objects.get(pk=officer.id).login)


@pytest.fixture
def down(handed):
    actions.mark_down(system=TOBACCO, reason="专线故障", by=SYSTEM, now=handed.house.now)


def paper(name="决定书.jpg", content=None):
    return SimpleUploadedFile(name, content or readable(colour=(9, 9, 9)), "image/jpeg")


def filled(**more):
    return {"result": "grant", "number": "650100100001", "scan": paper(), **more}


def test_what_a_system_works_on_stands_in_no_queue_and_is_given_to_nobody(handed, officer):
    step = Step.objects.get(proceeding=handed.case(ITEM), state="open")
    assert (step.whose, step.queue, step.assignee_id) == ("elsewhere", "tobacco.reviewer", None)
    assert inbox(officer, with_colleagues=True) == []
    assert "tobacco.reviewer" not in queue_loads(officer, handed.house.now)

    hire("tobacco.chief", "tobacco", "head", "650100", totp="JBSWY3DPEHPK3PXP")
    assert watched(handed.house.actor("tobacco.chief")) == []


def test_other_departments_find_their_steps_as_before(handed):
    fire = handed.officer("fire-rescue.reviewer", "fire-check")
    assert {row.facts["item"] for row in inbox(fire, with_colleagues=True)} == {"fire-check"}


def test_the_page_is_read_only_and_says_who_works_on_it(handed, clerk):
    page = clerk.see(handed.case(ITEM).number)

    assert page.verbs == set()
    assert "轮到谁 部门业务系统" in page.words
    assert "本事项由部门自己的业务系统办理，这里只能查看。" in page.words


def test_while_the_link_works_the_form_is_not_offered_and_refused(handed, clerk):
    page = clerk.do(handed.case(ITEM).number, "backfill", filled())

    assert page.status == 409
    assert "部门业务系统的链路正常，办理结果会自动传回，不需要补录。" in page.words
    assert not Backfill.objects.exists()


def test_while_the_link_is_down_number_result_and_scan_are_entered(handed, down, clerk):
    number = handed.case(ITEM).number
    assert clerk.see(number).verbs == {"backfill"}

    page = clerk.do(number, "backfill", filled())
    handed.house.rest()

    assert page.location == f"/desk/{number}/"
    shown = clerk.see(number)
    assert "补录 结果 准予 编号 650100100001" in shown.words
    assert "等待部门业务系统的报文核对" in shown.words
    assert "编号 650100100001）" in shown.words
    scan = Backfill.objects.get().scan_id
    assert clerk.open(f"/desk/file/{scan}/{number}/").status == 200


def test_nothing_is_entered_without_all_three(handed, down, clerk):
    number = handed.case(ITEM).number

    page = clerk.do(number, "backfill", {"result": "", "number": "", "scan": "7"})
    assert page.status == 422
    asked = ("请选择“纸质文书上的结果”。", "请填写“决定书或证照上的编号”。", "请选择“扫描件”。")
    for words in asked:
        assert words in page.words
    page = clerk.do(number, "backfill", filled(scan=paper("a.exe", b"MZ" * 50)))
    assert page.status == 422
    assert page.value("do-backfill-number") == "650100100001"
    page = clerk.do(number, "backfill", filled(result="maybe"))
    assert page.status == 422
    assert not Backfill.objects.exists()


def test_others_find_no_form_and_no_case(handed, down):
    case = handed.case(ITEM)
    stranger = Clerk(Account.objects.get(pk=handed.officer("urban-management.reviewer").id).login)
    assert stranger.do(case.number, "backfill", filled()).status == 404
    hire("tobacco.chief", "tobacco", "head", "650100", totp="JBSWY3DPEHPK3PXP")
    head = Clerk("tobacco.chief")
    assert head.see(case.number).verbs == set()
    assert head.do(case.number, "backfill", filled()).status == 403
