"""Reading content files, saying where they are wrong, and writing them in one form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.catalogue.club import build, club, write
from tongban.catalogue.checks import check_content
from tongban.catalogue.content import Item, Name, Text, yamlfiles
from tongban.catalogue.content.emitter import (
    KINDS,
    CommentWouldBeLost,
    content_files,
    emit,
    reformat,
)
from tongban.catalogue.content.loader import ContentBroken, load_content, read_content
from tongban.catalogue.content.values import LegalBasis
from tongban.catalogue.content.yamlfiles import BadYaml, read
from tongban.catalogue.content.yamlfiles import write as write_yaml
from tongban.config.options import CHECKOUT

CITY = CHECKOUT / "content"


def _findings(folder):
    _, findings = read_content(folder)
    return [(f.file, f.line, f.code) for f in findings]


def test_a_folder_is_read_whole(tmp_path):
    assert load_content(write(club(), tmp_path)) == build(club())


def test_every_fault_of_form_is_told_at_once_with_its_line(tmp_path):
    write(club(), tmp_path)
    path = tmp_path / "items/coach.yaml"
    path.write_text(path.read_text().replace("level: 3", "level: nine\ncolour: red"))
    (tmp_path / "glossary.yaml").unlink()

    content, findings = read_content(tmp_path)

    assert content is None
    lines = path.read_text().splitlines()
    told = {
        (f.file, f.code, lines[f.line - 1] if f.file.startswith("items") else "") for f in findings
    }
    assert told == {
        ("glossary.yaml", "C001", ""),
        ("items/coach.yaml", "C003", "level: nine"),
        ("items/coach.yaml", "C003", "colour: red"),
    }
    with pytest.raises(ContentBroken) as refused:
        load_content(tmp_path)
    assert len(refused.value.problems) == 3


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\nb: [1\n", 3),
        ("a: 1\na: 2\n", 2),
        ("a: &x 1\nb: *x\n", 1),
        ("a: !!python/none 1\n", 1),
        ("", 1),
        ("a: 1\n\tb: 2\n", 2),
    ],
)
def test_what_is_not_in_the_dialect_is_refused_with_its_line(text, line):
    with pytest.raises(BadYaml) as refused:
        read(text)

    assert refused.value.line == line


@pytest.mark.parametrize("file", ["voice.yaml", "packages/P01.yaml", "answers/tax.yaml"])
def test_the_quick_reader_reads_what_the_slow_one_does(file, monkeypatch):
    text = (CHECKOUT / "content" / file).read_text(encoding="utf-8")
    quickly = read(text)
    monkeypatch.setattr(yamlfiles, "QuickLoader", yamlfiles._Loader)

    assert quickly == read(text)


def test_a_word_is_a_word_and_a_code_is_a_code():
    data = read("on: yes\nserial: 01\nfrom: 2026-01-01\nopens: 10:00\nis: true\nn: 0.5\n").data

    assert data == {
        "on": "yes",
        "serial": "01",
        "from": "2026-01-01",
        "opens": "10:00",
        "is": True,
        "n": 0.5,
    }


def test_a_file_is_called_like_its_code(tmp_path):
    write(club(), tmp_path)
    (tmp_path / "items/coach.yaml").rename(tmp_path / "items/trainer.yaml")

    assert _findings(tmp_path) == [("items/trainer.yaml", 1, "C004")]


def test_a_code_stands_once_in_a_list(tmp_path):
    raw = club()
    raw["materials"].append(raw["materials"][0])

    assert [(file, code) for file, _, code in _findings(write(raw, tmp_path))] == [
        ("materials.yaml", "C005")
    ]


def test_a_file_that_nobody_reads_is_told(tmp_path):
    write(club(), tmp_path)
    (tmp_path / "itmes").mkdir()
    (tmp_path / "itmes/new.yaml").write_text("a: 1\n")
    (tmp_path / ".hidden").write_text("")

    assert _findings(tmp_path) == [("itmes/new.yaml", 1, "C006")]


def test_a_broken_line_of_a_table_is_told(tmp_path):
    raw = club()
    raw["calendars"]["national", 2026].append({"date": "soon", "kind": "off", "name": "x"})

    assert _findings(write(raw, tmp_path)) == [("calendars/national/2026.csv", 4, "C003")]


def test_a_file_that_is_not_utf_8_is_told(tmp_path):
    write(club(), tmp_path)
    (tmp_path / "glossary.yaml").write_bytes("- 球\n".encode("gbk"))

    assert _findings(tmp_path) == [("glossary.yaml", 1, "C002")]


def test_a_text_falls_back_to_chinese():
    said = Text(zh="你好", en="hello")

    assert (said.say("en"), said.say("ug"), said.say()) == ("hello", "你好", "你好")


def test_a_name_has_english():
    with pytest.raises(ValidationError):
        Name.model_validate({"zh": "名"})


def test_content_cannot_be_changed_after_reading():
    content = build(club())

    with pytest.raises(ValidationError):
        content.items["coach"].level = 1


def test_the_keys_stand_in_the_order_of_the_schema():
    text = "mark: V\ntext: 全文\narticle: 第一条\nlaw: 网球章程\n"

    assert reformat(LegalBasis, text) == "law: 网球章程\narticle: 第一条\ntext: 全文\nmark: V\n"


def test_what_fits_on_a_line_stands_on_one():
    data = {"a": {"zh": "短", "en": "short"}, "b": {"zh": "长" * 60}, "c": [1, 2], "d": [{"e": 1}]}

    assert write_yaml(data) == (
        f"a: {{zh: 短, en: short}}\nb:\n  zh: {'长' * 60}\nc: [1, 2]\nd:\n- {{e: 1}}\n"
    )


def test_comments_at_the_head_are_kept_and_others_refused():
    text = "# 网球\nlaw: a\narticle: b\ntext: 'a # b'\nmark: V\n"

    assert reformat(LegalBasis, text).startswith("# 网球\nlaw: a\n")
    with pytest.raises(CommentWouldBeLost) as refused:
        reformat(LegalBasis, text.replace("b\n", "b  # why\n", 1))
    assert refused.value.line == 3


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(["on", "01", "-"]),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=8,
    )
)
def test_what_is_written_is_read_back(data):
    assert read(write_yaml({"data": data})).data == {"data": data}


def test_writing_in_the_one_form_twice_changes_nothing(tmp_path):
    write(club(), tmp_path)

    for path, kind in content_files(tmp_path):
        once = reformat(kind, path.read_text())
        assert reformat(kind, once) == once


def test_the_one_form_says_the_same(tmp_path):
    write(club(), tmp_path)
    for path, kind in content_files(tmp_path):
        path.write_text(reformat(kind, path.read_text()))

    assert load_content(tmp_path) == build(club())


def test_a_condition_is_written_in_its_own_order():
    raw = club()
    raw["items"]["coach"]["automatic"]["when"] = {
        "text": "成年",
        "parameter": "adult_age",
        "op": "ge",
        "field": "person.age",
    }

    text = emit(Item, build(raw).items["coach"])

    assert "{field: person.age, op: ge, parameter: adult_age, text: 成年}" in text


# The city's own content


def test_the_city_has_nothing_that_stops_publishing():
    from tongban.cases import states as cases
    from tongban.packages import states as packages

    verbs = {
        "case": {move.verb for move in cases.LIFE.moves} | set(cases.RECORDED),
        "package": {move.verb for move in packages.LIFE.moves} | set(packages.RECORDED),
    }

    blocking = [str(f) for f in check_content(CITY, verbs=verbs) if f.blocking]

    assert blocking == []


@pytest.mark.parametrize(
    ("path", "kind"),
    content_files(CITY),
    ids=[str(p.relative_to(CITY)) for p, _ in content_files(CITY)],
)
def test_the_citys_files_are_in_the_one_form(path, kind):
    text = path.read_text(encoding="utf-8")

    assert reformat(kind, text) == text


def test_every_schema_has_a_file_in_the_city():
    assert all(any(CITY.glob(glob)) for glob in KINDS)
