"""The lock that says a worker lives. The kernel frees it however the process ends."""

import errno
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

from builder.runs.run_state import LOCK
from builder.system.locks import try_lock

LOOK_SECONDS = 0.5
_WAIT_SECONDS = 2.0


class WorkerLock:
    """Holds a run for this process.

    Args:
        folder: The run's folder.

    Raises:
        OSError: The folder is not there, or its lock cannot be opened.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / LOCK
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        own = _inode_of(os.fstat(self._descriptor))
        # Some network file systems number a file anew at each look: there only its path tells.
        self._inode = own if _inode(self._path) == own else None

    def acquire(self) -> bool:
        """Takes the lock and notes the process id in it; False where another worker has it."""
        deadline = time.monotonic() + _WAIT_SECONDS
        while True:
            if try_lock(self._descriptor):
                os.ftruncate(self._descriptor, 0)
                os.pwrite(self._descriptor, str(os.getpid()).encode(), 0)
                return True
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)  # whoever looks whether it is held shares it for a moment

    @property
    def is_in_place(self) -> bool:
        """Whether the run still has this very lock.

        If not, its folder or the lock was removed, moved or replaced: nobody sees this worker any
        more, and another one may train the run.
        """
        try:
            found = _inode(self._path)
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError:
            return True  # a network's disk that is away for a moment comes back
        return self._inode is None or found == self._inode

    def check(self) -> None:
        """Keeps the worker from writing where its run no longer is.

        Raises:
            FileNotFoundError: The lock is not in its place.
        """
        if not self.is_in_place:
            raise FileNotFoundError(
                errno.ENOENT, "the run was removed, moved or replaced", str(self._path.parent)
            )

    def release(self) -> None:
        """Lets go of the run."""
        os.close(self._descriptor)


class Watch:
    """Looks twice a second, from a thread of its own, whether a worker still has its run.

    Args:
        lock: The run's lock, which is held.
        gone: Called once, from that thread, when it is no longer in its place.
    """

    def __init__(self, lock: WorkerLock, gone: Callable[[], object]) -> None:
        self._lock = lock
        self._gone = gone
        self._closing = threading.Event()
        threading.Thread(target=self._look_regularly, name="watch", daemon=True).start()

    def end(self) -> None:
        """Looks no more."""
        self._closing.set()

    def _look_regularly(self) -> None:
        while not self._closing.wait(LOOK_SECONDS):
            if not self._lock.is_in_place:
                self._gone()
                return


def _inode(path: Path) -> tuple[int, int]:
    return _inode_of(path.stat())


def _inode_of(found: os.stat_result) -> tuple[int, int]:
    return found.st_dev, found.st_ino
