"""Hostile input in every field of every verb: refused or made harmless, and shown escaped."""

import pytest
from django.db import transaction

from tests.doors.desk.test_access import data_for
from tests.doors.desk.test_looks import licence_of
from tests.doors.desk.test_refusals import login_of
from tongban.doors.desk.forms import verbs_of

FOOD = "food-licence"
SCRIPT = '"><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7|add:7 }}{% now "Y" %}'
HOSTILE = {
    "script": SCRIPT,
    "megabyte": "长" * 350_000,
    "control": "a\x00b\x07c\x1b[31md\x85e",
    "reversed": "准予\u202e予准\u202c\u2066x\u2069\u200b\ufeff",
    "halves": "a\ud800b".encode("utf-8", "surrogatepass"),
    "percent": "%s %(x)s {0} {verb} \\ ' \" ; DROP TABLE engine_step; --",
    "number": "9" * 400,
    "empty": "",
}
INVISIBLE = "\x00\x07\x1b\u202e\u202c\u2066\u2069\u200b\ufeff"


def people(life, kind):
    """Who may do something with it now: the window, or the officer of the food licence."""
    if kind == "package":
        return "li.window", life.number, "package"
    role = "decider" if life.states()[FOOD] == "accepted" else "reviewer"
    return login_of(life.officer_of(FOOD, role)), life.case(FOOD).number, FOOD


@pytest.mark.parametrize("moment", ["received", "decidable"])
def test_no_field_of_any_verb_takes_poison(request, desk, moment):
    life = request.getfixturevalue(moment)

    for kind in ("package", "case"):
        login, number, what = people(life, kind)
        clerk, good = desk(login), data_for(life, what)
        verbs = verbs_of(kind).values()
        closed = {verb.name for verb in verbs if is_closed(clerk, number, verb, good)}
        # Some are open in each of the two moments, else nothing would be tried.
        assert len(closed) < len(verbs)
        for poison in HOSTILE:
            with transaction.atomic():
                for verb in verbs:
                    for names in fields_of(verb, poison, verb.name in closed):
                        poisoned(clerk, number, verb, poison, good, names)
                assert_harmless(clerk.see(number), poison)
                transaction.set_rollback(True)


def fields_of(verb, poison, is_closed):
    """Each field alone; all at once where the form is refused whatever stands in it."""
    names = [one.name for one in verb.inputs]
    if not is_closed:
        return [[name] for name in names]
    # Several megabytes are refused before anybody reads them.
    return [names[:1] if poison == "megabyte" else names] if names else []


def is_closed(clerk, number, verb, good):
    """Whether the verb is refused here and now, with nothing wrong in its form."""
    with transaction.atomic():
        status = clerk.do(number, verb.name, good).status
        transaction.set_rollback(True)
    return status in (403, 404, 409)


def poisoned(clerk, number, verb, poison, good, names):
    """Send the form of a verb with these fields poisoned."""
    if verb.name in DECIDES and poison in HARMLESS:
        return
    page = clerk.do(number, verb.name, good | dict.fromkeys(names, HOSTILE[poison]))
    assert page.status in (302, 403, 404, 409, 422), (verb.name, names, poison)
    if page.status != 302:
        assert_harmless(page, poison)


# What would end the case with a text that is odd but allowed; these are tried below.
DECIDES = frozenset({"grant", "deny", "return_step", "refuse_acceptance", "not_require"})
HARMLESS = frozenset({"script", "control", "reversed", "halves", "percent", "number"})


def assert_harmless(page, poison):
    assert "<script>alert" not in page.source, poison
    assert "<img src=x" not in page.source
    assert not set(INVISIBLE) & set(page.source)
    assert "DROP TABLE engine_step; --" not in page.source or poison == "percent"


def test_reasons_are_kept_as_plain_words(decidable, desk):
    from tongban.cases.models import Decision

    login, number, _what = people(decidable, "case")
    clerk = desk(login)

    for poison in ("script", "control", "reversed", "percent"):
        with transaction.atomic():
            assert clerk.do(number, "deny", {"reasons": HOSTILE[poison]}).status == 302
            kept = Decision.objects.get(proceeding__number=number).reasons
            page = clerk.see(number)
            transaction.set_rollback(True)
        assert not set(INVISIBLE) & set(kept)
        # The page's words are read on one line.
        assert " ".join(kept.split()) in page.words
        assert_harmless(page, poison)


def test_a_text_that_is_too_long_is_refused_and_comes_back_whole(decidable, desk):
    login, number, _what = people(decidable, "case")

    page = desk(login).do(number, "deny", {"reasons": HOSTILE["megabyte"]})

    assert page.status == 422
    assert len(page.value("do-deny-reasons")) == 350_000
    assert decidable.states()[FOOD] == "accepted"


def test_the_search_takes_anything(decidable, desk):
    clerk = desk("li.window")

    for text in (SCRIPT, "%", "_", "--", "\x00", "\u202e", "a" * 5000, "' or 1=1 --"):
        page = clerk.open("/desk/find/", q=text)
        assert (text, page.status, page.numbers) == (text, 200, [])
        assert "<script>alert" not in page.source
        assert not set(INVISIBLE) & set(page.source)


WRONG = (
    {"queue": SCRIPT},
    {"queue": "fire-rescue.reviewer"},
    {"queue": "nobody"},
    {"queue": "\x00"},
    {"scope": "everything"},
    {"after": "nonsense"},
    {"after": "2026-13-45~x"},
    {"after": "2026-09-07T00:00:00+08:00~99999999999999999999999"},
    {"watch": "1"},
)


def test_an_address_that_says_something_wrong_shows_nothing_of_others(decidable, desk):
    clerk = desk("zhang.urban")

    for query in WRONG:
        page = clerk.open("/desk/", **query)
        assert (query, page.status) == (query, 200)
        assert set(page.numbers) <= {decidable.case("signboard-filing").number}
        assert "<script>alert" not in page.source


def test_no_field_of_a_licence_takes_poison(decidable, desk):
    decidable.decide(FOOD)
    clerk = desk(login_of(decidable.officer_of(FOOD, "decider")))
    path = f"/desk/licences/{licence_of(decidable)}/"

    for poison, bad in HOSTILE.items():
        for name in ("to", "reason", "basis"):
            with transaction.atomic():
                good = {"to": "suspended", "reason": "核查中", "basis": "第一条"}
                page = clerk.send(path, good | {name: bad})
                assert page.status in (302, 404, 409, 422), (poison, name)
                assert_harmless(clerk.open(path) if page.status == 302 else page, poison)
                transaction.set_rollback(True)
