"""A run on another machine, without Ray: two folders, and a worker without Keras in the other."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from builder.runs.metrics import MetricsReader
from builder.runs.run_folder import Run, read
from builder.runs.run_state import BEST, LOCK, LOG, MODEL, PAUSE_SIGNAL, RunState, read_state
from builder.runs.silent_end import GONE
from builder.runs.status import RunStatus
from builder.scheduler import launcher, resuming
from builder.scheduler.cluster.reports import inside
from builder.system.detached import python_path
from builder.system.worker_process import HOST_MODULE, TETHERED_MODULE
from builder.training.settings import TrainingSettings
from tests.scheduler.cluster import fake_cluster
from tests.scheduler.cluster.fake_worker import MODEL_BYTES, NUM_BATCHES

pytestmark = pytest.mark.slow
TIMEOUT = 60.0


def make(home: Path, epochs: int, script: str = "") -> Run:
    settings = TrainingSettings(epochs=epochs)
    return launcher.create_run(home, "doc", "tiny", "{}", script, settings, {})


def start(run: Run, how: str = fake_cluster.FINE) -> "subprocess.Popen[bytes]":
    variables = {
        "PYTHONPATH": python_path(),
        "FAKE_WORKER": "tests.scheduler.cluster.fake_worker",
        "TMPDIR": str(run.folder.parents[1]),
    }
    with (run.folder / LOG).open("ab") as log:
        return subprocess.Popen(
            [sys.executable, fake_cluster.__file__, how, HOST_MODULE, str(run.folder)],
            cwd=run.folder,
            env=os.environ | variables,
            stdout=log,
            stderr=subprocess.STDOUT,
        )


def wait_until(run: Run, reached: Callable[[RunState], bool]) -> RunState:
    deadline = time.monotonic() + TIMEOUT
    while time.monotonic() < deadline:
        state = read_state(run.folder)
        if reached(state):
            return state
        time.sleep(0.02)
    raise AssertionError(f"{read_state(run.folder)}\n{(run.folder / LOG).read_text()}")


def copies(run: Run) -> list[Path]:
    """What is left of the other side."""
    return list(run.folder.parents[1].glob("convstack-*"))


def test_the_folder_here_looks_as_if_it_trained_here(home: Path) -> None:
    run = make(home, epochs=6)
    host = start(run)
    reader = MetricsReader(run.folder)
    state = wait_until(run, lambda state: state.epoch >= 2)
    assert state.state == RunStatus.RUNNING
    assert reader.last_step() >= 0, "no metrics while it trains"
    wait_until(run, lambda state: state.state == RunStatus.FINISHED)
    assert (run.folder / MODEL).stat().st_size == MODEL_BYTES, "it has ended before it is here"
    assert host.wait(TIMEOUT) == 0
    assert [row.epoch for row in reader.epochs()] == [1, 2, 3, 4, 5, 6]
    assert [step for step, _, _ in reader.batches()] == list(range(6 * NUM_BATCHES))
    assert (run.folder / BEST).read_text() == "best of 6"
    latest = (run.folder / "checkpoints" / "LATEST").read_text().strip()
    whole = (run.folder / "checkpoints" / latest / MODEL).read_bytes()
    assert latest == "epoch-000006"
    assert whole == bytes([6]) * MODEL_BYTES
    assert len(list((run.folder / "checkpoints").glob("epoch-*"))) <= 2
    assert "going on behind epoch 0" in (run.folder / LOG).read_text()
    left = {path.name for path in run.folder.iterdir()}
    assert left == {
        "architecture.json", "config.json", "state.json", "train.py", "worker.lock", "log.txt",
        "metrics.sqlite", "checkpoints", BEST, MODEL,
    }  # fmt: skip
    assert copies(run) == []


@pytest.mark.parametrize(
    ("number", "state"),
    [(signal.SIGTERM, RunStatus.STOPPED), (PAUSE_SIGNAL, RunStatus.PAUSED)],
)
def test_stop_and_pause_reach_it_and_it_goes_on_from_there(
    home: Path, number: int, state: RunStatus
) -> None:
    run = make(home, epochs=40)
    host = start(run)
    wait_until(run, lambda state: state.epoch >= 2)
    host.send_signal(number)
    assert host.wait(TIMEOUT) == 75
    ended = read_state(run.folder)
    assert ended.state == state
    resuming.prepare(read(run.folder), more_epochs=0)
    host = start(run)
    latest = (run.folder / "checkpoints" / "LATEST").read_text().strip()
    epoch = int(latest.removeprefix("epoch-"))
    assert epoch >= 1
    wait_until(run, lambda now: now.session == 2 and now.epoch > epoch + 1)
    host.send_signal(signal.SIGTERM)
    assert host.wait(TIMEOUT) == 75
    assert f"going on behind epoch {epoch}\n" in (run.folder / LOG).read_text()
    sessions = [row.metrics["session"] for row in MetricsReader(run.folder).epochs()]
    assert sessions[:epoch] == [1] * epoch
    assert set(sessions[epoch:]) == {2}


def test_a_node_that_dies_costs_what_came_after_the_last_checkpoint(home: Path) -> None:
    run = make(home, epochs=12)
    host = start(run, fake_cluster.NODE_DIES)
    assert host.wait(TIMEOUT) == 0
    state = read_state(run.folder)
    assert (state.state, state.session) == (RunStatus.FINISHED, 2)
    log = (run.folder / LOG).read_text()
    assert "resumed on another node" in log
    assert "going on behind epoch 0\n" in log
    rows = MetricsReader(run.folder).epochs()
    assert [row.epoch for row in rows] == list(range(1, 13))
    assert {row.metrics["session"] for row in rows} == {1, 2}
    assert copies(run) == []


@pytest.mark.parametrize("how", [fake_cluster.ALL_NODES_DIE, fake_cluster.CLUSTER_GOES])
def test_a_run_whose_cluster_is_gone_is_lost_and_can_go_on_here(home: Path, how: str) -> None:
    run = make(home, epochs=40)
    host = start(run, how)
    code = host.wait(TIMEOUT)
    launcher.write_process(run.folder, {"pid": host.pid, "exit": code})
    state = read_state(run.folder)
    assert state.state == RunStatus.LOST
    assert "lost the Ray cluster" in state.message
    assert "here or there" in state.advice
    assert resuming.has_checkpoint(read(run.folder))
    resuming.prepare(read(run.folder), run_on="local")
    host = start(run)
    wait_until(run, lambda now: now.session > state.session and now.epoch > 2)
    host.send_signal(signal.SIGTERM)
    assert host.wait(TIMEOUT) == 75


def test_a_cluster_that_is_not_there_is_a_sentence(home: Path) -> None:
    run = make(home, epochs=2)
    assert start(run, fake_cluster.NOBODY_THERE).wait(TIMEOUT) == 1
    state = read_state(run.folder)
    assert state.state == RunStatus.FAILED
    assert state.why.line == ("no Ray cluster answers at ray://nowhere:1; look whether it runs")
    assert resuming.may_go_on(read(run.folder))


def test_a_run_that_waits_for_its_place_can_be_paused(home: Path) -> None:
    run = make(home, epochs=2)
    host = start(run, fake_cluster.FULL)
    state = wait_until(run, lambda state: "waiting" in state.stage and state.session == 0)
    assert state.state in (RunStatus.QUEUED, RunStatus.STARTING)
    wait_until(run, lambda state: state.stage == "waiting for a free CPU of the cluster")
    host.send_signal(PAUSE_SIGNAL)
    assert host.wait(TIMEOUT) == 75
    assert read_state(run.folder).state == RunStatus.PAUSED


def test_a_worker_that_is_killed_there_looks_as_if_it_was_killed_here(home: Path) -> None:
    run = make(home, epochs=40)
    host = start(run, fake_cluster.WORKER_KILLED)
    code = host.wait(TIMEOUT)
    assert code == -signal.SIGKILL
    launcher.write_process(run.folder, {"pid": host.pid, "exit": code})
    state = read_state(run.folder)
    assert state.state == RunStatus.LOST
    assert "memory ran out" in state.message
    assert resuming.has_checkpoint(read(run.folder))


def test_a_host_that_is_killed_takes_its_worker_along_and_later_its_copy(home: Path) -> None:
    run = make(home, epochs=400)
    host = start(run)
    wait_until(run, lambda state: state.epoch >= 2)
    worker = next(copies(run)[0].glob("*/worker.lock")).read_text()
    host.kill()
    host.wait(TIMEOUT)
    deadline = time.monotonic() + TIMEOUT
    while Path(f"/proc/{worker}").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not Path(f"/proc/{worker}").exists()
    assert read_state(run.folder).state == RunStatus.LOST
    assert len(copies(run)) == 1
    resuming.prepare(read(run.folder))
    host = start(run)
    wait_until(run, lambda state: state.state == RunStatus.RUNNING)
    assert len(copies(run)) == 1, "the copy of the killed one is still there"
    host.send_signal(signal.SIGTERM)
    assert host.wait(TIMEOUT) == 75
    assert copies(run) == []


def test_a_worker_ends_with_the_process_that_holds_its_input(home: Path) -> None:
    run = make(home, epochs=2, script="import time\n\ntime.sleep(60)\n")
    with subprocess.Popen(
        [sys.executable, "-m", TETHERED_MODULE, str(run.folder)],
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as worker:
        wait_until(run, lambda _: (run.folder / LOCK).exists())
        assert worker.stdin is not None
        worker.stdin.close()
        assert worker.wait(TIMEOUT) == GONE
    assert not run.folder.exists()


@pytest.mark.parametrize("name", ["../state.json", "/etc/passwd", "", "a/../../b"])
def test_a_file_of_the_other_side_stays_in_its_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="expected one within the run's folder"):
        inside(tmp_path, name)
