"""Workers that are forked from one process that has Keras imported, for many short runs in a row.

A study of trainings of eight seconds would else spend as long again on imports. On a CPU only: a
GPU's driver does not outlive a fork. A run that is forked gives the same weights as in a fresh
process, to the last bit (`tests/worker/test_worker.py`).
"""

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from builder.system.worker_process import FORKING_MODULE

_ANSWER_SECONDS = 60.0
"""The first answer comes when all is imported."""


@dataclass(eq=False)
class Forked:
    """A worker that was forked; to its launcher like a process of its own."""

    pid: int
    _ended: threading.Event = field(default_factory=threading.Event)
    _code: int | None = None

    def wait(self) -> int | None:
        """Waits for its end and gives its exit code, negative for a signal; None if unknown."""
        self._ended.wait()
        return self._code

    def end(self, code: int | None) -> None:
        """Notes that it has ended."""
        self._code = code
        self._ended.set()


@dataclass(eq=False)
class _Server:
    process: "subprocess.Popen[bytes]"
    environment: Mapping[str, str]
    children: dict[int, Forked] = field(default_factory=dict[int, Forked])
    answered: threading.Condition = field(default_factory=threading.Condition)
    newest: Forked | None = None


class ForkedWorkers:
    """Keeps one process to fork from. Safe for several threads.

    Attributes:
        allowed: Whether it may be started; only the process of a study says so.
    """

    def __init__(self) -> None:
        self.allowed = False
        self._server: _Server | None = None
        self._lock = threading.Lock()

    def take(self, folder: Path, environment: Mapping[str, str], log: Path) -> Forked | None:
        """Has a worker forked for a run.

        Args:
            folder: The run's folder.
            environment: All variables that a fresh worker would get.
            log: Where it writes.

        Returns:
            None where none may be, or can be; a fresh process does as well.
        """
        with self._lock:
            if not self.allowed:
                return None
            server = self._fitting(environment)
            return _ask(server, {"folder": str(folder), "log": str(log)}) if server else None

    def end(self) -> None:
        """Ends the process that is forked from; its workers go on."""
        with self._lock:
            self._end()

    def _fitting(self, environment: Mapping[str, str]) -> _Server | None:
        server = self._server
        if server and server.process.poll() is None and server.environment == environment:
            return server
        self._end()
        with contextlib.suppress(OSError):
            self._server = _Server(_start(environment), dict(environment))
            threading.Thread(
                target=_listen, args=(self._server,), name="forked workers", daemon=True
            ).start()
        return self._server

    def _end(self) -> None:
        if self._server is None:
            return
        server, self._server = self._server, None
        if server.process.stdin is not None:
            with contextlib.suppress(OSError):
                server.process.stdin.close()


def _start(environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-P", "-m", FORKING_MODULE],
        cwd=Path(sys.prefix),
        env=dict(environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _ask(server: _Server, task: Mapping[str, str]) -> Forked | None:
    """Has a worker forked, and waits until it is known which process that is."""
    pipe = server.process.stdin
    assert pipe is not None
    with server.answered:
        server.newest = None
        try:
            os.write(pipe.fileno(), json.dumps(task).encode() + b"\n")
        except OSError:
            return None
        server.answered.wait_for(
            lambda: server.newest or server.process.poll() is not None, _ANSWER_SECONDS
        )
        if server.newest is None:  # whatever it does now, it must not start the run later
            server.process.kill()
        return server.newest


def _listen(server: _Server) -> None:
    """Takes what the process says, until it ends."""
    assert server.process.stdout is not None
    for line in server.process.stdout:
        answer: dict[str, Any] = json.loads(line)
        with server.answered:
            if "pid" in answer:
                server.newest = server.children.setdefault(answer["pid"], Forked(answer["pid"]))
                server.answered.notify_all()
            else:
                forked = server.children.pop(answer["ended"], None)
                if forked is not None:
                    forked.end(answer["code"])
    server.process.wait()
    server.process.stdout.close()
    with server.answered:
        for forked in server.children.values():
            forked.end(None)
        server.answered.notify_all()


workers = ForkedWorkers()
