"""From what people type to what is kept."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.forms.scenes import TODAY, field
from tongban.catalogue.content.forms import ElementKind
from tongban.forms.rules import MAX_TYPED, check_value, normalise, same_value
from tongban.kernel.refusals import BadInput

KINDS = [kind.value for kind in ElementKind]

TYPED = [
    ("text", "  天山  雪 \n餐厅 ", "天山 雪 餐厅"),
    ("text", "e\u0301", "é"),
    ("address", "胜利路\u200b 168 号", "胜利路 168 号"),
    ("longtext", "一行  \r\n二行\n\n", "一行\n二行"),
    ("integer", " １２ ", 12),
    ("integer", "1,200", 1200),
    ("integer", "+5", 5),
    ("integer", "12.0", 12),
    ("decimal", "120.50", "120.5"),
    ("decimal", "１２０。５".replace("。", "．"), "120.5"),
    ("decimal", "-0.0", "0"),
    ("decimal", 35.5, "35.5"),
    ("money", "¥500,000.00", "500000"),
    ("money", "1234.5元", "1234.5"),
    ("date", "2026-10-08", "2026-10-08"),
    ("date", "2026年10月8日", "2026-10-08"),
    ("date", "2026/1/2", "2026-01-02"),
    ("date", "20261008", "2026-10-08"),
    ("boolean", "是", True),
    ("boolean", "no", False),
    ("boolean", False, False),
    ("name", " 阿丽娅 • 买买提 ", "阿丽娅·买买提"),
    ("name", "𪚥小龙", "𪚥小龙"),
    ("id_number", "11010519491231002x", "11010519491231002X"),
    ("id_number", "650102 19900101 0017", "650102199001010017"),
    ("uscc", "91650100ma7te5t198", "91650100MA7TE5T198"),
    ("phone", "+86 139-0000-0001", "13900000001"),
    ("phone", "(0991) 5550100", "09915550100"),
    ("choice", " lease ", "lease"),
    ("multichoice", ["hot", "cold", "hot"], ["hot", "cold"]),
    ("multichoice", "hot", ["hot"]),
    ("file_list", ["f1"], ["f1"]),
]

REFUSED = [
    ("integer", "十二", "number-shape"),
    ("integer", "1.5", "integer-shape"),
    ("integer", "12,34", "number-shape"),
    ("integer", "9" * 16, "number-shape"),
    ("decimal", "1e5", "number-shape"),
    ("decimal", "NaN", "number-shape"),
    ("decimal", float("inf"), "number-shape"),
    ("decimal", "1.1234567", "number-shape"),
    ("money", "50万元", "money-unit"),
    ("money", "1.234", "money-places"),
    ("date", "2026-02-30", "date-unreal"),
    ("date", "明天", "date-shape"),
    ("date", "0026-10-08", "date-far"),
    ("boolean", "也许", "boolean-shape"),
    ("name", "买买提·Ali", "name-scripts"),
    ("name", "<script>", "name-character"),
    ("id_number", "650102199001010018", "id-number-check"),
    ("id_number", "650102199002300011", "id-number-birth"),
    ("uscc", "91650100MA7TE5T199", "uscc-check"),
    ("phone", "12345", "phone-shape"),
    ("text", {"a": 1}, "shape"),
    ("text", "x" * (MAX_TYPED + 1), "too-long"),
    ("multichoice", [{"a": 1}], "shape"),
    ("multichoice", 5, "shape"),
]


@pytest.mark.parametrize(("kind", "typed", "kept"), TYPED)
def test_what_people_type_is_kept_in_one_form(kind, typed, kept):
    assert normalise(kind, typed) == kept


@pytest.mark.parametrize(("kind", "typed", "code"), REFUSED)
def test_what_cannot_be_meant_is_refused_with_a_sentence(kind, typed, code):
    with pytest.raises(BadInput) as no:
        normalise(kind, typed)

    (problem,) = no.value.problems[:1]
    assert problem.code == code
    assert problem.sentence.endswith("。")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("empty", [None, "", "  ", "\u200b", []])
def test_nothing_is_nothing(kind, empty):
    if empty == [] and kind not in ("multichoice", "file_list"):
        with pytest.raises(BadInput):
            normalise(kind, empty)
    else:
        assert normalise(kind, empty) is None


def test_an_unknown_kind_is_a_fault():
    with pytest.raises(ValueError, match="telepathy"):
        normalise("telepathy", "x")


raw_values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(st.characters(codec=None, categories=None), max_size=60),
    st.lists(st.text(max_size=10), max_size=5),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    st.dates().map(str),
    st.decimals(allow_nan=False, allow_infinity=False).map(str),
)


@given(st.sampled_from(KINDS), raw_values)
def test_normalising_refuses_or_is_stable(kind, raw):
    try:
        kept = normalise(kind, raw)
    except BadInput:
        return

    assert kept is None or normalise(kind, kept) == kept


@given(st.sampled_from(["decimal", "money"]), st.decimals(-(10**14), 10**14, places=2))
def test_no_digit_of_a_number_is_lost(kind, number):
    kept = normalise(kind, f"{number:,f}")

    assert Decimal(kept) == number


@given(st.dates(min_value=TODAY.replace(year=1900), max_value=TODAY.replace(year=2199)))
def test_every_way_to_write_a_day_means_that_day(day):
    ways = {f"{day:%Y-%m-%d}", f"{day:%Y%m%d}", f"{day.year}年{day.month}月{day.day}日"}

    assert {normalise("date", way) for way in ways} == {day.isoformat()}


class TestLimits:
    def codes(self, one, raw):
        _, problems = check_value(one, raw, on=TODAY)
        assert all(problem.path == one.code for problem in problems)
        return [problem.code for problem in problems]

    @pytest.mark.parametrize(("typed", "codes"), [("x" * 20, []), ("x" * 21, ["too-long"])])
    def test_texts_have_a_length(self, typed, codes):
        assert self.codes(field("a.b", max_length=20), typed) == codes

    def test_length_counts_characters_and_not_bytes(self):
        assert self.codes(field("a.b", max_length=3), "𪚥𪚥𪚥") == []

    @pytest.mark.parametrize(
        ("typed", "codes"), [("0", ["too-small"]), ("1", []), ("50", []), ("51", ["too-large"])]
    )
    def test_numbers_have_a_range(self, typed, codes):
        assert self.codes(field("a.b", "integer", min=1, max=50), typed) == codes

    @pytest.mark.parametrize(
        ("typed", "codes"),
        [("2026-09-20", ["too-early"]), ("2026-09-21", []), ("2027-01-01", ["too-late"])],
    )
    def test_days_have_a_range_and_know_today(self, typed, codes):
        assert self.codes(field("a.b", "date", min="today", max="2026-12-31"), typed) == codes

    @pytest.mark.parametrize(("typed", "codes"), [("own", []), ("steal", ["option-unknown"])])
    def test_choices_are_from_the_list(self, typed, codes):
        assert self.codes(field("a.b", "choice", options=("own", "lease")), typed) == codes

    @pytest.mark.parametrize(
        ("typed", "codes"),
        [
            (["own", "lease"], []),
            (["own", "x"], ["option-unknown"]),
            (["own", "lease", "x"], ["too-many"]),
        ],
    )
    def test_several_choices_are_from_the_list(self, typed, codes):
        found = self.codes(field("a.b", "multichoice", options=("own", "lease")), typed)
        assert found[:1] == codes

    def test_a_pattern_shows_the_example(self):
        one = field("a.b", pattern="^[0-9]{4}$", example="5411")

        _, (problem,) = check_value(one, "54", on=TODAY)

        assert (problem.code, "5411" in problem.sentence) == ("pattern", True)

    def test_a_trailing_line_does_not_slip_through_a_pattern(self):
        value, problems = check_value(field("a.b", pattern="^[0-9]{4}$"), "5411\n", on=TODAY)

        assert (value, problems) == ("5411", ())

    @pytest.mark.parametrize(
        ("typed", "codes"), [("650102199001010017", []), ("123", ["id-number-shape"])]
    )
    def test_a_text_may_be_checked_as_a_number_of_a_citizen(self, typed, codes):
        assert self.codes(field("a.b", check="id_number"), typed) == codes

    def test_a_birth_in_the_future_is_refused(self):
        from tongban.kernel.identifiers import id_number_check

        first17 = "65010220270101001"
        born_tomorrow = first17 + id_number_check(first17)

        assert self.codes(field("a.b", "id_number"), born_tomorrow) == ["id-number-future"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (120, "120", True),
        ("120.0", 120, True),
        (["a", "b"], ["b", "a"], True),
        (True, "true", False),
        (True, True, True),
        ("0991", "991", False),
        ("天山区", "天山区", True),
        ("a", "b", False),
    ],
)
def test_values_of_two_sources_are_compared_by_meaning(one, other, same):
    assert same_value(one, other) is same
