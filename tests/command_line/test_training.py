"""train and runs: a real training through the worker."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from builder.checks.speeds import measured
from builder.command_line import app, following
from builder.files.architecture_file import to_json
from builder.runs.run_folder import find, list_runs
from builder.scheduler import queue
from builder.training.settings import TrainingSettings
from tests.components.fake_run import FakeRun
from tests.tiny_network import TINY

runner = CliRunner()


@pytest.fixture
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONVSTACK_HOME", str(tmp_path))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    return tmp_path


@pytest.fixture
def tiny(tmp_path: Path) -> str:
    """A file of a network that trains at once."""
    path = tmp_path / "tiny.json"
    path.write_text(to_json(TINY), encoding="utf-8")
    return str(path)


@pytest.mark.keras
def test_ctrl_c_stops_with_a_checkpoint_from_which_it_is_resumed(data_folder: Path, tiny: str):
    command = [sys.executable, "-m", "builder", "train", tiny, "--epochs", "100000"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=dict(os.environ))
    deadline = time.monotonic() + 180
    while not any(run.state.batch for run in list_runs(data_folder)):
        assert time.monotonic() < deadline, "the training did not begin"
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, messages = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "the run was stopped; its checkpoint is kept" in messages
    (run,) = list_runs(data_folder)
    assert run.state.state == "stopped"
    assert (run.folder / "checkpoints" / "LATEST").exists()

    part = run.id[-4:]  # names one run as well as the whole
    result = runner.invoke(app, ["resume", part, "--detach", "--learning-rate", "0.0005"])
    assert (result.exit_code, result.stdout.strip()) == (0, run.id), result.output
    assert "The rest: about" in result.stderr
    while find(data_folder, run.id).state.state != "running":
        assert time.monotonic() < deadline, "it did not go on"
        time.sleep(0.1)
    result = runner.invoke(app, ["pause", part])
    assert result.exit_code == 0, result.output
    assert f"{run.id} is paused in epoch" in result.stderr
    again = find(data_folder, run.id)
    assert (again.state.session, [c.learning_rate for c in again.changes]) == (2, [0.0005])
    assert runner.invoke(app, ["stop", part]).exit_code == 1


def test_a_run_that_is_not_there_is_said(data_folder: Path):
    for command in ("resume", "pause", "stop"):
        result = runner.invoke(app, [command, "nothing"])
        assert result.exit_code == 2
        assert "no run is called 'nothing'" in result.stderr


def test_runs_wait_for_their_device_and_are_taken_out(data_folder: Path):
    with FakeRun(data_folder) as busy:
        train = ["train", "se_residual_digits", "--detach"]
        ids = [runner.invoke(app, train).stdout.strip() for _ in range(2)]
        rows = json.loads(runner.invoke(app, ["runs", "--json"]).stdout)
        places = {row["id"]: row["place"] for row in rows}
        assert places == {busy.id: None, ids[0]: 1, ids[1]: 2}
        assert "queued (2)" in runner.invoke(app, ["runs"]).stdout
        result = runner.invoke(app, ["stop", ids[0]])
        assert (result.exit_code, "is out of the queue" in result.stderr) == (0, True)
        result = runner.invoke(app, ["stop", "2026-none"])
        assert result.exit_code == 2
        assert runner.invoke(app, ["stop", ids[1]]).exit_code == 0
        busy.end()
    result = runner.invoke(app, ["resume", busy.id])
    assert result.exit_code == 1
    assert "ask for more epochs" in result.stderr


def test_data_that_cannot_be_had_are_refused_with_what_works_now(
    data_folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("builder.datasets.availability._reachable", lambda _host: False)
    result = runner.invoke(app, ["train", "vgg16_cifar10", "--dataset", "cifar10"])
    assert result.exit_code == 1
    assert "What works now: Handwritten digits" in result.stderr
    assert list_runs(data_folder) == []


def test_no_runs_is_said(data_folder: Path):
    result = runner.invoke(app, ["runs"])
    assert result.exit_code == 0
    assert "There are no runs yet" in result.stderr


@pytest.mark.keras
def test_a_share_kept_for_a_last_test_is_looked_at_in_the_end(data_folder: Path, tiny: str):
    command = ["train", tiny, "--epochs", "1", "--batch-size", "128"]
    result = runner.invoke(app, [*command, "--seed", "3", "--test-share", "0.1"])
    assert result.exit_code == 0, result.output
    assert "best val_accuracy" in result.stdout
    assert "test accuracy 0." in result.stdout
    (row,) = json.loads(runner.invoke(app, ["runs", "--json"]).stdout)
    assert (row["state"], row["epoch"]) == ("finished", 1)
    (run,) = list_runs(data_folder)
    assert row["id"] == run.id
    names = {path.name for path in run.folder.iterdir()}
    assert {"model.keras", "history.csv", "train.py"} <= names
    assert run.settings == TrainingSettings(epochs=1, batch_size=128, seed=3, test_share=0.1)
    assert set(run.state.results["test"]) == {"accuracy", "loss"}
    (known,) = measured(data_folder)
    assert known.by_run
    assert known.startup
    again = runner.invoke(app, [*command, "--epochs", "7", "--dry-run"])
    assert "7 epochs: about" in again.stderr
    assert "by an earlier run of this network" in again.stderr.replace("\n", " ")


def test_what_makes_it_faster_is_checked_and_stands_in_the_script(data_folder: Path):
    fast = ["--precision", "mixed_bfloat16", "--jit-compile", "off", "--device", "cpu"]
    with FakeRun(data_folder):
        train = ["train", "se_residual_digits", "--detach", *fast, "--steps-per-execution"]
        wrong = runner.invoke(app, [*train, "44"])
        result = runner.invoke(app, [*train, "9"])
        for begun in (wrong, result):
            runner.invoke(app, ["stop", begun.stdout.strip()])
    assert "Changed for these data: set steps_per_execution to 15." in wrong.stderr
    assert result.exit_code == 0, result.output
    assert "mixed_bfloat16" in result.stderr, "how fast it is depends on the processor"
    script = (data_folder / "runs" / result.stdout.strip() / "train.py").read_text()
    for line in (
        'COMPILE_OPTIONS = {"jit_compile": False, "steps_per_execution": 9}\n',
        ", **COMPILE_OPTIONS)\n",
        'keras.config.set_dtype_policy("mixed_bfloat16")',
    ):
        assert line in script


def test_ctrl_c_reaches_a_run_that_waits_while_its_own_process_has_the_queue(
    data_folder: Path,
) -> None:
    with FakeRun(data_folder) as busy:
        train = ["train", "se_residual_digits", "--detach"]
        run = find(data_folder, runner.invoke(app, train).stdout.strip())
        with following._stopping_on_interrupt(run):
            with queue.locked(data_folder):
                os.kill(os.getpid(), signal.SIGINT)
            deadline = time.monotonic() + 30
            while find(data_folder, run.id).state.state != "stopped":
                assert time.monotonic() < deadline, "it still waits"
                time.sleep(0.01)
        busy.end()
