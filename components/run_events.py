"""The progress of a run as server-sent events: new points, epochs, the log's end, the state.

The run's files are looked at only while someone watches, and read only when they have changed.
"""

import asyncio
import json
import math
import os
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

import anyio
import anyio.to_thread
from sse_starlette.event import ServerSentEvent

from builder.runs.metrics import FILE_NAME, MetricsReader
from builder.runs.run_state import LOG, STATE, RunState, log_tail, read_state

POLL_SECONDS = 0.25
# A worker that dies changes no file, so its state is asked for now and then regardless.
STATE_SECONDS = 2.0
RETRY_MILLISECONDS = 1_000

LOG_BYTES = 8_000

_WATCHED = (FILE_NAME, f"{FILE_NAME}-wal", STATE, LOG)


_Stamp = tuple[tuple[int, int], ...]


class PointsTold(TypedDict):
    """The event `points`: new batches, as `builder.runs.metric_rows.Points` describes them."""

    steps: Sequence[int]
    epochs: Sequence[float]
    series: Mapping[str, Sequence[float | None]]


class EpochTold(TypedDict):
    """The event `epoch`: the metrics of a finished epoch, counted from 1."""

    epoch: int
    metrics: Mapping[str, float | None]


class LogTold(TypedDict):
    """The event `log`: the end of the log, at most `LOG_BYTES` of it."""

    text: str


@dataclass(frozen=True, slots=True)
class StateTold(RunState):
    """The event `state`: a run's state, with the share of its batches that is done, 0 to 1."""

    share: float = 0.0


def told_state(state: RunState) -> dict[str, Any]:
    """Gives a run's state as browsers are told it: the values of `StateTold`."""
    return {**state.values(), "share": state.progress}


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
        """Reads a message's id; anything else means the beginning."""
        step, _, epoch = text.partition(":")
        try:
            return cls(max(-1, int(step)), max(0, int(epoch)))
        except ValueError:
            return cls()

    def __str__(self) -> str:
        return f"{self.step}:{self.epoch}"


@dataclass(frozen=True, slots=True)
class Known:
    """What a browser knows about a run."""

    cursor: Cursor
    state: RunState | None = None
    log: str = ""


class RunEvents:
    """Follows one run for one browser.

    All browsers look at the same moments, so that those who know the same, as a rule all of them,
    share one reading.

    Args:
        folder: The run's folder.
        cursor: What the browser knows already.
    """

    def __init__(self, folder: Path, cursor: Cursor) -> None:
        self._folder = folder
        self._known = Known(cursor)

    async def stream(self, closing: anyio.Event) -> AsyncIterator[ServerSentEvent]:
        """Yields what is new until the run has ended or the server closes."""
        seen: _Stamp = ()
        read = -math.inf
        while not self._ended() and not closing.is_set():
            stamp, now = _stamp(self._folder), time.monotonic()
            if stamp != seen or now - read >= STATE_SECONDS:
                seen, read = stamp, now
                self._known, events = await _shared_news(self._folder, stamp, self._known)
                for event in events:
                    yield event
            if not self._ended():
                with anyio.move_on_after(POLL_SECONDS - time.monotonic() % POLL_SECONDS):
                    await closing.wait()

    def _ended(self) -> bool:
        return self._known.state is not None and not self._known.state.is_active


@dataclass(frozen=True, slots=True)
class _Reading:
    """What is being read, or was a moment ago, for those who know the same."""

    moment: int
    stamp: _Stamp
    known: Known
    news: "asyncio.Task[tuple[Known, list[ServerSentEvent]]]"


_readings: dict[tuple[asyncio.AbstractEventLoop, Path], _Reading] = {}


async def _shared_news(
    folder: Path, stamp: _Stamp, known: Known
) -> tuple[Known, list[ServerSentEvent]]:
    """Reads what is new, or shares a reading in progress for the same state."""
    loop = asyncio.get_running_loop()
    asked = (_moment(), stamp, known)
    reading = _readings.get((loop, folder))
    if reading is None or (reading.moment, reading.stamp, reading.known) != asked:
        for place in [place for place, old in _readings.items() if old.moment != asked[0]]:
            del _readings[place]
        task = loop.create_task(anyio.to_thread.run_sync(news, folder, known))
        reading = _readings[loop, folder] = _Reading(*asked, task)
    return await asyncio.shield(reading.news)  # one that leaves does not end it for the others


def _moment() -> int:
    return int(time.monotonic() / POLL_SECONDS)


def news(folder: Path, known: Known) -> tuple[Known, list[ServerSentEvent]]:
    """Reads what is new, the state first: what a final state tells of is then complete.

    Args:
        folder: The run's folder.
        known: What has been told already.

    Returns:
        What is known then, and the messages that tell of it.
    """
    state = read_state(folder)
    reader, cursor = MetricsReader(folder), known.cursor
    events: list[ServerSentEvent] = []
    points = reader.points(after=cursor.step)
    if points.steps:
        cursor = Cursor(points.last_step, cursor.epoch)
        told = PointsTold(steps=points.steps, epochs=points.epochs, series=points.series)
        events.append(_event("points", told, cursor))
    for row in reader.epochs(after=cursor.epoch):
        cursor = Cursor(cursor.step, row.epoch)
        events.append(_event("epoch", EpochTold(epoch=row.epoch, metrics=row.metrics), cursor))
    log = log_tail(folder, LOG_BYTES)
    if log != known.log:
        events.append(_event("log", LogTold(text=log), cursor))
    if state != known.state:
        events.append(_event("state", told_state(state), cursor))
    return Known(cursor, state, log), events


def _event(name: str, data: object, cursor: Cursor) -> ServerSentEvent:
    """Writes a message; its id is the place from which a browser resumes."""
    return ServerSentEvent(
        event=name, data=_to_json(data), id=str(cursor), retry=RETRY_MILLISECONDS
    )


def _stamp(folder: Path) -> _Stamp:
    """Tells cheaply whether a watched file has changed: its size and modification time."""
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
