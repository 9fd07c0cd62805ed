"""Work in a short process of its own: bounded in time and memory, and it can be cancelled.

What can hang, crash or need much memory does so there, and leaves the app as it was.
"""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Literal

import psutil

import builder
from builder.machine_memory import held_by

POLL_SECONDS = 0.05

REFUSED = 3
"""The exit status of a process of ours that says on standard output why it cannot do it."""

Ending = Literal["itself", "time", "memory", "cancelled"]


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of a process.

    Attributes:
        by: What ended it; `itself` also where it crashed.
        status: Its exit status; below 0 it is the number of the signal that killed it.
        output: What it wrote on standard output.
        messages: What it wrote on standard error.
    """

    by: Ending
    status: int
    output: bytes
    messages: str

    @property
    def refusal(self) -> str:
        """Why it refused its work; empty where it did not."""
        refused = self.by == "itself" and self.status == REFUSED
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
) -> Ended:
    """Runs `python -m name arguments` and waits for its end.

    Args:
        name: One of our modules.
        arguments: Its arguments.
        content: What it reads from standard input.
        seconds: After which it is killed, with all that it has started.
        max_bytes: Of memory, with all that it has started; more, and it is killed.
        environment: Variables on top of our own.
        cancel: Kills it as soon as it is set.
    """
    with tempfile.TemporaryFile() as given:  # a pipe could be full before anybody reads it
        given.write(content)
        given.seek(0)
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", name, *arguments],
            env={**os.environ, **(environment or {}), "PYTHONPATH": _path()},
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    try:
        return _wait(process, time.monotonic() + seconds, max_bytes, cancel)
    finally:
        _kill(process)


def _wait(
    process: subprocess.Popen[bytes], deadline: float, max_bytes: int | None, cancel: Event | None
) -> Ended:
    by: Ending = "itself"
    while True:
        try:
            output, messages = process.communicate(timeout=POLL_SECONDS)
        except subprocess.TimeoutExpired:
            if by == "itself":
                by = _reason(process, deadline, max_bytes, cancel)
            if by != "itself":
                _kill(process)
        else:
            return Ended(by, process.returncode, output, messages.decode(errors="replace"))


def _reason(
    process: subprocess.Popen[bytes], deadline: float, max_bytes: int | None, cancel: Event | None
) -> Ending:
    """Why a process has to end now, if it has to."""
    if cancel is not None and cancel.is_set():
        return "cancelled"
    if time.monotonic() > deadline:
        return "time"
    if max_bytes is not None and _used_bytes(process.pid) > max_bytes:
        return "memory"
    return "itself"


def _used_bytes(pid: int) -> int:
    """Bytes that a process and those that it has started hold."""
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
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _path() -> str:
    root = str(Path(builder.__file__).parents[1])
    return os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
