"""The folder of content-addressed files: whole or not at all."""

import errno
import os
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.documents import gateways


@pytest.fixture
def store(tmp_path):
    return gateways.FolderStore(tmp_path / "store")


def files(store):
    return [path for path in store.folder.rglob("*") if path.is_file()]


@given(st.lists(st.binary(max_size=200), max_size=8))
@settings(max_examples=25)
def test_what_was_put_is_got(tmp_path_factory, contents):
    store = gateways.FolderStore(tmp_path_factory.mktemp("store"))

    keys = [store.put(content) for content in contents]

    assert [store.get(key) for key in keys] == contents
    assert len(files(store)) == len(set(contents))


def test_files_are_for_this_program_only(store):
    store.put(b"x")

    assert {oct(path.stat().st_mode & 0o777) for path in files(store)} == {"0o600"}


def test_a_changed_file_is_found_and_a_lost_one_too(store):
    key = store.put(b"licence")
    files(store)[0].write_bytes(b"licente")

    with pytest.raises(gateways.ContentDamaged):
        store.get(key)
    files(store)[0].unlink()
    with pytest.raises(gateways.ContentMissing):
        store.get(key)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_fills_while_writing_leaves_nothing(store, monkeypatch, code):
    def fill(_handle):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", fill)

    with pytest.raises(gateways.StoreFull):
        store.put(b"x" * 100_000)
    assert files(store) == []


def test_a_write_that_the_system_really_cuts_off_leaves_nothing(store):
    """A process that may write no more than 10 kB a file, as on a disk with 10 kB left."""
    program = (
        "import resource, signal, sys\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))\n"
        "from pathlib import Path\n"
        "from tongban.documents.gateways.store import FolderStore, StoreFull\n"
        "try:\n"
        "    FolderStore(Path(sys.argv[1])).put(b'x' * 100_000)\n"
        "except StoreFull:\n"
        "    print('full')\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", program, str(store.folder)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert done.stdout == "full\n"
    assert files(store) == []


def test_another_fault_of_the_disk_is_no_refusal(store, monkeypatch):
    def fail(_handle):
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr(os, "fsync", fail)

    with pytest.raises(OSError, match="broken"):
        store.put(b"x")
    assert files(store) == []


def test_a_writer_that_died_leaves_only_a_draft_which_is_swept(store):
    key = store.put(b"whole")
    draft = store.folder / ".incoming" / "half"
    draft.write_bytes(b"hal")

    assert store.sweep(older_than=3600) == 0
    os.utime(draft, (0, 0))
    assert store.sweep(older_than=3600) == 1
    assert store.get(key) == b"whole"
