"""The side of a run on the machine that trains it. Knows nothing of Ray.

The run's folder is a copy in a temporary folder there. The worker in it is the ordinary one, and
ends with this process.
"""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from builder.runs import requests
from builder.runs.metrics import FILE_NAME
from builder.runs.metrics_tables import NewRows, read_new
from builder.runs.process_file import PROCESS
from builder.runs.requests import REQUEST
from builder.runs.run_state import (
    CHECKPOINTS,
    LOCK,
    LOG,
    PAUSE_SIGNAL,
    SCRIPT,
    STATE,
    is_locked,
    stored_state,
)
from builder.runs.status import RunStatus
from builder.scheduler import launcher
from builder.scheduler.cluster.reports import Known, Report, Snapshot, inside
from builder.system.temporary import sweep_system, system_prefix
from builder.system.worker_process import TETHERED_MODULE
from builder.training import onednn

MAX_LOG_BYTES = 1 << 20
LATEST = "LATEST"
_OWN = frozenset({STATE, LOCK, LOG, PROCESS, REQUEST})
"""Files that are brought back in another way, or belong to one machine alone."""

Stamp = tuple[int, int, int]


class RemoteRun:
    """A copy of a run, and its worker.

    Args:
        run_id: The run's.
        uses_gpu: Whether the worker may see the GPU that this process was given.
    """

    def __init__(self, run_id: str, *, uses_gpu: bool) -> None:
        sweep_system()  # copies of runs whose processes were killed
        self._root = Path(tempfile.mkdtemp(prefix=system_prefix("run")))
        self._folder = self._root / run_id
        self._folder.mkdir()
        self._uses_gpu = uses_gpu
        self._process: subprocess.Popen[bytes] | None = None
        self._brought: dict[str, Stamp] = {}
        self._snapshot: Snapshot | None = None
        self._number = 0
        self._is_final = False

    def put(self, name: str, content: bytes) -> None:
        """Adds bytes to the end of a file in the run's folder."""
        path = inside(self._folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            file.write(content)

    def start(self) -> None:
        """Starts the worker, once all files are there."""
        self._brought = {name: _stamp(self._folder / name) for name in self._files()}
        script = (self._folder / SCRIPT).read_text(encoding="utf-8")
        breaks = onednn.WITHOUT_ONEDNN in script
        # Which GPU it is was decided by whoever started this process.
        variables = launcher.environment("auto" if self._uses_gpu else "cpu", breaks_onednn=breaks)
        with (self._folder / LOG).open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", TETHERED_MODULE, str(self._folder)],
                cwd=self._folder,
                env=variables,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def report(self, known: Known) -> Report:
        """Says what is new."""
        exit_code = self._process.poll() if self._process else None
        has_ended = exit_code is not None
        state = self._state()
        log = self._log_after(known.log)
        metrics = self._metrics_after(known, state)
        if self._snapshot is None and not self._is_final:
            self._snapshot = self._take_snapshot(whole=has_ended)
            self._is_final = has_ended
        is_all = has_ended and self._is_final and self._snapshot is None
        return Report(
            state=state,
            log=log,
            metrics=metrics,
            snapshot=self._snapshot,
            exit_code=exit_code,
            is_complete=is_all and metrics.is_complete and len(log) < MAX_LOG_BYTES,
        )

    def read(self, number: int, name: str, offset: int, size: int) -> bytes:
        """Reads a part of a file of a snapshot."""
        with inside(self._held(number), name).open("rb") as file:
            file.seek(offset)
            return file.read(size)

    def release(self, number: int) -> None:
        """Forgets a snapshot, whose files have been fetched."""
        held = self._held(number)
        if self._snapshot is None or self._snapshot.number != number:
            return
        for name in self._snapshot.sizes:
            self._brought[name] = _stamp(held / name)
        shutil.rmtree(held, ignore_errors=True)
        self._snapshot = None

    def ask(self, *, pause: bool) -> None:
        """Asks the worker for a pause or a stop."""
        requests.leave(self._folder, pause=pause)  # for a worker that does not listen yet
        if self._process is not None and is_locked(self._folder):
            self._process.send_signal(PAUSE_SIGNAL if pause else signal.SIGTERM)

    def close(self) -> None:
        """Ends the worker at once and removes the copy."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            if self._process.stdin is not None:
                self._process.stdin.close()
        shutil.rmtree(self._root, ignore_errors=True)

    def _state(self) -> dict[str, object]:
        try:
            return json.loads((self._folder / STATE).read_bytes())
        except (OSError, ValueError):
            return {}

    def _log_after(self, known: int) -> bytes:
        try:
            with (self._folder / LOG).open("rb") as file:
                file.seek(known)
                return file.read(MAX_LOG_BYTES)
        except OSError:
            return b""

    def _metrics_after(self, known: Known, values: dict[str, object]) -> NewRows:
        """New metrics; none before the worker has removed what it will train again."""
        state = stored_state(values)
        if state is None or state.state in (RunStatus.QUEUED, RunStatus.STARTING):
            return NewRows()
        try:
            return read_new(self._folder, known.metrics)
        except sqlite3.Error:  # it is being written; the next report has them
            return NewRows()

    def _take_snapshot(self, *, whole: bool) -> Snapshot | None:
        """Links the files that are new, so that they stay; None where none is.

        The best model is replaced by the worker as it trains. The checkpoint is linked first: a
        best model may be of a later epoch than the checkpoint beside it, as after a crash, but not
        of an earlier one.

        Args:
            whole: Whether to take all files although no checkpoint is new.
        """
        checkpoint = self._latest()
        names = [name for name in self._files() if self._is_new(name)]
        own = [name for name in names if PurePosixPath(name).parts[:2] == (CHECKPOINTS, checkpoint)]
        if not own and not whole:
            return None
        others = [name for name in names if not name.startswith(f"{CHECKPOINTS}/")]
        self._number += 1
        held = self._held(self._number)
        sizes: dict[str, int] = {}
        for name in (*own, *others):
            target = held / name
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(self._folder / name, target)
            except FileNotFoundError:  # a newer one is about to take its place
                continue
            sizes[name] = target.stat().st_size
        if not sizes:
            return None
        is_checkpoint = bool(own) and len(own) == sum(name in sizes for name in own)
        return Snapshot(self._number, sizes, checkpoint if is_checkpoint else "")

    def _latest(self) -> str:
        try:
            return (self._folder / CHECKPOINTS / LATEST).read_text(encoding="utf-8").strip()
        except OSError:
            return ""

    def _files(self) -> Iterator[str]:
        """The files that may have to be brought back, by their paths in the folder."""
        for path in sorted(self._folder.rglob("*")):
            parts = path.relative_to(self._folder).parts
            name = "/".join(parts)
            is_metrics = name.startswith(FILE_NAME)
            if is_metrics or name in _OWN or any(part.startswith(".") for part in parts):
                continue
            if path.is_file():
                yield name

    def _is_new(self, name: str) -> bool:
        try:
            return self._brought.get(name) != _stamp(self._folder / name)
        except OSError:
            return False

    def _held(self, number: int) -> Path:
        return self._folder / ".snapshots" / str(number)


def _stamp(path: Path) -> Stamp:
    status = path.stat()
    return status.st_mtime_ns, status.st_size, status.st_ino
