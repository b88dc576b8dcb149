"""The commands of operators: check, fmt, publish, diff."""

import re

import pytest

from tests.catalogue.club import VERBS, club, limit, write
from tongban.catalogue import queries
from tongban.catalogue.tasks import cli_check, cli_diff, cli_fmt, cli_languages, cli_publish


@pytest.fixture(autouse=True)
def _fresh():
    queries.forget_live()
    yield
    queries.forget_live()


@pytest.fixture
def folder(tmp_path):
    write(club(), tmp_path)
    return tmp_path


def _too_slow():
    raw = club()
    raw["items"]["membership"]["limits"]["promise"] = limit(30)
    return raw


def test_check_is_content_with_sound_content(folder, capsys):
    assert cli_check([str(folder)], verbs=VERBS) == 0
    assert capsys.readouterr().out == "0 处必须修改，0 处建议。\n"


def test_check_names_what_stops_publishing(folder, capsys):
    write(_too_slow(), folder)

    assert cli_check([str(folder)], verbs=VERBS) == 1
    assert "Q11 承诺时限 30 长于法定时限 20。" in capsys.readouterr().out


def test_languages_says_how_much_of_a_package_is_written_in_each(folder, capsys):
    assert cli_languages([str(folder)]) == 0

    said = capsys.readouterr().out
    assert re.search(r"^\w+ en \d+/\d+，ug 0/\d+，kk 0/\d+$", said, re.MULTILINE)


def test_fmt_writes_the_one_form_once(folder, capsys):
    path = folder / "city.yaml"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[1:] + lines[:1]))

    cli_fmt([str(folder)])
    assert "city.yaml 已改写" in capsys.readouterr().out
    assert cli_fmt([str(folder), "--check"]) == 0
    assert cli_fmt([str(folder)]) == 0
    assert capsys.readouterr().out == ""


def test_fmt_check_changes_nothing(folder, capsys):
    cli_fmt([str(folder)])
    path = folder / "city.yaml"
    path.write_text(path.read_text().replace("code: ", "code:   "))
    before = path.read_text()

    assert cli_fmt([str(folder), "--check"]) == 1
    assert path.read_text() == before
    assert "city.yaml 格式不规范" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("code: ", "# 注释\ncode: "), ""),
        (("name: ", "name:  # 注释\n  "), "注释只能写在文件开头"),
        (("name: ", "name: ["), "不是可读的 YAML"),
        (("name: ", "title: "), "不符合格式"),
    ],
)
def test_fmt_loses_nothing(folder, capsys, change, told):
    cli_fmt([str(folder)])
    capsys.readouterr()
    path = folder / "city.yaml"
    path.write_text(path.read_text().replace(*change, 1))
    before = path.read_text()

    assert cli_fmt([str(folder)]) == (1 if told else 0)
    assert told in capsys.readouterr().out
    assert path.read_text() == before


def test_publish_says_what_changed(folder, capsys, db):
    assert cli_publish([str(folder)], verbs=VERBS) == 0
    assert "入会：开始办理\n" in capsys.readouterr().out

    assert cli_publish([str(folder)], verbs=VERBS) == 0
    assert capsys.readouterr().out == "没有变化。\n"


def test_publish_refuses_broken_content(folder, capsys, db):
    write(_too_slow(), folder)

    assert cli_publish([str(folder)], verbs=VERBS) == 1
    assert "内容文件有 1 处错误，未发布任何内容。" in capsys.readouterr().out


def test_diff_speaks_two_languages(folder, capsys, db):
    cli_publish([str(folder)], verbs=VERBS)
    raw = club()
    raw["items"]["membership"]["limits"]["promise"] = limit(2)
    write(raw, folder)
    capsys.readouterr()

    assert cli_diff([str(folder)]) == 0
    assert "事项membership：承诺时限由 3 个工作日改为 2 个工作日\n" in capsys.readouterr().out
    assert cli_diff([str(folder), "--en"]) == 0
    assert "item membership: promised time changed from 3 working days to 2 working days\n" in (
        capsys.readouterr().out
    )


def test_diff_needs_readable_content(folder, capsys, db):
    (folder / "city.yaml").write_text("code: [")

    assert cli_diff([str(folder)]) == 1
    assert "city.yaml:" in capsys.readouterr().out
