"""A worker that waits with everything imported, so that a training can begin at once.

It may have rehearsed the training that is likely to come. It belongs to the app's process, which
talks to it through a pipe, and ends when the pipe closes or after some minutes without a word. Once
it is given a run, it is a worker like any other. It is used only where a fresh worker would find
exactly the same environment.
"""

import contextlib
import json
import os
import select
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

from builder.checks.speeds import Step
from builder.system.machine_memory import held_by
from builder.system.out_of_memory import WAITING_WORKER, expose
from builder.system.worker_process import WAITING_MODULE

IDLE_SECONDS = 300.0
_ANSWER_SECONDS = 5.0
MAX_REHEARSALS = 20
"""After this many a new process takes over: each leaves 20 MB behind in TensorFlow."""
_MAX_SCRIPT_BYTES = 48_000  # what a pipe takes before it blocks


@dataclass
class _Waiting:
    process: "subprocess.Popen[str]"
    environment: Mapping[str, str]
    script: str = ""
    rehearsals: int = 0


class WarmWorkers:
    """Keeps one waiting worker. Thread-safe.

    Attributes:
        allowed: Whether a worker may be started; only a server sets this.
    """

    def __init__(self) -> None:
        self.allowed = False
        self._waiting: _Waiting | None = None
        self._lock = threading.Lock()

    def prepare(self, environment: Mapping[str, str]) -> None:
        """Starts a worker, or tells the waiting one to wait longer.

        Args:
            environment: All variables that a fresh worker would get.
        """
        with self._lock:
            if not self.allowed:
                return
            if self._is_fit(environment) and self._tell({}):
                return
            self._begin(environment)

    def rehearse(
        self, environment: Mapping[str, str], script: str, step: Step | None = None
    ) -> None:
        """Has the waiting worker do a training's first step in advance.

        Args:
            environment: All variables that a fresh worker would get.
            script: The training's.
            step: The key under which the seconds of a step are kept; None keeps none.
        """
        with self._lock:
            waiting = self._waiting
            if waiting is None or not self._is_fit(environment):
                return
            if waiting.script == script or len(script.encode()) > _MAX_SCRIPT_BYTES:
                return
            if waiting.rehearsals == MAX_REHEARSALS:
                self._begin(environment)
            measures = {"step": step.to_json()} if step else {}
            if self._tell({"script": script, **measures}) and self._waiting is not None:
                self._waiting.script = script
                self._waiting.rehearsals += 1

    def take(
        self, folder: Path, environment: Mapping[str, str], log: Path
    ) -> "subprocess.Popen[str] | None":
        """Gives a run to the waiting worker.

        Args:
            folder: The run's folder.
            environment: All variables that a fresh worker would get.
            log: Where it is to write from now on.

        Returns:
            Its process; None if there is none, or if a fresh one would find another environment.
        """
        with self._lock:
            if not self._is_fit(environment):
                return None
            waiting, task = self._waiting, {"folder": str(folder), "log": str(log)}
            taken = self._tell(task) and _answers(waiting)
            if waiting is None or not taken:
                self._end()
                return None
            self._waiting = None
            _close(waiting.process)
            return waiting.process

    def held_bytes(self) -> int:
        """The memory of the waiting worker, which becomes that of the next training."""
        with self._lock:
            if self._waiting is None:
                return 0
            try:
                return held_by(psutil.Process(self._waiting.process.pid))
            except psutil.Error:
                return 0

    def end(self) -> None:
        """Ends the waiting worker."""
        with self._lock:
            self._end()

    def _begin(self, environment: Mapping[str, str]) -> None:
        self._end()
        with contextlib.suppress(OSError):  # trainings start without it then
            self._waiting = _Waiting(_start(environment), dict(environment))
            expose(self._waiting.process.pid, WAITING_WORKER)

    def _is_fit(self, environment: Mapping[str, str]) -> bool:
        waiting = self._waiting
        return (
            waiting is not None
            and waiting.process.poll() is None
            and waiting.environment == environment
        )

    def _tell(self, task: Mapping[str, str]) -> bool:
        """Sends a line; an empty task only tells the worker to keep waiting."""
        pipe = self._waiting.process.stdin if self._waiting else None
        if pipe is None:
            return False
        try:
            pipe.write(json.dumps(task) + "\n")
            pipe.flush()
        except OSError:
            return False
        return True

    def _end(self) -> None:
        if self._waiting is None:
            return
        process, self._waiting = self._waiting.process, None
        _close(process)
        threading.Thread(target=process.wait, name="end of a worker", daemon=True).start()


def _start(environment: Mapping[str, str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-P", "-m", WAITING_MODULE, str(IDLE_SECONDS)],
        cwd=Path(sys.prefix),
        env=dict(environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        text=True,
    )


def _answers(waiting: _Waiting | None) -> bool:
    """Whether it has accepted the run, which it says at once, even while it still imports."""
    pipe = waiting.process.stdout if waiting else None
    if pipe is None or not select.select([pipe], [], [], _ANSWER_SECONDS)[0]:
        return False
    return os.read(pipe.fileno(), 1) == b"+"


def _close(process: "subprocess.Popen[str]") -> None:
    """Closes the pipes: a waiting worker ends then, a training one does not notice."""
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()


workers = WarmWorkers()
