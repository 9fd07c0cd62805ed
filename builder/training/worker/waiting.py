"""A worker that waits for its run: `python -m builder.training.worker.waiting SECONDS`.

It imports what a training needs, in a thread of low priority, and listens on standard input: a line
with a run's folder is its task, an empty one has it wait anew, and an end of the input or a
silence of so many seconds ends it.
"""

import contextlib
import importlib
import json
import os
import select
import sys
import threading
from pathlib import Path
from typing import Any

_NICENESS = 10
_NEEDED = ("numpy", "keras", "builder.training.worker.callbacks", "sklearn.datasets")


def main(seconds: float) -> int:
    """Waits, and trains if it is handed a run; the exit code is the training's."""
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # as a script does before its imports
    session: Any = importlib.import_module("builder.training.worker.session")
    imports = threading.Thread(target=_import, name="imports", daemon=True)
    imports.start()
    task = _listen(seconds)
    if task is None:
        os._exit(0)  # whatever is being imported is not waited for
    _take_over(Path(task["folder"]), Path(task["log"]))
    imports.join()
    return session.main([task["folder"]])


def _import() -> None:
    """What cannot be imported is told when the run asks for it."""
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
    for name in _NEEDED:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


def _listen(seconds: float) -> dict[str, str] | None:
    """Waits for a task; None where none comes."""
    unread = b""
    while select.select([0], [], [], seconds)[0]:
        received = os.read(0, 65_536)
        if not received:
            return None
        *lines, unread = (unread + received).split(b"\n")
        for line in lines:
            if task := json.loads(line):
                return task
    return None


def _take_over(folder: Path, log: Path) -> None:
    """Becomes the worker of a run: in its folder, with its log, deaf to who handed it over."""
    os.chdir(folder)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    nothing = os.open(os.devnull, os.O_RDONLY)
    with contextlib.suppress(OSError):
        os.write(1, b"+")
    os.dup2(nothing, 0)
    for descriptor in (1, 2):
        os.dup2(output, descriptor)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1])))
