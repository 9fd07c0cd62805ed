"""A host whose cluster is this machine: `python fake_cluster.py HOW MODULE RUN_FOLDER`.

HOW says what becomes of the cluster, MODULE is what the command line of a real host has.
"""

import logging
import os
import sys
from pathlib import Path
from typing import Any

from builder.runs.status import RunStatus
from builder.scheduler.cluster import remote_run
from builder.scheduler.cluster.host import end_like, host
from builder.scheduler.cluster.remote_run import RemoteRun
from builder.scheduler.cluster.reports import ClusterError, Known, NodeLostError, Report

NODE_DIES, ALL_NODES_DIE, CLUSTER_GOES, NOBODY_THERE, FULL, WORKER_KILLED, FINE = (
    "node-dies",
    "all-nodes-die",
    "cluster-goes",
    "nobody-there",
    "full",
    "worker-killed",
    "fine",
)


class FakeCluster:
    def __init__(self, how: str) -> None:
        self._how = how
        self._num_nodes = 0

    def begin(self, run_id: str, device: str) -> "FakeRemote":
        self._num_nodes += 1
        is_fine = self._num_nodes > 1 and self._how == NODE_DIES
        return FakeRemote(run_id, FINE if is_fine else self._how)

    def close(self) -> None:
        pass


class FakeRemote(RemoteRun):
    def __init__(self, run_id: str, how: str) -> None:
        super().__init__(run_id, uses_gpu=False)
        self._how = how
        self._num_released = 0

    def waits_for(self) -> str:
        return "a free CPU of the cluster" if self._how == FULL else ""

    def report(self, known: Known) -> Report:
        report = super().report(known)
        if self._num_released < 2 or report.state.get("state") != RunStatus.RUNNING:
            return report
        if self._how in (NODE_DIES, ALL_NODES_DIE):
            raise NodeLostError("its node is gone")
        if self._how == CLUSTER_GOES:
            raise ClusterError("the Ray cluster no longer answers")
        if self._how == WORKER_KILLED and self._process is not None:
            self._process.kill()
        return report

    def release(self, number: int) -> None:
        super().release(number)
        self._num_released += 1


def _connect(how: str) -> Any:
    if how == NOBODY_THERE:
        raise ClusterError("no Ray cluster answers at ray://nowhere:1", "look whether it runs")
    return FakeCluster(how)


if __name__ == "__main__":
    if worker := os.environ.get("FAKE_WORKER"):
        remote_run.TETHERED_MODULE = worker
    logging.basicConfig(level=logging.INFO)
    raise SystemExit(end_like(host(Path(sys.argv[-1]), lambda _: _connect(sys.argv[1]))))
