import json
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.kernel.conditions import (
    MAX_DEPTH,
    All,
    Any,
    Fact,
    Leaf,
    Not,
    Op,
    Outcome,
    evaluate,
    fields_of,
    leaves_of,
    parameter_on,
    parameters_of,
    parse,
    to_data,
    value_fault,
)
from tongban.kernel.refusals import BadInput

MET, NOT_MET, UNKNOWN = Outcome.MET, Outcome.NOT_MET, Outcome.UNKNOWN
TODAY = date(2026, 3, 2)
NAMES = ["a", "b.c", "d-e"]
LEAVES = st.sampled_from(NAMES).map(lambda name: {"field": name, "op": "eq", "value": True})


def groups(inner):
    many = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        many.map(lambda members: {"all": members}),
        many.map(lambda members: {"any": members}),
        inner.map(lambda member: {"not": member}),
    )


def depth(data):
    if "field" in data:
        return 0
    (members,) = data.values()
    return 1 + max(map(depth, members if isinstance(members, list) else [members]))


TREES = st.recursive(LEAVES, groups, max_leaves=8).filter(lambda data: depth(data) <= MAX_DEPTH)
ASSIGNMENTS = st.fixed_dictionaries({name: st.sampled_from([True, False, None]) for name in NAMES})


def facts_of(assignment):
    """None stands for a fact that is not there."""
    return {name: Fact(value) for name, value in assignment.items() if value is not None}


def outcome_of(data, value, *, on=TODAY, **parameters):
    """The outcome of one leaf for a present fact."""
    facts = {"fact": Fact(value)}
    return evaluate(parse({"field": "fact", **data}), facts, on=on, parameters=parameters).outcome


# Kleene's tables, written as numbers: false 0, unknown 1, true 2.
RANK = {NOT_MET: 0, UNKNOWN: 1, MET: 2}


def brute(data, assignment):
    if "field" in data:
        return {True: 2, False: 0, None: 1}[assignment[data["field"]]]
    if "all" in data:
        return min(brute(member, assignment) for member in data["all"])
    if "any" in data:
        return max(brute(member, assignment) for member in data["any"])
    return 2 - brute(data["not"], assignment)


@given(data=TREES, assignment=ASSIGNMENTS)
def test_outcomes_follow_the_tables_of_kleene(data, assignment):
    verdict = evaluate(parse(data), facts_of(assignment), on=TODAY)

    assert RANK[verdict.outcome] == brute(data, assignment)


@given(data=TREES, assignment=ASSIGNMENTS)
def test_a_decided_outcome_holds_however_the_unknown_turns_out(data, assignment):
    condition = parse(data)
    outcome = evaluate(condition, facts_of(assignment), on=TODAY).outcome
    open_names = [name for name, value in assignment.items() if value is None]

    completions = [
        {**assignment, **dict(zip(open_names, values, strict=True))}
        for values in product([True, False], repeat=len(open_names))
    ]

    if outcome is not UNKNOWN:
        for complete in completions:
            assert evaluate(condition, facts_of(complete), on=TODAY).outcome is outcome


@given(data=TREES, assignment=ASSIGNMENTS)
def test_what_is_missing_is_named_only_while_it_matters(data, assignment):
    verdict = evaluate(parse(data), facts_of(assignment), on=TODAY)

    if verdict.outcome is UNKNOWN:
        assert verdict.missing
        assert all(assignment[name] is None for name in verdict.missing)
        filled = {name: value is not False for name, value in assignment.items()}
        known = {n: v if n in verdict.missing else assignment[n] for n, v in filled.items()}
        assert evaluate(parse(data), facts_of(known), on=TODAY).outcome is not UNKNOWN
    else:
        assert verdict.missing == ()


@given(data=TREES, assignment=ASSIGNMENTS)
def test_every_leaf_is_explained_in_the_order_of_the_data(data, assignment):
    condition = parse(data)
    verdict = evaluate(condition, facts_of(assignment), on=TODAY)

    assert [line.path for line in verdict.lines] == [path for path, _ in leaves_of(condition)]
    assert {line.field for line in verdict.lines} == set(fields_of(condition))
    assert all(line.zh.endswith("。") for line in verdict.lines)


@given(TREES)
def test_a_condition_survives_its_data_form(data):
    condition = parse(data)

    assert parse(json.loads(json.dumps(to_data(condition)))) == condition
    assert to_data(condition) == data


EXAMPLES = {
    Op.EQ: ["text", 5, True, 2.5, "2026-01-01"],
    Op.NE: ["text"],
    Op.IN: [["a", 1, "2026-01-01"]],
    Op.NOT_IN: [["a"]],
    Op.LT: [1, "2026-01-01"],
    Op.LE: [1.5],
    Op.GT: [-3],
    Op.GE: [0],
    Op.BETWEEN: [[1, 2], ["2026-01-01", "2026-12-31"]],
    Op.EXISTS: [True, False],
    Op.WITHIN_REGION: ["650100", ["6501", "652300"]],
    Op.INDUSTRY_UNDER: ["H", ["62", "H6210"]],
    Op.HAS_LICENCE: ["business-licence", ["a", "b"]],
    Op.NO_PENALTY_IN: [12],
    Op.CREDIT_AT_LEAST: [60, {"grade": "B", "scale": ["D", "C", "M", "B", "A"]}],
    Op.YEARS_SINCE_AT_LEAST: [18],
}


@pytest.mark.parametrize(
    ("op", "value"), [(op, value) for op in Op for value in EXAMPLES[op]], ids=str
)
def test_every_operator_survives_its_data_form(op, value):
    data = {"field": "x", "op": op.value, "value": value, "text": {"zh": "一句话", "en": "words"}}

    condition = parse(data)

    assert to_data(condition) == data
    assert parse(json.loads(json.dumps(to_data(condition)))) == condition


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**6), 10**6)
    | st.floats()
    | st.text(max_size=6)
    | st.dates()
    | st.datetimes(timezones=st.just(UTC))
    | st.decimals(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


@given(value=ANYTHING, data=st.data())
def test_no_fact_whatever_makes_an_evaluation_fail(value, data):
    op = data.draw(st.sampled_from(list(Op)))
    expected = data.draw(st.sampled_from(EXAMPLES[op]))

    assert outcome_of({"op": op.value, "value": expected}, value) in Outcome


@given(value=ANYTHING, data=st.data())
def test_no_parameter_whatever_makes_an_evaluation_fail(value, data):
    op = data.draw(st.sampled_from([op for op in Op if op is not Op.EXISTS]))
    fact = data.draw(st.sampled_from(["text", 5, "2026-01-01", "H", "650100", None]))

    found = outcome_of({"op": op.value, "parameter": "p"}, fact, p=[(date(2020, 1, 1), value)])

    assert found in Outcome


def problem_paths(data):
    try:
        parse(data)
    except BadInput as refused:
        return [problem.path for problem in refused.problems]
    return None


@given(data=ANYTHING)
def test_nothing_but_bad_input_comes_of_reading_anything(data):
    for tree in (data, {"field": "x", "op": data, "value": 1}, {"all": data}, {"not": data}):
        assert problem_paths(tree) != []


@given(value=ANYTHING, op=st.sampled_from(list(Op)))
def test_a_value_is_either_read_or_refused_with_its_path(value, op):
    found = problem_paths({"not": {"field": "x", "op": op.value, "value": value}})

    assert found in (None, ["not.value"])


SCALE = {"grade": "B", "scale": ["D", "C", "M", "B", "A"]}


@pytest.mark.parametrize(
    ("op", "expected", "value", "outcome"),
    [
        ("eq", "餐饮", "餐饮", MET),
        ("eq", "餐饮", "零售", NOT_MET),
        ("eq", 5, Decimal("5.0"), MET),
        ("eq", 5, "5", MET),
        ("eq", "5", 5, UNKNOWN),
        ("eq", True, True, MET),
        ("eq", True, 1, UNKNOWN),
        ("eq", 1, True, UNKNOWN),
        ("eq", "2026-01-01", date(2026, 1, 1), MET),
        ("eq", date(2026, 1, 1), "2026-01-01", MET),
        ("ne", "餐饮", "零售", MET),
        ("ne", "餐饮", None, MET),
        ("eq", "餐饮", None, NOT_MET),
        ("in", ["a", "b"], "b", MET),
        ("in", ["a", "b"], "c", NOT_MET),
        ("in", ["a", "b"], ["c", "b"], MET),
        ("in", ["a", "b"], [], NOT_MET),
        ("in", ["a", "b"], 5, UNKNOWN),
        ("in", [1, "a"], "a", MET),
        ("not_in", ["a", "b"], ["c", "d"], MET),
        ("not_in", ["a", "b"], ["c", "a"], NOT_MET),
        ("not_in", ["a"], None, MET),
        ("lt", 50, 49.9, MET),
        ("lt", 50, 50, NOT_MET),
        ("le", 50, Decimal("50.0"), MET),
        ("le", 0.1, Decimal("0.1"), MET),
        ("gt", 50, 50, NOT_MET),
        ("ge", 50, 50, MET),
        ("ge", "2026-01-01", date(2026, 1, 1), MET),
        ("lt", "2026-01-01", date(2025, 12, 31), MET),
        ("lt", 50, "a lot", UNKNOWN),
        ("lt", 50, date(2026, 1, 1), UNKNOWN),
        ("lt", 50, None, NOT_MET),
        ("lt", 50, Decimal("sNaN"), UNKNOWN),
        ("lt", 50, float("inf"), UNKNOWN),
        ("gt", 50, 10**400, MET),
        ("between", [10, 20], 10, MET),
        ("between", [10, 20], 20, MET),
        ("between", [10, 20], 20.01, NOT_MET),
        ("between", ["2026-01-01", "2026-12-31"], date(2026, 5, 1), MET),
        ("exists", True, "", MET),
        ("exists", True, None, NOT_MET),
        ("exists", False, None, MET),
        ("exists", False, 0, NOT_MET),
        ("within_region", "650100", "650102", MET),
        ("within_region", "650100", "652301", NOT_MET),
        ("within_region", ["650100", "652300"], "652301", MET),
        ("within_region", "650100", ["652301", "650103"], MET),
        ("within_region", "650100", 650102, UNKNOWN),
        ("industry_under", "H", "6210", MET),
        ("industry_under", ["61", "62"], "H6210", MET),
        ("industry_under", "H", ["5212", "6220"], MET),
        ("industry_under", "H", "5212", NOT_MET),
        ("industry_under", "H", "餐饮", UNKNOWN),
        ("has_licence", "food-licence", ["business-licence", "food-licence"], MET),
        ("has_licence", ["food-licence", "small-eatery-certificate"], ["food-licence"], MET),
        ("has_licence", "food-licence", [], NOT_MET),
        ("has_licence", "food-licence", None, NOT_MET),
        ("has_licence", "food-licence", 7, UNKNOWN),
        ("no_penalty_in", 12, ["2025-03-02"], MET),
        ("no_penalty_in", 12, ["2025-03-03"], NOT_MET),
        ("no_penalty_in", 12, [date(2020, 1, 1), date(2026, 1, 1)], NOT_MET),
        ("no_penalty_in", 12, [], MET),
        ("no_penalty_in", 12, None, MET),
        ("no_penalty_in", 12, ["soon"], UNKNOWN),
        ("credit_at_least", 60, 60, MET),
        ("credit_at_least", 60, 59, NOT_MET),
        ("credit_at_least", SCALE, "A", MET),
        ("credit_at_least", SCALE, "B", MET),
        ("credit_at_least", SCALE, "M", NOT_MET),
        ("credit_at_least", SCALE, "Z", UNKNOWN),
        ("credit_at_least", 60, None, NOT_MET),
        ("years_since_at_least", 18, date(2008, 3, 2), MET),
        ("years_since_at_least", 18, "2008-03-03", NOT_MET),
        ("years_since_at_least", 18, datetime(2008, 3, 1, 16, tzinfo=UTC), MET),
        ("years_since_at_least", 18, "long ago", UNKNOWN),
    ],
)
def test_operators_decide_as_they_say(op, expected, value, outcome):
    assert outcome_of({"op": op, "value": expected}, value) is outcome


def test_a_missing_fact_is_unknown_even_to_exists():
    for value in (True, False):
        condition = parse({"field": "x", "op": "exists", "value": value})
        assert evaluate(condition, {}, on=TODAY).outcome is UNKNOWN


def test_exists_needs_no_value():
    assert parse({"field": "x", "op": "exists"}) == Leaf("x", Op.EXISTS, value=True)


AREAS = {"small_eatery_area": [(date(2026, 1, 1), 60), (date(2024, 1, 1), 50)]}
SMALL = {"field": "site.area", "op": "le", "parameter": "small_eatery_area"}


@pytest.mark.parametrize(
    ("on", "outcome"),
    [
        (date(2025, 12, 31), NOT_MET),
        (date(2026, 1, 1), MET),
        (date(2023, 12, 31), UNKNOWN),
    ],
)
def test_a_parameter_counts_from_its_day_on(on, outcome):
    verdict = evaluate(parse(SMALL), {"site.area": Fact(55)}, on=on, parameters=AREAS)

    assert verdict.outcome is outcome
    assert verdict.missing == (("parameter:small_eatery_area",) if outcome is UNKNOWN else ())


def test_a_parameter_that_does_not_fit_its_operator_leaves_the_answer_open():
    verdict = evaluate(
        parse(SMALL),
        {"site.area": Fact(55)},
        on=TODAY,
        parameters={"small_eatery_area": [(date(2024, 1, 1), "fifty")]},
    )

    assert (verdict.outcome, verdict.missing) == (UNKNOWN, ("parameter:small_eatery_area",))


def test_parameters_and_fields_are_listed_once_in_order():
    condition = parse({"all": [SMALL, {"any": [SMALL, {"field": "b", "op": "exists"}]}]})

    assert fields_of(condition) == ("site.area", "b")
    assert parameters_of(condition) == ("small_eatery_area",)
    assert parameter_on(AREAS, "small_eatery_area", TODAY) == 60
    assert parameter_on(AREAS, "other", TODAY) is None


def test_a_line_keeps_value_expectation_source_and_date():
    condition = parse({**SMALL, "text": {"zh": "经营面积不超过小餐饮上限。", "en": "small"}})
    facts = {"site.area": Fact(45, "申请表", date(2026, 3, 1))}

    (line,) = evaluate(condition, facts, on=TODAY, parameters=AREAS).lines

    assert (line.value, line.expected, line.source, line.as_of) == (
        45,
        60,
        "申请表",
        date(2026, 3, 1),
    )
    assert line.parameter == "small_eatery_area"
    assert line.zh == "经营面积不超过小餐饮上限：符合（实际为45，来源：申请表，截至2026-03-01）。"


@pytest.mark.parametrize(
    ("data", "facts", "sentence"),
    [
        ({"op": "in", "value": ["a", "b"]}, {}, "x属于a、b：尚不清楚（缺少x）。"),
        ({"op": "eq", "value": True}, {"x": Fact(None)}, "x等于是：不符合（实际为无）。"),
        ({"op": "lt", "value": 5}, {"x": Fact("y")}, "x小于5：尚不清楚（实际为y，无法比较）。"),
        (
            {"op": "credit_at_least", "value": SCALE},
            {"x": Fact("A")},
            "x信用不低于B：符合（实际为A）。",
        ),
    ],
)
def test_a_leaf_without_text_still_speaks(data, facts, sentence):
    (line,) = evaluate(parse({"field": "x", **data}), facts, on=TODAY).lines

    assert line.zh == sentence


def leaf(**changes):
    return {"field": "x", "op": "eq", "value": 1, **changes}


def nested(levels):
    data = leaf()
    for _ in range(levels):
        data = {"not": data}
    return data


@pytest.mark.parametrize(
    ("data", "path", "code"),
    [
        (None, "", "condition-shape"),
        ([], "", "condition-shape"),
        ({}, "field", "condition-name"),
        ({"all": []}, "all", "condition-shape"),
        ({"any": {}}, "any", "condition-shape"),
        ({"all": [leaf()], "text": "x"}, "", "condition-shape"),
        ({"all": [leaf(), {"not": leaf(field="X")}]}, "all[1].not.field", "condition-name"),
        ({"any": [leaf(op="approx")]}, "any[0].op", "condition-op"),
        (leaf(code="1 + 1"), "code", "condition-key"),
        (leaf(text=5), "text", "condition-text"),
        (leaf(text={}), "text", "condition-text"),
        (leaf(value=None), "value", "condition-value"),
        (leaf(value=float("nan")), "value", "condition-value"),
        (leaf(parameter="p"), "parameter", "condition-shape"),
        ({"field": "x", "op": "exists", "parameter": "p"}, "parameter", "condition-shape"),
        ({"field": "x", "op": "lt"}, "", "condition-shape"),
        ({"field": "x", "op": "lt", "parameter": "P!"}, "parameter", "condition-name"),
        (leaf(op="in", value="a"), "value", "condition-value"),
        (leaf(op="in", value=[]), "value", "condition-value"),
        (leaf(op="between", value=[2, 1]), "value", "condition-value"),
        (leaf(op="between", value=[1, "2026-01-01"]), "value", "condition-value"),
        (leaf(op="exists", value=1), "value", "condition-value"),
        (leaf(op="industry_under", value="Z"), "value", "condition-value"),
        (leaf(op="no_penalty_in", value=-1), "value", "condition-value"),
        (leaf(op="credit_at_least", value="B"), "value", "condition-value"),
        (
            leaf(op="credit_at_least", value={"grade": "E", "scale": ["A"]}),
            "value",
            "condition-value",
        ),
        (nested(MAX_DEPTH + 1), ".".join(["not"] * (MAX_DEPTH + 1)), "condition-depth"),
    ],
)
def test_a_condition_that_is_written_wrongly_is_refused_with_its_path(data, path, code):
    with pytest.raises(BadInput) as refused:
        parse(data)

    assert (path, code) in [(problem.path, problem.code) for problem in refused.value.problems]
    assert all(problem.sentence.endswith("。") for problem in refused.value.problems)


def test_all_faults_are_told_at_once():
    data = {"all": [leaf(op="approx"), leaf(field=""), {"any": []}]}

    with pytest.raises(BadInput) as refused:
        parse(data)

    assert [problem.path for problem in refused.value.problems] == [
        "all[0].op",
        "all[1].field",
        "all[2].any",
    ]


def test_the_greatest_depth_is_allowed():
    assert parse(nested(MAX_DEPTH))


def test_trees_are_plain_values():
    assert parse({"all": [{"any": [leaf()]}, {"not": leaf()}]}) == All(
        (Any((Leaf("x", Op.EQ, 1),)), Not(Leaf("x", Op.EQ, 1)))
    )
    assert value_fault(Op.LT, 5) == ""


class TestAnotherFact:
    CHECK = {"field": "staff.trained", "op": "le", "other": "staff.count"}

    def outcome(self, **facts):
        known = {f"staff.{name}": Fact(value) for name, value in facts.items()}
        return evaluate(parse(self.CHECK), known, on=TODAY)

    @pytest.mark.parametrize(("trained", "expected"), [(3, MET), (4, MET), (5, NOT_MET)])
    def test_two_facts_are_compared(self, trained, expected):
        assert self.outcome(trained=trained, count=4).outcome is expected

    def test_days_are_compared_as_days(self):
        condition = parse({"field": "until", "op": "ge", "other": "today"})
        facts = {"until": Fact("2026-09-20"), "today": Fact(date(2026, 9, 21))}

        assert evaluate(condition, facts, on=TODAY).outcome is NOT_MET

    def test_while_one_is_missing_the_answer_is_open_and_names_it(self):
        assert self.outcome(trained=3).missing == ("staff.count",)
        assert self.outcome(count=3).missing == ("staff.trained",)
        assert self.outcome(trained=3, count=None).outcome is UNKNOWN

    def test_it_is_written_back_as_it_was_read(self):
        assert to_data(parse(self.CHECK)) == self.CHECK
        assert fields_of(parse(self.CHECK)) == ("staff.trained", "staff.count")

    @pytest.mark.parametrize("more", [{"value": 1}, {"parameter": "p"}])
    def test_it_stands_alone(self, more):
        with pytest.raises(BadInput):
            parse(self.CHECK | more)
