"""Trainings on a real Ray cluster: a head and one or two nodes, all on this machine."""

import importlib.util
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from builder.runs.metrics import MetricsReader
from builder.runs.run_folder import Run, read
from builder.runs.run_state import RunState, is_starting, log_tail, read_state
from builder.runs.status import RunStatus
from builder.scheduler import launcher, resuming
from builder.system.worker_process import HOST_MODULE
from builder.training.settings import TrainingSettings
from tests.worker.workers import ONE_THREAD, assert_same_weights, make_run

pytestmark = [
    pytest.mark.keras,
    pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="Ray is not installed"),
]
TIMEOUT = 240.0
EPOCHS = 40


class LocalCluster:
    """The process with the cluster, and what it is told."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"ray://127.0.0.1:{port}"
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("local_cluster.py")), str(port)],
            env=os.environ | ONE_THREAD | {"RAY_USAGE_STATS_ENABLED": "0"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._wait_for_answer()

    def tell(self, command: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{command}\n")
        self._process.stdin.flush()
        self._wait_for_answer()

    def end(self) -> None:
        if self._process.poll() is None:
            self.tell("end")
            self._process.wait(TIMEOUT)
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()

    def _wait_for_answer(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:  # Ray says things of its own
            if line.startswith("ANSWER"):
                return
        raise AssertionError("the cluster's process has ended")


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    made = LocalCluster()
    made.tell("add")
    yield made
    made.end()


def settings(address: str, **values: object) -> TrainingSettings:
    return TrainingSettings.create({"epochs": EPOCHS, "run_on": address} | values)


def wait_until(run: Run, reached: Callable[[RunState], bool]) -> RunState:
    deadline = time.monotonic() + TIMEOUT
    while time.monotonic() < deadline:
        state = read_state(run.folder)
        if reached(state):
            return state
        time.sleep(0.05)
    raise AssertionError(f"{read_state(run.folder)}\n{log_tail(run.folder)}")


def wait_for_the_end(run: Run) -> RunState:
    state = wait_until(run, lambda state: not state.is_active)
    wait_until(run, lambda _: not is_starting(run.folder))
    return state


def has_checkpoint(run: Run) -> bool:
    return (run.folder / "checkpoints" / "LATEST").exists()


def test_it_trains_there_pauses_and_goes_on_to_the_last_bit(
    home: Path, cluster: LocalCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run(home, settings(cluster.address))
    pid = launcher.start(run)
    state = wait_until(run, lambda state: state.epoch >= 2)
    assert state.state == RunStatus.RUNNING
    assert HOST_MODULE in Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    assert MetricsReader(run.folder).last_step() > 0, "no metrics while it trains"
    assert launcher.pause(run)
    state = wait_for_the_end(run)
    assert state.state == RunStatus.PAUSED
    assert 0 < state.epoch < EPOCHS
    assert has_checkpoint(run)
    resuming.prepare(read(run.folder))
    launcher.start(read(run.folder))
    assert wait_for_the_end(run).state == RunStatus.FINISHED
    assert "going on behind epoch" in log_tail(run.folder)

    for name, value in ONE_THREAD.items():
        monkeypatch.setenv(name, value)
    here = make_run(home, settings("local"))
    launcher.start(here)
    assert wait_for_the_end(here).state == RunStatus.FINISHED
    assert_same_weights(run, here)
    ours, theirs = (MetricsReader(each.folder).points() for each in (run, here))
    assert ours.series == theirs.series


def test_a_gpu_is_asked_for_where_the_run_wants_one(home: Path, cluster: LocalCluster) -> None:
    run = make_run(home, settings(cluster.address, device="gpu:0"))
    launcher.start(run)
    wait_until(run, lambda state: "waiting for a GPU" in state.stage)
    assert launcher.stop(run)
    assert wait_for_the_end(run).state == RunStatus.STOPPED


def test_a_node_that_is_killed_costs_what_came_after_the_last_checkpoint(
    home: Path, cluster: LocalCluster
) -> None:
    run = make_run(home, settings(cluster.address, epochs=10_000))
    launcher.start(run)
    wait_until(run, lambda state: state.epoch >= 2 and has_checkpoint(run))
    cluster.tell("add")
    cluster.tell("kill")
    wait_until(run, lambda state: state.session == 2 and state.state == RunStatus.RUNNING)
    assert "resumed on another node" in log_tail(run.folder)
    assert "going on behind epoch" in log_tail(run.folder)
    assert launcher.stop(run)
    assert wait_for_the_end(run).state == RunStatus.STOPPED


def test_a_cluster_that_goes_loses_no_more_than_a_crash_here(home: Path) -> None:
    cluster = LocalCluster()
    try:
        cluster.tell("add")
        run = make_run(home, settings(cluster.address, epochs=10_000))
        launcher.start(run)
        wait_until(run, lambda state: state.epoch >= 2 and has_checkpoint(run))
    finally:
        cluster.end()
    state = wait_for_the_end(run)
    assert state.state == RunStatus.LOST
    wait_until(run, lambda state: "lost the Ray cluster" in state.message)
    resuming.prepare(read(run.folder), run_on="local")
    launcher.start(read(run.folder))
    wait_until(run, lambda now: now.session > state.session and now.state == RunStatus.RUNNING)
    assert "going on behind epoch" in log_tail(run.folder)
    assert launcher.stop(run)
    assert wait_for_the_end(run).state == RunStatus.STOPPED


def test_a_cluster_that_is_not_there_is_a_sentence(home: Path) -> None:
    run = make_run(home, settings("ray://127.0.0.1:9"))
    launcher.start(run)
    state = wait_for_the_end(run)
    assert state.state == RunStatus.FAILED
    assert state.message.startswith("no Ray cluster answers at ray://127.0.0.1:9")
