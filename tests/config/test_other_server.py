"""The oldest server that is supported: the rooms closest to the database run on it once more."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tongban.config import postgres
from tongban.config.options import CHECKOUT, current

OLDEST = Path("/usr/lib/postgresql/15/bin")
# What is nearest to the database whole; of what stands on it a life, and figures of large tables.
CHOSEN = (
    "tests/records",
    "tests/engine",
    "tests/cases/test_ordinary_way.py",
    "tests/hotline/test_figures.py",
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not OLDEST.exists(), reason=f"no PostgreSQL 15 server in {OLDEST}"),
    pytest.mark.skipif(bool(current().postgres_bin), reason="this run has another server already"),
]


def test_the_launcher_runs_it():
    home = current().home / "own" / f"oldest-{os.getpid()}"
    server = postgres.Cluster(home=home, binaries=str(OLDEST))
    with server.hold(), server.connect() as connection:
        version = connection.execute("show server_version_num").fetchone()[0]
    shutil.rmtree(home)

    assert version.startswith("15")


def test_the_rooms_work_on_it():
    chosen = ["-m", "not slow and not browser and not kill", "--maxfail=10"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n0", *chosen, *CHOSEN],
        cwd=CHECKOUT,
        env=os.environ | {"TONGBAN_POSTGRES_BIN": str(OLDEST)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-6000:]
