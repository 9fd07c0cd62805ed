"""What a waiting worker has rehearsed leaves no trace in what it trains then."""

import gc
import importlib
import json
import zipfile
from typing import Any

import pytest

from builder.gallery import TEMPLATES
from builder.network.inference import infer
from builder.runs.run_folder import Run
from builder.runs.run_state import log_tail
from builder.scheduler import resuming
from builder.scheduler.rehearsing import is_worth_rehearsing
from builder.system.devices import Device
from builder.training.settings import SGD, CosineDecay, TrainingSettings
from tests.broken import net
from tests.scheduler.test_resuming import epochs_of
from tests.worker.tiny import tiny_script
from tests.worker.workers import Nursery, assert_same_weights, make_run

ASKED = TrainingSettings(
    epochs=2,
    optimizer=SGD(momentum=0.9, clipnorm=1.0),
    schedule=CosineDecay(),
    learning_rate=0.05,
    patience=5,
)
OTHER = tiny_script(TrainingSettings(seed=7, batch_size=16), filters=9)
SCRIPT = tiny_script(ASKED, augmented=True)
REHEARSED = "its first step was rehearsed"


@pytest.fixture(scope="module")
def undisturbed(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Run:
    run = make_run(tmp_path_factory.mktemp("home"), ASKED, augmented=True)
    assert nursery.train(run) == 0, log_tail(run.folder)
    return run


def layers(run: Run) -> list[Any]:
    """The trained model's layers: the names, which Keras counts up, and the seeds."""
    with zipfile.ZipFile(run.folder / "model.keras") as archive:
        config = json.loads(archive.read("config.json"))["config"]
    return [(layer["name"], layer["config"].get("seed")) for layer in config["layers"]]


def assert_same(run: Run, other: Run) -> None:
    assert_same_weights(run, other)
    assert layers(run) == layers(other)
    assert epochs_of(run) == epochs_of(other)


@pytest.mark.keras
@pytest.mark.parametrize(
    ("rehearsed", "used"),
    [([SCRIPT], True), ([OTHER, SCRIPT, SCRIPT], True), ([SCRIPT, OTHER], False), (["1/0"], False)],
    ids=["it", "it at last", "another", "nothing"],
)
def test_a_rehearsed_training_ends_with_the_same_weights(
    nursery: Nursery, tmp_path: Any, undisturbed: Run, rehearsed: list[str], used: bool
) -> None:
    run = make_run(tmp_path, ASKED, augmented=True)
    assert (run.folder / "train.py").read_text() == SCRIPT
    assert nursery.train(run, rehearse=rehearsed) == 0, log_tail(run.folder)
    assert (REHEARSED in log_tail(run.folder)) == used
    assert "Traceback" not in log_tail(run.folder)
    assert_same(run, undisturbed)


@pytest.mark.keras
def test_what_was_rehearsed_does_not_stand_in_for_a_checkpoint_or_other_settings(
    nursery: Nursery, tmp_path: Any, undisturbed: Run
) -> None:
    run = make_run(tmp_path, ASKED, augmented=True)
    assert nursery.train(run, rehearse=[SCRIPT], stop_in_validation=1) == 75, log_tail(run.folder)
    assert REHEARSED in log_tail(run.folder)
    resuming.prepare(run)
    assert nursery.train(run, rehearse=[SCRIPT]) == 0, log_tail(run.folder)
    assert log_tail(run.folder).count(REHEARSED) == 1
    assert_same(run, undisturbed)
    changed = make_run(tmp_path, ASKED, augmented=True)
    resuming.prepare(changed, more_epochs=1)
    assert nursery.train(changed, rehearse=[SCRIPT], stop_in_validation=1) == 75
    assert REHEARSED not in log_tail(changed.folder)


@pytest.mark.keras
def test_many_rehearsals_are_no_warning_in_the_log(nursery: Nursery, tmp_path: Any) -> None:
    run = make_run(tmp_path, ASKED)
    script = (run.folder / "train.py").read_text()
    assert nursery.train(run, rehearse=3 * [OTHER, script], stop_in_validation=1) == 75
    assert REHEARSED in log_tail(run.folder)
    assert "retracing" not in log_tail(run.folder)


@pytest.mark.keras
def test_a_rehearsal_leaves_nothing_that_reads_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """TensorFlow may wait for it up to a minute when it is dropped, as at the next Start."""
    rehearsal: Any = importlib.import_module("builder.worker.rehearsal").Rehearsal()
    rehearsal.rehearse(SCRIPT)
    assert not [type(o) for o in gc.get_objects() if type(o).__name__ == "OwnedIterator"]
    assert rehearsal.take(SCRIPT, ASKED.epochs, ASKED.learning_rate) is not None


def test_only_what_costs_little_is_rehearsed() -> None:
    small, large = (infer(TEMPLATES[n].architecture) for n in ("se_residual_digits", "resnet50"))
    roomy = (Device("auto", ""), Device("cpu", "", 16 * 10**9, 4 * 10**9))
    assert is_worth_rehearsing(small, TrainingSettings(), roomy)
    boundless = (roomy[0], Device("cpu", "", 10**12))
    assert not is_worth_rehearsing(large, TrainingSettings(), boundless), "minutes"
    assert is_worth_rehearsing(small, TrainingSettings(batch_size=512), boundless)
    together = TrainingSettings(batch_size=512, steps_per_execution=5)
    assert not is_worth_rehearsing(small, together, boundless)
    full = (roomy[0], Device("cpu", "", 16 * 10**9, 14 * 10**9))
    assert not is_worth_rehearsing(small, TrainingSettings(), full), "memory for others"
    simple = (("pool", "GlobalAveragePooling2D"), ("dense", "Dense", {"units": 10}))
    for size, fits in ((8, True), (500, False)):
        network = infer(net(("image", "Input", {"shape": (size, size, 1)}), *simple))
        cramped = (roomy[0], Device("cpu", "", 5 * 10**9))
        asked = TrainingSettings(batch_size=1)
        assert is_worth_rehearsing(network, asked, cramped) == fits, "1,797 images of 250,000 bytes"
    with_gpu = (*roomy, Device("gpu:0", "", 80 * 10**9))
    assert not is_worth_rehearsing(small, TrainingSettings(), with_gpu)
    assert is_worth_rehearsing(small, TrainingSettings(device="cpu"), with_gpu)
    assert not is_worth_rehearsing(small, TrainingSettings(dataset="cifar10"), roomy), "a download"
    assert not is_worth_rehearsing(small, TrainingSettings(dataset="own:" + 16 * "0"), roomy)
