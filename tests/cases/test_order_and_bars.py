"""Joint extension (42), first review (43), order of acceptance (57), cheating (78, 79)."""

import shutil
from datetime import date

import pytest
from django.db import transaction
from django.test.utils import override_settings

from tests.city.fixtures import CHEAP_PASSWORDS
from tests.city.house import House
from tests.city.lives import applied
from tests.harness.databases import address, clone, forget_content, pointed
from tongban.cases.actions import Ground, bar_applicant, lift_bar, pass_step
from tongban.cases.queries import barred_until
from tongban.cases.rules import Barred, NotExtendable, NotFirst
from tongban.config.options import CHECKOUT
from tongban.documents.models import Document
from tongban.engine.queries import audit_clocks, clocks_of
from tongban.kernel.refusals import BadInput, NotAllowed, NotFound
from tongban.packages.actions import extend_application, withdraw_application

FOOD, SIGN = "food-licence", "signboard-filing"


@pytest.fixture
def accepted(restaurant):
    restaurant.house.go("2026-09-08 11:00")
    restaurant.accept()
    return restaurant


# 行政许可法第四十二条第二款


def extend(life, **changes):
    told = {
        "reason": "跨部门核查未完成",
        "approval": "市政府副市长批准，乌政办〔2026〕8号",
    } | changes
    extend_application(
        package_id=life.package.id, by=life.officer("market-regulation.head"),
        now=life.house.now, **told,
    )  # fmt: skip
    life.house.rest()


def joint(life):
    found = clocks_of(life.package, life.house.now)
    return next(one.reading.due.on for one in found if one.spec.name == "joint")


@pytest.mark.law("42(2)")
def test_the_joint_limit_is_extended_once_by_fifteen_working_days(accepted):
    before = joint(accepted)

    extend(accepted)

    assert (before, joint(accepted)) == (date(2026, 11, 16), date(2026, 12, 7))
    assert Document.objects.filter(kind="extension", proceeding_id=accepted.package.id).exists()
    assert list(audit_clocks()) == []
    with pytest.raises(NotExtendable, match="已经延长过一次"):
        extend(accepted)


@pytest.mark.parametrize("wrong", [{"reason": " "}, {"approval": ""}])
def test_the_reason_and_the_approval_are_written(accepted, wrong):
    with pytest.raises(BadInput):
        extend(accepted, **wrong)


def test_only_the_head_of_the_lead_department_enters_it(accepted):
    with pytest.raises(NotAllowed):
        extend_application(
            package_id=accepted.package.id, reason="x", approval="y",
            by=accepted.window, now=accepted.house.now,
        )  # fmt: skip


# 行政许可法第七十八条、第七十九条


def bar(life, item=FOOD, ground=Ground.FALSE, *, by=None):
    bar_applicant(
        case_id=life.case(item).id, ground=ground, reason="租赁合同系伪造",
        by=by or life.officer_of(item, "head"), now=life.house.now,
    )  # fmt: skip
    life.house.rest()


@pytest.fixture
def denied(accepted):
    accepted.review(FOOD)
    accepted.decide(FOOD, "deny", "租赁合同系伪造")
    return accepted


@pytest.mark.law("78-79")
@pytest.mark.parametrize(
    ("ground", "until"), [(Ground.FALSE, date(2027, 9, 8)), (Ground.FRAUD, date(2029, 9, 8))]
)
def test_who_cheated_may_not_apply_for_the_item_again(denied, ground, until):
    bar(denied, ground=ground)

    assert barred_until(denied.package.party_id, FOOD) == until
    assert Document.objects.filter(kind="bar", proceeding_id=denied.case(FOOD).id).exists()
    with pytest.raises(Barred, match="不能再次申请"):
        applied(denied.house, "restaurant", key="again")
    lift_bar(
        case_id=denied.case(FOOD).id, reason="复议决定撤销",
        by=denied.officer_of(FOOD, "head"), now=denied.house.now,
    )  # fmt: skip
    assert applied(denied.house, "restaurant", key="again").number


@pytest.mark.law("78-79")
def test_the_bar_ends_with_its_last_day(denied):
    bar(denied)
    denied.house.go("2027-09-09 10:00")

    assert applied(denied.house, "restaurant", key="later").number


def test_only_what_concerns_safety_bars_and_only_the_head_does(denied):
    with pytest.raises(BadInput, match="不适用"):
        bar(denied, "licence-check")
    with pytest.raises(NotAllowed):
        bar(denied, by=denied.officer_of(FOOD, "decider"))
    with pytest.raises(NotFound):
        lift_bar(
            case_id=denied.case(FOOD).id, reason="x", by=denied.officer_of(FOOD, "head"),
            now=denied.house.now,
        )  # fmt: skip
    bar(denied)
    with pytest.raises(BadInput, match="已经"):
        bar(denied)


# A city whose content has a first review by the district, and a limited number.


@pytest.fixture(scope="module")
def ordered_template(city_template, django_db_blocker, server, tmp_path_factory):
    from tongban.catalogue.actions import publish
    from tongban.config.content import verbs
    from tongban.kernel.actors import SYSTEM
    from tongban.records.actions import drain_all
    from tongban.records.queries import city_now

    folder = tmp_path_factory.mktemp("ordered") / "content"
    shutil.copytree(CHECKOUT / "content", folder)
    file = folder / "items" / "food-licence.yaml"
    text = file.read_text(encoding="utf-8")
    text = text.replace(
        "  - step: review\n    role: reviewer\n",
        "  - step: review\n    role: reviewer\n    department: urban-management\n"
        "    reports_up: true\n",
    ).replace(
        "limits:\n",
        "limits:\n  first_review: {value: 20, mark: V, basis: 行政许可法第四十三条}\n",
    )
    file.write_text(text, encoding="utf-8")
    sign = folder / "items" / "signboard-filing.yaml"
    sign.write_text(
        sign.read_text(encoding="utf-8") + "quantity_limit: {zh: 每街五处, en: Five a street}\n",
        encoding="utf-8",
    )
    with clone(server, city_template) as name:
        with (
            pointed(address(server, name), django_db_blocker),
            override_settings(PASSWORD_HASHERS=CHEAP_PASSWORDS),
        ):
            publish(folder, by=SYSTEM, now=city_now(), verbs=verbs())
            drain_all()
        yield name


@pytest.fixture
def ordered(ordered_template, django_db_blocker, server):
    forget_content()
    with pointed(address(server, ordered_template), django_db_blocker), transaction.atomic():
        house = House()
        house.go("2026-09-07 10:30")
        yield house
        transaction.set_rollback(True)
    forget_content()


@pytest.mark.law("43")
def test_a_first_review_by_the_lower_level_has_twenty_days_of_its_own(ordered):
    from tongban.people.models import Account
    from tongban.people.queries import officers_for

    life = applied(ordered, "restaurant")
    ordered.go("2026-09-08 11:00")
    life.accept()
    first = {c.spec.name: c for c in clocks_of(life.case(FOOD), ordered.now)}["first_review"]
    assert first.reading.due.on == date(2026, 10, 12)
    with pytest.raises(NotAllowed):
        pass_step(
            case_id=life.case(FOOD).id, step_code="review", opinion="符合",
            by=life.officer("market-regulation.reviewer"), now=ordered.now,
        )  # fmt: skip
    step = life.case(FOOD).step_set.get(code="review")
    fit = officers_for("urban-management.reviewer", "650100")
    account = step.assignee_id or fit[0].account_id
    login = Account.objects.get(pk=account).login

    pass_step(
        case_id=life.case(FOOD).id, step_code="review", opinion="初审符合",
        by=ordered.actor(login), now=ordered.now,
    )  # fmt: skip
    ordered.rest()

    after = {c.spec.name: c for c in clocks_of(life.case(FOOD), ordered.now)}["first_review"]
    assert after.reading.state == "stopped"
    assert list(audit_clocks()) == []


@pytest.mark.law("57")
def test_what_is_limited_in_number_is_granted_in_the_order_of_acceptance(ordered):
    first = applied(ordered, "restaurant", key="first")
    second = applied(ordered, "restaurant", key="second")
    ordered.go("2026-09-08 11:00")
    first.accept()
    ordered.go("2026-09-08 11:01")
    second.accept()
    first.review(SIGN)
    second.review(SIGN)
    with pytest.raises(NotFirst, match="更早受理"):
        second.decide(SIGN)

    withdraw_application(package_id=first.package.id, by=first.applicant, now=ordered.now)
    ordered.rest()
    second.decide(SIGN)

    assert second.case(SIGN).state in ("producing", "granted")
