"""The authorised window decides instant items in the department's name, and nothing else."""

import pytest

from tests.city.lives import applied
from tongban.cases.models import Decision
from tongban.documents.models import Document
from tongban.engine.models import Proceeding
from tongban.packages.models import Application
from tongban.people.models import Account
from tongban.records.models import Entry


@pytest.fixture
def company(monday):
    """A new company whose registration is granted here: the items behind it are accepted."""
    life = applied(monday, "new-company", wants_human=True)
    first = life.case("enterprise-registration")
    here = {name: value for name, value in first.facts.items() if name != "system"}
    Proceeding.objects.filter(pk=first.pk).update(facts=here)
    life.accept()
    life.grant(["enterprise-registration"])
    return life


@pytest.fixture
def case(company):
    return company.case("housing-fund-registration")


def test_the_authorised_window_grants_in_the_departments_name(company, case, window):
    wang = window("wang.window")
    assert case.number in wang.open("/hall/instant/").words
    assert "住房公积金" in wang.open(f"/hall/instant/{case.number}/").words

    assert wang.send(f"/hall/instant/{case.number}/", {}).location == "/hall/instant/"
    company.house.rest()

    assert company.states()["housing-fund-registration"] == "granted"
    entry = Entry.objects.get(stream_id=case.pk, verb__startswith="grant")
    assert entry.body["authorised"] is True
    assert "授权" in entry.basis
    assert entry.actor_id == Account.objects.get(login="wang.window").pk
    decision = Decision.objects.get(proceeding_id=case.pk)
    assert not decision.is_automatic
    paper = Document.objects.filter(proceeding_id=case.pk).first()
    assert paper is None or "公积金" in paper.organ["name"]


def test_a_window_that_nobody_has_authorised_sees_nothing(case, window):
    for login in ("li.window", "zhao.window"):
        other = window(login)

        assert case.number not in other.open("/hall/instant/").words
        assert other.open(f"/hall/instant/{case.number}/").status == 404
        assert other.send(f"/hall/instant/{case.number}/", {}).status == 404


def test_what_is_not_in_the_list_is_not_the_windows(company, window):
    wang = window("wang.window")

    for item in ("seal-filing", "invoice-tax"):
        number = company.case(item).number
        assert wang.send(f"/hall/instant/{number}/", {}).status == 404


def test_who_typed_the_application_does_not_decide_it(company, case, window):
    me = Account.objects.get(login="wang.window").pk
    Application.objects.filter(proceeding_id=company.package_id).update(account_id=me)

    page = window("wang.window").send(f"/hall/instant/{case.number}/", {})

    assert page.status == 422
    assert "不能再由您决定" in page.words
    assert window("aygul.window").send(f"/hall/instant/{case.number}/", {}).status == 302


def test_what_is_decided_is_not_decided_again(company, case, window):
    wang = window("wang.window")
    wang.send(f"/hall/instant/{case.number}/", {})

    assert wang.send(f"/hall/instant/{case.number}/", {}).status == 404
