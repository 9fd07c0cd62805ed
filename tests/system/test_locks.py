"""Locks that hold between processes: they are waited for, given up, and freed by a death."""

import errno
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from builder.system import locks
from builder.system.errors import BuilderError
from builder.system.locks import Locks

HOLDER = """
import sys
from pathlib import Path
from builder.system.locks import Locks
with Locks(Path(sys.argv[1])).hold("one"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_lock_of_another_process_is_reported_and_goes_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "WAIT_SECONDS", 0.1)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    own = Locks(tmp_path)
    try:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        with own.hold("two"), pytest.raises(BuilderError, match="another Convstack"):
            own.hold("one").__enter__()
    finally:
        holder.kill()
        holder.communicate()
    with own.hold("one"), own.hold("one"):
        assert not is_free(tmp_path, "one", monkeypatch)
    assert is_free(tmp_path, "one", monkeypatch)


def test_a_lock_whose_file_was_removed_is_waited_for_again(tmp_path: Path) -> None:
    """Who waits for a file that is gone then would hold a lock that nobody else looks at."""
    first, second = Locks(tmp_path), Locks(tmp_path)
    path = tmp_path / ".one.lock"
    held, done = threading.Event(), threading.Event()

    def wait() -> None:
        with second.hold("one"):
            held.set()
            done.wait(10)

    thread = threading.Thread(target=wait)
    with first.hold("one"):
        thread.start()
        first.forget("one")
        assert not path.exists()
    assert held.wait(10)
    assert path.exists()
    done.set()
    thread.join(10)


def test_a_full_disk_keeps_nothing_from_being_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a document could not be deleted, which is what is needed then."""
    opening = os.open

    def full(path: Path, flags: int, *mode: int) -> int:
        if flags & os.O_CREAT:
            raise OSError(errno.ENOSPC, "No space left on device")
        return opening(path, flags, *mode)

    monkeypatch.setattr(os, "open", full)
    with Locks(tmp_path).hold("one"):
        assert not is_free(tmp_path, "one", monkeypatch)
    assert is_free(tmp_path, "one", monkeypatch)


def is_free(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether another process could have a lock."""
    monkeypatch.setattr(locks, "WAIT_SECONDS", 0.0)
    try:
        with Locks(folder).hold(name):
            return True
    except BuilderError:
        return False
