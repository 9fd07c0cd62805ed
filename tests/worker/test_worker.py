"""The worker as a real process, training a tiny model on the digits."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import psutil
import pytest

from builder.analysis.evaluation import load
from builder.analysis.gradients import read_gradients
from builder.checks.speeds import Step, measured
from builder.runs import run_folder, run_state
from builder.runs.metrics import MetricsReader
from builder.runs.run_folder import Run, RunError
from builder.runs.run_state import RunState, read_state, worker_pid
from builder.scheduler import forking, launcher, queue, warm
from builder.scheduler.forking import ForkedWorkers
from builder.scheduler.starting import go_on
from builder.system import devices
from builder.system.home import home
from builder.system.worker_process import MODULE, WAITING_MODULE
from builder.training.settings import SGD, TrainingSettings
from tests.worker.workers import (
    ONE_THREAD,
    TIMEOUT,
    Nursery,
    assert_same_weights,
    make_run,
    start_worker,
    wait_until,
    wait_until_idle,
    weights,
)

pytestmark = pytest.mark.keras

SETTINGS = TrainingSettings(epochs=2, optimizer=SGD(momentum=0.9))


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ONE_THREAD.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Trained by a process of its own, as it is started without any help."""
    run = make_run(tmp_path_factory.mktemp("fresh"), SETTINGS)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in ONE_THREAD.items():
            patch.setenv(name, value)
        launcher.start(run)
    assert finished(run).state == "finished", run_state.log_tail(run.folder)
    return run


def finished(run: Run) -> RunState:
    return wait_until(run, lambda state: not state.is_active)


def test_the_worker_trains_exactly_what_the_script_trains(fresh: Run, tmp_path: Path) -> None:
    script = (fresh.folder / "train.py").read_bytes()
    (tmp_path / "train.py").write_bytes(script)
    command = [sys.executable, "train.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr

    ours, theirs = weights(fresh.folder / "model.keras"), weights(tmp_path / "tiny.keras")
    assert ours.keys() == theirs.keys()
    assert any(name.startswith("optimizer") for name in ours)
    for name, values in theirs.items():
        assert np.array_equal(ours[name], values), name


def test_a_worker_that_waited_trains_the_same_as_a_fresh_one(fresh: Run, tmp_path: Path) -> None:
    """And begins at once: its first step was rehearsed."""
    again = make_run(tmp_path, SETTINGS)
    workers = warm.workers
    workers.allowed = True
    try:
        environment = launcher.environment("auto")
        workers.prepare(environment)
        assert workers._waiting is not None
        step = Step("rehearsed", "cpu", 1.0)
        workers.rehearse(environment, (again.folder / "train.py").read_text(), step)
        wait_until_idle(psutil.Process(workers._waiting.process.pid))
        workers.prepare(environment)
        pid = launcher.start(again)
        assert psutil.Process(pid).cmdline()[-2] == WAITING_MODULE
        assert run_state.is_starting(again.folder)
        assert finished(again).state == "finished", run_state.log_tail(again.folder)
    finally:
        workers.allowed = False
        workers.end()
    assert_same_weights(again, fresh)
    log = run_state.log_tail(again.folder)
    assert "its first step was rehearsed" in log
    assert "━" not in log, "nothing of the rehearsal is left in the log"
    (known,) = (one for one in measured(home()) if one.step == step)
    assert not known.by_run
    assert 0 < known.seconds < TIMEOUT


def test_the_second_forked_run_is_like_a_fresh_process(
    fresh: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And a run that is killed costs nobody else anything."""
    workers = ForkedWorkers()
    workers.allowed = True
    monkeypatch.setattr(forking, "workers", workers)
    first, killed, second = (make_run(tmp_path, SETTINGS) for _ in range(3))
    launcher.start(first)
    assert finished(first).state == "finished"
    pid = launcher.start(killed)
    wait_until(killed, lambda state: state.state == "running")
    assert run_state.living_pid(killed.folder) == pid
    os.kill(pid, signal.SIGKILL)
    assert finished(killed).state == "lost"
    launcher.start(second)
    assert finished(second).state == "finished"
    for run in (first, second):
        assert_same_weights(run, fresh)
        assert "usage" not in run_state.log_tail(run.folder)
    workers.end()


def test_none_is_forked_where_it_may_not_be(tmp_path: Path) -> None:
    assert ForkedWorkers().take(tmp_path, {}, tmp_path / "log.txt") is None


def test_all_that_was_measured_is_kept(fresh: Run) -> None:
    reader = MetricsReader(fresh.folder)
    points, epochs = reader.points(), reader.epochs()
    assert points.steps == tuple(range(90))
    assert (points.epochs[0], points.epochs[-1]) == (round(1 / 45, 6), 2.0)
    sizes = np.array([32] * 44 + [1_437 - 44 * 32])
    for number, epoch in enumerate(epochs):
        for name in ("loss", "accuracy"):
            line = np.array(points.series[name][45 * number : 45 * number + 45])
            assert np.average(line, weights=sizes) == pytest.approx(epoch.metrics[name], rel=1e-4)
            assert len(set(line)) > 5  # each batch's own values, not one mean
        correct = np.array(points.series["accuracy"][45 * number : 45 * number + 45]) * sizes
        assert np.allclose(correct, np.round(correct), atol=0.01)
        assert epoch.metrics["learning_rate"] == 0.001
        assert set(epoch.metrics) >= {"val_loss", "val_accuracy", "seconds", "images_per_second"}


def test_the_files_of_a_training_are_complete(fresh: Run) -> None:
    run, state = fresh, read_state(fresh.folder)
    names = {path.name for path in run.folder.iterdir()}
    assert names == {
        "architecture.json", "checkpoints", "config.json", "evaluation.npz", "examples.npz",
        "history.csv", "log.txt", "metrics.sqlite", "model.keras", "predictions.csv",
        "process.json", "state.json", "train.py", "worker.lock",
    }  # fmt: skip
    latest = (run.folder / "checkpoints" / "LATEST").read_text().strip()
    assert latest == "epoch-000002"
    assert (run.folder / "history.csv").read_text().startswith("epoch,accuracy,loss,val_")
    final = MetricsReader(run.folder).epochs()[-1].metrics
    assert state.results["final"] == final
    assert state.results["monitor"] == "val_accuracy"
    assert state.results["best_epoch"] in (1, 2)
    assert (state.epoch, state.batch, state.device, state.progress) == (2, 45, "cpu", 1.0)
    assert "Traceback" not in run_state.log_tail(run.folder)
    with pytest.raises(RunError, match="started before"):
        launcher.start(run)
    check_what_it_left(run, final)


def check_what_it_left(run: Run, final: Mapping[str, float | None]) -> None:
    """The evaluation agrees with Keras's own accuracy, and the gradients go to the end."""
    evaluation, flow = load(run.folder), read_gradients(run.folder)
    assert evaluation is not None
    assert flow is not None
    right = 1 - evaluation.num_mistakes / evaluation.num_images
    assert right == pytest.approx(final["val_accuracy"], abs=1e-6)
    assert flow.layers[0].name == "conv2d"
    assert flow.steps[-1] == 88  # every second one of 90
    assert np.isfinite(flow.norms).all()


def test_a_run_is_paused_in_the_middle_of_an_epoch_resumed_and_stopped(
    nursery: Nursery, tmp_path: Path
) -> None:
    settings = TrainingSettings(epochs=100_000, batch_size=2)
    run = make_run(tmp_path, settings)
    with ThreadPoolExecutor(1) as pool:
        ended = pool.submit(nursery.train, run)
        try:
            wait_until(run, lambda state: state.batch > 20)
            with pytest.raises(RunError, match="still training"):
                run_folder.delete(tmp_path, run.id)
            assert launcher.pause(run)
            assert ended.result(TIMEOUT) == 75
        except BaseException:
            launcher.stop(run, force=True)  # else the pool would wait for all its epochs
            raise
    state = read_state(run.folder)
    assert (state.state, state.message) == ("paused", "")
    paused_at = assert_whole_checkpoint(run)
    assert run_state.log_tail(run.folder).rstrip().endswith("paused"), "nothing of TensorFlow's"
    assert not launcher.stop(run)

    go_on(tmp_path, run, devices.devices())
    wait_until(run, lambda state: state.state == "running" and state.batch > paused_at % 719)
    assert launcher.stop(run)
    state = wait_until(run, lambda state: not state.is_active)
    assert (state.state, state.session) == ("stopped", 2)
    assert assert_whole_checkpoint(run) > paused_at
    steps = MetricsReader(run.folder).points(limit=10**6).steps
    assert steps == tuple(range(len(steps)))


def assert_whole_checkpoint(run: Run) -> int:
    """All that was trained is in the checkpoint, and in the curves; returns how many batches."""
    folder = run.folder / "checkpoints"
    newest = folder / (folder / "LATEST").read_text().strip()
    saved = json.loads((newest / "state.json").read_text())
    assert saved["step"] == saved["epoch"] * 719 + saved["batch"]
    assert saved["step"] == MetricsReader(run.folder).last_step() + 1
    assert weights(run.folder / "model.keras")["optimizer/vars/0"] == saved["step"]
    return saved["step"]


def test_a_worker_that_ends_starts_the_next_run(nursery: Nursery, tmp_path: Path) -> None:
    first, second = (make_run(tmp_path, TrainingSettings(epochs=1)) for _ in range(2))
    queue.join(tmp_path, second)
    assert nursery.train(first) == 0
    assert wait_until(second, lambda state: not state.is_active).state == "finished"
    assert not queue.anybody_waits(tmp_path)


def test_a_stop_is_obeyed_before_the_training_has_begun(tmp_path: Path) -> None:
    run = make_run(tmp_path, TrainingSettings())
    launcher.start(run)
    assert launcher.stop(run)
    assert wait_until(run, lambda state: not state.is_active).state == "stopped"
    assert not (run.folder / "model.keras").exists()


def test_a_worker_outlives_its_parent_and_is_lost_when_killed(tmp_path: Path) -> None:
    run = make_run(tmp_path, TrainingSettings())
    code = (
        "import sys; from pathlib import Path; from builder.runs import run_folder;"
        "from builder.scheduler import launcher;"
        "launcher.start(run_folder.read(Path(sys.argv[1])))"
    )
    subprocess.run([sys.executable, "-c", code, str(run.folder)], check=True)
    wait_until(run, lambda state: state.state == "starting")
    pid = worker_pid(run.folder)
    assert pid is not None
    assert os.getsid(pid) == pid
    assert launcher.stop(run, force=True)
    assert wait_until(run, lambda state: not state.is_active).state == "lost"
    assert json.loads((run.folder / "state.json").read_text())["state"] == "starting"
    run_folder.delete(tmp_path, run.id)


def test_a_model_that_does_not_fit_fails_with_a_sentence(nursery: Nursery, tmp_path: Path) -> None:
    run = make_run(tmp_path, TrainingSettings(), units=5)
    assert nursery.train(run) == 1
    state = read_state(run.folder)
    assert state.state == "failed"
    assert "but the model has only 5 outputs" in state.message
    assert "Traceback" in run_state.log_tail(run.folder)


def test_only_one_worker_trains_a_run(tmp_path: Path) -> None:
    run = make_run(tmp_path, TrainingSettings())
    first = start_worker(run)
    wait_until(run, lambda state: state.state == "starting")
    assert worker_pid(run.folder) == first.pid
    second = start_worker(run)
    assert second.wait(TIMEOUT) == 1
    first.kill()
    first.wait()
    assert read_state(run.folder).state == "lost"


def test_wrong_usage_is_reported() -> None:
    begin = time.monotonic()
    done = subprocess.run([sys.executable, "-m", MODULE], capture_output=True, text=True)
    assert (done.returncode, "usage" in done.stderr) == (2, True)
    assert time.monotonic() - begin < 30
