"""What rooms read for themselves is checked before it is published, with file, line and key."""

import re
import shutil

import pytest
from django.core.checks import run_checks

from tongban.catalogue.content import yamlfiles
from tongban.catalogue.content.loader import faults_of_rooms
from tongban.config.content import FILES, cli_check, cli_publish
from tongban.config.options import CHECKOUT
from tongban.kernel.yamltext import read_yaml

CITY = CHECKOUT / "content"
PLACES = [file.place for file in FILES]


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(CITY, tmp_path / "content")


def _spoil(folder, place):
    """Write a key that nobody reads at the end of a file; answers its line."""
    path = folder / place
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}colour: red\n", encoding="utf-8")
    return text.count("\n") + 1


def test_the_city_is_sound():
    assert faults_of_rooms(CITY, FILES) == ()


@pytest.mark.parametrize("place", PLACES)
def test_a_room_reads_a_file_as_the_check_does(place):
    text = (CITY / place).read_text(encoding="utf-8")

    assert read_yaml(text) == yamlfiles.read(text).data


def test_the_check_names_file_line_and_key(folder, capsys):
    lines = {place: _spoil(folder, place) for place in PLACES}

    assert cli_check([str(folder)]) == 1
    said = capsys.readouterr().out
    for place, line in lines.items():
        assert f"{place}:{line} C003 colour：没有这个项，可能写错了名字。" in said
    assert f"{len(PLACES)} 处必须修改" in said


def test_a_number_out_of_its_bounds_is_told_with_its_line(folder):
    path = folder / "ratings.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("idle: {value: 60,", "idle: {value: 0,"), encoding="utf-8")
    line = 1 + text[: text.index("idle: {")].count("\n")

    (fault,) = faults_of_rooms(folder, FILES)
    assert (fault.file, fault.line, fault.instead) == ("ratings.yaml", line, "写不小于 5 的数")
    assert fault.what.startswith("idle.value：")


def test_a_folder_with_a_broken_file_is_not_published(folder, capsys):
    (folder / "voice.yaml").write_text("intents: [", encoding="utf-8")

    assert cli_publish([str(folder)]) == 1
    said = capsys.readouterr().out
    assert re.search(r"voice\.yaml:\d+ C002 不是可读的 YAML", said)
    assert "未发布任何内容" in said


def test_the_system_check_says_the_same(folder, settings):
    settings.CONTENT = folder
    line = _spoil(folder, "relay.yaml")
    (folder / "messages.yaml").unlink()

    told = {one.msg for one in run_checks() if one.id == "content.E001"}

    assert {one.split(" ")[0] for one in told} == {"messages.yaml:1", f"relay.yaml:{line}"}
