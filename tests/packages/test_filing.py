"""Filing: asked once, filed whole or not at all, once for each key; each item gets its slice."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.city import applying
from tests.city.applying import write_draft
from tests.city.lives import applied
from tests.city.wishes import wish
from tongban.cases.models import CaseFile
from tongban.catalogue.queries import package_version
from tongban.engine.models import Proceeding
from tongban.engine.queries import audit_clocks
from tongban.forms.actions import DraftClosed
from tongban.kernel.actors import SYSTEM
from tongban.kernel.refusals import BadInput, NotAllowed, NotFound
from tongban.packages.actions import submit_application
from tongban.packages.models import Application
from tongban.packages.queries import check_draft, progress_of
from tongban.packages.rules import SituationUnclear
from tongban.people import actions as people

ALI_COMPANY, LI_COMPANY = "91650100MA7TE5T198", "91650104MA7TE5T192"


def submit(house, draft, *, login="ali", key="once"):
    return submit_application(
        draft_id=draft, key=key, wants_human=False, by=house.actor(login), now=house.now
    )


def test_one_submission_opens_a_case_for_each_item_and_nothing_else(restaurant):
    package = restaurant.package

    assert list(restaurant.states()) == [
        "licence-check", "food-licence", "signboard-filing", "fire-check", "tobacco-licence",
        "drainage-permit",
    ]  # fmt: skip
    assert package.open_children == 5  # the check of the licence is done already
    assert list(audit_clocks()) == []


def test_a_department_gets_only_what_its_item_consumes(restaurant):
    compiled = package_version(restaurant.package.version_id).compiled

    for file in CaseFile.objects.all():
        item = compiled.item(file.item_code)
        assert set(file.answers) <= set(item.field_codes)
        assert {m["material"] for m in file.materials} <= set(item.material_codes)


def test_every_answer_and_material_of_the_one_form_reaches_whoever_consumes_it(restaurant):
    compiled = package_version(restaurant.package.version_id).compiled
    files = {file.item_code: file for file in CaseFile.objects.all()}
    answers = {code: value for file in files.values() for code, value in file.answers.items()}

    for field in compiled.fields:
        for item in set(field.consumers) & set(files):
            if field.code in answers:
                assert files[item].answers[field.code] == answers[field.code]
    for code in ("fire-plan", "layout-plan", "premises-lease"):
        for item in set(compiled.material(code).needed_by) & set(files):
            assert any(m["material"] == code and m["files"] for m in files[item].materials)


def test_each_answer_keeps_where_it_came_from(restaurant):
    sources = CaseFile.objects.get(item_code="food-licence").sources

    assert sources["enterprise.uscc"]["name"]["zh"] == "营业执照"
    assert "food.business_form" not in sources


@pytest.mark.law("32(1)(3)")
def test_every_problem_is_told_at_once_and_nothing_is_filed(monday):
    lazy = replace(wish("restaurant"), answers={"applicant.role": "principal"}, materials=())
    draft = write_draft(monday, lazy)

    with pytest.raises(BadInput) as no:
        submit(monday, draft)

    paths = {problem.path for problem in no.value.problems}
    assert {"site.seats", "fire.exits", "signboard.text", "material:fire-plan"} <= paths
    assert len(paths) > 30
    assert not Proceeding.objects.exists()
    assert check_draft(monday.actor("ali"), draft, monday.now).draft.is_open


def test_a_situation_that_is_not_clear_is_not_filed(monday):
    vague = wish("restaurant")
    situation = {k: v for k, v in vague.situation.items() if k != "site.area"}

    with pytest.raises((SituationUnclear, BadInput)) as no:
        applying.submit(monday, replace(vague, situation=situation))

    assert not Proceeding.objects.exists()
    assert no.value.sentence.endswith("。")


def test_the_same_key_answers_the_first_filing(monday):
    draft = write_draft(monday, wish("snack-shop"))

    first, again = (submit(monday, draft, login="gulbahar") for _ in range(2))

    assert (first.is_new, again.is_new) == (True, False)
    assert (first.number, first.proceeding_id) == (again.number, again.proceeding_id)
    assert Application.objects.count() == 1


def test_another_key_does_not_file_a_submitted_draft_again(monday):
    draft = write_draft(monday, wish("snack-shop"))
    submit(monday, draft, login="gulbahar")

    with pytest.raises(DraftClosed):
        submit(monday, draft, login="gulbahar", key="twice")


def test_the_same_key_of_another_person_is_another_application(monday):
    gul = applied(monday, "snack-shop", key="k")
    ma = applied(monday, "noodle-house", key="k")

    assert gul.number != ma.number


# Acting for others


def authorise(house, *, functions, items=(), login="zhou.min"):
    """The company of Li Na lets somebody act for it."""
    from tongban.people.models import Authorisation

    Authorisation.objects.all().delete()
    giver, taker = house.actor("li.na"), house.actor(login)
    agent = people.Grant(
        principal_id=house.party(LI_COMPANY), agent_code="650104199602140629", agent_name="周敏",
        functions=frozenset(functions), starts_on=house.now.date(),
        ends_on=house.now.date() + timedelta(days=90), items=frozenset(items),
    )  # fmt: skip
    granted = people.authorise_agent(grant=agent, by=giver, now=house.now)
    people.confirm_authorisation(authorisation_id=granted, by=taker, now=house.now)


def as_agent():
    return replace(
        wish("snack-shop"), login="zhou.min", party=LI_COMPANY,
        situation={**wish("snack-shop").situation, "site.tenure": "lease"},
        answers={**wish("snack-shop").answers, "applicant.role": "agent"},
    )  # fmt: skip


def test_an_agent_who_may_submit_submits(monday):
    authorise(monday, functions=["fill", "submit"])

    filed = applying.submit(monday, as_agent())

    assert filed.is_new


def test_an_agent_who_may_only_receive_does_not_submit(monday):
    authorise(monday, functions=["receive"])

    with pytest.raises(NotAllowed) as no:
        applying.submit(monday, as_agent())

    assert "授权不包括这项操作" in no.value.sentence
    assert not Proceeding.objects.exists()


def test_an_agent_for_other_items_does_not_submit(monday):
    authorise(monday, functions=["fill", "submit"], items=["tobacco-licence"])

    with pytest.raises(NotAllowed) as no:
        applying.submit(monday, as_agent())

    assert "授权不包括这个事项" in no.value.sentence


def test_a_stranger_neither_sees_nor_files_a_draft(monday):
    draft = write_draft(monday, wish("snack-shop"))

    with pytest.raises(NotFound):
        submit(monday, draft, login="ali")


# What was promised is held


def test_an_application_keeps_the_version_that_it_was_filed_under(restaurant):
    """A new version of the package counts for new applications only."""
    from django.db.backends.postgresql.psycopg_any import DateRange

    from tongban.catalogue.models import Version
    from tongban.kernel.worktime import city_date

    pinned = Version.objects.get(id=restaurant.package.version_id)
    today = city_date(restaurant.house.now) + timedelta(days=1)
    Version.objects.filter(id=pinned.id).update(valid=DateRange(pinned.valid.lower, today))
    Version.objects.create(
        kind="package", code="P02", slug=pinned.slug, number=pinned.number + 1, hash="new",
        data={**pinned.data, "name": {"zh": "开饭馆", "en": "Open an eatery"}},
        valid=DateRange(today, None), published_at=restaurant.house.now, published_by=SYSTEM.id,
    )  # fmt: skip
    restaurant.house.go("2026-09-09 10:00")

    later = applied(restaurant.house, "snack-shop")

    now = restaurant.house.now
    assert str(progress_of(restaurant.applicant, restaurant.number, now).package_name) == (
        "开办餐饮店"
    )
    assert str(progress_of(later.applicant, later.number, now).package_name) == "开饭馆"
