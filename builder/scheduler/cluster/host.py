"""The process here of a run that trains on a cluster.

To everybody else on this machine it is the run's worker: it holds the lock, takes the same signals,
and writes the same files. A run whose node dies is begun once more from the newest checkpoint that
came back, on another node; where the cluster itself is gone, the run is lost and can be resumed.
"""

import logging
import os
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from builder.runs.requests import read_request
from builder.runs.run_folder import Run, current_settings, read
from builder.runs.run_state import RunState, write_state
from builder.runs.silent_end import CLUSTER_LOST
from builder.runs.status import RunStatus
from builder.runs.stop_request import StoppedError, StopRequest
from builder.scheduler.cluster.mirror import Mirror
from builder.scheduler.cluster.reports import ClusterError, NodeLostError, Remote
from builder.scheduler.holding import hold
from builder.system.disk_errors import reason
from builder.system.errors import BuilderError, Words
from builder.training.settings import TrainingSettings

REPORT_SECONDS = 0.25
STOPPED_EXIT_CODE = 75

log = logging.getLogger("convstack.cluster")


class Cluster(Protocol):
    """A cluster that answers."""

    def begin(self, run_id: str, device: str) -> "PlacedRemote":
        """Asks for a place for a run, with a GPU where its `device` wants one."""
        ...

    def close(self) -> None:
        """Leaves the cluster; what this process has begun there ends."""
        ...


class PlacedRemote(Remote, Protocol):
    """The side of a run on a cluster, which may still wait for its place there."""

    def waits_for(self) -> str:
        """What it waits for, in words; empty once it has its place."""
        ...

    def close(self) -> None:
        """Ends it."""
        ...


Connect = Callable[[str], Cluster]


def host(folder: Path, connect: Connect) -> int:
    """Has a run trained on a cluster, and mirrors it.

    Args:
        folder: The run's folder.
        connect: Connects to the cluster of an address, or raises a ClusterError.

    Returns:
        The exit status, as of a worker; negative where its worker there was ended by a signal.
    """
    return hold(folder, lambda stop, _: _Host(folder, stop, connect).run(), os._exit, log)


class _Host:
    def __init__(self, folder: Path, stop: StopRequest, connect: Connect) -> None:
        self._folder = folder
        self._stop = stop
        self._connect = connect

    def run(self) -> int:
        run = read(self._folder)
        settings = current_settings(run)
        if settings is None or run.state.state != RunStatus.QUEUED:
            log.error("not started: the run is %s. %s", run.state.state, run.state.message)
            return 1
        try:
            return self._train(run, settings)
        except StoppedError as stopped:
            self._conclude(stopped.state, Words(""))
            return STOPPED_EXIT_CODE
        except NodeLostError as error:
            log.error("lost: %s", error)
            return CLUSTER_LOST
        except ClusterError as error:
            return self._give_up(run, error)
        except BuilderError as error:
            self._conclude(RunStatus.FAILED, error.problem.words)
        except sqlite3.Error as error:
            self._conclude(RunStatus.FAILED, Words(f"its metrics cannot be kept here: {error}"))
        except OSError as error:
            self._conclude(RunStatus.FAILED, Words(f"it cannot be kept here: {reason(error)}"))
        return 1

    def _give_up(self, run: Run, error: ClusterError) -> int:
        """Ends where the cluster is gone: failed before it trained there, else lost."""
        log.error("%s", error)
        if read(self._folder).state.session > run.state.session:
            return CLUSTER_LOST
        self._conclude(RunStatus.FAILED, error.problem.words)
        return 1

    def _train(self, run: Run, settings: TrainingSettings) -> int:
        self._show(run.state, f"connecting to the Ray cluster at {settings.run_on}")
        with closing(self._connect(settings.run_on)) as cluster:
            self._stop.listen()  # Ray's client has its own handler of SIGTERM
            self._stop.take_up(read_request(self._folder))
            try:
                return self._train_on_a_node(cluster, run, settings)
            except NodeLostError as error:
                log.warning("interrupted: %s; resumed on another node", error)
            self._stop.obey()
            return self._train_on_a_node(cluster, run, settings)

    def _train_on_a_node(self, cluster: Cluster, run: Run, settings: TrainingSettings) -> int:
        before = replace(read(self._folder).state, state=RunStatus.QUEUED)
        with closing(cluster.begin(run.id, settings.device)) as remote:
            self._wait_for(remote, before)
            with closing(Mirror(self._folder, remote)) as mirror:
                self._show(before, "copying the run to the cluster")
                for _ in mirror.send(before):
                    self._stop.obey()
                remote.start()
                return self._follow(mirror, remote)

    def _wait_for(self, remote: PlacedRemote, before: RunState) -> None:
        while waits_for := remote.waits_for():
            self._show(before, f"waiting for {waits_for}")
            self._stop.obey()
            time.sleep(REPORT_SECONDS)

    def _follow(self, mirror: Mirror, remote: Remote) -> int:
        """Mirrors the run until its worker has ended and all is here; returns its exit status."""
        has_asked = False
        while True:
            begun = time.monotonic()
            report = mirror.step()
            if report.is_complete and report.exit_code is not None:
                return report.exit_code
            if self._stop.is_set() and not has_asked:
                remote.ask(pause=self._stop.state == RunStatus.PAUSING)
                has_asked = True
            if report.snapshot is None:  # else the next piece is fetched at once
                time.sleep(max(REPORT_SECONDS - (time.monotonic() - begun), 0.0))

    def _show(self, state: RunState, stage: str) -> None:
        """Says what goes on before the worker there says so itself."""
        shown = replace(
            state,
            state=self._stop.state if self._stop.is_set() else RunStatus.STARTING,
            stage=stage,
            message="",
            advice="",
            finished=None,
        )
        if read(self._folder).state != shown:
            write_state(self._folder, shown)

    def _conclude(self, state: RunStatus, said: Words) -> None:
        """Writes how it ended where no worker does."""
        ended = replace(
            read(self._folder).state,
            state=state,
            stage="",
            message=said.message,
            advice=said.fix,
            eta_seconds=None,
            finished=time.time(),
        )
        try:
            write_state(self._folder, ended)
        except OSError as error:
            log.error("how it ended cannot be written down (%s): %s", reason(error), said.sentences)


def end_like(code: int) -> int:
    """Ends this process by the signal that ended the worker on the cluster, if one did.

    So whatever looks at the end of this process learns how that one ended.

    Args:
        code: The worker's exit status, negative for a signal.

    Returns:
        The exit status where it was no signal.
    """
    if code < 0:
        if -code not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    return code
