"""The progress of a training: kept in memory, and written by a thread twice a second."""

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil

from builder.runs.run_state import RunState, write_state
from builder.runs.status import RunStatus
from builder.runs.stop_request import StopRequest
from builder.system.load import Load, LoadMeter

WRITE_SECONDS = 0.5
LOAD_SECONDS = 2.0
_WINDOW_SECONDS = 5.0
_MAY_STOP = (RunStatus.STARTING, RunStatus.RUNNING, RunStatus.PAUSING)


class Pace:
    """Seconds per batch over the last few seconds of training."""

    def __init__(self) -> None:
        self._marks: deque[tuple[float, int]] = deque()
        self.seconds_per_batch: float | None = None

    def observe(self, moment: float, batches: int) -> None:
        """Records how many batches were done at a moment."""
        if self._marks and self._marks[-1][1] >= batches:
            return
        self._marks.append((moment, batches))
        while len(self._marks) > 2 and moment - self._marks[0][0] > _WINDOW_SECONDS:
            self._marks.popleft()
        first_moment, first_batches = self._marks[0]
        if batches > first_batches and moment > first_moment:
            self.seconds_per_batch = (moment - first_moment) / (batches - first_batches)

    def pause(self) -> None:
        """Something other than training begins; its time does not count."""
        self._marks.clear()


class Progress:
    """Writes state.json.

    Batches are recorded by plain assignments, which cost next to nothing; the thread does the rest.

    Args:
        folder: The run's folder.
        state: The state to begin with.
        stop: Set once a stop is requested.
        check: Raises an OSError where the run is no longer this worker's.
    """

    def __init__(
        self,
        folder: Path,
        state: RunState,
        stop: StopRequest,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self._folder = folder
        self._check = check
        self._state: RunState = state
        self._begun = time.monotonic() - state.seconds
        self._written: RunState | None = None
        self._stop = stop
        self._lock = threading.RLock()
        self._closing = threading.Event()
        self._pace = Pace()
        self._batch_size = 0
        self._validation_seconds: float | None = None
        self._paused_at: float | None = None
        self._meter = LoadMeter()
        self._measured = -LOAD_SECONDS
        self.last_batch: tuple[float, int] = (0.0, state.batch)
        self._first = state.batch
        self._thread = threading.Thread(target=self._write_regularly, name="state", daemon=True)
        self._thread.start()

    @property
    def state(self) -> RunState:
        """The state as it was written last, or will be written next."""
        return self._state

    def set(self, **changes: Any) -> None:
        """Changes the state and writes it at once."""
        with self._lock:
            self._state = replace(self._state, **changes)
            self._write()

    def begin_training(
        self, epochs: int, batches: int, batch_size: int, preparing: str = ""
    ) -> None:
        """The first epoch is about to begin.

        Args:
            epochs: How many are asked for.
            batches: In an epoch.
            batch_size: Images in a batch.
            preparing: What the first batch waits for, in words.
        """
        self._batch_size = batch_size
        changes = {"epochs": epochs, "batches": batches, "preparing": preparing}
        self.set(state=RunStatus.RUNNING, stage="training", **changes)

    def begin_epoch(self, epoch: int, batch: int = 0) -> None:
        """An epoch begins, or goes on.

        Args:
            epoch: Counted from 1.
            batch: Batches that are done of it.
        """
        with self._lock:
            self.last_batch = (time.monotonic(), batch)
            self._first = batch
            self._state = replace(self._state, epoch=epoch, batch=batch, stage="training")
            self._pace.pause()

    def begin_validation(self, seconds_per_batch: float, preparing: str = "") -> None:
        """The epoch's batches are done.

        Args:
            seconds_per_batch: Over the whole epoch, which is more exact than what the thread
                measured.
            preparing: What the first batch waits for, in words.
        """
        with self._lock:
            if seconds_per_batch > 0:
                self._pace.seconds_per_batch = seconds_per_batch
            self._paused_at = time.monotonic()
            batches = self._state.batches
            changes = {"batch": batches, "preparing": preparing}
            self._state = replace(self._state, stage="validating", **changes)

    def end_epoch(self) -> None:
        """The validation is done."""
        with self._lock:
            if self._paused_at is not None:
                self._validation_seconds = time.monotonic() - self._paused_at
                self._paused_at = None

    def close(self, **changes: Any) -> None:
        """Writes the last state."""
        self._closing.set()
        self._thread.join()
        self._measured = -LOAD_SECONDS
        ended = {"load": self._load(), "finished": time.time(), "eta_seconds": None}
        self.set(preparing="", **ended, **changes)

    def _write_regularly(self) -> None:
        while not self._closing.wait(WRITE_SECONDS):
            load = self._load()  # not while the training might wait for the lock
            with self._lock, contextlib.suppress(OSError):  # a full disk must not end the training
                before = self._state
                if load is not before.load:
                    self._state = replace(before, load=load)
                self._look()
                if self._state != before or before is not self._written:
                    self._write()

    def _load(self) -> Load | None:
        """What the training takes of the machine, measured every other second."""
        if time.monotonic() - self._measured < LOAD_SECONDS:
            return self._state.load
        self._measured = time.monotonic()
        with contextlib.suppress(OSError, psutil.Error):  # a system may hide its counters
            return self._meter.look(self._state.device)
        return None

    def _look(self) -> None:
        """Updates the state with what the training has recorded."""
        if self._stop.is_set() and self._state.state in _MAY_STOP:
            self._state = replace(self._state, state=self._stop.state)
        moment, batch = self.last_batch
        if self._state.epoch == 0 or self._paused_at is not None:
            return
        if batch > self._first:
            self._state = replace(self._state, preparing="")
        if batch > 0:
            self._pace.observe(moment, batch)
        self._state = replace(self._state, batch=batch, **self._speed(batch))

    def _speed(self, batch: int) -> dict[str, float]:
        seconds = self._pace.seconds_per_batch
        if not seconds:
            return {}
        state = self._state
        epochs_to_come = state.epochs - state.epoch
        batches_to_come = state.batches - batch + epochs_to_come * state.batches
        validation = (self._validation_seconds or 0.0) * (epochs_to_come + 1)
        return {
            "images_per_second": round(self._batch_size / seconds, 1),
            "eta_seconds": round(batches_to_come * seconds + validation, 1),
        }

    def _write(self) -> None:
        seconds = round(time.monotonic() - self._begun, 1)
        self._state = replace(self._state, updated=time.time(), seconds=seconds)
        self._check()
        write_state(self._folder, self._state)
        self._written = self._state
