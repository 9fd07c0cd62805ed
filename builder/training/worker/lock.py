"""The lock that says a worker lives. The kernel frees it however the process ends."""

import fcntl
import os
import time
from pathlib import Path

from builder.training.run_state import LOCK

_WAIT_SECONDS = 2.0


class WorkerLock:
    """Holds a run for this process.

    Args:
        folder: The run's folder.
    """

    def __init__(self, folder: Path) -> None:
        self._descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)

    def acquire(self) -> bool:
        """Takes the lock and notes the process id in it; False where another worker has it."""
        deadline = time.monotonic() + _WAIT_SECONDS
        while True:
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    return False
                time.sleep(0.01)  # a reader that looks whether it is held has it for a moment
            else:
                os.ftruncate(self._descriptor, 0)
                os.pwrite(self._descriptor, str(os.getpid()).encode(), 0)
                return True

    def release(self) -> None:
        """Lets go of the run."""
        os.close(self._descriptor)
