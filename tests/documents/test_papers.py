"""Papers: issued once, made later, retried when something fails, killed without harm."""

import io
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError
from pypdf import PdfReader

from tests.documents import samples
from tests.documents.fakes import TroubledRenderer, TroubledSeals, TroubledStore, fake
from tests.documents.samples import CLERK, NOW, ORGAN
from tongban.config.options import CHECKOUT
from tongban.documents import rules
from tongban.documents.actions import documents_due, issue_document, print_guide, produce_document
from tongban.documents.models import Document, SealUse, StoredFile
from tongban.documents.queries import (
    content_of,
    document_title,
    documents_of,
    find_document,
    find_document_of_file,
    verify_pdf,
)
from tongban.documents.states import DocumentKind
from tongban.kernel.numbers import check_number
from tongban.records.models import Entry


def machine(**later) -> datetime:
    return datetime.fromtimestamp(time.time(), UTC) + timedelta(**later)


def issue(proceeding=5, kind=DocumentKind.RECEIPT, data=None, **more):
    words = {"region": "650102", "organ": ORGAN, "party_id": 1, "by": CLERK, "now": NOW}
    return issue_document(
        kind=kind, data=data or samples.RECEIPT, proceeding_id=proceeding, **(words | more)
    )


def produce(document, **later):
    made = produce_document(document_id=document.pk, now=machine(**later))
    document.refresh_from_db()
    return made


def test_a_receipt_is_numbered_sealed_kept_and_told_to_the_journal(db):
    document = issue()
    assert check_number(document.serial)
    assert document.number is None

    assert produce(document)

    assert document.number == "乌市监收〔2026〕1号"
    assert document.file.name == "收件凭证 乌市监收〔2026〕1号.pdf"
    content = content_of(document.file)
    assert verify_pdf(content).is_genuine
    text = PdfReader(io.BytesIO(content)).pages[0].extract_text()
    assert "乌鲁木齐市天山区阿依古丽餐饮店" in text
    assert "乌市监收〔2026〕1" in text
    use = SealUse.objects.get()
    assert (use.organ_uscc, use.reference) == (ORGAN.uscc, document.serial)
    entry = Entry.objects.get(stream="document", stream_id=document.pk)
    assert entry.verb == "document_issued"
    assert entry.body["sha256"] == bytes(document.file.sha256).hex()
    assert "阿依古丽" not in str(entry.body)


def test_numbers_run_for_each_organ_kind_and_year(db):
    documents = [
        issue(1), issue(2), issue(3, now=NOW.replace(year=2027)),
        issue(4, organ=samples.OTHER_ORGAN),
    ]  # fmt: skip
    for document in documents:
        produce(document)

    assert [document.number for document in documents] == [
        "乌市监收〔2026〕1号", "乌市监收〔2026〕2号", "乌市监收〔2027〕1号", "乌消收〔2026〕1号",
    ]  # fmt: skip


def test_asked_twice_it_is_issued_once(db):
    assert issue() == issue()
    assert issue(cause="second") != issue()
    assert Document.objects.count() == 2


def test_data_that_the_page_does_not_show_is_a_fault_at_once(db):
    with pytest.raises(ValidationError):
        issue(data={**samples.RECEIPT, "surprise": "x"})
    assert not Document.objects.exists()


def test_what_no_database_keeps_is_left_out_of_the_data(db):
    document = issue(data={**samples.RECEIPT, "channel": "网\x00上\ud800提交"})

    document.refresh_from_db()
    assert document.data["channel"] == "网上提交"


def test_the_worker_makes_it_by_itself(db, settle):
    document = issue()

    settle()

    document.refresh_from_db()
    assert document.state == "issued"


@pytest.mark.parametrize("trouble", ["down", "garbage"])
def test_a_failing_typesetter_leaves_it_pending_and_it_is_tried_again(db, settings, trouble):
    document = issue()
    well = settings.DOCUMENT_RENDERER
    settings.DOCUMENT_RENDERER = fake(TroubledRenderer, trouble=trouble)

    assert not produce(document)

    assert (document.state, document.attempts) == ("pending", 1)
    assert "RenderFault" in document.last_fault
    assert document.retry_at > machine()
    assert documents_due(now=machine()) == []
    assert not produce(document)  # not before its time
    assert document.attempts == 1
    settings.DOCUMENT_RENDERER = well
    assert documents_due(now=machine(minutes=1)) == [document.pk]
    assert produce(document, minutes=1)
    assert (document.state, document.attempts, document.last_fault) == ("issued", 2, "")
    assert document.number == "乌市监收〔2026〕1号"


def test_a_failed_seal_leaves_it_pending_without_a_file(db, settings, tmp_path):
    settings.DOCUMENT_SEALS = fake(TroubledSeals, folder=tmp_path / "seals", times=2)
    document = issue()

    assert not produce(document)
    assert not produce(document, hours=1)
    assert not StoredFile.objects.exists()
    assert produce(document, hours=3)


def test_a_full_disk_leaves_it_pending_and_nothing_half_written(db, settings, tmp_path):
    settings.DOCUMENT_STORE = fake(TroubledStore, folder=tmp_path / "full", trouble="full")
    document = issue()

    assert not produce(document)

    assert "StoreFull" in document.last_fault
    assert not (tmp_path / "full").exists()
    assert not SealUse.objects.exists()


def test_waiting_doubles_up_to_an_hour():
    waits = [rules.retry_after(attempts) for attempts in range(1, 12)]

    assert waits[:3] == [timedelta(seconds=30), timedelta(minutes=1), timedelta(minutes=2)]
    assert waits[-1] == timedelta(hours=1)
    assert waits == sorted(waits)


def test_a_paper_leads_from_its_code_and_its_file_to_what_it_is(db):
    document = issue()
    produce(document)

    found = find_document(document.token)

    assert (found.title, found.number) == ("收件凭证", "乌市监收〔2026〕1号")
    assert (found.organ, found.is_issued) == (ORGAN.name, True)
    assert find_document_of_file(bytes(document.file.sha256)) == found
    assert find_document("unknown") is None
    assert list(documents_of([5])) == [document]


def test_a_decision_that_is_no_licence_says_what_it_is(db):
    from tests.documents.test_pages import DATA

    data = DATA[DocumentKind.GRANT] | {"act": "备案"}
    document = issue(kind=DocumentKind.GRANT, data=data)

    produce(document)

    assert document_title(document) == "准予备案决定书"
    assert document.file.name.startswith("准予备案决定书")
    text = PdfReader(io.BytesIO(content_of(document.file))).pages[0].extract_text()
    assert "行政许可：" not in text
    assert "决定准予备案" in text


def test_rendering_holds_no_transaction_and_no_lock(own_database, settings):
    settings.DOCUMENT_RENDERER = fake(TroubledRenderer, trouble="slow", mark="no-transaction")
    TroubledRenderer.transactions.clear()
    document = issue()

    produce(document)

    assert TroubledRenderer.transactions == [False, False]


def test_two_workers_at_the_same_second_issue_one_document(own_database, race, settings):
    settings.DOCUMENT_RENDERER = fake(TroubledRenderer, trouble="slow", mark="race")
    document = issue()

    race(*[lambda: produce_document(document_id=document.pk, now=machine())] * 2)

    assert Document.objects.get().state == "issued"
    assert StoredFile.objects.count() == 1
    assert Entry.objects.filter(stream="document").count() == 1


def test_two_that_ask_at_the_same_second_get_one_document(own_database, race):
    first, second = race(issue, issue)

    assert first == second
    assert Document.objects.count() == 1


@pytest.mark.kill
def test_a_worker_killed_while_rendering_leaves_one_document_for_the_next(
    own_database, settings, tmp_path
):
    document = issue()
    started = tmp_path / "started"
    program = (
        "import django; django.setup()\n"
        "from django.conf import settings\n"
        "from datetime import UTC, datetime\n"
        f"settings.DOCUMENT_RENDERER = ('tests.documents.fakes.TroubledRenderer',"
        f" {{'trouble': 'stuck', 'mark': {str(started)!r}}})\n"
        "from tongban.documents.actions import produce_document\n"
        f"produce_document(document_id={document.pk}, now=datetime.now(UTC))\n"
    )
    worker = subprocess.Popen(
        [sys.executable, "-c", program], cwd=CHECKOUT, env=os.environ | database_url(own_database)
    )
    wait_for(started)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait(10)

    document.refresh_from_db()
    assert (document.state, document.attempts) == ("pending", 1)
    assert not StoredFile.objects.exists()
    assert documents_due(now=machine(minutes=1)) == [document.pk]
    assert produce(document, minutes=1)
    assert StoredFile.objects.count() == 1
    assert document.number == "乌市监收〔2026〕1号"


def database_url(database) -> dict[str, str]:
    from tongban.config.database import APP_ROLE

    password = database.server.password(APP_ROLE)
    where = f"host={database.server.socket_dir}&port={database.server.port}"
    return {"DATABASE_URL": f"postgresql://{APP_ROLE}:{password}@/{database.name}?{where}"}


def wait_for(path, seconds=30.0):
    until = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < until, "the other process did not start"
        time.sleep(0.05)


def test_the_guide_is_printed_on_the_spot_and_not_kept(db):
    page = {
        "addressee": "", "matter": "开办餐饮店", "version": "2026-01-01",
        "answers": [{"question": "店面有多大？", "answer": "120 平方米"}],
        "materials": [{"name": "营业执照", "how": "免提交"}],
    }  # fmt: skip

    content = print_guide(page, organ=ORGAN, url="http://127.0.0.1:8000/guide/1/", now=NOW)

    assert "120 平方米" in PdfReader(io.BytesIO(content)).pages[0].extract_text()
    assert not StoredFile.objects.exists()
