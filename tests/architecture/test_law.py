"""Each rule of the licensing law that the house keeps has a test that names its article.

`docs/law.md` is written from here: `UPDATE=1 .venv/bin/pytest -n0 tests/architecture/test_law.py`.
"""

from __future__ import annotations

import ast
import os

from tongban.config.options import CHECKOUT

PAGE = CHECKOUT / "docs" / "law.md"
HEAD = """# Articles and their tests

Written from the marks `@pytest.mark.law("…")` of the tests. Articles are those of the
administrative licensing law (行政许可法) unless another law is named; the rules are told in the
project's words (domain specification §3.2).

| Article | What the house does | Tests |
|---|---|---|
"""
RULES = {
    "32(1)(1)": "What needs no licence is told at once, with the reason",
    "32(1)(2)": "Who is not competent refuses at once and names the right body",
    "32(1)(3)": "What can be put right on the spot is: everything wrong is told before filing",
    "32(1)(4)": "One notice of everything within five working days, else accepted from receipt",
    "32(2)": "Acceptance and its refusal are dated and sealed papers",
    "34(2)": "What is complete and can be decided at once is decided at once",
    "34(3)": "A check on site takes two officers",
    "36": "Whoever has a serious interest is told and heard",
    "38": "A denial has reasons and says where to turn",
    "42(1)": "Twenty working days; extended once, in time, by the head, with the reason told",
    "42(2)": "Joint handling has forty-five working days, extended once by the government",
    "43": "A first review by a lower level has its own twenty days",
    "44": "Results are handed over within ten working days",
    "45": "Hearings, tests and reviews by experts do not count; their time is told in writing",
    "47-48": "The steps of a hearing and their days",
    "48(3)": "Who reviewed or chaired does not decide where content says so",
    "50": "Renewal; no decision before the end of validity renews",
    "55": "An inspection is assigned to two officers within five days",
    "57": "Where the number is limited the order of acceptance decides",
    "58": "A fee is owed by law alone, and holds no clock that the law runs",
    "78-79": "Cheating refuses, warns, bars",
    "82": "Days are working days",
    "市场主体登记管理条例 33": "The notice stands twenty days; an objection ends the simple way",
    "行政诉讼法 70-71": "What was set aside is decided anew, by others, not on the same grounds",
    "国办发〔2020〕42号": "A commitment may be left before the decision; the proofs come instead",
    "户口登记条例 7": "A registered child gets its number, once",
    "民法典 23": "A guardian acts for the child, recorded as its guardian",
    "民法典 27": "Parents are guardians until the child is of age; strangers see nothing",
    "民法典 36": "A judgment ends a guardianship, and with it every access",
    "个人信息保护法 24": "A machine's decision explains itself, and a person may be asked for",
}
NOT_YET: set[str] = set()


def _article(decorator: ast.expr) -> str | None:
    """The article of a mark `pytest.mark.law("…")`."""
    if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.law":
        return str(ast.literal_eval(decorator.args[0]))
    return None


def _marked() -> list[tuple[str, str, str]]:
    """Every mark as article, file and test."""
    found = []
    for path in sorted((CHECKOUT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                found += [
                    (article, path.relative_to(CHECKOUT).as_posix(), node.name)
                    for article in map(_article, node.decorator_list)
                    if article
                ]
    return found


def _page() -> str:
    tests: dict[str, list[str]] = {article: [] for article in RULES}
    for article, file, name in _marked():
        tests[article].append(f"[{name.removeprefix('test_').replace('_', ' ')}](../{file})")
    rows = [
        f"| {article} | {rule} | {'<br>'.join(tests[article]) or 'not built yet'} |\n"
        for article, rule in RULES.items()
    ]
    return HEAD + "".join(rows)


def test_every_mark_names_a_known_article():
    assert {article for article, _, _ in _marked()} - RULES.keys() == set()


def test_every_rule_has_a_test_or_is_known_to_be_missing():
    assert RULES.keys() - {article for article, _, _ in _marked()} == NOT_YET


def test_the_page_of_articles_is_true():
    if os.environ.get("UPDATE"):
        PAGE.write_text(_page(), encoding="utf-8")

    assert PAGE.read_text(encoding="utf-8") == _page()
