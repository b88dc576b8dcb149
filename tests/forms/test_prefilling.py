"""What is known is filled in, with its source; what an authority says stays."""

import pytest

from tests.forms.scenes import TODAY, fact, field
from tongban.catalogue.rules.compiled import CompiledSource
from tongban.forms.rules import prefill, source_key

LICENCE = CompiledSource("licence", licence="club-licence", field="name")
SHARE = CompiledSource("share", resource="club-register", field="courts")
PERSON = CompiledSource("person", field="phone")


def filled(one, facts=None, **more):
    known = {one.code: fact(facts, "会员证")} if facts is not None else {}
    found = {key: {one.code: fact(value)} for key, value in more.items()}
    return prefill([one], known, on=TODAY, **found).get(one.code)


class TestSources:
    def test_a_licence_fills_in_and_locks(self):
        found = filled(field("club.name", source=LICENCE), " 石榴俱乐部 ")

        assert (found.value, found.source_key, found.locked) == (
            "石榴俱乐部",
            "licence:club-licence.name",
            True,
        )
        assert (found.source_label, found.as_of) == ({"zh": "会员证"}, TODAY)

    @pytest.mark.parametrize(
        ("kind", "value"), [("phone", "13900000001"), ("address", "胜利路168号")]
    )
    def test_telephones_and_addresses_may_be_changed(self, kind, value):
        found = filled(field("club.x", kind, source=PERSON), value)

        assert (found.value, found.locked) == (value, False)

    def test_shared_data_locks(self):
        assert filled(field("club.courts", "integer", source=SHARE), "4").locked

    def test_nothing_known_fills_nothing_in(self):
        assert filled(field("club.name", source=LICENCE)) is None

    @pytest.mark.parametrize(
        ("kind", "value"), [("integer", "four"), ("id_number", "123"), ("phone", "none")]
    )
    def test_nonsense_in_a_source_is_not_filled_in(self, kind, value):
        assert filled(field("club.x", kind, source=SHARE), value) is None

    def test_the_name_of_an_option_counts_as_its_code(self):
        one = field("club.kind", "choice", source=LICENCE, options=("own", "lease"))

        assert filled(one, "选项lease").value == "lease"

    @pytest.mark.parametrize(
        ("source", "key"),
        [
            (LICENCE, "licence:club-licence.name"),
            (SHARE, "share:club-register.courts"),
            (CompiledSource("share", resource="club-register"), "share:club-register"),
            (PERSON, "person:phone"),
            (CompiledSource("derived", rule="sex"), "derived:sex"),
            (CompiledSource("typed"), "typed"),
        ],
    )
    def test_sources_have_stable_words(self, source, key):
        assert source_key(source) == key


class TestOrder:
    def test_the_answer_in_the_guide_wins_and_locks(self):
        found = filled(field("club.courts", "integer", source=SHARE), 4, answered=6)

        assert (found.value, found.source_key, found.locked) == (6, "guide", True)

    @pytest.mark.parametrize(("kind", "locked"), [("integer", True), ("phone", False)])
    def test_an_answer_that_repeats_a_source_keeps_the_source(self, kind, locked):
        value = "13900000001"
        found = filled(field("club.x", kind, source=PERSON), value, answered=value)

        assert (found.source_key, found.locked) == ("person:phone", locked)

    def test_last_times_answer_comes_last_and_stays_free(self):
        found = filled(field("club.note"), remembered="老样子")

        assert (found.value, found.source_key, found.locked) == ("老样子", "remembered", False)
        assert found.source_label["zh"] == "您上次填写"

    def test_a_field_with_a_source_is_not_filled_from_memory(self):
        assert filled(field("club.name", source=LICENCE), remembered="旧名") is None


class TestDerived:
    def form(self, rule):
        source = CompiledSource("derived", rule=rule, of=("person.id_number",))
        return [
            field("person.id_number", "id_number", source=PERSON),
            field("person.derived", source=source),
        ]

    @pytest.mark.parametrize(("rule", "value"), [("birth_date", "1990-01-01"), ("sex", "male")])
    def test_a_rule_computes_from_other_fields(self, rule, value):
        facts = {"person.id_number": fact("650102199001010017")}

        found = prefill(self.form(rule), facts, on=TODAY)["person.derived"]

        assert (found.value, found.source_key) == (value, f"derived:{rule}")

    @pytest.mark.parametrize("rule", ["birth_date", "no_such_rule"])
    def test_without_what_it_needs_it_computes_nothing(self, rule):
        assert prefill(self.form(rule), {}, on=TODAY) == {}

    def test_an_unknown_rule_computes_nothing(self):
        facts = {"person.id_number": fact("650102199001010017")}

        assert "person.derived" not in prefill(self.form("no_such_rule"), facts, on=TODAY)
