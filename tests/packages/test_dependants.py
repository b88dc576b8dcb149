"""What waits for another item: it starts, or ends by that item's name; the others go on."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.city.lives import applied
from tongban.cases.states import CaseState
from tongban.engine.queries import audit_clocks
from tongban.notices.models import Message
from tongban.packages.actions import advance_dependants
from tongban.packages.queries import dependants_of, progress_of
from tongban.packages.rules import MET_ENDS, REFUSED_ENDS, Readiness, readiness, root_of
from tongban.records.models import Entry

ITEMS = "abcde"


@dataclass(frozen=True)
class Edge:
    item: str
    on_refusal: str


edges = st.lists(st.builds(Edge, st.sampled_from(ITEMS), st.sampled_from(["cancel", "ignore"])))
states = st.dictionaries(st.sampled_from(ITEMS), st.sampled_from(list(CaseState)))


@given(edges, states)
def test_readiness_agrees_with_its_rule_in_words(edges, states):
    """Whoever is refused cancels, unless the edge says ignore; whoever is not done holds up."""
    known = [(edge, states[edge.item]) for edge in edges if edge.item in states]
    cancels = [e.item for e, s in known if s in REFUSED_ENDS and e.on_refusal == "cancel"]
    holds_up = [e for e, s in known if s not in MET_ENDS and s not in REFUSED_ENDS]

    verdict = readiness(edges, states)

    if cancels:
        assert verdict == Readiness(may_start=False, cancelled_by=cancels[0])
    else:
        assert verdict == Readiness(may_start=not holds_up)


@pytest.fixture
def company(monday):
    """Opening an enterprise, accepted."""
    life = applied(monday, "new-company")
    life.accept()
    return life


WAITING = {
    "seal-filing", "invoice-tax", "social-insurance-registration", "bank-account-booking",
    "housing-fund-registration", "medical-insurance-registration",
}  # fmt: skip


def test_everything_waits_for_the_registration(company):
    states = company.states()

    assert states.pop("enterprise-registration") == "accepted"
    assert set(states) == WAITING
    assert set(states.values()) == {"waiting"}
    lanes = progress_of(company.applicant, company.number, company.house.now).lanes
    bank = next(lane for lane in lanes if lane.item_code == "bank-account-booking")
    assert [str(name) for name in bank.waits_for] == ["企业设立登记", "公章刻制备案"]
    assert bank.turn == "none"


def test_what_waited_for_one_item_only_starts_and_the_rest_waits_on(company):
    company.grant(["enterprise-registration"])

    states = company.states()
    assert states["seal-filing"] == "accepted"
    assert states["bank-account-booking"] == "waiting"
    company.grant(["seal-filing"])
    assert company.states()["bank-account-booking"] == "accepted"
    assert list(audit_clocks()) == []


def test_the_enterprise_that_the_registration_made_holds_the_other_papers(company):
    from tongban.licences.models import Licence

    company.grant(["enterprise-registration", "seal-filing"])

    holders = {row.type_code: row.holder for row in Licence.objects.filter(origin="issued")}
    assert holders["business-licence"].name == "乌鲁木齐博格达软件有限公司"
    assert holders["seal-filing-receipt"] == holders["business-licence"]


def test_a_refused_item_ends_its_dependants_by_name_and_the_application(company):
    company.review("enterprise-registration")
    company.decide("enterprise-registration", "deny", "住所材料不符")

    states = company.states()
    assert states.pop("enterprise-registration") == "denied"
    assert set(states.values()) == {"cancelled"}
    assert company.package.state == "done"
    for code in WAITING:
        assert company.case(code).facts["cancelled_because"] == "enterprise-registration"


def test_a_refusal_further_down_ends_only_what_hangs_on_it(company):
    company.grant(["enterprise-registration"])
    company.review("seal-filing")
    company.decide("seal-filing", "deny", "刻章单位未备案")

    states = company.states()
    assert states["bank-account-booking"] == "cancelled"
    assert states["invoice-tax"] == "accepted"
    assert company.case("bank-account-booking").facts["cancelled_because"] == "seal-filing"


def test_who_hangs_on_whom_is_known_through_every_link(company):
    package = company.package

    assert {item.code for item in dependants_of(package, "enterprise-registration")} == WAITING
    assert [i.code for i in dependants_of(package, "seal-filing")] == ["bank-account-booking"]
    assert dependants_of(package, "invoice-tax") == []


def test_advancing_again_changes_nothing(company):
    company.grant(["enterprise-registration"])
    before = Entry.objects.count()

    assert advance_dependants(package_id=company.package_id, now=company.house.now) == 0
    assert Entry.objects.count() == before


def test_a_withdrawn_item_ends_what_hangs_on_it(company):
    from tongban.cases.actions import withdraw_case

    withdraw_case(
        case_id=company.case("enterprise-registration").id, by=company.applicant,
        now=company.house.now,
    )  # fmt: skip
    company.house.rest()

    assert set(company.states().values()) == {"withdrawn", "cancelled"}
    assert company.package.state == "done"


def test_a_chain_of_dependants_is_told_in_one_message(monday):
    monday.go("2026-10-12 09:30")
    born = applied(monday, "newborn")
    born.accept()
    born.review("birth-certificate")
    born.decide("birth-certificate", "deny", "不是在本院出生")
    told = Message.objects.filter(key="case_cancelled").order_by("id")

    assert len(told) == 1
    assert "出生医学证明" in told[0].words["zh"]["body"]
    ended = [c for c, s in born.states().items() if s == "cancelled"]
    names = told[0].params["item"]["zh"].split("、")
    assert len(names) == len(ended)
    lanes = progress_of(born.applicant, born.number, monday.now).lanes
    assert len({str(one.cancelled_because) for one in lanes if one.cancelled_because}) == 1


def test_the_message_of_a_grant_promises_a_licence_only_where_there_is_one(monday):
    monday.go("2026-10-12 09:30")
    closing = applied(monday, "close-liquidated")
    closing.accept()
    closing.grant(["liquidation-notice"])
    without = Message.objects.get(key="case_granted").words["zh"]["body"]

    assert "证照" not in without
    assert "决定书" in without


def test_the_message_of_a_grant_with_a_licence_says_where_it_will_be(company):
    company.grant(["enterprise-registration"])

    assert "“我的证照”" in Message.objects.get(key="case_granted").words["zh"]["body"]


@given(st.dictionaries(st.sampled_from(ITEMS), st.sampled_from(ITEMS)), st.sampled_from(ITEMS))
def test_the_head_of_a_chain_of_cancellations_is_found_and_was_not_cancelled(because, item):
    """A circle cannot come about; one in the data still has an end."""
    root = root_of(item, because)

    assert root_of(root, because) == root or root in because
