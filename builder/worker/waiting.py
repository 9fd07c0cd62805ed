"""A worker that waits for its run: `python -m builder.worker.waiting SECONDS`.

It imports what a training needs, in a thread of low priority, and listens on standard input for
lines of JSON. A line with a run's `folder` and `log` is its task. A line with a `script` is a
training that may come; it is rehearsed, which measures its `step`. An empty line starts the wait
over. It ends with its input or after so many seconds of silence.
"""

import contextlib
import importlib
import json
import os
import queue
import select
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from builder.checks.speeds import Measured, Step, note
from builder.system.home import home
from builder.system.locks import BusyError
from builder.worker.leaving import leave

_NICENESS = 10
_NEEDED = ("numpy", "keras", "builder.worker.callbacks", "sklearn.datasets")
QUIET_SECONDS = 1.0
"""Seconds to wait before a rehearsal: after one changed setting, another is likely to follow."""


def main(seconds: float) -> int:
    """Waits, and trains when it is given a run; the exit code is the training's."""
    worker: Any = importlib.import_module("builder.worker.main")
    imports = threading.Thread(target=_import, name="imports", daemon=True)
    imports.start()
    inbox: queue.Queue[Mapping[str, str]] = queue.Queue()
    answer = _keep_answer()
    threading.Thread(
        target=_listen, args=(seconds, inbox, answer), name="listener", daemon=True
    ).start()
    rehearsal: Any = None
    for message in _after_silence(inbox):
        imports.join()
        if "folder" in message:
            return worker.main([message["folder"]], rehearsal)
        rehearsal = rehearsal or _rehearsal()
        _note_speed(message.get("step"), rehearsal.rehearse(message["script"]))
    return 0


def _note_speed(step: str | None, seconds: float | None) -> None:
    """Records how long a step took, for the estimate beside Start."""
    if step and seconds:
        with contextlib.suppress(BusyError, OSError, ValueError):
            note(home(), Measured(Step.from_json(step), seconds, by_run=False))


def _rehearsal() -> Any:
    return importlib.import_module("builder.worker.rehearsal").Rehearsal()


def _import() -> None:
    """Imports what it can; the run itself will report what cannot be imported."""
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
    for name in _NEEDED:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


def _after_silence(inbox: "queue.Queue[Mapping[str, str]]") -> Iterator[Mapping[str, str]]:
    """Yields a run at once, and the newest script when no other has come for a while."""
    while True:
        message = inbox.get()
        with contextlib.suppress(queue.Empty):
            while "script" in message:
                message = inbox.get(timeout=QUIET_SECONDS)
        yield message


def _keep_answer() -> int:
    """Keeps standard output for the answer: a rehearsal may print."""
    answer = os.dup(1)
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.close(nothing)
    return answer


def _listen(seconds: float, inbox: "queue.Queue[Mapping[str, str]]", answer: int) -> None:
    """Takes a task as soon as it comes; ends the process where none comes."""
    unread = b""
    while select.select([0], [], [], seconds)[0]:
        received = os.read(0, 65_536)
        if not received:
            break
        *lines, unread = (unread + received).split(b"\n")
        for message in filter(None, map(json.loads, lines)):
            if "folder" in message:
                try:
                    _take_over(Path(message["folder"]), Path(message["log"]), answer)
                except OSError:  # the run is gone, or the disk is full
                    os._exit(1)
                inbox.put(message)
                return
            inbox.put(message)
    os._exit(0)  # do not wait for an import or a rehearsal


def _take_over(folder: Path, log: Path, answer: int) -> None:
    """Becomes the worker of a run: in its folder, with its log, without the pipe."""
    os.chdir(folder)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    nothing = os.open(os.devnull, os.O_RDONLY)
    with contextlib.suppress(OSError):
        os.write(answer, b"+")
    os.close(answer)
    os.dup2(nothing, 0)
    for descriptor in (1, 2):
        os.dup2(output, descriptor)


if __name__ == "__main__":
    leave(main(float(sys.argv[1])))
