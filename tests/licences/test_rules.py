"""Faces, identifiers and validity, as pure decisions."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.licences import scenes
from tongban.catalogue.rules import Words
from tongban.catalogue.rules.compiled import CompiledField, CompiledOption, CompiledSource
from tongban.kernel.identifiers import parse_certificate_identifier
from tongban.kernel.refusals import BadInput
from tongban.licences import rules
from tongban.licences.states import LicenceState

S = LicenceState
KIND = rules.read_type(scenes.LICENCE)
SERIALS = st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=64)
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(
    ("type_code", "issuer", "serial", "edition", "check"),
    [
        ("11100000000013338W011", "11430000006122244L", "20230000403", 1, "U"),
        ("11100000MB03271699022", "340100", "000000016", 1, "9"),
        ("11100000000013338W009", "11330105002500287C", "2025052201", 2, "0"),
    ],
)
def test_identifiers_agree_with_real_ones(type_code, issuer, serial, edition, check):
    assert rules.identifier_of(type_code, issuer, serial, edition).endswith(
        f".{serial}.{edition:03d}.{check}"
    )


@given(serial=SERIALS, edition=st.integers(1, 999))
def test_an_identifier_reads_back_and_each_edition_has_its_own(serial, edition):
    text = rules.identifier_of(KIND.type_code, scenes.ORGAN_USCC, serial, edition)

    parts = parse_certificate_identifier(text)

    assert (parts.serial, parts.version) == (serial, edition)
    assert (parts.type_code, parts.issuer) == (KIND.type_code, scenes.ORGAN_USCC)
    if edition < 999:
        assert rules.identifier_of(KIND.type_code, scenes.ORGAN_USCC, serial, edition + 1) != text


@given(serial=SERIALS, edition=st.integers(1, 999), data=st.data())
def test_one_wrong_character_is_always_found(serial, edition, data):
    text = rules.identifier_of(KIND.type_code, scenes.ORGAN_USCC, serial, edition)
    start = len("1.2.156.3005.2.")
    place = data.draw(st.integers(start, len(text) - 1).filter(lambda i: text[i] != "."))
    wrong = data.draw(st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ").filter(
        lambda c: c != text[place]))  # fmt: skip

    with pytest.raises(BadInput):
        parse_certificate_identifier(text[:place] + wrong + text[place + 1 :])


@given(state=st.sampled_from(S), valid_to=st.none() | DAYS, on=DAYS)
def test_a_passed_last_day_counts_before_anybody_wrote_it(state, valid_to, on):
    found = rules.state_on(state, valid_to, on)

    if valid_to is not None and on > valid_to and state in (S.VALID, S.SUSPENDED):
        assert found is S.EXPIRED
    else:
        assert found is state
    if rules.is_in_force(state, date(2020, 1, 1), valid_to, on):
        assert found is S.VALID


@given(left=st.integers(-3, 120), days=st.integers(0, 100))
def test_expiring_is_the_last_days_of_a_valid_licence(left, days):
    today = date(2026, 1, 5)
    valid_to = today + timedelta(days=left)

    assert rules.is_expiring(S.VALID, valid_to, today, days=days) is (0 <= left <= days)
    assert not rules.is_expiring(S.SUSPENDED, valid_to, today, days=days)
    assert not rules.is_expiring(S.VALID, None, today, days=days)


def test_a_licence_ends_at_the_citys_midnight():
    assert rules.expired_at(date(2026, 1, 4)).isoformat() == "2026-01-05T00:00:00+08:00"


def test_a_face_holds_the_decisions_values_and_words_for_people():
    items = rules.face_of(
        KIND, scenes.FACE, derived={"licence_number": "CG1", "valid_until": "长期"},
        shown={"district": "天山区"},
    )  # fmt: skip

    assert [item["field"] for item in items] == [
        "number", "address", "district", "projects", "opens_on", "valid_until",
    ]  # fmt: skip
    by_field = {item["field"]: item for item in items}
    assert by_field["district"]["value"] == "650102"
    assert by_field["district"]["text"] == "天山区"
    assert by_field["projects"]["value"] == ["热茶", "茶点"]
    assert by_field["projects"]["text"] == "热茶、茶点"
    assert by_field["opens_on"]["value"] == "2026-02-01"
    assert by_field["opens_on"]["text"] == "2026年2月1日"
    assert by_field["address"]["element"] == "site.address"
    assert "number" not in [line["label"] for line in rules.printed(items)]


def test_what_is_not_on_the_face_is_refused_by_name():
    with pytest.raises(BadInput) as caught:
        rules.face_of(KIND, {"colour": "red"}, derived={}, shown={})

    assert caught.value.problems[0].path == "face.colour"


@pytest.mark.parametrize(
    ("value", "words"),
    [(True, "是"), (False, "否"), (120.0, "120"), (120.5, "120.5"), (3, "3"),
     ("2026-13-01", "2026-13-01"), ("长期", "长期"), (["a", 1], "a、1")],
)  # fmt: skip
def test_values_are_printed_as_people_write_them(value, words):
    assert rules.words_for(value) == words


def field(kind="text", unit="", options=()):
    return CompiledField(
        code="x.y", name=Words("x"), kind=kind, section="s", source=CompiledSource("typed"),
        uses=(), unit=unit,
        options=tuple(CompiledOption(code, Words(name)) for code, name in options),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("one", "value", "words"),
    [
        (field("choice", options=[("a", "甲"), ("b", "乙")]), "b", "乙"),
        (field("multichoice", options=[("a", "甲"), ("b", "乙")]), ["a", "b", "c"], "甲、乙、c"),
        (field("money", "CNY"), 500000, "50万元"),
        (field("money", "CNY"), "1234.50", "1234.50元"),
        (field("money"), 8, "8元"),
        (field("decimal", "m2"), "120.0", "120平方米"),
        (field("integer", "lamp"), 3, "3lamp"),
        (field("money", "CNY"), "面议", ""),
        (field("money", "CNY"), "NaN", ""),
        (field("text"), "长期", ""),
        (field("boolean"), True, ""),
    ],
)
def test_codes_and_amounts_are_printed_as_the_form_calls_them(one, value, words):
    assert rules.words_in_field(one, value) == words


def test_a_pinned_type_reads_like_the_content(db):
    from tongban.catalogue.queries import packages_in_force

    types = [
        (kind, package.compiled)
        for package in packages_in_force(scenes.TODAY)
        for kind in package.compiled.licence_types
    ]

    assert types
    for kind, _compiled in types:
        read = rules.read_type(kind)
        assert read.name
        assert read.face
        assert read.template in ("licence", "certificate")
