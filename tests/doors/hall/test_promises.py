"""At the window: a paper that comes later is promised, one that was given before is used again."""

import re

import pytest

from tests.city.wishes import wish
from tongban.records.models import AccessRead

OWED = "premises-own"
LEASE = "premises-lease"


@pytest.fixture
def li(window, shop):
    """Li's window with an application on own premises, whose certificate nobody finds."""
    li = window("li.window")
    li.receive()
    li.choose(shop)
    li.ask(tenure="own")
    li.fill()
    for code in wish("snack-shop").materials:
        if code != LEASE:
            li.file(code, original="yes")
    return li


def row_of(page, code=OWED):
    return re.search(rf'id="m-{code}".*?</li>', page.source, re.DOTALL)[0]


def test_what_comes_later_is_promised_with_its_letter_on_the_sheet(li):
    assert li.open(f"{li.here}/confirm/").words.count("还没有归入") == 1

    li.send(f"{li.here}/promise/", {"promise": OWED})

    assert "受理后补交" in row_of(li.open(f"{li.here}/materials/"))
    sheet = li.open(f"{li.here}/print/").words
    assert "承诺以后补交" in sheet
    assert "容缺受理承诺书" in sheet
    assert li.sign().location
    assert "/hall/done/" in li.submit().location


def test_a_promise_is_taken_back(li):
    li.send(f"{li.here}/promise/", {"promise": OWED})
    li.send(f"{li.here}/promise/", {"hand_in": OWED})

    assert "还没有归入" in li.open(f"{li.here}/confirm/").words


def test_a_promise_after_the_signature_voids_it(li):
    li.file(OWED)
    li.sign()
    row = row_of(li.open(f"{li.here}/materials/"))
    wanted = re.search(r'name="remove" value="([0-9]+)"', row)[1]

    li.send(f"{li.here}/remove/", {"remove": wanted})
    li.send(f"{li.here}/promise/", {"promise": OWED})

    assert li.submit().status == 422


def test_what_cannot_be_owed_is_refused_in_words(li):
    page = li.send(f"{li.here}/promise/", {"promise": "bogus"})

    assert page.status == 422
    assert "不能容缺" in page.words


@pytest.fixture
def again(served):
    """The lease was given before; it has been taken away from this draft."""
    row = row_of(served.open(f"{served.here}/materials/"), LEASE)
    wanted = re.search(r'name="remove" value="([0-9]+)"', row)[1]
    served.send(f"{served.here}/remove/", {"remove": wanted})
    return served


def test_a_copy_given_before_is_used_again_with_a_trace(again):
    row = row_of(again.open(f"{again.here}/materials/"), LEASE)
    offered = re.search(r'name="reuse" value="([0-9]+)"', row)
    assert "沿用以前交过的" in row

    again.send(f"{again.here}/reuse/", {"material": LEASE, "reuse": offered[1]})

    assert "还没有归入" not in again.open(f"{again.here}/confirm/").words
    assert AccessRead.objects.filter(what=f"material:{offered[1]}").exists()


def test_a_copy_from_before_the_draft_stands_on_the_sheet_with_the_consent(again, shop, monday):
    monday.go("2026-09-08 10:30")
    again.serve(shop)
    row = row_of(again.open(f"{again.here}/materials/"), LEASE)
    again.send(
        f"{again.here}/remove/",
        {"remove": re.search(r'name="remove" value="([0-9]+)"', row)[1]},
    )
    row = row_of(again.open(f"{again.here}/materials/"), LEASE)
    offered = re.search(r'name="reuse" value="([0-9]+)"', row)[1]
    again.send(f"{again.here}/reuse/", {"material": LEASE, "reuse": offered})

    assert "沿用材料" in again.open(f"{again.here}/print/").words


def test_what_was_not_offered_is_not_taken(again):
    answer = again.send(f"{again.here}/reuse/", {"material": LEASE, "reuse": "999999"})

    assert answer.status == 404


def test_a_proof_may_be_filed_instead_of_its_letter(li, monday):
    from tongban.packages.queries import check_draft

    check = check_draft(monday.actor("li.window"), li.draft, monday.now)
    line = next(one for one in check.materials if one.may_prove)
    page = li.open(f"{li.here}/materials/")
    assert "有承诺书" in row_of(page, line.code)

    li.file(line.code)

    assert "有承诺书" not in row_of(li.open(f"{li.here}/materials/"), line.code)
    assert "已归入" in row_of(li.open(f"{li.here}/materials/"), line.code)
