"""Workers that are forked from a process that has Keras: the same weights, one run each."""

import os
import signal
from pathlib import Path

import pytest

from builder.runs.run_folder import Run
from builder.runs.run_state import LOG, living_pid
from builder.scheduler import forking, launcher
from builder.scheduler.forking import ForkedWorkers
from builder.training.settings import TrainingSettings
from tests.worker.workers import assert_same_weights, make_run, wait_until

pytestmark = pytest.mark.keras
SETTINGS = TrainingSettings(epochs=2, device="cpu")


def finished(run: Run) -> None:
    assert wait_until(run, lambda state: not state.is_active).state == "finished"


def test_the_second_forked_run_is_like_a_fresh_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And a run that is killed costs nobody else anything."""
    monkeypatch.setenv("TF_NUM_INTRAOP_THREADS", "1")
    monkeypatch.setenv("TF_NUM_INTEROP_THREADS", "1")
    fresh = make_run(tmp_path, SETTINGS)
    launcher.start(fresh)
    workers = ForkedWorkers()
    workers.allowed = True
    monkeypatch.setattr(forking, "workers", workers)
    first, killed, second = (make_run(tmp_path, SETTINGS) for _ in range(3))
    launcher.start(first)
    finished(first)
    pid = launcher.start(killed)
    wait_until(killed, lambda state: state.state == "running")
    assert living_pid(killed.folder) == pid
    os.kill(pid, signal.SIGKILL)
    assert wait_until(killed, lambda state: not state.is_active).state == "lost"
    launcher.start(second)
    finished(second)
    finished(fresh)
    for run in (first, second):
        assert_same_weights(run, fresh)
        assert "usage" not in (run.folder / LOG).read_text()
    workers.end()


def test_none_is_forked_where_it_may_not_be(tmp_path: Path) -> None:
    assert ForkedWorkers().take(tmp_path, {}, tmp_path / LOG) is None
