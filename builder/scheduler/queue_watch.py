"""Keeps the queue going when a worker ends, whether or not a page is open.

The next run starts once the process of the one before is gone, so another process has to notice
that: a thread of the server, or a keeper. It sleeps until the kernel reports the end of a worker
(through its pidfd), and checks every few seconds whether another run was started, by the
modification time of one file. Only then does it look at the runs that are live.
"""

import contextlib
import logging
import os
import select
import threading
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from builder.runs.live_runs import live_runs
from builder.runs.run_folder import Run
from builder.runs.run_state import living_pid
from builder.scheduler import queue
from builder.scheduler.occupancy import is_leaving, startable
from builder.scheduler.resuming import resumes_by_itself
from builder.scheduler.starting import resume_lost, start_next
from builder.system.devices import Device, devices
from builder.system.errors import BuilderError

TICK_SECONDS = 4.0
"""Seconds between two checks for newly started runs."""
LOOK_SECONDS = 60.0
"""Seconds between two looks at the runs when nothing was reported."""
_STOP_SECONDS = 5.0
_SETTLE_SECONDS = 0.2
"""Seconds that the process that started a worker has to record how it ended."""

log = logging.getLogger("convstack.queue")


class QueueWatch:
    """Watches the runs of a data folder.

    Args:
        home: The data folder.
        tick_seconds: The time between two checks for newly started runs.
    """

    def __init__(self, home: Path, tick_seconds: float = TICK_SECONDS) -> None:
        self._home = home
        self._tick = tick_seconds
        self._watched: dict[int, int] = {}
        self._is_blind = False
        self._stop_reader, self._stop_writer = os.pipe()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Watches in a separate thread until `stop`."""
        self._thread = threading.Thread(target=self.run, name="queue watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread and waits for its end."""
        os.write(self._stop_writer, b".")
        if self._thread is not None:
            self._thread.join(_STOP_SECONDS)

    def run(self, *, until_idle: bool = False) -> None:
        """Watches until `stop`, or until no run trains and none waits.

        Args:
            until_idle: Ends then.
        """
        told, looked = -1, 0.0
        ended = True
        try:
            while True:
                now = time.monotonic()
                if ended or queue.told(self._home) != told or now - looked >= LOOK_SECONDS:
                    told, looked = queue.told(self._home), now
                    is_busy = self._look_safely()
                    if until_idle and not is_busy and queue.told(self._home) == told:
                        return
                stopped, ended = self._wait()
                if stopped:
                    return
        finally:
            self._watch(())

    def _look_safely(self) -> bool:
        try:
            return self.look()
        except OSError as error:  # such as too many open files; the next look may succeed
            log.warning("the queue could not be looked at: %s", error)
            return True

    def look(self) -> bool:
        """Does what is due now; returns whether a run trains or waits."""
        runs = live_runs(self._home)
        pids = _living(run for run in runs if run.is_active and run.queue_number is None)
        waits = any(map(queue.is_waiting, runs))
        self._watch([*pids, *_living(filter(is_leaving, runs))] if waits else pids)
        machine: Sequence[Device] = devices() if _has_work(runs) else ()
        for run in filter(resumes_by_itself, runs):
            with contextlib.suppress(BuilderError, OSError):  # it stays lost and says so
                resume_lost(self._home, run, machine)
        if startable(runs, machine):
            with contextlib.suppress(OSError):  # tried again at the next look
                start_next(self._home)
        return bool(pids) or any(map(queue.is_waiting, runs))

    def _watch(self, pids: Sequence[int]) -> None:
        """Has the kernel report the end of these processes only."""
        for pid in set(self._watched) - set(pids):
            os.close(self._watched.pop(pid))
        self._is_blind = False
        for pid in set(pids) - set(self._watched):
            try:
                self._watched[pid] = os.pidfd_open(pid)
            except (OSError, AttributeError):  # gone already, or not on Linux: look at every tick
                self._is_blind = True

    def _wait(self) -> tuple[bool, bool]:
        """Waits for one tick at most.

        Returns:
            Whether to stop, and whether a process has ended.
        """
        poll = select.poll()
        for descriptor in (self._stop_reader, *self._watched.values()):
            poll.register(descriptor, select.POLLIN)
        reported = {descriptor for descriptor, _ in poll.poll(self._tick * 1000)}
        if self._stop_reader in reported:
            return True, False
        ended = [pid for pid, descriptor in self._watched.items() if descriptor in reported]
        for pid in ended:  # its id may soon belong to another process
            os.close(self._watched.pop(pid))
        if ended:
            time.sleep(_SETTLE_SECONDS)
        return False, bool(ended) or self._is_blind


def _living(runs: Iterable[Run]) -> list[int]:
    return [pid for run in runs if (pid := living_pid(run.folder))]


def _has_work(runs: Sequence[Run]) -> bool:
    """Whether a run may have to be started or resumed."""
    return any(queue.is_waiting(run) or resumes_by_itself(run) for run in runs)
