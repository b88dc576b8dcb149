import json
import os
import socket
import subprocess
import sys

import pytest
from django.db import connection
from django.utils.module_loading import import_string

from tongban.config import called, cli, commands
from tongban.config.options import CHECKOUT, current
from tongban.hotline.models import Ticket


@pytest.mark.parametrize("words", sorted(cli.ROOM_COMMANDS))
def test_every_command_of_a_room_leads_to_a_function(words):
    assert callable(import_string(cli.ROOM_COMMANDS[words].run))


@pytest.mark.parametrize("name", [*cli.OWN_COMMANDS, "setup", "manage", "room"])
def test_every_command_of_the_house_leads_to_a_function(name):
    assert callable(getattr(commands, name))


def test_the_help_names_every_command(capsys):
    with pytest.raises(SystemExit) as end:
        cli.main(["--help"])

    text = capsys.readouterr().out
    assert end.value.code == 0
    for name in (*cli.OWN_COMMANDS, *cli.GROUPS, "setup", "city", "manage"):
        assert f"\n    {name}" in text


def test_a_process_starts_without_what_only_sealing_and_learning_need():
    started = (
        "import sys, django; django.setup()\n"
        "print(sorted({'pyhanko', 'aiohttp', 'scipy', 'sklearn'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", started], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n"


def test_a_group_without_a_verb_is_told(capsys):
    with pytest.raises(SystemExit) as end:
        cli.main(["journal"])

    assert end.value.code == 2
    assert "required" in capsys.readouterr().err


def test_help_of_a_rooms_command_needs_nothing(capsys):
    with pytest.raises(SystemExit) as end:
        cli.main(["content", "check", "--help"])

    assert end.value.code == 0
    assert "read and lint every file" in capsys.readouterr().out


def test_an_unknown_benchmark_names_the_known_ones(capsys):
    assert cli.main(["bench", "nothing"]) == 2
    assert "unknown benchmark 'nothing'" in capsys.readouterr().err


def test_content_check_passes_and_exits_with_0():
    done = subprocess.run(
        [sys.executable, "-m", "tongban", "content", "check"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_city_is_there_before_its_requests_and_its_accounts_are_json_lines(
    own_database, capsys
):
    assert cli.main(["city"]) == 0
    assert "come while the worker runs" in capsys.readouterr().out
    assert not Ticket.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("select task_name, args::text, priority from procrastinate_jobs")
        assert ("tongban.config.tasks.fill_hotline", '{"filed": 0}', -1) in cursor.fetchall()

    assert cli.main(["city", "--accounts"]) == 0

    accounts = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    keys = {"role", "name", "login", "password", "department", "totp_secret", "door"}
    assert {frozenset(account) for account in accounts} == {frozenset(keys)}
    assert len({account["login"] for account in accounts}) == len(accounts) > 20
    doors = {account["login"]: account["door"] for account in accounts}
    assert (doors["ning.line"], doors["qiu.line"]) == ("/line/", "/desk/")


def test_accounts_before_the_set_up_say_what_to_do(own_database, capsys, monkeypatch, tmp_path):
    monkeypatch.setattr("tongban.config.city._path", lambda: tmp_path / "nothing")

    assert cli.main(["city", "--accounts"]) == 1

    assert capsys.readouterr().err == ("There is no demo city yet: run `tongban setup` first.\n")


def test_a_database_without_tables_says_what_to_do(own_database, owner, capsys):
    owner.execute("drop table records_subscription cascade")

    assert cli.main(["reactions"]) == 1

    assert "no tables yet: run `tongban setup` first" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--help"], ["content", "diff", "--help"]])
def test_help_is_given_with_an_unknown_setting_and_warns(words, capsys, monkeypatch):
    monkeypatch.setenv("TONGBAN_PROT", "1")
    current.cache_clear()
    try:
        with pytest.raises(SystemExit) as end:
            cli.main(words)
    finally:
        current.cache_clear()

    told = capsys.readouterr()
    assert end.value.code == 0
    assert told.out.startswith("usage: ")
    assert "unknown setting TONGBAN_PROT; did you mean TONGBAN_PORT?" in told.err


def test_help_of_a_command_names_its_options(capsys):
    with pytest.raises(SystemExit) as end:
        cli.main(["journal", "export", "--help"])

    assert end.value.code == 0
    assert "--reads" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("{folder}/bin/tongban", "bin/tongban"),
        ("{folder}/on_path/tongban", "tongban"),
        ("{folder}/tongban/__main__.py", "python -m tongban"),
        ("{folder}/bin/pytest", "tongban"),
    ],
)
def test_advice_names_the_program_as_it_was_called(typed, said, monkeypatch, tmp_path):
    (tmp_path / "on_path").mkdir()
    program = tmp_path / "on_path" / "tongban"
    program.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [typed.format(folder=tmp_path), "up"])

    assert called.command() == said


def test_what_a_room_refuses_is_told_without_a_traceback(own_database, capsys):
    assert cli.main(["city", "--on", "2020-01-01"]) == 1

    assert capsys.readouterr().err.startswith("城市时钟只能向前调，不能回拨。\n")


def test_a_day_that_is_none_is_told(own_database, capsys):
    with pytest.raises(SystemExit):
        cli.main(["city", "--on", "soon"])

    assert "'soon' is no day: write 2026-12-01" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", [["assignment", "replay", "nothing.json"], ["journal", "export", "nothing/x"]]
)
def test_a_file_that_cannot_be_opened_is_named(words, own_database, capsys):
    assert cli.main(words) == 1

    assert capsys.readouterr().err == f"{words[-1]}: No such file or directory\n"


@pytest.mark.parametrize("words", [["up"], ["setup"], ["journal", "verify"]])
def test_a_server_that_is_not_there_is_told_in_a_line(words, tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = str(probe.getsockname()[1])
    done = subprocess.run(
        [sys.executable, "-m", "tongban", *words],
        cwd=CHECKOUT,
        env=os.environ
        | {
            "DATABASE_URL": "postgresql://a:b@127.0.0.1:1/c",
            "TONGBAN_HOME": str(tmp_path / "h"),
            "TONGBAN_PORT": free,
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr.startswith("The database cannot be reached: ")
    assert "Traceback" not in done.stderr
