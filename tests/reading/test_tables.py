"""Files as people have them."""

import pytest

from tongban.kernel.refusals import BadInput
from tongban.reading.rules.tables import read_table

ROWS = [{"内容": "路灯不亮，请修", "类": "市政"}, {"内容": "物业\n费高", "类": "物业"}]
SHEET = '内容,类\n"路灯不亮，请修",市政\n"物业\n费高",物业\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16", "gb18030"])
def test_every_usual_encoding_is_read(encoding):
    table = read_table(SHEET.encode(encoding))

    assert table.columns == ("内容", "类")
    assert table.rows == ROWS


@pytest.mark.parametrize("sign", ["\t", ";", "|"])
def test_other_delimiters_are_found(sign):
    assert read_table(f"a{sign}b\n1,5{sign}2\n".encode()).rows == [{"a": "1,5", "b": "2"}]


def test_json_lines_and_lists_are_read():
    lines = '{"a": "x", "b": null}\n\n{"a": "y", "c": 3}\n'

    table = read_table(lines.encode())

    assert table.columns == ("a", "b", "c")
    assert table.rows == [{"a": "x", "b": ""}, {"a": "y", "c": "3"}]
    assert read_table(b'[{"a": "x"}]').rows == [{"a": "x"}]


def test_a_file_without_names_has_numbers():
    assert read_table(b"x,y\nz,w\n", header=False).rows == [
        {"1": "x", "2": "y"},
        {"1": "z", "2": "w"},
    ]


def test_rows_may_be_short_and_names_missing_or_doubled():
    table = read_table(b"a,,a\n1\n2,3,4,5\n")

    assert table.columns == ("a", "2", "a3")
    assert table.rows == [{"a": "1", "2": "", "a3": ""}, {"a": "2", "2": "3", "a3": "4"}]


def test_a_missing_column_is_told_with_those_that_are_there():
    with pytest.raises(BadInput, match=r"no column “text”. Columns: 内容, 类"):
        read_table(SHEET.encode()).named("text")


def test_columns_are_named_by_number_too():
    assert read_table(SHEET.encode()).named("2,内容") == ("类", "内容")


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04zip", b"{broken", b"[1, 2]", b"[", b'{"a":1}\n7']
)
def test_what_is_no_table_is_refused_with_a_sentence(content):
    with pytest.raises(BadInput, match=r"\.$"):
        read_table(content)
