"""Every address of the desk × every kind of person, against what they should see and do.

The oracle is written down by hand from the posts of the demo city: it knows nothing of queues,
predicates or machines.
"""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.db import connection, transaction

from tests.doors.desk.clerk import Clerk
from tests.engine.officers import on_leave

PACKAGE = "package"
ITEMS = (
    "licence-check", "food-licence", "signboard-filing", "fire-check", "tobacco-licence",
    "drainage-permit",
)  # fmt: skip
EVERYTHING = {PACKAGE, *ITEMS}

# Who sees what of one application whose steps are all opened at least once.
SEES = {
    # the lead department's window, and its heads and supervisors
    "li.window": {PACKAGE},
    "dilnur.window": {PACKAGE},
    "zhou.head": {PACKAGE, "licence-check", "food-licence"},
    "market.supervisor": {PACKAGE, "licence-check", "food-licence"},
    # officers of the department that the item lies with
    "zhang.reviewer": {"food-licence"},
    "bekzat.checker": {"food-licence"},
    "zhang.urban": {"signboard-filing"},
    "yan.fire": {"fire-check"},
    "hua.fire": {"fire-check"},
    "qi.fire": {"fire-check"},
    "xie.tobacco": {"tobacco-licence"},
    "yu.construction": {"drainage-permit"},
    # other departments, other regions, nobody's case
    "wu.reviewer": set(),
    "tian.reviewer": set(),
    "zhao.window": set(),
    "kashgar.reviewer": set(),
    "wang.window": set(),
    "zhong.head": set(),
    "han.supervisor": set(),
    "idle.clerk": set(),
}
# Deciders see a case from the moment in which it comes to them; colleagues of whoever holds a step
# see what they may be given.
SEES_DECISION = {
    "sun.decider": {"food-licence"},
    "new.decider": {"food-licence"},
    "new.fire": {"fire-check"},
    "tao.fire": set(),
    "zou.tobacco": set(),
}

FOOD_INTAKE = {"raise_requirement", "refuse_acceptance", "not_require"}
# What whoever works on an accepted case may begin beside its route.
BESIDE = {"hear_interested", "ask_opinion"}
WORKS = {  # moment -> person -> what -> verbs with which something happens
    "received": {
        "li.window": {PACKAGE: {"accept"}},
        "dilnur.window": {PACKAGE: {"accept"}},
        "zhang.reviewer": {"food-licence": FOOD_INTAKE},
        "zhang.urban": {"signboard-filing": FOOD_INTAKE},
        "yan.fire": {"fire-check": FOOD_INTAKE},
        "xie.tobacco": {"tobacco-licence": FOOD_INTAKE},
        "yu.construction": {"drainage-permit": FOOD_INTAKE},
        "zhou.head": {"food-licence": {"reassign"}, "licence-check": {"set_aside"}},
        "qi.fire": {"fire-check": {"reassign"}},
    },
    "decidable": {
        "sun.decider": {
            "food-licence": {"grant", "deny", "return_step", "start_special", "terminate"}
            | BESIDE | {"tell_hearing"}
        },
        "new.decider": {"food-licence": {"terminate"}},
        "zhou.head": {
            PACKAGE: {"extend_joint"},
            "food-licence": {"reassign", "extend"},
            "licence-check": {"set_aside"},
        },
        "qi.fire": {"fire-check": {"reassign"}},
        "yan.fire": {"fire-check": {"pass_step", "return_acceptance"} | BESIDE},
        "hua.fire": {"fire-check": {"pass_step"} | BESIDE},
        "zhang.urban": {"signboard-filing": {"pass_step", "return_acceptance"} | BESIDE},
        "xie.tobacco": {
            "tobacco-licence": {"pass_step", "tell_hearing", "return_acceptance"} | BESIDE
        },
        "yu.construction": {
            "drainage-permit": {"pass_step", "start_special", "tell_hearing", "return_acceptance"}
            | BESIDE
        },
    },
}  # fmt: skip
# Whose step it is where several run beside each other; else the first that is open.
STEP_OF = {"hua.fire": "site_check"}
# One of each kind must be alone in his post, else the draw decides who may act.
COLLEAGUES = (
    "gulnar.reviewer", "ma.reviewer", "erkin.decider", "ablimit.urban", "halmurat.fire",
    "jin.fire", "ma.tobacco", "saule.construction",
)  # fmt: skip
# What an item announces beside a hearing, which has a verb of its own.
PROCEDURES = {"drainage-permit": "expert-review"}
VERBS = {
    "package": ("accept", "ask_correction", "resume", "deliver"),
    "case": (
        "pass_step", "grant", "deny", "confirm_review", "return_step", "raise_requirement",
        "refuse_acceptance", "not_require", "reassign", "clear_requirement",
        "start_special", "conclude_special", "extend", "terminate",
    ),
}  # fmt: skip
REFUSED = {403, 409, 422}


@pytest.fixture
def staff(monday):
    """The officers of the oracle, the drawn ones alone in their posts."""
    from tongban.people.models import Account

    for login in COLLEAGUES:
        on_leave(Account.objects.get(login=login).pk, "2026-09-01", "2026-12-31")
    hire("kashgar.reviewer", "market-regulation", "reviewer", "653100")
    hire("market.supervisor", "market-regulation", "supervisor", "650100", totp="JBSWY3DPEHPK3PXP")
    hire("idle.clerk")
    return monday


def hire(login, department="", role="", region="", totp=None):
    from tongban.people.models import Account, Post, Region

    account = Account.objects.create(
        login=login, kind="staff", name=login, password="!", totp_secret=totp,
        created_at="2026-01-05T09:00+08:00",
    )  # fmt: skip
    if department:
        Region.objects.get_or_create(
            code=region, defaults={"level": 3, "name": {"zh": region}, "parent_id": "650000"}
        )
        Post.objects.create(account=account, department_id=department, role=role, region_id=region)


@pytest.fixture
def moments(staff, request):
    """The application in the moment that the test asks for.

    Colleagues who could take a step over come after the draw, so that it had nobody to choose.
    """
    life = request.getfixturevalue(request.param)
    hire("new.decider", "market-regulation", "decider", "650100", totp="JBSWY3DPEHPK3PXP")
    hire("new.fire", "fire-rescue", "reviewer", "650100")
    return life


def oracle(life):
    """Who sees what, and who does what, in this moment."""
    if life.states()["food-licence"] == "accepted":
        return SEES | SEES_DECISION, WORKS["decidable"]
    # Nothing has come to the checkers and deciders yet, and anybody in the post may take it.
    nothing = {who: set() for who in ("bekzat.checker", "hua.fire", *SEES_DECISION)}
    works = WORKS["received"] | {"new.fire": WORKS["received"]["yan.fire"]}
    return SEES | nothing | {"new.fire": {"fire-check"}}, works


def number_of(life, what):
    return life.number if what == PACKAGE else life.case(what).number


def file_of(life, what):
    """A file of that case, else one of the food licence."""
    from tongban.documents.queries import attachments_of

    found = attachments_of([life.case(what).pk]).first() if what != PACKAGE else None
    return (found or attachments_of([life.case("food-licence").pk])[0]).material.file_id


def entries():
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from records_entry")
        return cursor.fetchone()[0]


def data_for(life, what, step=""):
    """What a willing officer would send, whatever the verb."""
    return {
        "step": step or first_step(life, what), "to": reassignable(life, what),
        "opinion": "同意。", "reasons": "理由。", "reason": "理由。", "receiver": "阿里木",
        "target": TARGETS.get(what, "layout-plan"), "problem": "看不清", "remedy": "重拍",
        "right_body": "水务局", "requirement": "1",
        "companion": companion(life, what),
        "procedure": PROCEDURES.get(what, "inspection-testing"),
        "days": "5",
        "finding": "结果。",
    }  # fmt: skip


TARGETS = {
    "food-licence": "layout-plan", "signboard-filing": "signboard-picture",
    "fire-check": "fire-plan", "tobacco-licence": "premises-lease",
    "drainage-permit": "drainage-plan",
}  # fmt: skip


def open_steps(life, what):
    from tongban.engine.models import Step

    if what == PACKAGE:
        return Step.objects.none()
    return Step.objects.filter(proceeding=life.case(what), state="open").order_by("id")


def first_step(life, what):
    found = open_steps(life, what).first()
    return found.code if found else ""


def companion(life, what):
    """A checker of the department who may go along to the site."""
    from tongban.people.queries import officers_for

    if what == PACKAGE:
        return ""
    found = officers_for(f"{life.case(what).department}.reviewer", "650100")
    return str(found[-1].account_id) if found else ""


def reassignable(life, what):
    """The first open step with a colleague of whoever holds it, as the form names them."""
    from tongban.people.queries import officers_for

    for step in open_steps(life, what):
        for officer in officers_for(step.queue, step.region):
            if officer.account_id != step.assignee_id:
                return f"{step.code}/{officer.account_id}"
    return "review/0"


def verbs_for(what):
    """The verbs of its kind, and one of the other kind."""
    if what == PACKAGE:
        return (*VERBS["package"], "deny")
    return (*VERBS["case"], "accept")


def tried(clerk, number, verb, data):
    """The status of trying, undone again; and whether anything was written."""
    before = entries()
    with transaction.atomic():
        page = clerk.do(number, verb, data)
        changed = entries() != before
        transaction.set_rollback(True)
    return page.status, changed


@pytest.mark.parametrize("moments", ["received", "decidable"], indirect=True)
def test_pages_open_and_offer_what_somebody_may_do_and_nothing_else(moments):
    sees, works = oracle(moments)
    numbers = {what: number_of(moments, what) for what in EVERYTHING}

    for login, visible in sees.items():
        clerk = Clerk(login)
        for what, number in numbers.items():
            page = clerk.see(number)
            offered = page.verbs if page.status == 200 else None
            expected = works.get(login, {}).get(what, set()) if what in visible else None
            assert (login, what, offered) == (login, what, expected)
            assert page.status == (200 if what in visible else 404)


@pytest.mark.parametrize("moments", ["decidable"], indirect=True)
def test_everybody_opens_the_files_of_his_own_cases_only(moments):
    life = moments

    for login, visible in (SEES | SEES_DECISION).items():
        clerk = Clerk(login)
        for what in set(TARGETS):
            path = f"/desk/file/{file_of(life, what)}/{number_of(life, what)}/"
            assert (login, what, clerk.open(path).status) == (
                login, what, 200 if what in visible else 404,
            )  # fmt: skip


@pytest.mark.parametrize("moments", ["decidable"], indirect=True)
def test_the_search_finds_what_somebody_may_open(moments):
    life = moments

    for login, visible in (SEES | SEES_DECISION).items():
        clerk = Clerk(login)
        for what in EVERYTHING:
            number = number_of(life, what)
            found = clerk.open("/desk/find/", q=number)
            shown = found.location == f"/desk/{number}/" or number in found.numbers
            assert (login, what, shown) == (login, what, what in visible)


@pytest.mark.parametrize("moments", ["decidable"], indirect=True)
def test_lists_lead_only_to_what_somebody_may_open(moments):
    life = moments
    every = {number_of(life, what): what for what in EVERYTHING}

    for login, visible in (SEES | SEES_DECISION).items():
        clerk = Clerk(login)
        for query in ({}, {"scope": "all"}, {"scope": "mine"}, {"watch": "1"},
                      {"queue": "fire-rescue.reviewer"}):  # fmt: skip
            page = clerk.open("/desk/", **query)
            assert page.status == 200
            assert {every[n] for n in page.numbers} <= visible, (login, query)


@pytest.mark.parametrize("moments", ["received", "decidable"], indirect=True)
def test_everybody_does_what_his_post_may_and_nothing_else(moments):
    life = moments
    sees, works = oracle(life)
    numbers = {what: number_of(life, what) for what in EVERYTHING}
    data = {what: data_for(life, what) for what in EVERYTHING}

    for login, visible in sees.items():
        clerk = Clerk(login)
        step = {"step": STEP_OF[login]} if login in STEP_OF else {}
        for what, number in numbers.items():
            may = works.get(login, {}).get(what, set())
            # Of what cannot be seen nothing is looked at: one verb stands for all.
            for verb in verbs_for(what) if what in visible else ("accept",):
                status, changed = tried(clerk, number, verb, data[what] | step)
                told = (login, what, verb, status, changed)
                if verb in may:
                    assert told == (login, what, verb, 302, True)
                elif what in visible:
                    assert status in (REFUSED | {404}) or verb == "clear_requirement", told
                    assert not changed, told
                else:
                    assert told == (login, what, verb, 404, False)


@pytest.mark.parametrize("moments", ["decidable"], indirect=True)
def test_strangers_are_asked_to_sign_in_and_citizens_are_kept_out(moments):
    life = moments
    number, case = life.number, life.case("food-licence").number
    file = file_of(life, "food-licence")
    paths = ["/desk/", "/desk/find/?q=x", f"/desk/{number}/", f"/desk/{case}/",
             f"/desk/file/{file}/{case}/", f"/desk/{case}/grant/"]  # fmt: skip

    for path in paths:
        assert Clerk(None).open(path).location.startswith("/login/?next=")
        # The applicant herself has pages of her own; a stranger learns nothing either.
        for citizen in ("ali", "li.na"):
            page = Clerk(citizen).open(path)
            told = page.source.replace(path, "").replace(quote(path, safe=""), "")
            assert (page.status, number in told, "天山雪" in told) == (403, False, False)
    for verb in VERBS["case"]:
        assert Clerk(None).do(case, verb).location.startswith("/login/?next=")
        assert Clerk("ali").do(case, verb).status == 403


def test_the_log_of_random_assignment_is_open_to_everybody(decidable):
    today = decidable.house.now.date().isoformat()

    for login in (None, "ali", "li.window"):
        clerk = Clerk(login)
        assert clerk.open("/open/assignments/").location == f"/open/assignments/{today}/"
        assert clerk.open(f"/open/assignments/{today}/").status == 200
        assert clerk.open(f"/open/assignments/{today}.json").status == 200
