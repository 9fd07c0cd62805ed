"""The queue: runs that wait for a device, each with a ticket in its folder.

No list could get lost, and no process owns the queue. A run waits as long as its state is `queued`
and it has a ticket; the numbers of the tickets are the order. The app, its pages, the command line
and a keeper all look, and start what is next; one lock keeps them from starting a run twice. The
modification time of the lock tells watchers when a run was last started or queued.
"""

import contextlib
import os
from collections.abc import Generator, Iterable
from pathlib import Path

from builder.runs.live_runs import live_runs
from builder.runs.run_folder import Run, RunError
from builder.runs.run_state import STATE_FORMAT, RunState, stored_state, write_state
from builder.runs.status import RunStatus
from builder.runs.ticket_file import TICKET, read_ticket, write_ticket
from builder.system import locks

_LOCK = "queue.lock"
_REMOVED = "taken out of the queue before it began"


@contextlib.contextmanager
def locked(home: Path, patience: float = locks.WAIT_SECONDS) -> Generator[None]:
    """Lets one process at a time start runs and change the order; the kernel frees the lock.

    Args:
        home: The data folder.
        patience: Seconds to wait for the lock; a suspended process would keep it forever.

    Raises:
        BusyError: Another process has the lock and does not let go of it.
    """
    home.mkdir(parents=True, exist_ok=True)
    with locks.locked(home / _LOCK, patience):
        yield


def tell(home: Path) -> None:
    """Tells the watchers of the queue that a run was started or waits. Needs the lock."""
    with contextlib.suppress(OSError):  # they also look on their own now and then
        os.utime(home / _LOCK)


def told(home: Path) -> int:
    """When `tell` was called last, in nanoseconds; costs next to nothing."""
    try:
        return (home / _LOCK).stat().st_mtime_ns
    except OSError:
        return 0


def join(home: Path, run: Run, before: RunState | None = None) -> None:
    """Puts a run at the end of the queue. Needs the lock.

    Args:
        home: The data folder.
        run: Its state is `queued`.
        before: The state to restore if the run is taken out; None for a new run.
    """
    last = max((_number(other) for other in waiting(live_runs(home))), default=0)
    kept = STATE_FORMAT.stamp(before.values()) if before else None
    write_ticket(run.folder, {"number": last + 1, "before": kept})


def leave(run: Run) -> None:
    """Removes a run's ticket, as when it was started."""
    (run.folder / TICKET).unlink(missing_ok=True)


def waiting(runs: Iterable[Run]) -> list[Run]:
    """The runs that wait, in the order in which they will start."""
    return sorted((run for run in runs if is_waiting(run)), key=lambda run: (_number(run), run.id))


def is_waiting(run: Run) -> bool:
    """Whether a run that was read a moment ago waits for its device."""
    return run.queue_number is not None and os.path.exists(f"{run.folder}/{TICKET}")  # noqa: PTH110  as below


def anybody_waits(home: Path) -> bool:
    """Whether a run may be waiting; costs next to nothing."""
    try:
        with os.scandir(home / "runs") as entries:
            return any(os.path.exists(f"{entry.path}/{TICKET}") for entry in entries)  # noqa: PTH110  a Path's own costs several times as much
    except OSError:  # there is no run yet
        return False


def move(home: Path, run_id: str, places: int) -> None:
    """Moves a run in the queue.

    Args:
        home: The data folder.
        run_id: The run.
        places: Towards the front where negative.
    """
    with locked(home):
        queue = waiting(live_runs(home))
        index = next((i for i, run in enumerate(queue) if run.id == run_id), None)
        if index is None:
            return  # it started a moment ago
        run = queue.pop(index)
        queue.insert(max(0, index + places), run)
        for number, other in enumerate(queue, 1):
            write_ticket(other.folder, read_ticket(other.folder) | {"number": number})


def take_out(home: Path, run: Run) -> None:
    """Takes a run out of the queue and restores its state from before.

    Raises:
        RunError: It no longer waits.
    """
    with locked(home):
        if run.id not in {other.id for other in waiting(live_runs(home))}:
            raise RunError(f"{run.name} no longer waits", "stop it instead")
        before = stored_state(read_ticket(run.folder).get("before"))
        write_state(run.folder, before or _never_begun(run))
        leave(run)


def _never_begun(run: Run) -> RunState:
    return RunState(RunStatus.STOPPED, message=_REMOVED, epochs=run.state.epochs)


def _number(run: Run) -> int:
    return run.queue_number or 0
