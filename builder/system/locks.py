"""Locks by name that hold between threads and between processes, however one of them ends.

Two servers may work on one data folder. Who reads, compares and writes holds the lock meanwhile.
The kernel frees it when its holder dies.
"""

import contextlib
import errno
import fcntl
import os
import threading
import time
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path

from builder.system.errors import BuilderError

WAIT_SECONDS = 20.0
"""After which a lock is not waited for any longer: its holder is stopped, or its disk hangs."""
_LONGEST_PAUSE = 0.01
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}


class BusyError(BuilderError):
    """Another process has a lock and does not let go of it."""


@dataclass
class _Lock:
    """One lock as this process has it; a thread may take it again."""

    threads: threading.RLock = field(default_factory=threading.RLock)
    depth: int = 0
    descriptor: int = -1


class Locks:
    """The locks of one folder.

    Args:
        folder: Where their files lie: `.name.lock`, each as long as the lock is of use.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._locks: dict[str, _Lock] = {}
        self._guard = threading.Lock()

    @contextlib.contextmanager
    def hold(self, name: str) -> Generator[None]:
        """Keeps all other threads and processes out.

        Raises:
            BusyError: Another process has it and does not let go of it.
            OSError: Its file cannot be opened.
        """
        with self.hold_in_process(name) as lock:
            if lock.depth == 0:
                lock.descriptor = _acquire(self._path(name))
            lock.depth += 1
            try:
                yield
            finally:
                lock.depth -= 1
                if lock.depth == 0:
                    os.close(lock.descriptor)

    @contextlib.contextmanager
    def hold_in_process(self, name: str) -> Generator[_Lock]:
        """Keeps the other threads of this process out, and lets other processes do as they like."""
        with self._guard:
            lock = self._locks.setdefault(name, _Lock())
        with lock.threads:
            yield lock

    def forget(self, name: str) -> None:
        """Removes the file of a lock that is held, of something that is there no longer."""
        self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self._folder / f".{name}.lock"


@contextlib.contextmanager
def locked(path: Path, patience: float = WAIT_SECONDS) -> Generator[None]:
    """Keeps other processes out by a file that stays; the kernel frees it when its holder dies.

    Args:
        path: The file; made where there is none, and its content left as it is.
        patience: Seconds that it is waited for; a suspended process would keep it for ever.

    Raises:
        BusyError: Another process has it and does not let go of it.
        OSError: It cannot be opened.
    """
    with path.open("ab") as file:
        _lock_until(file.fileno(), time.monotonic() + patience)
        yield


def _acquire(path: Path) -> int:
    """Opens and locks a file; it is another one where somebody has removed it meanwhile."""
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        descriptor = _open(path)
        try:
            _lock_until(descriptor, deadline)
            if _is_still(path, descriptor):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _open(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        # Deleting must go on when the disk is full: nobody else can have a lock's file then.
        return os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)


def _lock_until(descriptor: int, deadline: float) -> None:
    """Locks an open file for this process alone.

    Args:
        descriptor: The file.
        deadline: How long it is waited for, on the monotonic clock, in seconds.

    Raises:
        BusyError: Another process has it and does not let go of it.
    """
    pause = _LONGEST_PAUSE / 16
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise BusyError(
                    "another Convstack that uses the same data folder is busy with this and does "
                    "not finish",
                    "try again, or end the other one",
                ) from None
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
        else:
            return


def _is_still(path: Path, descriptor: int) -> bool:
    """Whether a file that was locked is still the one of that name; always for a folder's own."""
    found = os.fstat(descriptor)
    try:
        now = path.stat()
    except FileNotFoundError:
        return os.path.samestat(found, path.parent.stat())
    return os.path.samestat(found, now) or os.path.samestat(found, path.parent.stat())
