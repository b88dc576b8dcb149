"""Each rule of the linter passes on sound content and finds the one fault put into it."""

import re
from copy import deepcopy

import pytest

from tests.catalogue.club import (
    CARD,
    VERBS,
    build,
    club,
    element,
    item,
    limit,
    material,
    package,
    place,
    question,
    text,
    write,
)
from tongban.catalogue.checks import check_content
from tongban.catalogue.rules.lint import RULES, lint


def test_the_club_is_sound():
    assert lint(build(club()), VERBS) == ()


def _set(path, value):
    """A fault that sets one value somewhere in the data."""

    def fault(raw):
        *way, last = path
        here = raw
        for step in way:
            here = here[step]
        here[last] = value

    return fault


def _add(path, *values):
    def fault(raw):
        here = raw
        for step in path:
            here = here[step]
        here.extend(values)

    return fault


def _check(must):
    """A check at the age of a person."""
    check = {"must": must, "text": text("年龄不对", "The age is wrong"), "mark": "A"}
    return _set(("elements", "person", "elements", 1, "checks"), [check])


LENT = ("elements", "person", "elements", 1, "granted")


def _signing(name="person.name", paper="card-copy", covers=("person.name", "member.number")):
    """The holder of the card signs for it."""
    return {
        "role": "holder",
        "name": text("持卡人", "Holder"),
        "material": paper,
        "who": {"name": name, "code": "member.number"},
        "covers": list(covers),
        "text": text("同意使用这张卡。", "The card may be used."),
        "basis": "网球章程第一条",
        "mark": "A",
    }


def _use(exempt="NONE", **changes):
    return {"material": "photo", "required": True, "exempt": exempt, "mark": "A", **changes}


def _asked(**changes):
    request = {"text": "球网破了", "type": "question", "domain": "club", "region": "650100"}
    return request | changes


ANSWER = ("answers", "club", "answers", 0)
MEMBERSHIP = ("items", "membership")
LOCKER = ("items", "locker")
COACH = ("items", "coach")
PACKAGE = ("packages", "P90")
YES, NO = True, False
ADULT = {"field": "person.age", "op": "ge", "value": 18}
TRADE = {
    "code": "tennis",
    "name": {"zh": "网球", "en": "Tennis"},
    "licence_name": {"zh": "行业综合许可证（网球）", "en": "Comprehensive licence (tennis)"},
    "package": "P90",
    "lead_department": "no-such",
    "type_code": "11650100MB0U001T1C901",
    "number_prefix": "ZT",
    "base": "member-card",
    "site_field": "address",
    "parts": [
        {"types": ["no-such"], "required": True, "mark": "A"},
        {"types": ["member-card"], "mark": "A"},
    ],
    "basis": [],
    "mark": "A",
}

FAULTS = [
    ("C010", "an unknown department", _set((*LOCKER, "department"), "nobody")),
    ("C010", "an unknown issuer", _set(("licences", "member-card", "issuer"), "nobody")),
    ("C010", "an officer of nowhere", _set(("staff", 0, "posts", 0, "department"), "nobody")),
    ("C011", "an unknown element", _add((*LOCKER, "fields"), {"element": "no.such"})),
    ("C012", "an unknown material", _add((*LOCKER, "before", "materials"), "no-such")),
    (
        "C013",
        "an unknown licence",
        _set(("elements", "member", "elements", 0, "source", "licence"), "no-such"),
    ),
    (
        "C013",
        "an unknown face field",
        _set(("elements", "member", "elements", 0, "source", "field"), "no_such"),
    ),
    ("C014", "an unknown procedure", _set((*LOCKER, "procedures"), ["no-such"])),
    ("C015", "an unknown item", _add(("opinions", 1, "items"), "no-such")),
    ("C016", "a window for nothing", _set(("halls", 0, "windows", 0, "packages"), ["P99"])),
    ("C017", "an unknown letter", _set(("promises", "proof_letter"), "no-such")),
    ("C017", "a letter of another regime", _set(("promises", "proof_letter"), "later")),
    ("C018", "a hotline without its department", _set(("hotline", "centre"), "no-such")),
    (
        "C018",
        "requests for a desk that is not there",
        _set(("hotline", "domains", 0, "special"), "no_such"),
    ),
    (
        "C018",
        "two domains of one code",
        _add(("hotline", "domains"), {"code": "club", "name": text("另一处"), "unit": "club"}),
    ),
    (
        "C018",
        "a number of hot issues that is missing",
        _set(("hotline", "hot", "numbers"), {}),
    ),
    (
        "C018",
        "a number of hot issues beyond all sense",
        _set(("hotline", "hot", "numbers", "alike", "value"), 7),
    ),
    ("C018", "likeness without its weights", _set(("hotline", "hot", "likeness"), {})),
    ("C018", "a share above one", _set(("hotline", "alike", "words", "value"), 1.5)),
    ("C018", "every level is content", _set(("hotline", "good_to", "value"), 5)),
    (
        "C018",
        "an order that begins at no level",
        _set(
            ("hotline", "triggers"),
            [{"code": "late", "name": text("迟"), "level": "talk", "basis": "章程", "mark": "A"}],
        ),
    ),
    (
        "C018",
        "two levels of one code",
        _add(
            ("hotline", "levels"),
            {"code": "remind", "name": text("又"), "by": "head", "basis": "章程", "mark": "A"},
        ),
    ),
    ("C018", "a hold of years", _set(("hotline", "hold_most", "value"), 900)),
    ("C018", "no time left at all", _set(("hotline", "least_left", "hour", "value"), 0)),
    ("C018", "a type apart that is not there", _set(("hotline", "hot", "apart"), ["shout"])),
    ("C090", "a request about nothing known", _set(("requests",), [_asked(domain="no-such")])),
    ("C090", "a request of no type", _set(("requests",), [_asked(type="shout")])),
    ("C090", "a request from nowhere", _set(("requests",), [_asked(region="999999")])),
    ("C091", "a request written twice", _set(("requests",), [_asked(), _asked()])),
    ("C092", "answers of nobody", _set(("answers", "club", "unit"), "nobody")),
    ("C092", "an answer about no item", _set((*ANSWER, "items"), ["no-such"])),
    ("C092", "an answer about no package", _set((*ANSWER, "packages"), ["P99"])),
    ("C092", "an answer on no domain", _set((*ANSWER, "domains"), ["no-such"])),
    ("C092", "an answer that holds nowhere", _set((*ANSWER, "region"), "999999")),
    ("C093", "an answer with an unknown gap", _set((*ANSWER, "answer"), text("{no_such}"))),
    ("C093", "an answer about no item with its time", _set((*ANSWER, "items"), [])),
    ("C094", "days written by hand", _set((*ANSWER, "answer"), text("要3个工作日"))),
    ("C095", "an answer that ends first", _set((*ANSWER, "to"), "2039-01-01")),
    ("C020", "a signer of no answer", _set((*LOCKER, "signers"), [_signing(name="no.such")])),
    ("C020", "a paper that nobody hands in", _set((*LOCKER, "signers"), [_signing(paper="x")])),
    ("C020", "a signature without the signer", _set((*LOCKER, "signers"), [_signing(covers=[])])),
    ("C021", "a field that nobody lends", _set(LENT, {"role": "x", "licence": "y", "field": "z"})),
    ("C022", "a child that nobody names", _set((*LOCKER, "result", "holder"), "child")),
    ("C018", "an unknown role", _set((*LOCKER, "route", 0, "role"), "wizard")),
    ("C018", "a role that nobody holds", _set((*LOCKER, "route", 0, "role"), "checker")),
    ("C019", "a material that nobody needs", _add(("materials",), material("spare"))),
    (
        "C019",
        "an element that nobody needs",
        _add(("elements", "person", "elements"), element("person.hat")),
    ),
    (
        "C030",
        "a choice without options",
        _set(("elements", "person", "elements", 1, "kind"), "choice"),
    ),
    ("C030", "bounds upside down", _set(("elements", "person", "elements", 1, "min"), 200)),
    (
        "C030",
        "a pattern that does not compile",
        _set(("elements", "member", "elements", 0, "pattern"), "["),
    ),
    (
        "C030",
        "an example outside the options",
        _set(("elements", "member", "elements", 1, "example"), "huge"),
    ),
    (
        "C031",
        "an element defined twice",
        _add(("elements", "member", "elements"), element("person.age", "integer")),
    ),
    ("C032", "an exemption without a licence", _add((*COACH, "materials"), _use("LICENCE"))),
    ("C032", "a share without a resource", _add((*COACH, "materials"), _use("SHARE"))),
    ("C032", "a commitment without a text", _add((*COACH, "materials"), _use("COMMIT"))),
    ("C032", "an upload without a format", _set(("materials", 0, "formats"), ["none"])),
    ("C033", "a material named twice", _add((*COACH, "materials"), _use())),
    ("C034", "a field named twice", _add((*COACH, "fields"), {"element": "person.age"})),
    (
        "C035",
        "a face that nobody can fill",
        _set(("licences", "member-card", "face", 1, "from"), "locker.size"),
    ),
    (
        "C036",
        "a wrong type code",
        _set(("licences", "member-card", "type_code"), f"{'1' * 18}001"),
    ),
    ("C040", "a condition that cannot be read", _set((*COACH, "automatic", "when"), {"maybe": 1})),
    (
        "C041",
        "a fact that nobody knows",
        _set((*COACH, "automatic", "when", "field"), "moon.phase"),
    ),
    (
        "C042",
        "an unknown parameter",
        _set((*COACH, "automatic", "when", "parameter"), "moon"),
    ),
    (
        "C042",
        "a parameter of the wrong kind",
        _set(("parameters", "adult_age", "values", 0, "value"), "old"),
    ),
    (
        "C043",
        "a comparison with no option",
        _set(
            (*LOCKER, "fields", 2, "when"), {"field": "locker.size", "op": "eq", "value": "huge"}
        ),
    ),
    (
        "C043",
        "a yes-or-no compared with a word",
        _set((*LOCKER, "fields", 2, "when", "value"), "yes"),
    ),
    ("C040", "a check that cannot be read", _check({"field": "person.age", "op": "le"})),
    (
        "C041",
        "a check against a field that is nowhere",
        _check({"field": "person.age", "op": "le", "other": "person.weight"}),
    ),
    (
        "C043",
        "a check of a number against a name",
        _check({"field": "person.age", "op": "le", "other": "person.name"}),
    ),
    (
        "C043",
        "a check of a number against the day",
        _check({"field": "person.age", "op": "le", "other": "today"}),
    ),
    (
        "C046",
        "a check that looks elsewhere",
        _check({"field": "person.name", "op": "eq", "value": "A"}),
    ),
    (
        "C046",
        "a machine decision that compares two answers",
        _set(
            (*COACH, "automatic", "when"),
            {"field": "person.age", "op": "le", "other": "person.age"},
        ),
    ),
    ("C044", "a typical answer to no question", _set((*PACKAGE, "typical"), {"moon.phase": 1})),
    (
        "C045",
        "a question unlike its element",
        _add((*PACKAGE, "questions"), question("person.age", "boolean")),
    ),
    ("C050", "a code of another type", _set((*MEMBERSHIP, "catalog_code"), "652000001000")),
    ("C050", "a code of another region", _set((*LOCKER, "catalog_code"), "112000009000")),
    ("C050", "one code twice", _set((*COACH, "catalog_code"), "652000001000")),
    ("C051", "a route without a decision", _set((*COACH, "route", 1, "step"), "check")),
    ("C052", "a clock on a verb that never comes", _set(("clocks", 0, "starts_on"), ["hope"])),
    ("C053", "a clock that nothing starts", _set(("clocks", 0, "starts_on"), [])),
    ("C053", "a clock that never resumes", _set(("clocks", 1, "pauses_on"), ["start"])),
    ("C054", "a number from nowhere", _set((*LOCKER, "limits", "promise", "basis"), "")),
    ("C055", "a law of another city", _set((*LOCKER, "basis", 0, "mark"), "VL")),
    ("C058", "a decision by many at once", _set((*COACH, "route", 1, "batch"), ["pass_step"])),
    ("C056", "a promise in hours", _set((*LOCKER, "limits", "promise", "unit"), "hour")),
    (
        "C057",
        "a commitment that comes later",
        _add((*LOCKER, "materials"), _use("COMMIT", deficient_allowed=True)),
    ),
    ("C060", "an item twice", _add((*PACKAGE, "items"), place("locker", 4))),
    (
        "C060",
        "a circle",
        _add((*PACKAGE, "items", 0, "depends_on"), {"item": "locker"}),
    ),
    (
        "C060",
        "a wait for a stranger",
        _add((*PACKAGE, "items", 0, "depends_on"), {"item": "no-such"}),
    ),
    (
        "C062",
        "a consumer that does not wait",
        _set((*PACKAGE, "items", 1, "depends_on"), []),
    ),
    (
        "C064",
        "a choice without a question",
        _set((*PACKAGE, "items", 2, "choose_question"), "no_such"),
    ),
    (
        "C064",
        "an automatic item without condition",
        _set((*PACKAGE, "items", 2, "required"), "auto"),
    ),
    ("C065", "a question twice", _add((*PACKAGE, "questions"), question("coach.wanted"))),
    (
        "C065",
        "a question that looks ahead",
        _set(
            (*PACKAGE, "questions", 0, "show_if"),
            {"field": "locker.wanted", "op": "eq", "value": True},
        ),
    ),
    ("C066", "a whole longer than the law", _set((*PACKAGE, "limits", "joint"), limit(3))),
    ("C068", "a trade of permits that are not there", _set(("trades",), {"tennis": TRADE})),
    ("C070", "a region without a parent", _set(("regions", 1, "parent"), "999999")),
    ("C071", "a hall in no region", _set(("halls", 0, "region"), "999999")),
    (
        "C072",
        "a wrong identity number",
        _set(("citizens", "persons", 0, "id_number"), "650102199001010018"),
    ),
    ("C073", "a login twice", _set(("citizens", "persons", 0, "login"), "li")),
    (
        "C073",
        "an enterprise of nobody",
        _set(("citizens", "enterprises", 0, "representative"), "bob"),
    ),
    (
        "C079",
        "somebody who stands in for himself",
        _set(("staff", 0, "posts", 0, "deputy"), "nobody"),
    ),
    (
        "C074",
        "a held licence with a strange face",
        _set(("citizens", "persons", 0, "licences", 0, "face"), {"hat": "red"}),
    ),
    (
        "C075",
        "a parameter without basis",
        _set(("parameters", "adult_age", "values", 0, "basis"), ""),
    ),
    (
        "C078",
        "a window that is authorised for what it may not decide",
        _set(
            ("halls", 0, "authorised"),
            [{"department": "tax", "items": ["nothing"], "basis": "书面授权", "mark": "A"}],
        ),
    ),
    ("C076", "a phrase for no step", _set(("opinions", 0, "step"), "dream")),
    (
        "C077",
        "a word twice",
        _add(("glossary",), {"zh": "球", "en": "orb", "identifier": "orb", "meaning": "圆。"}),
    ),
    (
        "C080",
        "a day of another year",
        _set(("calendars", ("national", 2026), 0, "date"), "2025-01-01"),
    ),
    ("C080", "an empty year", _set(("calendars", ("national", 2027)), [])),
    (
        "C081",
        "a day that changes nothing",
        _add(
            ("calendars", ("national", 2026)),
            {"date": "2026-01-03", "kind": "off", "name": "元旦"},
        ),
    ),
    (
        "C082",
        "a day off without a notice",
        _set(
            ("calendars", ("650000", 2026)),
            [{"date": "2026-03-20", "kind": "off", "name": "肉孜节", "mark": "M"}],
        ),
    ),
    ("C083", "hours that overlap", _set(("city", "hours", 0, "shifts", 1, "opens"), "13:00")),
    ("C085", "one sentence in two translations", _set((*COACH, "faq", 0, "q", "en"), "Dear?")),
    ("Q1", "an instant promise of days", _set((*COACH, "project_type"), "INSTANT")),
    ("Q2", "a licence closed as a letter", _set((*MEMBERSHIP, "result", "form"), "出文")),
    ("Q3", "a visit without reason", _set((*COACH, "visits", "value"), 1)),
    ("Q3", "a reason without visit", _set((*COACH, "visits", "reason"), text("好玩"))),
    (
        "Q3",
        "no visit and no other way",
        _set((*COACH, "channels"), {"online_depth": "I", "hall": True, "post": False}),
    ),
    ("Q5", "a charge without lines", _set((*COACH, "fee"), {"charged": True})),
    ("Q5", "online payment of nothing", _set((*COACH, "fee", "online"), YES)),
    ("Q6", "one phone for both", _set((*COACH, "contacts", "complain"), "0991-1111111")),
    ("Q6", "a phone of another city", _set((*COACH, "contacts", "consult"), "010-1111111")),
    ("Q7", "a theme of the wrong audience", _set((*COACH, "themes"), {"enterprise": ["start"]})),
    ("Q8", "a licence nobody explains", _set((*MEMBERSHIP, "faq"), [])),
    ("Q9", "a result without a sample", _set((*MEMBERSHIP, "result", "sample"), NO)),
    ("Q10", "a catch-all material", _set(("materials", 0, "name"), text("其他材料"))),
    (
        "Q10",
        "a catch-all condition",
        _set((*MEMBERSHIP, "conditions", 0, "text"), text("符合其他条件。")),
    ),
    (
        "Q11",
        "a promise longer than the law",
        _set((*MEMBERSHIP, "limits", "promise", "value"), 30),
    ),
    (
        "Q11",
        "a licence of more than twenty days",
        _set(
            (*MEMBERSHIP, "limits", "legal"),
            {**limit(40), "basis": "行政许可法第四十二条"},
        ),
    ),
    ("Q12", "no legal basis", _set((*COACH, "basis"), [])),
    ("Q12", "an empty article", _set((*COACH, "basis", 0, "article"), " ")),
    ("Q12", "a repealed basis", _set((*COACH, "basis", 0, "repealed_on"), "2025-01-01")),
    ("Q13", "a condition without basis", _set((*MEMBERSHIP, "conditions", 0, "basis"), "")),
    ("Q14", "an item missing at the hall", _set((*COACH, "channels", "hall"), NO)),
]


@pytest.mark.parametrize(
    ("code", "fault"), [(c, f) for c, _, f in FAULTS], ids=[n for _, n, _ in FAULTS]
)
def test_a_fault_is_found(code, fault):
    raw = club()
    fault(raw)

    found = lint(build(raw), VERBS)

    assert code in {finding.code for finding in found}


def test_a_visit_contradicts_the_whole_online_process():
    raw = club()
    raw["items"]["coach"]["visits"] = {"value": 1, "mark": "A", "reason": text("要试球")}

    assert {finding.code for finding in lint(build(raw), VERBS)} == {"Q4"}


def test_what_one_item_issues_is_not_asked_for_by_another():
    raw = club()
    raw["items"]["locker"]["materials"].append(
        {
            "material": "card-copy",
            "required": True,
            "exempt": "NONE",
            "mark": "A",
            "when": {"field": "locker.wanted", "op": "eq", "value": True},
        }
    )

    assert "C061" in {finding.code for finding in lint(build(raw), VERBS)}


def test_one_item_does_not_spare_what_another_asks_for():
    raw = club()
    raw["items"]["locker"]["materials"].append(_use("REUSE"))

    assert {finding.code for finding in lint(build(raw), VERBS)} == {"C063"}


def test_two_packages_do_not_share_an_address():
    raw = club()
    twin = package(place("coach", 1), code="P91", name=text("再入会", "Join again"))
    raw["packages"]["P91"] = twin

    assert "C067" in {finding.code for finding in lint(build(raw), VERBS)}


def test_an_item_on_the_negative_list_is_not_at_the_hall():
    raw = club()
    banned = {"item": "coach", "reason": text("涉密"), "basis": "规定"}
    raw["city"]["hall_negative_list"] = [banned]

    assert {finding.code for finding in lint(build(raw), VERBS)} == {"Q14"}


def test_every_rule_is_documented_and_tried():
    tried = {code for code, _, _ in FAULTS} | {"C061", "C063", "C067", "Q4"}
    documented = {
        code for rule in RULES for code in re.findall(r"\b([CQ]\d+):", rule.__doc__ or "")
    }

    assert all(re.match(r"[CQ]\d+: ", rule.__doc__ or "") for rule in RULES)
    assert tried == documented


def test_a_finding_says_where_what_why_and_what_instead(tmp_path):
    raw = club()
    raw["items"]["membership"]["limits"]["promise"]["value"] = 30
    write(raw, tmp_path)

    (finding,) = [f for f in check_content(tmp_path, verbs=VERBS) if f.code == "Q11"]

    line = (tmp_path / "items/membership.yaml").read_text().splitlines()[finding.line - 1]
    assert line.strip().startswith("promise:")
    assert str(finding) == (
        f"items/membership.yaml:{finding.line} Q11 承诺时限 30 长于法定时限 20。"
        "承诺只能更快，不能更慢。缩短承诺，或核对法定时限。"
    )


def test_the_order_of_files_does_not_change_the_findings():
    raw = club()
    raw["items"]["coach"]["project_type"] = "INSTANT"
    turned = deepcopy(raw)
    turned["items"] = dict(reversed(raw["items"].items()))

    assert lint(build(raw), VERBS) == lint(build(turned), VERBS)


def test_items_on_their_own_may_use_what_they_ask():
    raw = club()
    raw["items"]["alone"] = item(
        "alone",
        catalog_code="652000003000",
        fields=[{"element": "person.age", "required": True}],
        automatic={"when": ADULT, "text": text("自动")},
    )

    assert lint(build(raw), VERBS) == ()


def test_a_licence_type_code_stands_once():
    raw = club()
    raw["licences"]["twin"] = {**CARD, "code": "twin"}

    assert "C036" in {finding.code for finding in lint(build(raw), VERBS)}
