"""The worker as a real process, training a tiny model on the digits."""

import io
import json
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from builder.training import launcher, run_folder
from builder.training.metrics import MetricsReader
from builder.training.process import MODULE
from builder.training.run_folder import Run, RunError
from builder.training.run_state import RunState, read_state, worker_pid
from builder.training.settings import SGD, TrainingSettings
from tests.training.tiny import tiny_script

pytestmark = pytest.mark.keras

TIMEOUT = 120.0
# One thread adds numbers in one order, however busy the machine is.
ONE_THREAD = {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ONE_THREAD.items():
        monkeypatch.setenv(name, value)


def make_run(home: Path, settings: TrainingSettings, **options: Any) -> Run:
    script = tiny_script(settings, **options)
    return launcher.create_run(home, "doc", "tiny", "{}", script, settings, {"params": 90})


def start_worker(run: Run) -> "subprocess.Popen[bytes]":
    """As the launcher does, but with the exit code at hand."""
    log = (run.folder / "log.txt").open("wb")
    command = [sys.executable, "-m", MODULE, str(run.folder)]
    with log:
        return subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)


def wait_until(run: Run, reached: Callable[[RunState], bool]) -> RunState:
    for state in launcher.follow(run, interval=0.02, timeout=TIMEOUT):
        if reached(state):
            return state
    raise AssertionError(f"{read_state(run.folder)}\n{run_folder.log_tail(run.folder)}")


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


def test_the_worker_trains_exactly_what_the_script_trains(tmp_path: Path) -> None:
    run = make_run(tmp_path, TrainingSettings(epochs=2, optimizer=SGD(momentum=0.9)))
    launcher.start(run)
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "train.py").write_bytes((run.folder / "train.py").read_bytes())
    done = subprocess.run([sys.executable, "train.py"], cwd=alone, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    state = wait_until(run, lambda state: not state.is_active)
    assert state.state == "finished", state.message

    ours, theirs = weights(run.folder / "model.keras"), weights(alone / "tiny.keras")
    assert ours.keys() == theirs.keys()
    assert any(name.startswith("optimizer") for name in ours)
    for name, values in theirs.items():
        assert np.array_equal(ours[name], values), name
    check_metrics(run)
    check_files(run, state)


def check_metrics(run: Run) -> None:
    reader = MetricsReader(run.folder)
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


def check_files(run: Run, state: RunState) -> None:
    names = {path.name for path in run.folder.iterdir()}
    assert names == {
        "architecture.json", "checkpoints", "config.json", "history.csv", "log.txt",
        "metrics.sqlite", "model.keras", "process.json", "state.json", "train.py", "worker.lock",
    }  # fmt: skip
    latest = (run.folder / "checkpoints" / "LATEST").read_text().strip()
    assert latest == "epoch-00002"
    assert (run.folder / "history.csv").read_text().startswith("epoch,accuracy,loss,val_")
    final = MetricsReader(run.folder).epochs()[-1].metrics
    assert state.results["final"] == final
    assert state.results["monitor"] == "val_accuracy"
    assert state.results["best_epoch"] in (1, 2)
    assert (state.epoch, state.batch, state.device, state.progress) == (2, 45, "cpu", 1.0)
    assert "Traceback" not in run_folder.log_tail(run.folder)
    with pytest.raises(RunError, match="started before"):
        launcher.start(run)


def test_a_stop_saves_a_checkpoint_in_the_middle_of_an_epoch(tmp_path: Path) -> None:
    settings = TrainingSettings(epochs=100_000, batch_size=2)
    run = make_run(tmp_path, settings)
    process = start_worker(run)
    wait_until(run, lambda state: state.batch > 20)
    with pytest.raises(RunError, match="still training"):
        run_folder.delete(tmp_path, run.id)
    assert launcher.stop(run)
    assert process.wait(TIMEOUT) == 75
    state = read_state(run.folder)
    assert (state.state, state.message) == ("stopped", "stopped on request")
    folder = run.folder / "checkpoints"
    saved = json.loads(
        (folder / (folder / "LATEST").read_text().strip() / "state.json").read_text()
    )
    assert saved["step"] == saved["epoch"] * 719 + saved["batch"]
    assert saved["step"] == MetricsReader(run.folder).last_step() + 1
    assert any("seed" in variable["path"] for variable in saved["variables"])
    iterations = weights(run.folder / "model.keras")["optimizer/vars/0"]
    assert iterations == saved["step"]
    assert not launcher.stop(run)


def test_a_stop_is_obeyed_before_the_training_has_begun(tmp_path: Path) -> None:
    run = make_run(tmp_path, TrainingSettings())
    launcher.start(run)
    assert launcher.stop(run)
    assert wait_until(run, lambda state: not state.is_active).state == "stopped"
    assert not (run.folder / "model.keras").exists()


def test_a_worker_outlives_who_started_it_and_is_lost_when_killed(tmp_path: Path) -> None:
    run = make_run(tmp_path, TrainingSettings())
    code = (
        "import sys; from pathlib import Path; from builder.training import launcher, run_folder;"
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


def test_a_loss_that_is_no_number_fails_with_a_sentence(tmp_path: Path) -> None:
    settings = TrainingSettings(optimizer=SGD(), learning_rate=100.0, loss="mean_squared_error")
    run = make_run(tmp_path, settings, activation=None)
    process = start_worker(run)
    assert process.wait(TIMEOUT) == 1
    state = read_state(run.folder)
    assert state.state == "failed"
    assert "The loss became" in state.message
    assert "lower the learning_rate" in state.message
    assert "Traceback" not in state.message


def test_a_model_that_does_not_fit_fails_with_a_sentence(tmp_path: Path) -> None:
    run = make_run(tmp_path, TrainingSettings(), units=5)
    process = start_worker(run)
    assert process.wait(TIMEOUT) == 1
    state = read_state(run.folder)
    assert state.state == "failed"
    assert "but the model has only 5 outputs" in state.message
    assert "Traceback" in run_folder.log_tail(run.folder)


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


def test_wrong_usage_is_told() -> None:
    begin = time.monotonic()
    done = subprocess.run([sys.executable, "-m", MODULE], capture_output=True, text=True)
    assert (done.returncode, "usage" in done.stderr) == (2, True)
    assert time.monotonic() - begin < 30
