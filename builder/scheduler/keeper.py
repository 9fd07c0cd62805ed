"""Watches the queue where no server may run: `python -m builder.scheduler.keeper HOME`.

The command line leaves it behind when it starts a training and returns, and so does a worker that
ends while runs wait. It takes 60 MB and ends when no run trains and none waits. Each data folder
has one at most.
"""

import contextlib
import sys
from pathlib import Path

from builder.scheduler import queue
from builder.scheduler.queue_watch import TICK_SECONDS, QueueWatch
from builder.system import detached
from builder.system.locks import BusyError, locked

LOCK = "keeper.lock"


def launch(home: Path) -> None:
    """Starts a keeper in its own session; it ends at once if there is one already."""
    detached.launch("builder.scheduler.keeper", home)


def launch_if_needed(folder: Path) -> None:
    """Starts a keeper where runs wait, for the process of a run that is about to end.

    That process cannot start the next run itself: it would be measured against memory that the
    process still holds.

    Args:
        folder: The folder of the run that ends.

    Raises:
        OSError: It cannot be started.
    """
    if folder.parent.name == "runs" and queue.anybody_waits(folder.parents[1]):
        launch(folder.parents[1])


def keep(home: Path, tick_seconds: float = TICK_SECONDS) -> bool:
    """Watches until the queue is empty and nothing trains.

    Args:
        home: The data folder.
        tick_seconds: The time between two checks for newly started runs.

    Returns:
        Whether it watched; otherwise another keeper does, which has looked since this one started.
    """
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(locked(home / LOCK, 2 * tick_seconds))
        except BusyError:
            return False
        QueueWatch(home, tick_seconds).run(until_idle=True)
        return True


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
