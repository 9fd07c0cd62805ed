"""Locks by name that hold between threads and between processes, however one of them ends.

Two servers may work on one data folder. Code that reads, compares and writes holds the lock while
it does. All of them are `flock`s on open files, which the kernel frees however their holder ends
(docs/decisions/0020-two-servers.md, 0031-filelock.md); nothing else in this package locks a file.
"""

import contextlib
import errno
import os
import threading
import time
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path

from filelock import lock_descriptor

from builder.system.errors import BuilderError

WAIT_SECONDS = 20.0
"""How long to wait for a lock; by then its holder is suspended, or its disk hangs."""
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


def try_lock(descriptor: int) -> bool:
    """Locks an open file without waiting; closing it lets go.

    The file's content and time of change stay as they are.

    Args:
        descriptor: The file.

    Returns:
        Whether it is locked now; False where another process has it or looks at it.

    Raises:
        OSError: The file system has no locks.
    """
    return lock_descriptor(descriptor, blocking=False)


def is_locked(path: Path) -> bool:
    """Whether a process holds the lock of a file.

    Several processes may look at the same time: they share the file for that moment. filelock takes
    exclusive locks only, so two processes that look would each take the other for the holder.

    Args:
        path: The file; a missing one is not locked.

    Raises:
        BuilderError: The system has no locks that can be looked at.
    """
    try:
        import fcntl
    except ImportError:  # the command line starts anyway: much of it needs no lock
        raise BuilderError("Windows itself has no such locks", "run Convstack in WSL") from None
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _without_waiting(path: str, flags: int) -> int:
    """Opens a file without waiting; a pipe would wait for a writer."""
    return os.open(path, flags | os.O_NONBLOCK)


def _acquire(path: Path) -> int:
    """Opens and locks a file, anew if it was replaced in the meantime."""
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
        # Deleting must work on a full disk: no other process can create the lock's file then
        # either.
        return os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)


def _lock_until(descriptor: int, deadline: float) -> None:
    """Locks an open file for this process alone.

    Args:
        descriptor: The file.
        deadline: When to give up, in seconds on the monotonic clock.

    Raises:
        BusyError: Another process has it and does not let go of it.
    """
    pause = _LONGEST_PAUSE / 16
    while True:
        if try_lock(descriptor):
            return
        if time.monotonic() > deadline:
            raise BusyError(
                "another Convstack that uses the same data folder is busy with this and does "
                "not finish",
                "try again, or end the other one",
            )
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)


def _is_still(path: Path, descriptor: int) -> bool:
    """Whether a file that was locked is still the one of that name; always for a folder's own."""
    found = os.fstat(descriptor)
    try:
        now = path.stat()
    except FileNotFoundError:
        return os.path.samestat(found, path.parent.stat())
    return os.path.samestat(found, now) or os.path.samestat(found, path.parent.stat())
