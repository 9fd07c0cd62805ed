"""Starts workers that need not import TensorFlow: forked from one that has, as a test's helper.

Reads one JSON object a line from standard input: `folder`, the run's; `every`, how many batches lie
between two checkpoints; and, each of them or None, `kill_at`, the step before which the worker is
killed, `stop_in_validation`, the epoch in whose validation it is paused, `file_bytes` and
`more_memory`, limits in bytes, `rehearse`, the scripts that it rehearses before. Prints the
worker's exit code, negative for a signal.
"""

import itertools
import json
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any

# Imported once, for all workers that are forked from here.
import keras  # noqa: F401
import sklearn.datasets  # noqa: F401  pyright: ignore[reportMissingTypeStubs]

from builder.worker import callbacks, checkpoints
from builder.worker import main as worker
from builder.worker.rehearsal import Rehearsal


def main() -> None:
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            work(json.loads(line))
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def work(task: dict[str, Any]) -> None:
    folder = Path(task["folder"])
    log = os.open(folder / "log.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for descriptor in (1, 2):
        os.dup2(log, descriptor)
    os.chdir(folder)
    save_often(task["every"])
    if task["kill_at"] is not None:
        kill_at(task["kill_at"])
    if task["stop_in_validation"] is not None:
        stop_in_validation(task["stop_in_validation"])
    if task["file_bytes"] is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (task["file_bytes"],) * 2)
    if task["more_memory"] is not None:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit = pages * resource.getpagesize() + task["more_memory"]
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    code = 1
    try:
        code = worker.main([str(folder)], rehearsal(task["rehearse"]))
    finally:
        os._exit(code)


def rehearsal(scripts: list[str] | None) -> Rehearsal | None:
    if scripts is None:
        return None
    made = Rehearsal()
    for text in scripts:
        made.rehearse(text)
    return made


def save_often(every: int) -> None:
    calls = itertools.count(1)

    def is_due(self: checkpoints.Checkpoints, *, mid_epoch: bool = False) -> bool:
        return next(calls) % every == 0

    checkpoints.Checkpoints.is_due = is_due


def kill_at(step: int) -> None:
    recorder_class: Any = callbacks.Recorder
    begin = recorder_class.on_train_batch_begin

    def on_train_batch_begin(recorder: Any, batch: int, logs: Any = None) -> None:
        epoch = recorder._epoch - 1
        if epoch * recorder._progress.state.batches + recorder._first + batch >= step:
            os.kill(os.getpid(), signal.SIGKILL)
        begin(recorder, batch, logs)

    recorder_class.on_train_batch_begin = on_train_batch_begin


def stop_in_validation(epoch: int) -> None:
    recorder_class: Any = callbacks.Recorder
    begin = recorder_class.on_test_batch_begin

    def on_test_batch_begin(recorder: Any, batch: int, logs: Any = None) -> None:
        if recorder._epoch == epoch and batch >= 3:
            recorder._stop.ask(pause=True)
        begin(recorder, batch, logs)

    recorder_class.on_test_batch_begin = on_test_batch_begin


if __name__ == "__main__":
    main()
