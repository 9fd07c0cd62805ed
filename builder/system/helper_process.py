"""Work in a short-lived process that is bounded in time and memory and can be cancelled.

Work that may hang, crash or need much memory does so there and leaves the app unharmed.
"""

import contextlib
import math
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum, auto
from threading import Event
from typing import Literal

import psutil

from builder.system.detached import python_path
from builder.system.machine_memory import held_by
from builder.system.out_of_memory import HELPER, expose

POLL_SECONDS = 0.05

REFUSED = 3
"""The exit status of a helper that writes to standard output why it refuses the work."""

MAX_AT_A_TIME = 2
"""Helpers of one lane, since each may take gigabytes."""
_NICENESS = 5
_CPU_MARGIN = 5
"""Seconds that the kernel allows beyond our own limit: while we live, we end it and know why."""


class EndedBy(StrEnum):
    """What ended a process."""

    ITSELF = auto()
    """Also where it crashed."""
    TIME = auto()
    MEMORY = auto()
    CANCELLED = auto()


Lane = Literal["short", "long"]
"""Work that takes hours has its own places, so that saving a picture does not wait for it."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of a process.

    Attributes:
        by: What ended it.
        status: Its exit status; below 0 it is the number of the signal that killed it.
        output: What it wrote on standard output.
        messages: What it wrote on standard error.
    """

    by: EndedBy
    status: int
    output: bytes
    messages: str

    @property
    def refusal(self) -> str:
        """Why it refused its work; empty where it did not."""
        refused = self.by == EndedBy.ITSELF and self.status == REFUSED
        return self.output.decode(errors="replace").strip() if refused else ""


def run_module(
    name: str,
    arguments: Iterable[str] = (),
    *,
    content: bytes = b"",
    seconds: float,
    max_bytes: int | None = None,
    environment: Mapping[str, str] | None = None,
    cancel: Event | None = None,
    lane: Lane = "short",
) -> Ended:
    """Runs `python -m name arguments` and waits for its end.

    Two helpers of each lane run at a time; the others wait for a place, and `ahead` says how many
    are before them.

    Args:
        name: One of our modules.
        arguments: Its arguments.
        content: What it reads from standard input.
        seconds: After which it is killed, with all that it has started; the wait for a place is
            not counted.
        max_bytes: Of memory, with all that it has started; more, and it is killed.
        environment: Variables on top of our own.
        cancel: Kills it as soon as it is set, or ends the wait for a place.
        lane: `long` for what may take more than some minutes.
    """
    with _places[lane].taken(cancel) as has_place:
        if not has_place:
            return Ended(EndedBy.CANCELLED, 0, b"", "")
        process = _start(name, arguments, content, environment)
        try:
            _limit(process.pid, seconds, lane)
            return _wait(process, time.monotonic() + seconds, max_bytes, cancel)
        finally:
            _kill(process)


def _start(
    name: str, arguments: Iterable[str], content: bytes, environment: Mapping[str, str] | None
) -> subprocess.Popen[bytes]:
    with tempfile.TemporaryFile() as given:  # a pipe could fill up before it is read
        given.write(content)
        given.seek(0)
        return subprocess.Popen(
            [sys.executable, "-P", "-m", name, *arguments],
            env={**os.environ, **(environment or {}), "PYTHONPATH": python_path()},
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )


def _limit(pid: int, seconds: float, lane: Lane) -> None:
    """Lets a process end also where we are gone, and before us when memory runs out."""
    expose(pid, HELPER)
    cpu_seconds = math.ceil(seconds * (os.cpu_count() or 1)) + _CPU_MARGIN
    with contextlib.suppress(psutil.Error):  # it has ended
        process = psutil.Process(pid)
        if psutil.LINUX:
            process.rlimit(psutil.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
        if lane == "long":
            process.nice(_NICENESS)


def ahead(thread: int | None = None) -> int:
    """How many helpers have to end before that of a thread may begin; 0 where none waits.

    Args:
        thread: Its identifier; None for the calling thread.
    """
    asked = threading.get_ident() if thread is None else thread
    return max(places.ahead(asked) for places in _places.values())


class _Places:
    """A limited number of places; the others wait in the order in which they came.

    All that came and have not left stand in one line; the first ones in it are at work.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._line: list[tuple[int, object]] = []
        self._changed = threading.Condition()

    @contextlib.contextmanager
    def taken(self, cancel: Event | None) -> Generator[bool]:
        """Waits for a place; gives whether there is one, or the wait was cancelled."""
        own = (threading.get_ident(), object())
        with self._changed:
            self._line.append(own)
        try:
            yield self._wait(own, cancel)
        finally:
            with self._changed:
                self._line.remove(own)
                self._changed.notify_all()

    def ahead(self, thread: int) -> int:
        """How many have to leave before a thread has a place."""
        with self._changed:
            index = next((i for i, (one, _) in enumerate(self._line) if one == thread), 0)
        return max(index - self._count + 1, 0)

    def _wait(self, own: tuple[int, object], cancel: Event | None) -> bool:
        with self._changed:
            while self._line.index(own) >= self._count:
                if cancel is not None and cancel.is_set():
                    return False
                self._changed.wait(POLL_SECONDS)
        return True


_places: Mapping[Lane, _Places] = {"short": _Places(MAX_AT_A_TIME), "long": _Places(MAX_AT_A_TIME)}


def _wait(
    process: subprocess.Popen[bytes], deadline: float, max_bytes: int | None, cancel: Event | None
) -> Ended:
    by = EndedBy.ITSELF
    while True:
        try:
            output, messages = process.communicate(timeout=POLL_SECONDS)
        except subprocess.TimeoutExpired:
            if by == EndedBy.ITSELF:
                by = _reason(process, deadline, max_bytes, cancel)
            if by != EndedBy.ITSELF:
                _kill(process)
        else:
            return Ended(by, process.returncode, output, messages.decode(errors="replace"))


def _reason(
    process: subprocess.Popen[bytes], deadline: float, max_bytes: int | None, cancel: Event | None
) -> EndedBy:
    """Why a process has to end now, if it has to."""
    if cancel is not None and cancel.is_set():
        return EndedBy.CANCELLED
    if time.monotonic() > deadline:
        return EndedBy.TIME
    if max_bytes is not None and _used_bytes(process.pid) > max_bytes:
        return EndedBy.MEMORY
    return EndedBy.ITSELF


def _used_bytes(pid: int) -> int:
    """The bytes that a process and its children hold."""
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
    except psutil.Error:
        return 0
    used = 0
    for member in family:
        with contextlib.suppress(psutil.Error):
            used += held_by(member)
    return used


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Ends a process and all that it has started; does nothing where it has ended."""
    if process.poll() is not None:
        return
    inner: list[psutil.Process] = []
    with contextlib.suppress(psutil.Error):
        inner = psutil.Process(process.pid).children(recursive=True)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    for member in inner:  # a helper's own helpers have sessions of their own
        with contextlib.suppress(psutil.Error):
            member.kill()
