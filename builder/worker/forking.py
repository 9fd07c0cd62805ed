"""Forks a worker for each run of a study: `python -m builder.worker.forking`.

It imports Keras once and never computes anything with it, so that each worker that is forked from
it begins as a fresh one would, without the seconds that the import takes. A crash costs one run.
Reads a line of JSON for each run: its `folder`, and the `log` that it writes to. Prints one with
the `pid` of its worker, and one with `ended` and the exit `code` when that has ended. It ends with
its standard input; its workers go on.
"""

import contextlib
import importlib
import json
import os
import select
import traceback
from pathlib import Path
from typing import Any

from builder.worker.leaving import leave

_NEEDED = ("numpy", "keras", "builder.worker.callbacks", "sklearn.datasets")
_LOOK_SECONDS = 0.2
"""Between two looks at whether a worker has ended."""


def main() -> int:
    """Imports, then forks a worker for each line until the input ends."""
    worker: Any = importlib.import_module("builder.worker.main")
    for name in _NEEDED:  # the run itself will report what cannot be imported
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    unread = b""
    while True:
        if select.select([0], [], [], _LOOK_SECONDS)[0]:
            received = os.read(0, 65_536)
            if not received:
                return 0
            *lines, unread = (unread + received).split(b"\n")
            for line in lines:
                _fork(worker, json.loads(line))
        _tell_ended()


def _fork(worker: Any, task: dict[str, str]) -> None:
    if os.fork():
        return
    code = 1
    try:
        _become_worker(Path(task["folder"]), Path(task["log"]))
        code = worker.main([task["folder"]])
    except BaseException:  # noqa: BLE001  nothing above may go on in a fork
        traceback.print_exc()
    leave(code)


def _become_worker(folder: Path, log: Path) -> None:
    """Enters the run's folder, writes to its log and stops listening to its parent.

    It reports its process id once its working folder identifies the run.
    """
    os.setsid()
    os.chdir(folder)
    _say({"pid": os.getpid()})
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    for descriptor in (1, 2):
        os.dup2(output, descriptor)


def _tell_ended() -> None:
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            _say({"ended": pid, "code": os.waitstatus_to_exitcode(status)})


def _say(answer: dict[str, int]) -> None:
    with contextlib.suppress(OSError):  # its reader is gone
        os.write(1, json.dumps(answer).encode() + b"\n")


if __name__ == "__main__":
    leave(main())
