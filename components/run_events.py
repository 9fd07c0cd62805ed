"""What a run does, as server-sent events: new points, finished epochs, the log's end, the state.

The files of the run are looked at only while someone watches, and read only when they changed.
"""

import json
import math
import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
from sse_starlette.event import ServerSentEvent

from builder.training.metrics import FILE_NAME, MetricsReader
from builder.training.run_folder import log_tail
from builder.training.run_state import LOG, STATE, RunState, read_state

POLL_SECONDS = 0.25
# A worker that dies changes no file, so its state is asked for now and then regardless.
STATE_SECONDS = 2.0
RETRY_MILLISECONDS = 1_000

LOG_BYTES = 8_000

_WATCHED = (FILE_NAME, f"{FILE_NAME}-wal", STATE, LOG)


@dataclass(frozen=True, slots=True)
class Cursor:
    """How much of a run a browser knows already.

    Attributes:
        step: Its last batch, counted from 0 over the run; -1 for none.
        epoch: Its last finished epoch, counted from 1; 0 for none.
    """

    step: int = -1
    epoch: int = 0

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """Reads a message's id; what is none means the beginning."""
        step, _, epoch = text.partition(":")
        try:
            return cls(max(-1, int(step)), max(0, int(epoch)))
        except ValueError:
            return cls()

    def __str__(self) -> str:
        return f"{self.step}:{self.epoch}"


class RunEvents:
    """Follows one run for one browser.

    Args:
        folder: The run's folder.
        cursor: What the browser knows already.
    """

    def __init__(self, folder: Path, cursor: Cursor) -> None:
        self._folder = folder
        self._reader = MetricsReader(folder)
        self._cursor = cursor
        self._state: RunState | None = None
        self._log = ""
        self._stamp: tuple[tuple[int, int], ...] = ()

    async def stream(self, closing: anyio.Event) -> AsyncIterator[ServerSentEvent]:
        """Yields what is new until the run has ended or the server closes."""
        quiet = math.inf
        while not self._ended() and not closing.is_set():
            stamp = _stamp(self._folder)
            if stamp != self._stamp or quiet >= STATE_SECONDS:
                self._stamp, quiet = stamp, 0.0
                for event in await anyio.to_thread.run_sync(self._news):
                    yield event
            if not self._ended():
                with anyio.move_on_after(POLL_SECONDS):
                    await closing.wait()
                quiet += POLL_SECONDS

    def _ended(self) -> bool:
        return self._state is not None and not self._state.is_active

    def _news(self) -> list[ServerSentEvent]:
        """Reads what is new, the state first: what a final state tells of is then complete."""
        state = read_state(self._folder)
        events = [*self._new_points(), *self._new_epochs(), *self._new_log()]
        if state != self._state:
            self._state = state
            events.append(self._event("state", state.values()))
        return events

    def _new_points(self) -> Iterator[ServerSentEvent]:
        points = self._reader.points(after=self._cursor.step)
        if not points.steps:
            return
        self._cursor = Cursor(points.last_step, self._cursor.epoch)
        data = {"steps": points.steps, "epochs": points.epochs, "series": points.series}
        yield self._event("points", data)

    def _new_epochs(self) -> Iterator[ServerSentEvent]:
        for row in self._reader.epochs(after=self._cursor.epoch):
            self._cursor = Cursor(self._cursor.step, row.epoch)
            yield self._event("epoch", {"epoch": row.epoch, "metrics": row.metrics})

    def _new_log(self) -> Iterator[ServerSentEvent]:
        text = log_tail(self._folder, LOG_BYTES)
        if text != self._log:
            self._log = text
            yield self._event("log", {"text": text})

    def _event(self, name: str, data: object) -> ServerSentEvent:
        """Writes a message; its id is the place from which a browser resumes."""
        return ServerSentEvent(
            event=name, data=_to_json(data), id=str(self._cursor), retry=RETRY_MILLISECONDS
        )


def _stamp(folder: Path) -> tuple[tuple[int, int], ...]:
    """Tells cheaply whether a watched file changed: its size and its time of change."""
    stamps: list[tuple[int, int]] = []
    for name in _WATCHED:
        try:
            status = os.stat(folder / name)  # noqa: PTH116  a Path's own stat costs twice as much
        except OSError:
            stamps.append((-1, -1))
        else:
            stamps.append((status.st_size, status.st_mtime_ns))
    return tuple(stamps)


def _to_json(data: object) -> str:
    """Writes JSON that a browser reads: it knows neither NaN nor Infinity."""
    try:
        return json.dumps(data, separators=(",", ":"), allow_nan=False)
    except ValueError:
        return json.dumps(_finite(data), separators=(",", ":"))


def _finite(data: Any) -> Any:
    """Puts None in the place of numbers that are not finite."""
    if isinstance(data, float):
        return data if math.isfinite(data) else None
    if isinstance(data, dict):
        return {key: _finite(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_finite(value) for value in data]
    return data
