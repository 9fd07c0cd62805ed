"""A validation set that came with the images validates: in the script, the counts and the check."""

import itertools
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from builder.analysis.evaluation import load
from builder.analysis.run_archive import write_archive
from builder.checks.training_check import check
from builder.codegen.keras.training_plan import training_plan
from builder.codegen.keras.training_source import training_source
from builder.datasets import published
from builder.datasets.own_images.target import Target
from builder.datasets.published import Dataset
from builder.runs.run_state import log_tail, read_state
from builder.scheduler import resuming
from builder.training.counts import data_counts
from builder.training.settings import CosineDecay, TrainingSettings
from tests.datasets.given import kept, write_npz
from tests.worker.test_own_data import functions_of
from tests.worker.tiny import tiny_script, training_part
from tests.worker.workers import Nursery, assert_same_weights, make_run

TRAIN, VALIDATION, TEST = (12, 5, 23), (4, 0, 6), (2, 2, 2)


def arrays(counts: tuple[int, ...], start: int) -> tuple[Any, Any]:
    """Pictures whose first pixel is their number."""
    labels = np.repeat(np.arange(3), counts)[::-1]
    images = np.zeros((len(labels), 6, 8, 3), np.uint8)
    images[:, 0, 0, 0] = np.arange(start, start + len(labels))
    return images, labels


def stored(tmp_path: Path, home: Path, *, test: bool = True) -> Dataset:
    given: dict[str, Any] = {}
    parts = {"train": (TRAIN, 0), "val": (VALIDATION, 40), **({"test": (TEST, 50)} if test else {})}
    for part, (counts, start) in parts.items():
        given[f"x_{part}"], given[f"y_{part}"] = arrays(counts, start)
    path = write_npz(tmp_path / "shapes.npz", classes=["ring", "dot", "star"], **given)
    return published.dataset(f"own:{kept(path, home, Target(6, 8, 3)).dataset.id}")


def checked(settings: TrainingSettings) -> Any:
    return check((6, 8, 3), (3,), "softmax", (), settings)


def numbers(images: Any) -> list[int]:
    return sorted(images[:][:, 0, 0, 0].tolist())


@pytest.mark.keras
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("shape", [(6, 8, 3), (9, 9, 1)])
def test_the_script_keeps_the_parts_apart(
    tmp_path: Path, home: Path, shape: tuple[int, int, int], smoothing: float
) -> None:
    own = stored(tmp_path, home)
    settings = TrainingSettings(dataset=own.name, label_smoothing=smoothing)
    script = tiny_script(settings, shape, units=3)
    assert "VALIDATION_SHARE" not in script
    module = functions_of(script)
    (x_train, y_train), (x_val, y_val), (x_test, y_test) = module.load_data()
    counts = data_counts(settings)
    assert (len(x_train), len(x_val), len(x_test)) == (40, 10, 6)
    assert (counts.train_images, counts.val_images, counts.test_images) == (40, 10, 6)
    assert counts.val_of_class == VALIDATION
    of_class = [y.sum(0) if smoothing else np.bincount(y) for y in (y_train, y_val, y_test)]
    assert [tuple(each) for each in of_class] == [TRAIN, VALIDATION, TEST]
    if shape == (6, 8, 3):
        assert isinstance(x_train.images, np.memmap)
        found = (numbers(x_train), numbers(x_val), numbers(x_test))
        assert found == ([*range(40)], [*range(40, 50)], [*range(50, 56)])
    model = module.build_model()
    module.compile_model(model)
    if shape == (6, 8, 3):
        module.EPOCHS = 1
        history = module.train(model, module.load_data()).history
        assert np.isfinite(history["val_loss"][0])


@pytest.mark.keras
@pytest.mark.parametrize("split", ["random", "stratified"])
def test_a_last_test_is_taken_from_the_images_to_learn_from(
    tmp_path: Path, home: Path, split: Any
) -> None:
    own = stored(tmp_path, home, test=False)
    settings = TrainingSettings(
        dataset=own.name, test_share=0.2, split=split, schedule=CosineDecay(), batch_size=4
    )
    module = functions_of(tiny_script(settings, (6, 8, 3), units=3))
    train, validation, test = module.load_data()
    counts = data_counts(settings)
    assert numbers(validation[0]) == [*range(40, 50)]
    assert sorted(numbers(train[0]) + numbers(test[0])) == [*range(40)]
    assert (len(train[0]), len(test[0])) == (30, 10) == (counts.train_images, counts.test_images)
    if split == "stratified":
        assert tuple(np.bincount(test[1])) == counts.test_of_class
    labels = np.repeat(np.arange(3), TRAIN)[::-1]
    for images, given in (train, test):
        assert np.array_equal(labels[images[:][:, 0, 0, 0]], given)
    compiled: dict[str, Any] = {}
    module.compile_model(SimpleNamespace(compile=compiled.update))
    assert compiled["optimizer"]._learning_rate.decay_steps == 10 * counts.batches_per_epoch


@pytest.mark.keras
def test_all_but_the_test_images_are_split_anew_where_that_is_chosen(
    tmp_path: Path, home: Path
) -> None:
    own = stored(tmp_path, home)
    settings = TrainingSettings(dataset=own.name, validation_set="share")
    train, validation, test = functions_of(tiny_script(settings, (6, 8, 3), units=3)).load_data()
    counts = data_counts(settings)
    assert (len(train[0]), len(validation[0])) == (40, 10) == (counts.train_images, 10)
    assert sorted(numbers(train[0]) + numbers(validation[0])) == [*range(50)]
    assert numbers(validation[0]) != [*range(40, 50)]
    assert numbers(test[0]) == [*range(50, 56)]
    assert tuple(np.bincount(validation[1])) == counts.val_of_class


@pytest.mark.keras
def test_every_script_of_a_given_split_runs(tmp_path: Path, home: Path) -> None:
    for test in (True, False):
        own = stored(tmp_path, home, test=test)
        choices = itertools.product(("given", "share"), ("random", "stratified"), (0.0, 0.2))
        for validation_set, split, share in choices:
            settings = TrainingSettings.create(
                {
                    "dataset": own.name, "validation_set": validation_set, "split": split,
                    "test_share": share, "label_smoothing": share,
                }
            )  # fmt: skip
            counts = data_counts(settings)
            for shape in ((6, 8, 3), (4, 4, 1)):
                parts = functions_of(tiny_script(settings, shape, units=3)).load_data()
                found = [len(images) for images, _ in parts]
                wanted = [counts.train_images, counts.val_images, counts.test_images]
                assert found == [count for count in wanted if count]


def test_its_scripts_are_formatted(tmp_path: Path, home: Path) -> None:
    folder = tmp_path / "scripts"
    folder.mkdir()
    choices = itertools.product((True, False), ("random", "stratified"), (0.0, 0.2))
    for number, (test, split, share) in enumerate(choices):
        settings = TrainingSettings.create(
            {
                "dataset": stored(tmp_path, home, test=test).name, "split": split,
                "test_share": share, "schedule": {"name": "CosineDecay"},
            }
        )  # fmt: skip
        source = training_source(training_plan("tiny", settings, (6, 8, 3), (3,), "softmax"))
        text = training_part(source).replace(str(tmp_path), "home")
        (folder / f"script_{number}.py").write_text(text)
    command = [sys.executable, "-m", "ruff", "format", "--diff", "--isolated", "--line-length=100"]
    done = subprocess.run([*command, str(folder)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[:3_000]


def test_the_check_says_which_images_validate(tmp_path: Path, home: Path) -> None:
    own = stored(tmp_path, home)
    settings = TrainingSettings(dataset=own.name)
    found = checked(settings)
    assert found.sentence.startswith(
        "Ready: 40 training images, 10 for validation (the set that came with them) and 6 for one "
        "last test, 2 batches an epoch. Of each class 5 to 23 to learn from, 0 to 6 to validate "
    )
    assert "came with the images holds none of dot" in found.findings[0].message
    shared = checked(replace(settings, validation_share=0.3))
    assert any("validation_share has no effect" in one.message for one in shared.findings)
    anew = checked(replace(settings, validation_set="share"))
    assert anew.sentence.startswith("Ready: 40 training images, 10 for validation and 6 for one")
    assert not any("came with" in finding.message for finding in anew.findings)


def test_settings_of_a_set_without_one_mean_what_they_meant() -> None:
    for validation_set in ("given", "share"):
        settings = TrainingSettings(validation_set=validation_set)
        assert data_counts(settings) == data_counts(TrainingSettings())
        assert not data_counts(settings).validation_is_given
    assert TrainingSettings.create({}).validation_set == "given"


@pytest.mark.keras
@pytest.mark.slow
def test_a_run_validates_with_it_and_goes_on_with_it(
    nursery: Nursery, tmp_path: Path, home: Path
) -> None:
    own = stored(tmp_path, home)
    settings = TrainingSettings(dataset=own.name, epochs=3, batch_size=8)
    run, undisturbed = (
        make_run(tmp_path / name, settings, input_shape=(6, 8, 3), units=3)
        for name in ("one", "other")
    )
    assert nursery.train(run, every=2, kill_at=8) < 0
    resuming.prepare(run)
    assert nursery.train(run, every=2) == 0, log_tail(run.folder)
    assert nursery.train(undisturbed) == 0
    assert_same_weights(run, undisturbed)
    assert (run.facts["train_images"], run.facts["val_images"]) == (40, 10)
    evaluation = load(run.folder)
    assert evaluation is not None
    assert evaluation.confusion.sum(axis=1).tolist() == list(VALIDATION)
    assert "test" in read_state(run.folder).results
    write_archive(run, tmp_path / "run.zip")
    with zipfile.ZipFile(tmp_path / "run.zip") as archive:
        script = archive.read(f"{run.id}/train.py").decode()
        config = archive.read(f"{run.id}/config.json").decode()
    assert "NUM_VALIDATION = 10" in script
    assert '"validation_set": "given"' in config
