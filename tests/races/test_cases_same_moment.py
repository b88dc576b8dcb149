"""Two people in the same second, on real commits: one wins, the other one is told."""

import pytest

from tests.city.applying import write_draft
from tests.city.lives import applied
from tests.city.wishes import wish
from tongban.cases.actions import decide_case, withdraw_case
from tongban.cases.models import Decision
from tongban.cases.rules import DecidedByAnother
from tongban.cases.states import Result
from tongban.documents.models import Attachment
from tongban.engine.actions import sweep
from tongban.engine.models import Proceeding, Step
from tongban.engine.queries import audit_clocks
from tongban.forms.queries import access_draft
from tongban.kernel.refusals import MoveNotAllowed
from tongban.packages.actions import accept_application, submit_application
from tongban.packages.models import Application
from tongban.records.models import Entry
from tongban.records.queries import export_lines
from tongban.records.rules.verification import verify

ITEM = "small-eatery-registration"


@pytest.fixture
def city(own_city):
    own_city.go("2026-09-07 10:30")
    return own_city


@pytest.fixture
def reviewed(city):
    """A case that waits for its decision, given to nobody yet."""
    life = applied(city, "snack-shop")
    life.accept()
    life.review(ITEM)
    Step.objects.filter(code="decide", state="open").update(assignee_id=None)
    return life


def decide(life, by, result, reasons=""):
    case_id, now = life.case(ITEM).id, life.house.now
    return lambda: decide_case(case_id=case_id, result=result, reasons=reasons, by=by, now=now)


def sound(life):
    """Nothing twice, nothing out of step with the journal."""
    assert list(audit_clocks()) == []
    assert verify(export_lines(now=life.house.now)).holds


def test_of_two_approvers_one_decides_and_the_other_is_told(reviewed, race):
    one, other = (reviewed.house.actor(login) for login in ("sun.decider", "erkin.decider"))

    results = race(
        decide(reviewed, one, Result.GRANT), decide(reviewed, other, Result.DENY, "距离不够")
    )

    lost = [r for r in results if r is not None]
    assert [type(r) for r in lost] == [DecidedByAnother]
    assert lost[0].code == "decided-by-another"
    assert lost[0].sentence == (
        "这一步已经办理完毕，可能是同事刚刚处理过。请刷新页面查看最新进展。"
    )
    assert Decision.objects.filter(proceeding=reviewed.case(ITEM)).count() == 1
    verbs = Entry.objects.filter(stream_id=reviewed.case(ITEM).id, verb__in=["grant", "deny"])
    assert verbs.count() == 1
    reviewed.house.rest()
    assert reviewed.package.state == "done"
    sound(reviewed)


def test_one_approver_in_two_windows_decides_once(reviewed, race):
    by = reviewed.house.actor("sun.decider")

    results = race(*[decide(reviewed, by, Result.GRANT)] * 3)

    assert sorted(str(r and r.code) for r in results) == [
        "None", "decided-by-another", "decided-by-another",
    ]  # fmt: skip


def test_a_withdrawal_and_a_grant_in_the_same_second_end_in_one_of_them(reviewed, race):
    case_id, now = reviewed.case(ITEM).id, reviewed.house.now
    applicant, by = reviewed.applicant, reviewed.house.actor("sun.decider")

    results = race(
        lambda: withdraw_case(case_id=case_id, by=applicant, now=now),
        decide(reviewed, by, Result.GRANT),
    )

    assert sum(r is None for r in results) == 1
    reviewed.house.rest()
    if results[0] is None:
        assert isinstance(results[1], DecidedByAnother)
        assert reviewed.states()[ITEM] == "withdrawn"
        assert not Decision.objects.filter(proceeding_id=case_id).exists()
    else:
        assert isinstance(results[0], MoveNotAllowed)
        assert reviewed.states()[ITEM] == "granted"
    sound(reviewed)


def test_the_last_items_decided_at_once_finish_the_whole_once(city, race):
    life = applied(city, "restaurant")
    life.accept()
    items = [
        "food-licence",
        "signboard-filing",
        "fire-check",
        "tobacco-licence",
        "drainage-permit",
    ]
    for item in items:
        life.review(item)
    work = [(life.case(item).id, life.officer_of(item, "decider"), city.now) for item in items]

    results = race(
        *(
            lambda case_id=case_id, by=by, now=now: decide_case(
                case_id=case_id, result=Result.DENY, reasons="不符合条件", by=by, now=now
            )
            for case_id, by, now in work
        )
    )

    assert results == [None] * 5
    assert life.package.open_children == 0
    assert Entry.objects.filter(stream_id=life.package_id, verb="finish").count() == 1
    assert Step.objects.filter(proceeding_id=life.package_id, code="delivery").count() == 1
    city.rest()
    sound(life)


def test_acceptance_by_the_window_and_by_the_law_happen_once_together(city, race):
    life = applied(city, "snack-shop")
    window, last = life.window, life.house.go("2026-09-14 23:59")
    midnight = last.replace(day=15, hour=0, minute=0)
    package_id = life.package_id

    results = race(
        lambda: accept_application(package_id=package_id, by=window, now=last),
        lambda: sweep(midnight),
    )

    accepted = Entry.objects.filter(stream_id=package_id, verb__in=["accept", "deem_accept"])
    assert accepted.count() == 1
    if accepted.get().verb == "deem_accept":
        assert isinstance(results[0], MoveNotAllowed)
    else:
        assert results[0] is None
    assert life.package.state == "accepted"
    life.house.rest()
    sound(life)


# Submitting twice


def submit(house, draft, key):
    by, now = house.actor("gulbahar"), house.now
    return lambda: submit_application(draft_id=draft, key=key, by=by, now=now)


def test_a_double_click_files_once_and_answers_the_same_number_twice(city, race):
    draft = write_draft(city, wish("snack-shop"))

    results = race(*[submit(city, draft, "click")] * 3)

    assert len({one.number for one in results}) == 1
    assert sorted(one.is_new for one in results) == [False, False, True]
    assert Application.objects.count() == 1
    assert Proceeding.objects.filter(kind="package").count() == 1


def test_one_key_on_two_devices_files_once(city, race):
    """Two drafts of the same application, one key: the second draft stays as it was."""
    drafts = [write_draft(city, wish("snack-shop")) for _ in range(2)]

    results = race(*(submit(city, draft, "click") for draft in drafts))

    assert len({one.number for one in results}) == 1
    assert Proceeding.objects.filter(kind="package").count() == 1
    by = city.actor("gulbahar")
    assert [access_draft(by, draft).is_open for draft in drafts].count(True) == 1
    assert Attachment.objects.count() == len(wish("snack-shop").materials)


def test_two_applications_of_two_people_at_once_are_two(city, race):
    drafts = [
        (write_draft(city, wish(name)), city.actor(wish(name).login))
        for name in ("snack-shop", "noodle-house")
    ]
    now = city.now

    results = race(
        *(
            lambda draft=draft, by=by: submit_application(draft_id=draft, key="k", by=by, now=now)
            for draft, by in drafts
        )
    )

    assert len({one.number for one in results}) == 2
    city.rest()
    assert list(audit_clocks()) == []


# All or nothing


def test_an_error_in_the_last_step_of_filing_leaves_nothing(city, monkeypatch):
    from tongban.packages.actions import drafts

    draft = write_draft(city, wish("restaurant"))
    before = Entry.objects.count()
    by = city.actor("ali")

    def broken(**words):
        raise OSError("no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(drafts, "bind_materials", broken)
        with pytest.raises(OSError, match="no space"):
            submit_application(draft_id=draft, key="k", by=by, now=city.now)

    assert not Proceeding.objects.exists()
    assert not Application.objects.exists()
    assert Entry.objects.count() == before

    filed = submit_application(draft_id=draft, key="k", by=by, now=city.now)
    assert filed.is_new
    city.rest()
    assert Application.objects.count() == 1
