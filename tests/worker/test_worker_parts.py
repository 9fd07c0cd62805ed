"""The parts of the worker that need no Keras."""

import errno
import fcntl
import json
import math
import shutil
import threading
import time
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from builder.runs import worker_lock as lock_module
from builder.runs.metric_rows import EpochMetrics
from builder.runs.run_folder import RunError
from builder.runs.run_state import LOCK, RunState, is_locked, read_state
from builder.runs.status import RunStatus
from builder.runs.stop_request import StoppedError, StopRequest
from builder.runs.worker_lock import Watch, WorkerLock
from builder.scheduler import launcher
from builder.system import devices
from builder.training.settings import TrainingSettings
from builder.worker.checkpoints import Checkpoints, Place, newest_checkpoint
from builder.worker.explain import explain
from builder.worker.progress import Pace, Progress
from builder.worker.refusals import check_script, check_together, choose_device
from builder.worker.restore import remember, remind
from builder.worker.results import summarize


def test_the_lock_is_held_by_one(tmp_path: Path) -> None:
    first, second = WorkerLock(tmp_path), WorkerLock(tmp_path)
    assert not is_locked(tmp_path)
    assert first.acquire()
    assert is_locked(tmp_path)
    assert not second.acquire()
    first.release()
    assert second.acquire()
    second.release()
    assert not is_locked(tmp_path)


def test_processes_that_look_are_not_taken_for_a_worker(tmp_path: Path) -> None:
    WorkerLock(tmp_path).release()
    with (tmp_path / LOCK).open("rb") as looker:
        fcntl.flock(looker, fcntl.LOCK_SH)
        assert not is_locked(tmp_path)


def test_a_worker_waits_for_processes_that_look(tmp_path: Path) -> None:
    lock = WorkerLock(tmp_path)
    with (tmp_path / LOCK).open("rb") as looker:
        fcntl.flock(looker, fcntl.LOCK_SH)
        timer = threading.Timer(0.2, fcntl.flock, (looker, fcntl.LOCK_UN))
        timer.start()
        assert lock.acquire()
        timer.join()
    lock.release()


def remove(folder: Path) -> None:
    shutil.rmtree(folder)


def move(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))


def replace_with_a_copy(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))
    shutil.copytree(folder.with_name("elsewhere"), folder)


def remove_the_lock(folder: Path) -> None:
    (folder / LOCK).unlink()


def replace_the_folder_above(folder: Path) -> None:
    folder.parent.rename(folder.parent.with_name("moved"))
    folder.parent.write_text("no folder")


@pytest.mark.parametrize(
    "loses", [remove, move, replace_with_a_copy, remove_the_lock, replace_the_folder_above]
)
def test_a_worker_notices_that_its_run_is_gone(
    loses: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock_module, "LOOK_SECONDS", 0.01)
    folder = tmp_path / "runs" / "one"
    folder.mkdir(parents=True)
    lock, gone = WorkerLock(folder), threading.Event()
    assert lock.acquire()
    watch = Watch(lock, gone.set)
    assert not gone.wait(0.1), "it is in its place"
    lock.check()
    loses(folder)
    assert gone.wait(10)
    with pytest.raises(FileNotFoundError, match="removed, moved or replaced"):
        lock.check()
    watch.end()
    lock.release()


def test_a_disk_that_is_away_for_a_moment_is_no_lost_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = WorkerLock(tmp_path)

    def stale(_path: Path) -> None:
        raise OSError(errno.ESTALE, "Stale file handle")

    monkeypatch.setattr(Path, "stat", stale)
    assert lock.is_in_place
    lock.release()


def test_where_a_run_is_gone_nothing_is_written_and_no_folder_made(tmp_path: Path) -> None:
    folder = tmp_path / "one"
    folder.mkdir()
    lock = WorkerLock(folder)
    assert lock.acquire()
    progress = Progress(folder, RunState(RunStatus.RUNNING), StopRequest(), lock.check)
    checkpoints = Checkpoints(folder, 10, check=lock.check)
    replace_with_a_copy(folder)
    before = sorted(folder.iterdir())
    with pytest.raises(FileNotFoundError):
        checkpoints.save(FakeModel(), place(1), {})
    with pytest.raises(FileNotFoundError):
        progress.set(stage="saving")
    assert sorted(folder.iterdir()) == before, "another run's folder is left alone"
    remove(folder)
    with pytest.raises(FileNotFoundError):  # also where it goes between the look and the writing
        Checkpoints(folder, 10).save(FakeModel(), place(1), {})
    assert not folder.exists()
    with pytest.raises(FileNotFoundError):
        progress.close(state=RunStatus.FINISHED)
    lock.release()


def test_looking_at_the_lock_never_keeps_a_worker_from_it(tmp_path: Path) -> None:
    WorkerLock(tmp_path).release()
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            is_locked(tmp_path)

    lookers = [threading.Thread(target=look) for _ in range(3)]
    for looker in lookers:
        looker.start()
    try:
        for _ in range(20):
            lock = WorkerLock(tmp_path)
            assert lock.acquire()
            lock.release()
    finally:
        stop.set()
        for looker in lookers:
            looker.join()


def test_the_pace_is_that_of_the_last_seconds() -> None:
    pace = Pace()
    assert pace.seconds_per_batch is None
    for second in range(20):
        pace.observe(float(second), second)
    assert pace.seconds_per_batch == pytest.approx(1.0)
    for step in range(1, 120):
        pace.observe(19 + step / 10, 19 + step)
    assert pace.seconds_per_batch == pytest.approx(0.1)
    pace.pause()
    pace.observe(1_000.0, 0)
    assert pace.seconds_per_batch == pytest.approx(0.1)
    pace.observe(1_000.5, 1)
    assert pace.seconds_per_batch == pytest.approx(0.5)


def test_progress_tells_what_is_still_to_go(tmp_path: Path) -> None:
    progress = Progress(tmp_path, RunState(RunStatus.STARTING, epochs=3), StopRequest())
    progress.begin_training(epochs=3, batches=100, batch_size=10)
    progress.begin_epoch(1)
    progress.begin_validation(0.02)
    progress.end_epoch()
    progress.begin_epoch(2)
    progress.last_batch = (time.monotonic(), 50)
    deadline = time.monotonic() + 5
    while progress.state.eta_seconds is None and time.monotonic() < deadline:
        time.sleep(0.02)
    progress.close(state=RunStatus.STOPPED)
    state = json.loads((tmp_path / "state.json").read_text())
    assert (state["state"], state["epoch"], state["batch"]) == ("stopped", 2, 50)
    assert state["images_per_second"] == 500
    assert state["eta_seconds"] is None
    assert state["finished"] == pytest.approx(time.time(), abs=30)


def test_what_the_first_batch_waits_for_is_reported_until_it_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builder.worker.progress.WRITE_SECONDS", 0.01)

    def written() -> tuple[str, int]:
        state = read_state(tmp_path)
        return state.preparing, state.batch

    progress = Progress(tmp_path, RunState(RunStatus.STARTING), StopRequest())
    progress.begin_training(2, 100, 10, "XLA compiles")
    progress.begin_epoch(1, 40)  # it goes on in the middle of an epoch
    time.sleep(0.05)
    assert written() == ("XLA compiles", 40)
    progress.last_batch = (time.monotonic(), 41)
    deadline = time.monotonic() + 30
    while written()[1] != 41 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert written() == ("", 41)
    progress.begin_training(2, 100, 10, "XLA compiles")
    progress.close(state=RunStatus.STOPPED)
    assert written()[0] == ""


def test_the_pace_restarts_with_every_epoch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builder.worker.progress.WRITE_SECONDS", 0.01)
    progress = Progress(tmp_path, RunState(RunStatus.STARTING), StopRequest())
    progress.begin_training(epochs=2, batches=100, batch_size=10)
    for epoch, seconds in ((1, 10.0), (2, 1.0)):
        progress.begin_epoch(epoch)
        for moment, batch in ((0.0, 10), (seconds, 20)):
            progress.last_batch = (1_000.0 * epoch + moment, batch)
            deadline = time.monotonic() + 30
            while progress.state.batch != batch and time.monotonic() < deadline:
                time.sleep(0.01)
        assert progress.state.images_per_second == pytest.approx(100 / seconds)
    progress.close(state=RunStatus.STOPPED)


def test_a_stop_shows_before_it_is_obeyed(tmp_path: Path) -> None:
    stop = StopRequest()
    progress = Progress(tmp_path, RunState(RunStatus.RUNNING, epochs=3), stop)
    stop.obey()
    stop.ask()
    deadline = time.monotonic() + 60
    shown = tmp_path / "state.json"  # written a moment after the state itself
    while not shown.exists() or json.loads(shown.read_text())["state"] != "stopping":
        assert time.monotonic() < deadline
        time.sleep(0.02)
    progress.close(state=RunStatus.STOPPED)
    with pytest.raises(StoppedError, match="stopped"):
        stop.obey()


def test_a_pause_is_another_state_and_a_stop_goes_before_it() -> None:
    stop = StopRequest()
    stop.ask(pause=True)
    assert stop.state == "pausing"
    with pytest.raises(StoppedError, match="paused"):
        stop.obey()
    stop.ask()
    stop.ask(pause=True)
    assert stop.state == "stopping"
    with pytest.raises(StoppedError, match="stopped"):
        stop.obey()


def test_time_is_measured_by_a_monotonic_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    progress = Progress(tmp_path, RunState(RunStatus.STARTING, seconds=100.0), StopRequest())
    monkeypatch.setattr("builder.worker.progress.time.time", lambda: -1e9)
    progress.close(state=RunStatus.STOPPED)
    assert json.loads((tmp_path / "state.json").read_text())["seconds"] == pytest.approx(100, abs=5)


class FakeVariable:
    def numpy(self) -> Any:
        return np.array([1.5, 2.5], "float32")


class FakeModel(SimpleNamespace):
    weights: Sequence[Any] = ()
    variables: Sequence[Any] = (FakeVariable(),)
    metrics_variables: Sequence[Any] = ()

    def save(self, path: Path) -> None:
        if getattr(self, "fails", False):
            path.write_text("half")
            raise OSError("No space left on device")
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("model.weights.h5", "weights")


def place(epoch: int, batch: int = 0) -> Place:
    return Place(epoch, batch, 10 * epoch + batch)


def save(folder: Path, *places: Place, memory: dict[str, Any] | None = None) -> Path:
    checkpoints = Checkpoints(folder, num_params=10)
    for one in places:
        checkpoints.save(FakeModel(), one, memory or {})
    return folder / "checkpoints"


def test_checkpoints_are_whole_and_few(tmp_path: Path) -> None:
    folder = save(tmp_path, *(place(epoch) for epoch in range(1, 5)))
    with pytest.raises(OSError, match="No space"):
        Checkpoints(tmp_path, 10).save(FakeModel(fails=True), place(5, 3), {})
    assert (folder / "LATEST").read_text() == "epoch-000004\n"
    assert sorted(path.name for path in folder.iterdir()) == [
        "LATEST",
        "epoch-000003",
        "epoch-000004",
    ]
    save(tmp_path, place(5, 3))
    assert (folder / "LATEST").read_text() == "epoch-000005-batch-0000003\n"


def test_what_was_saved_is_read_again(tmp_path: Path) -> None:
    assert newest_checkpoint(tmp_path) is None
    save(tmp_path, place(2, 7), memory={"callbacks": [{"best": "inf"}]})
    found = newest_checkpoint(tmp_path)
    assert found is not None
    assert (found.place, found.memory) == (place(2, 7), {"callbacks": [{"best": "inf"}]})
    assert [value.tolist() for value in found.variables] == [[1.5, 2.5]]


def test_half_a_checkpoint_of_a_killed_worker_is_removed(tmp_path: Path) -> None:
    (tmp_path / "checkpoints" / ".epoch-000001").mkdir(parents=True)
    folder = save(tmp_path, place(2))
    assert sorted(path.name for path in folder.iterdir()) == ["LATEST", "epoch-000002"]


def test_nothing_is_saved_twice(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path, 10)
    checkpoints.save(FakeModel(), place(1), {})
    checkpoints.save(FakeModel(fails=True), place(1), {})
    found = newest_checkpoint(tmp_path)
    assert found is not None
    Checkpoints(tmp_path, 10, found).save(FakeModel(fails=True), place(1), {})


DAMAGE: dict[str, Callable[[Path], object]] = {
    "no state": lambda folder: (folder / "state.json").unlink(),
    "other state": lambda folder: (folder / "state.json").write_text(
        (folder / "state.json").read_text().replace('"batch": 7', '"batch": 8')
    ),
    "short model": lambda folder: (folder / "model.keras").write_bytes(b"PK"),
    "no model": lambda folder: (folder / "model.keras").unlink(),
    "flipped bit": lambda folder: flip(folder / "model.keras"),
    "flipped variable": lambda folder: flip(folder / "variables.npz"),
}


def flip(path: Path) -> None:
    """Changes one bit of what the first file in the archive holds."""
    with zipfile.ZipFile(path) as archive:
        member = archive.infolist()[0]
        at = member.header_offset + 30 + len(member.filename) + member.compress_size - 1
        at += int.from_bytes(path.read_bytes()[member.header_offset + 28 :][:2], "little")
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_a_damaged_checkpoint_gives_way_to_the_one_before(
    tmp_path: Path, damage: Callable[[Path], object], caplog: pytest.LogCaptureFixture
) -> None:
    folder = save(tmp_path, place(1), place(2, 7))
    damage(folder / "epoch-000002-batch-0000007")
    found = newest_checkpoint(tmp_path)
    assert found is not None
    assert found.place == place(1)
    assert "epoch-000002-batch-0000007 is damaged" in caplog.text
    damage = DAMAGE["short model"]
    damage(folder / "epoch-000001")
    with pytest.raises(RunError, match="No checkpoint of this run can be read"):
        newest_checkpoint(tmp_path)


def test_a_future_that_was_given_up_is_removed(tmp_path: Path) -> None:
    folder = save(tmp_path, place(1), place(3))
    save(tmp_path, place(1, 4))
    assert sorted(path.name for path in folder.glob("epoch-*")) == [
        "epoch-000001",
        "epoch-000001-batch-0000004",
    ]


def test_checkpoints_take_a_hundredth_of_the_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_000.0
    monkeypatch.setattr("builder.worker.checkpoints.time.monotonic", lambda: now)
    checkpoints = Checkpoints(tmp_path, num_params=0)
    now += 4
    assert not checkpoints.is_due()
    now += 1.1
    assert checkpoints.is_due()
    assert not checkpoints.is_due(mid_epoch=True)
    now += 60
    assert checkpoints.is_due(mid_epoch=True)
    checkpoints.save(FakeModel(), place(1), {})
    now += 0.1
    assert checkpoints.is_due()


class Waiting(SimpleNamespace):
    """As a callback of Keras that counts."""


def test_callbacks_are_reminded_of_what_they_wait_for() -> None:
    before = Waiting(wait=3, best=np.float32(0.5), baseline=None, min_delta=-0.0, _hidden=1)
    before.worst = float("inf")
    known = json.loads(json.dumps(remember([before]), allow_nan=False))
    after = Waiting(wait=0, best=None, baseline=1.0, min_delta=7, worst=0.0)
    remind([after], known)
    assert (after.wait, after.best, after.baseline, after.worst) == (3, 0.5, None, math.inf)
    assert after.min_delta == 7


def epoch(number: int, **metrics: float | None) -> EpochMetrics:
    return EpochMetrics(number, 0.0, metrics)


def test_the_best_epoch_is_reported() -> None:
    epochs = [
        epoch(1, val_accuracy=0.5, loss=1.0),
        epoch(2, val_accuracy=0.9),
        epoch(3, val_accuracy=0.7),
    ]
    assert summarize(epochs) == {
        "monitor": "val_accuracy",
        "best": 0.9,
        "best_epoch": 2,
        "final": {"val_accuracy": 0.7},
    }
    found = summarize([epoch(1, val_loss=2.0), epoch(2, val_loss=None), epoch(3, val_loss=1.0)])
    assert (found["monitor"], found["best"], found["best_epoch"]) == ("val_loss", 1.0, 3)
    assert summarize([epoch(1, loss=None)]) == {"final": {"loss": None}}


class ResourceExhaustedError(Exception):
    """As TensorFlow calls it."""


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (MemoryError(), "The memory was not enough for batches of 32 images."),
        (ResourceExhaustedError("OOM when allocating tensor"), "Use a smaller batch_size"),
        (
            Exception("URL fetch failure on https://www.cs.toronto.edu/x: None -- [Errno -2]"),
            "CIFAR-10 could not be downloaded from www.cs.toronto.edu: no connection.",
        ),
        (ModuleNotFoundError("No module named 'sklearn'"), "pip install scikit-learn"),
        (OSError(28, "No space left on device"), "The disk is full. "),
        (
            ValueError(
                'Input 0 of layer "conv2d" is incompatible with the layer: expected shape='
                "(None, 32, 32, 3), found shape=(None, 8, 8, 1)"
            ),
            "received images of shape (None, 8, 8, 1), expected (None, 32, 32, 3).",
        ),
        (
            ValueError(
                'Invalid input shape for input Tensor("data:0", shape=(None, 8, 8, 1)). Expected '
                "shape (None, 32, 32, 3), but input has incompatible shape (None, 8, 8, 1)"
            ),
            "received images of shape (None, 8, 8, 1), expected (None, 32, 32, 3).",
        ),
        (
            ValueError(
                "Arguments `target` and `output` must have the same shape. Received: "
                "target.shape=(None, 10), output.shape=(None, 5)"
            ),
            "labels of shape (None, 10) and outputs of shape (None, 5)",
        ),
        (RunError("No GPU", "use cpu"), "No GPU. Use cpu."),
        (
            ValueError('Graph execution error:\n\nDetected at node x\n  File "a"\nIt broke\nmore'),
            "An error while training: It broke.",
        ),
        (KeyError(), "An error while training: KeyError."),
        (ValueError("x" * 1_000), "x…"),
    ],
)
def test_errors_become_sentences(error: Exception, expected: str) -> None:
    text = explain(error, TrainingSettings(dataset="cifar10"), "training").sentences
    assert expected in text
    assert "\n" not in text
    assert len(text) < 500


@pytest.mark.parametrize(
    "said",
    [
        'Input 0 of layer "dense_1" is incompatible with the layer',
        "Exception encountered when calling layer 'dense_1'",
        "Detected in net/dense_1/MatMul: overflow",
    ],
)
def test_a_message_of_keras_names_layers_as_the_network_does(said: str) -> None:
    names = {"dense_1": "squeeze_excitation_1 › dense_2"}
    words = explain(ValueError(said), TrainingSettings(), "training", names)
    assert said.replace("dense_1", "squeeze_excitation_1 › dense_2") in words.message


def test_devices_are_listed_without_a_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pynvml", None)
    found = devices.devices()
    assert [device.id for device in found] == ["auto", "cpu"]
    assert found[1].memory > found[1].memory_used > 0


def test_gpus_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    class NVMLError(Exception):
        pass

    fake = SimpleNamespace(
        NVMLError=NVMLError,
        nvmlInit=lambda: None,
        nvmlShutdown=lambda: None,
        nvmlDeviceGetCount=lambda: 2,
        nvmlDeviceGetHandleByIndex=lambda index: index,
        nvmlDeviceGetName=lambda _: b"NVIDIA H200",
        nvmlDeviceGetMemoryInfo=lambda _: SimpleNamespace(total=100, used=7),
    )
    monkeypatch.setitem(__import__("sys").modules, "pynvml", fake)
    found = devices.devices()
    assert [device.id for device in found] == ["auto", "cpu", "gpu:0", "gpu:1"]
    assert found[3] == devices.Device("gpu:1", "GPU 1: NVIDIA H200", 100, 7)
    assert found[0].title == "Automatic (GPU 0: NVIDIA H200)"


@pytest.mark.parametrize(
    ("device", "visible"), [("auto", None), ("cpu", "-1"), ("gpu:0", "0"), ("gpu:12", "12")]
)
def test_a_process_sees_only_its_device(device: str, visible: str | None) -> None:
    assert devices.environment(device).get("CUDA_VISIBLE_DEVICES") == visible


def test_a_worker_keeps_the_memory_of_a_batch_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("MALLOC_TOP_PAD_", raising=False)
    assert int(launcher.environment("cpu")["MALLOC_TOP_PAD_"]) >= 16 << 20
    monkeypatch.setenv("MALLOC_TOP_PAD_", "4096")
    assert launcher.environment("cpu")["MALLOC_TOP_PAD_"] == "4096"


def test_a_gpu_that_is_not_there_is_refused() -> None:
    def keras(*names: str) -> Any:
        return SimpleNamespace(distribution=SimpleNamespace(list_devices=lambda: names))

    assert choose_device(keras("cpu:0"), "auto") == choose_device(keras("cpu:0"), "cpu") == "cpu"
    assert choose_device(keras("gpu:0"), "auto") == "gpu:0"
    assert choose_device(keras("gpu:0"), "gpu:3") == "gpu:3"
    with pytest.raises(RunError, match="Keras sees no GPU; install tensorflow"):
        choose_device(keras("cpu:0"), "gpu:0")


def test_a_script_that_cannot_be_resumed_is_refused_in_words() -> None:
    check_script(SimpleNamespace(train=print, batches=print))
    check_script(SimpleNamespace(train=print, Batches=object))
    with pytest.raises(RunError, match=r"earlier version, .* train the network once more"):
        check_script(SimpleNamespace(train=print))


def test_steps_that_would_run_into_the_next_epoch_are_refused() -> None:
    for together in (1, 9, 45):
        check_together(together, 45)
    with pytest.raises(RunError, match=r"received 10, expected a divisor of the 45 batches"):
        check_together(10, 45)
