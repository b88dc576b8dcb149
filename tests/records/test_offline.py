"""The command line of the journal, and verification on a machine without database or Django."""

import json
import shutil
import subprocess
import sys

import pytest

from tests.records.scenes import club, export, write
from tongban.config.options import CHECKOUT
from tongban.records import actions, queries, tasks
from tongban.records.rules import lines

pytestmark = pytest.mark.django_db
WITHOUT_DJANGO = """
import runpy, sys
for name in ("django", "psycopg", "orjson", "pydantic"):
    sys.modules[name] = None
sys.argv[1:] = sys.argv[1:]
runpy.run_module("tongban.records.rules", run_name="__main__", alter_sys=True)
"""


@pytest.fixture
def elsewhere(tmp_path):
    """A folder with nothing but what the verification needs."""
    place = tmp_path / "elsewhere"
    for part in ("__init__.py", "kernel", "records/__init__.py", "records/rules"):
        source, target = CHECKOUT / "tongban" / part, place / "tongban" / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    return place


def verified(place, *words):
    return subprocess.run(
        [sys.executable, "-c", WITHOUT_DJANGO, *map(str, words)],
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "", "PYTHONPATH": str(place), "PYTHONIOENCODING": "utf-8"},
    )


@pytest.fixture
def sealed(tmp_path):
    """A sealed journal with one entry on top, exported; the file."""
    club()
    actions.seal(now=tasks._machine_now())
    write()
    actions.sequence()
    file = tmp_path / "journal.jsonl"
    assert tasks.main(["export", str(file)]) == 0
    return file


def test_an_export_is_verified_without_database_and_django(elsewhere, sealed, published):
    done = verified(elsewhere, sealed, "--published", published)

    assert (done.returncode, done.stderr) == (0, "")
    assert "已核验 10 条记录、3 条链、1 个封印" in done.stdout
    assert "尚未封印：自位置 10、" in done.stdout
    assert done.stdout.endswith("核验通过。\n")


def test_a_changed_export_is_found_without_database_and_django(elsewhere, sealed, tmp_path):
    changed = tmp_path / "changed.jsonl"
    text = sealed.read_text(encoding="utf-8").replace('"verb":"pay"', '"verb":"owe"', 1)
    changed.write_text(text, encoding="utf-8")

    done = verified(elsewhere, changed, "--json")

    result = json.loads(done.stdout)
    assert (done.returncode, result["holds"]) == (1, False)
    assert [(f["code"], f["where"]) for f in result["findings"]] == [
        ("entry-changed", "member/1#2"),
        ("seal-broken", "seals/000000000001.json"),
    ]


def test_promises_and_trusted_keys_are_checked(elsewhere, sealed, tmp_path):
    promise = queries.promise(queries.last_entry("member", 1).id)
    receipts = tmp_path / "receipts.jsonl"
    receipts.write_text(lines.line(lines.as_json(promise)), encoding="utf-8")

    good = verified(elsewhere, sealed, "--promises", receipts, "--key", promise.public_key.hex())
    bad = verified(elsewhere, sealed, "--promises", receipts, "--key", "00" * 32)

    assert good.returncode == 0
    assert "1 份回执" in good.stdout
    assert "key-unknown" in bad.stdout


@pytest.mark.parametrize("words", [["missing.jsonl"], ["journal.jsonl", "--published", "nowhere"]])
def test_a_missing_file_is_said_in_one_line(elsewhere, sealed, tmp_path, words):
    done = verified(elsewhere, *[str(tmp_path / w) if "-" not in w else w for w in words])

    assert done.returncode == 2
    assert done.stdout.count("\n") == 1


def test_the_journal_verifies_itself(sealed, capsys):
    assert tasks.main(["verify"]) == 0

    assert capsys.readouterr().out.endswith("核验通过。\n")


def test_the_journal_verifies_an_export(sealed, capsys, published):
    assert tasks.main(["verify", str(sealed), "--published", str(published), "--json"]) == 0

    assert json.loads(capsys.readouterr().out)["unsealed_from"] == 10


def test_sealing_by_hand_takes_everything(sealed, capsys, published):
    assert tasks.main(["seal"]) == 0

    assert "新增封印 1 个" in capsys.readouterr().out
    assert queries.unsealed_span().count == 0
    assert len(list(published.rglob("*.json"))) == 2


def test_the_export_goes_to_standard_output_too(sealed, capsys):
    assert tasks.main(["export", "--reads"]) == 0

    told = capsys.readouterr().out.splitlines(keepends=True)
    assert json.loads(told[0])["reads"] is True
    assert told[1:3] == export()[1:3]


def test_rotation_is_a_command(capsys):
    assert tasks.main(["rotate"]) == 0

    assert "0 把密钥" in capsys.readouterr().out


@pytest.mark.parametrize("words", [[], ["burn"]])
def test_an_unknown_command_is_refused(words, capsys):
    assert tasks.main(words) == 2

    assert "verify" in capsys.readouterr().err


def test_short_secrets_do_not_pass_the_checks(settings):
    from tongban.records.checks import secrets_are_long

    assert secrets_are_long() == []
    settings.JOURNAL_KEYS = ["a" * 40, "short"]
    assert [message.id for message in secrets_are_long()] == ["records.E001"]
