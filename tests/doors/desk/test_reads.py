"""An officer sees what his item consumes and nothing else, and what he opened is written down."""

from __future__ import annotations

import html
import re

import pytest

from tests.doors.desk.test_access import file_of
from tests.doors.desk.test_looks import licence_of
from tests.doors.desk.test_refusals import login_of
from tongban.catalogue.content.loader import load_content
from tongban.config.options import CHECKOUT

FOOD = "food-licence"
REVIEWED = (FOOD, "signboard-filing", "fire-check", "tobacco-licence", "drainage-permit")


def labels(page):
    """The names of the answers that a page shows."""
    part = page.main[page.main.index('aria-labelledby="answers"') :]
    part = part[: part.index("</section>")]
    return {html.unescape(one) for one in re.findall(r"<dt>(.*?)</dt>", part)}


def test_a_case_shows_the_fields_of_its_item_and_no_other(accepted, desk):
    content = load_content(CHECKOUT / "content")
    shown = {}

    for item in REVIEWED:
        page = desk(login_of(accepted.officer_of(item, "reviewer"))).see(
            accepted.case(item).number
        )
        own = {content.elements[one.element].name.zh for one in content.items[item].fields}
        shown[item] = labels(page)
        assert shown[item], item
        assert shown[item] <= own, item

    assert "厨房（加工间）面积" in shown[FOOD]
    assert "厨房（加工间）面积" not in shown["signboard-filing"] | shown["tobacco-licence"]


def test_the_page_of_the_whole_application_shows_no_answers(accepted, desk):
    page = desk("li.window").see(accepted.number)

    assert "650102199001010017" not in page.source
    assert "13900000001" not in page.source


@pytest.fixture
def granted(decidable):
    decidable.decide(FOOD)
    return decidable


def reads_by(login):
    from tongban.people.models import Account
    from tongban.records.models import AccessRead

    account = Account.objects.get(login=login).pk
    found = AccessRead.objects.filter(actor_id=account).order_by("id")
    return [(one.what, one.subject) for one in found]


def test_what_is_opened_is_in_the_access_log(granted, desk):
    login = login_of(granted.officer_of(FOOD, "decider"))
    case, clerk = granted.case(FOOD), desk(login)
    identifier, file = licence_of(granted), file_of(granted, FOOD)

    clerk.see(case.number)
    clerk.open(f"/desk/file/{file}/{case.number}/")
    clerk.open(f"/desk/licences/{identifier}/")
    refused = clerk.do(case.number, "deny", {"reasons": "已经决定过了"})
    desk("li.window").see(granted.number)

    assert refused.status == 409
    assert reads_by(login) == [
        (f"case:{case.number}", case.party_id),
        (f"file:{file}", case.party_id),
        (f"licence:{identifier}", case.party_id),
        # A refusal shows the same page again.
        (f"case:{case.number}", case.party_id),
    ]
    assert reads_by("li.window") == [(f"package:{granted.number}", case.party_id)]


def test_what_was_not_shown_is_not_in_the_access_log(granted, desk):
    clerk = desk("wu.reviewer")
    case = granted.case(FOOD)

    clerk.see(case.number)
    clerk.open(f"/desk/file/{file_of(granted, FOOD)}/{case.number}/")
    clerk.open(f"/desk/licences/{licence_of(granted)}/")
    clerk.open("/desk/find/", q=case.number)

    assert reads_by("wu.reviewer") == []
