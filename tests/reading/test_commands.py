"""`tongban hotline train` and `predict`, as an operator types them."""

import csv
import io
import json
import sys

import pytest

from tests.reading.corpus import messages
from tongban.kernel.refusals import BadInput
from tongban.reading.tasks import cli_predict, cli_train


@pytest.fixture
def sheet(tmp_path):
    rows = messages(130)
    path = tmp_path / "tickets.csv"
    with path.open("w", newline="", encoding="gbk") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


def train(sheet, *words):
    model = sheet.with_name("model")
    assert cli_train([str(sheet), "--out", str(model), *words]) == 0
    return model


def typed(monkeypatch, text):
    class Input:
        buffer = io.BytesIO(text.encode())

    monkeypatch.setattr(sys, "stdin", Input())


def test_training_prints_what_cross_validation_found_and_predicting_writes_labels(
    sheet, capsys, monkeypatch
):
    model = train(sheet, "--text", "text", "--label", "class", "--folds", "2")
    printed = capsys.readouterr().out

    assert "accuracy" in printed
    assert "macro-F1" in printed

    typed(monkeypatch, "公司拖欠工资，求解决\n\n楼下广场舞声音太大\n")
    assert cli_predict(["--model", str(model)]) == 0
    lines = capsys.readouterr().out.splitlines()

    assert len(lines) == 3
    assert (lines[0], lines[2]) == ("劳动社保", "噪音扰民")

    typed(monkeypatch, '{"text": "公司拖欠工资"}\n')
    assert cli_predict(["--model", str(model), "--json"]) == 0
    line = json.loads(capsys.readouterr().out)

    assert line["label"] == "劳动社保"
    assert line["second"] != line["label"]
    assert line["reasons"]


def test_other_columns_help_and_a_sheet_is_read_by_their_names(sheet, capsys):
    model = train(sheet, "--text", "text", "--also", "place,at", "--label", "unit", "--folds", "0")
    assert capsys.readouterr().out == ""

    assert cli_predict([str(sheet), "--model", str(model)]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 130


def test_auto_finds_the_text(sheet, capsys):
    train(sheet, "--text", "auto", "--label", "unit", "--folds", "0")

    told = capsys.readouterr().err
    assert "text: text; also: number, place, at, class" in told


def test_a_judgement_can_be_read_by_programs(sheet, capsys):
    train(sheet, "--text", "text", "--label", "class", "--folds", "2", "--json")

    found = json.loads(capsys.readouterr().out)
    assert 0 <= found["macro_f1"] <= 1


def test_a_wrong_column_is_refused_before_anything_is_learnt(sheet):
    with pytest.raises(BadInput, match="Columns: number, text"):
        cli_train([str(sheet), "--text", "内容", "--label", "class"])


def test_a_column_with_one_label_is_refused(sheet):
    sheet.write_text("text,label\na,x\nb,x\n")

    with pytest.raises(BadInput, match="1 different labels"):
        cli_train([str(sheet), "--text", "text", "--label", "label"])
