"""A clerk files for a walk-in by typing, without scripts; nothing is filed unconfirmed."""

import re

from tests.doors.hall.window import GULBAHAR
from tongban.documents.models import Material
from tongban.engine.models import Proceeding
from tongban.kernel.actors import SYSTEM
from tongban.people.actions import import_register
from tongban.people.models import Account, Party
from tongban.records.models import Entry

UNKNOWN = {"name": "吐尔逊·艾合买提", "id_number": "650102195503120015"}


def test_a_walk_in_confirmed_on_paper_is_filed_and_gets_a_receipt(served):
    look = served.open(f"{served.here}/confirm/")
    assert "还没有请申请人确认" in look.words
    assert "disabled" in look.main.split("data-submit")[1][:20]

    served.sign()
    assert "申请人已确认现在的内容" in served.open(f"{served.here}/confirm/").words
    number = re.search(r"/hall/done/(YJS\w+)/", served.submit().location)[1]

    receipt = served.open(f"/hall/done/{number}/")
    assert number in receipt.words
    assert "<svg" in receipt.main
    entry = Entry.objects.get(stream_id=Proceeding.objects.get(number=number).pk, verb="submit")
    assert entry.body["channel"] == "window"
    assert entry.body["confirmed"] == "paper"
    assert entry.actor_id == Account.objects.get(login="li.window").pk
    assert len(entry.body["shown"]) == len(entry.body["proof"]) == 64


def test_the_receipts_link_is_open_to_everybody_and_masks_the_name(served, window):
    served.sign()
    number = served.submit().location.split("/")[3]
    token = served.client.session["hall:receipt"]["token"]

    page = window(None).open(f"/shared/{token}/")

    assert page.status == 200
    assert number in page.source
    assert GULBAHAR["name"] not in page.words


def test_the_same_key_files_once(served):
    served.sign()
    first = served.submit().location
    again = served.submit().location

    assert first == again
    assert Proceeding.objects.filter(kind="package").count() == 1


def test_without_a_confirmation_nothing_is_filed(served):
    page = served.submit()

    assert page.status == 422
    assert "还没有确认" in page.words
    assert not Proceeding.objects.filter(kind="package").exists()


def test_a_change_after_the_confirmation_makes_it_void(served):
    served.sign()
    served.fill(**{"staff.health_certificates": "2"})

    assert "原来的确认已作废" in served.open(f"{served.here}/confirm/").words
    assert "已经作废" in served.submit().words


def test_another_paper_after_the_confirmation_makes_it_void(served):
    served.sign()
    served.file("layout-plan", name="另一页.jpg")

    assert "已经作废" in served.submit().words


def test_a_sheet_that_shows_something_else_confirms_nothing(served):
    page = served.sign(shown="0" * 64)

    assert page.status == 422
    assert "内容刚刚有变动" in page.words


def test_the_mark_of_the_original_raises_the_trust(served):
    given = Material.objects.filter(draftmaterial__draft_id=served.draft)

    assert set(given.values_list("trust", flat=True)) == {"B"}
    assert Entry.objects.filter(verb="material_original_checked").count() == given.count()


def test_who_has_no_account_becomes_a_party_and_is_found_again(window, monday):
    import_register(people=[(UNKNOWN["id_number"], UNKNOWN["name"])], by=SYSTEM, now=monday.now)
    li = window("li.window")

    assert li.receive(**UNKNOWN).location == "/hall/thing/"
    assert li.receive(**UNKNOWN).location == "/hall/thing/"

    party = Party.objects.get(name=UNKNOWN["name"])
    entries = Entry.objects.filter(stream="party", stream_id=party.pk)
    assert [one.body["channel"] for one in entries] == ["window"]
    assert not Account.objects.filter(party=party).exists()


def test_a_name_that_the_register_does_not_know_becomes_nobody(window):
    li = window("li.window")
    before = Party.objects.count()

    page = li.receive(name="没有这个人", id_number=GULBAHAR["id_number"])

    assert page.status == 422
    assert "没有通过实名核验" in page.words
    assert Party.objects.count() == before


def test_a_line_of_a_scanner_is_enough(window):
    li = window("li.window")

    page = li.receive(card=f"{GULBAHAR['name']}|女|维吾尔|19790318|住址|{GULBAHAR['id_number']}")

    assert page.location == "/hall/thing/"
    assert GULBAHAR["name"] in li.open("/hall/thing/").source


def test_a_number_alone_finds_whom_the_city_knows(window):
    assert window("li.window").receive(card=GULBAHAR["id_number"]).location == "/hall/thing/"


def test_the_next_applicant_sees_nothing_of_the_one_before(served):
    served.send("/hall/next/", {})

    assert served.open("/hall/thing/").location == "/hall/"
    assert served.open(f"{served.here}/form/").location == "/hall/"
    assert GULBAHAR["id_number"] not in served.open("/hall/").source


def test_a_colleague_of_the_same_window_goes_on(served, window):
    dilnur = window("dilnur.window")
    dilnur.draft = served.draft

    assert "古丽" in dilnur.open("/hall/").words
    assert dilnur.send(f"{served.here}/take-up/", {}).location == f"{served.here}/form/"
    assert dilnur.open(f"{served.here}/form/").status == 200
