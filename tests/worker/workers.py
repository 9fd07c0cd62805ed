"""What tests of real workers share: runs to train, workers to start, weights to compare."""

import io
import json
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import h5py
import numpy as np
import psutil

from builder.runs.run_folder import Run
from builder.runs.run_state import RunState, log_tail, read_state
from builder.scheduler import launcher
from builder.system.worker_process import FORKING_MODULE, MODULE
from builder.training.settings import TrainingSettings
from tests.worker.tiny import tiny_script

TIMEOUT = 120.0
# One thread adds numbers in one order, however busy the machine is.
ONE_THREAD = {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}


def make_run(home: Path, settings: TrainingSettings, **options: Any) -> Run:
    script = tiny_script(settings, **options)
    return launcher.create_run(home, "doc", "tiny", "{}", script, settings, {"params": 90})


def start_worker(run: Run) -> "subprocess.Popen[bytes]":
    """As the launcher does, but with the exit code at hand."""
    log = (run.folder / "log.txt").open("ab")
    command = [sys.executable, "-m", MODULE, str(run.folder)]
    with log:
        return subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)


def wait_until(run: Run, reached: Callable[[RunState], bool]) -> RunState:
    for state in launcher.follow(run, interval=0.02, timeout=TIMEOUT):
        if reached(state):
            return state
    raise AssertionError(f"{read_state(run.folder)}\n{log_tail(run.folder)}")


def weights(path: Path) -> dict[str, Any]:
    """All arrays in a `.keras` file, the optimizer's among them."""
    found: dict[str, Any] = {}

    def visit(name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset):
            found[name] = item[()]

    with zipfile.ZipFile(path) as archive:
        content = io.BytesIO(archive.read("model.weights.h5"))
    with h5py.File(content) as file:
        file.visititems(visit)
    return found


def wait_until_idle(process: psutil.Process) -> None:
    """Until a process has worked for a while, and then not for two seconds."""
    deadline = time.monotonic() + TIMEOUT
    worked = idle = 0.0
    while idle < 2 and time.monotonic() < deadline:
        time.sleep(0.1)
        before, worked = worked, sum(process.cpu_times()[:2])
        idle = idle + 0.1 if worked > 3 and worked - before < 0.02 else 0.0


def assert_same_weights(run: Run, other: Run, file: str = "model.keras") -> None:
    """To the last bit, the optimizer's too."""
    ours, theirs = (weights(one.folder / file) for one in (run, other))
    assert ours.keys() == theirs.keys()
    assert any(name.startswith("optimizer") for name in ours)
    for name, values in theirs.items():
        assert np.array_equal(ours[name], values), name


class Nursery:
    """Workers that start in a moment: TensorFlow is imported once for all of them."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            # The last word tells `is_worker_of` that a worker may be forked from it.
            [sys.executable, "-m", "tests.worker.nursery", FORKING_MODULE],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **ONE_THREAD},
            text=True,
        )

    def train(self, run: Run, *, every: int = 1_000_000, **wishes: Any) -> int:
        """Trains a run until it ends or is killed; returns the worker's exit code.

        Args:
            run: Its state is `queued`.
            every: Batches between two checkpoints.
            wishes: Further things of which `tests.worker.nursery` tells.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        task: dict[str, Any] = dict.fromkeys(
            ("kill_at", "stop_in_validation", "file_bytes", "more_memory", "rehearse")
        )
        task |= {"folder": str(run.folder), "every": every} | wishes
        self._process.stdin.write(json.dumps(task) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()
