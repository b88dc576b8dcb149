import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.kernel.names import (
    MAX_LENGTH,
    mask_name,
    name_key,
    name_problems,
    normalise_name,
    parse_name,
    rare_characters,
    scripts_of,
)
from tongban.kernel.refusals import BadInput

DOTS = "·•‧∙⋅・･᛫⸱·ㆍꞏ●．"
HAN = st.text(
    st.one_of(
        st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5),
        st.characters(min_codepoint=0x20000, max_codepoint=0x2A6DF),
        st.characters(min_codepoint=0x31350, max_codepoint=0x323AF, categories=["Cn", "Lo"]),
    ),
    min_size=1,
    max_size=15,
)


@pytest.mark.parametrize("dot", DOTS)
def test_every_kind_of_middle_dot_becomes_the_one_dot(dot):
    assert normalise_name(f"买买提{dot}艾力") == "买买提·艾力"
    assert normalise_name(f" 买买提 {dot} 艾力 ") == "买买提·艾力"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("张 三", "张三"),
        ("张　三", "张三"),
        ("\u200b张三\ufeff", "张三"),
        ("买买提.艾力", "买买提·艾力"),
        ("买买提··艾力", "买买提·艾力"),
        ("Mehmet   Ali", "Mehmet Ali"),
        ("ＭＥＨＭＥＴ", "MEHMET"),
        ("J. R. Smith", "J. R. Smith"),
        ("O’Brien", "O'Brien"),
        ("Jean–Luc", "Jean-Luc"),
        ("e\u0301lan", "élan"),
        ("مەمەت  ئەلى", "مەمەت ئەلى"),
        ("مـەمەت", "مەمەت"),
        ("\ufee3\ufeea", "مه"),
        ("\ue816", "\U00020087"),
        ("\ue864某", "\u9fbb某"),
        ("葛\U000e0100", "葛"),
    ],
)
def test_a_typed_name_is_brought_into_its_stored_form(typed, stored):
    assert normalise_name(typed) == stored


@given(st.text(max_size=20))
def test_normalising_twice_changes_nothing(text):
    once = normalise_name(text)

    assert normalise_name(once) == once


@pytest.mark.parametrize(
    "name",
    [
        "张三",
        "欧阳小明",
        "〇",
        "阿卜杜热合曼·阿卜杜热西提·买买提明·吐尔逊·托合提·玉素甫",
        "𠀀𪚥",
        "㐀\U00031350",
        "\U0002ebf0某",
        "مەمەت ئەلى",
        "Абай Құнанбаев",
        "ABDUREHIM·TURSUN",
        "Ömer Çelik",
        "J. R. Smith Jr.",
    ],
)
def test_names_as_they_are_are_good(name):
    assert name_problems(name) == ()
    assert parse_name(name) == name


@given(HAN)
def test_every_name_of_han_characters_is_good_in_every_plane(name):
    assert name_problems(normalise_name(name)) == ()


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "name-empty"),
        ("  ", "name-empty"),
        ("张" * (MAX_LENGTH + 1), "name-too-long"),
        ("·张三", "name-edge"),
        ("张三·", "name-edge"),
        ("-Ali", "name-edge"),
        ("张\ue000", "name-private-use"),
        ("张3", "name-character"),
        ("张😀", "name-character"),
        ("张\x00三", "name-character"),
        ("张/三", "name-character"),
        ("张Lee", "name-scripts"),
        ("张مەمەت", "name-scripts"),
    ],
)
def test_what_is_no_name_is_refused_with_its_reason(name, code):
    with pytest.raises(BadInput) as refused:
        parse_name(name, path="applicant.name")

    assert [(p.path, p.code) for p in refused.value.problems] == [("applicant.name", code)]
    assert refused.value.sentence.endswith("。")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张", "*"),
        ("张三", "张*"),
        ("欧阳小明", "欧**明"),
        ("买买提·艾力", "买**·*力"),
        ("𠀀某𪚥", "𠀀*𪚥"),
        ("Mehmet Ali", "M***** A**"),
        ("مەمەت ئەلى", "م**** ئ***"),
        ("", ""),
    ],
)
def test_a_masked_name_shows_little(name, shown):
    assert mask_name(name) == shown


@given(HAN)
def test_a_masked_name_hides_at_least_half(name):
    shown = mask_name(name)

    assert len(shown) == len(name)
    assert shown.count("*") * 2 >= len(name) - 1
    assert "*" in shown


def test_spellings_of_one_name_share_a_key():
    keys = {
        name_key(name) for name in ("买买提·艾力", "买买提艾力", "买买提．艾力", "买买提 艾力")
    }

    assert keys == {"买买提艾力"}
    assert name_key("MEHMET Ali") == name_key("Mehmet  ALI")


def test_rare_characters_are_named_for_the_printer():
    assert rare_characters("张𠀀㐀三𠀀") == ("𠀀", "㐀")
    assert rare_characters("Ali") == ()


def test_the_scripts_of_a_name_are_known():
    assert scripts_of("买买提·艾力") == {"han"}
    assert scripts_of("مەمەت Ali") == {"arabic", "latin"}
