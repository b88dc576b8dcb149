"""The real forms of the city: what content shows as an example is a good answer."""

from functools import cache

import pytest
from django.conf import settings

from tests.forms.scenes import TODAY, fact
from tongban.catalogue.content.loader import load_content
from tongban.catalogue.rules.compiler import compile_package
from tongban.catalogue.rules.published import shelf_of
from tongban.forms.rules import check_answers, check_value, prefill
from tongban.forms.rules.prefilling import DERIVED


@cache
def package(code):
    content = load_content(settings.CONTENT)
    return compile_package(content.packages[code], shelf_of(content))


def good(one):
    """An answer that the field itself suggests."""
    if one.options:
        return [one.options[0].code] if one.kind == "multichoice" else one.options[0].code
    return one.example or ("是" if one.kind == "boolean" else "")


@pytest.mark.parametrize("code", ["P01", "P02"])
def test_every_example_passes_its_own_check(code):
    wrong = {
        one.code: problems
        for one in package(code).fields
        if one.example and (problems := check_value(one, one.example, on=TODAY)[1])
    }

    assert wrong == {}


@pytest.mark.parametrize("code", ["P01", "P02"])
def test_every_derived_field_names_a_rule_that_exists(code):
    rules = {one.source.rule for one in package(code).fields if one.source.kind == "derived"}

    assert rules <= set(DERIVED)


@pytest.mark.parametrize("code", ["P01", "P02"])
def test_a_form_filled_in_with_its_examples_has_no_problem(code):
    whole = package(code)
    answers = {one.code: value for one in whole.fields if (value := good(one))}

    found = check_answers(whole.fields, answers, {}, TODAY, parameters=whole.parameters_by_name)

    assert [(problem.path, problem.code) for problem in found if problem.code != "required"] == []
    without_example = {one.code for one in whole.fields if not good(one)}
    assert {problem.path for problem in found} <= without_example


@pytest.mark.parametrize("code", ["P01", "P02"])
def test_whatever_is_filled_in_passes_the_check(code):
    whole = package(code)
    known = {one.code: fact(good(one), "来源") for one in whole.fields if good(one)}

    filled = prefill(whole.fields, known, on=TODAY)

    answers = {element: one.value for element, one in filled.items()}
    found = check_answers(
        whole.fields, answers, {}, TODAY, parameters=whole.parameters_by_name, prefilled=filled
    )
    assert [problem.path for problem in found if problem.code != "required"] == []


@pytest.mark.parametrize(
    ("code", "value", "sentence"),
    [
        ("site.lease_until", "2026-09-20", "租赁（使用）期限已经届满"),
        ("staff.health_certificates", "9", "有健康证明的人数不能多于从业人员人数"),
    ],
)
def test_the_restaurant_is_held_to_what_its_answers_must_agree_with(code, value, sentence):
    whole = package("P02")
    answers = {one.code: given for one in whole.fields if (given := good(one))}
    answers |= {"site.tenure": "lease", "staff.count": "8", code: value}

    found = check_answers(whole.fields, answers, {}, TODAY, parameters=whole.parameters_by_name)

    (problem,) = [one for one in found if one.code == "check"]
    assert problem.path == code
    assert sentence in problem.sentence
    assert all(check.text.en for check in whole.field(code).checks)
