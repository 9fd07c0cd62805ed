"""Images of a person's own as a data set: known by name, counted, split and read by the script."""

import itertools
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.checks.readiness import mend_all, readiness
from builder.checks.training_check import check
from builder.codegen.keras.script import to_script
from builder.codegen.keras.training_plan import training_plan
from builder.codegen.keras.training_source import training_source
from builder.datasets import availability, published
from builder.datasets.data_titles import data_titles
from builder.datasets.own_images import shelf
from builder.datasets.own_images.shelf import OwnDataError
from builder.datasets.own_images.target import Target
from builder.datasets.published import Dataset
from builder.datasets.samples import samples
from builder.gallery import TEMPLATES
from builder.network.architecture import Architecture
from builder.network.inference import infer
from builder.runs import run_folder
from builder.scheduler.new_run import new_run
from builder.system.devices import Device
from builder.system.errors import BuilderError, ParameterError
from builder.training.counts import data_counts, spread
from builder.training.settings import CosineDecay, TrainingSettings
from builder.transforms.fixes import ChangeSetting
from builder.worker.explain import explain
from tests.datasets.given import kept, write_npz
from tests.worker.tiny import tiny_script, training_part

COUNTS = (12, 5, 23)


@pytest.fixture
def own(tmp_path: Path, home: Path) -> Dataset:
    """Forty pictures of three classes; the first pixel of each is its number."""
    labels = np.repeat(np.arange(3), COUNTS)
    images = np.broadcast_to(labels[:, None, None, None] * 100, (40, 6, 8, 3)).astype(np.uint8)
    images[:, 0, 0, 0] = np.arange(40)
    path = write_npz(
        tmp_path / "shapes.npz", images=images, labels=labels, classes=["ring", "dot", "star"],
        x_test=255 - images[[0, 12, 39]], y_test=[0, 1, 2],
    )  # fmt: skip
    return published.dataset(f"own:{kept(path, home, Target(6, 8, 3)).dataset.id}")


def test_it_is_a_data_set_like_any_other(own: Dataset) -> None:
    assert (own.title, own.classes) == ("shapes", ("ring", "dot", "star"))
    assert (own.image_shape, own.num_images) == ((6, 8, 3), 40)
    assert own.class_counts == COUNTS
    assert data_titles()[own.name] == own.title
    assert published.known(own.name) == own
    assert availability.availability(own.name).state == "cached"
    found = samples(own.name)
    assert found is not None
    assert found.labels.tolist() == [0, 1, 2, 0, 1, 2, 0, 1]
    assert found.images.shape == (8, 6, 8, 3)


def test_the_same_images_are_stored_once_and_found_again(
    own: Dataset, tmp_path: Path, home: Path
) -> None:
    again = kept(tmp_path / "shapes.npz", home, Target(6, 8, 3), title="Other")
    assert again.was_there
    assert again.dataset.title == "shapes"
    given = np.load(tmp_path / "shapes.npz")
    one_pixel = given["images"].copy()
    one_pixel[3, 2, 1, 0] ^= 1
    changed: tuple[dict[str, Any], ...] = (
        {"images": one_pixel},
        {"labels": given["labels"][::-1]},
        {"classes": ["ring", "dot", "sun"]},
        {"y_test": [2, 1, 0]},
    )
    for change in changed:
        path = write_npz(tmp_path / "changed.npz", **{**given, **change})
        assert not kept(path, home, Target(6, 8, 3)).was_there
    other = kept(tmp_path / "shapes.npz", home, Target(6, 8, 1))
    assert f"own:{other.dataset.id}" != own.name
    shelf.delete(home, other.dataset.id)
    assert kept(tmp_path / "shapes.npz", home, Target(6, 8, 1)).dataset.id == other.dataset.id


def test_it_is_renamed_deleted_and_restored(own: Dataset, home: Path) -> None:
    own_id = own.name.removeprefix("own:")
    shelf.rename(home, own_id, " Shapes of mine ")
    assert published.dataset(own.name).title == "Shapes of mine"
    for title in ("", " ", "x" * 61, "a\nb"):
        with pytest.raises(ParameterError, match="name: received"):
            shelf.rename(home, own_id, title)
    shelf.delete(home, own_id)
    assert set(data_titles()) == set(published.catalogue())
    gone = availability.availability(own.name)
    assert gone.state == "unavailable"
    assert gone.message == (
        "The images 'Shapes of mine' were deleted. Restore them, or choose another data set."
    )
    assert shelf.restore(home, own_id).title == "Shapes of mine"
    for act in (shelf.restore, shelf.find, shelf.delete):
        with pytest.raises(OwnDataError, match="not"):
            act(home, "../../etc")


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"version": 1}', '{"version": 2}', "[" * 100_000, "{" + " " * 2_000_000],
)
def test_a_damaged_description_is_said_and_listed_nowhere(
    own: Dataset, home: Path, content: str
) -> None:
    (Path(own.folder) / shelf.DESCRIPTION).write_text(content)
    assert shelf.own_datasets(home) == []
    assert "cannot be read" in availability.availability(own.name).message


def test_a_missing_array_is_said(own: Dataset) -> None:
    (Path(own.folder) / shelf.TEST_LABELS).unlink()
    assert "test_labels.npy is missing" in availability.availability(own.name).message


def test_settings_name_it_by_its_id() -> None:
    for name in ("own:", "own:../../etc/passwd", "own:0123", "imagenet", "own:0123456789ABCDEF"):
        with pytest.raises(ParameterError, match="dataset: received"):
            TrainingSettings.create({"dataset": name})
    settings = TrainingSettings.create({"dataset": "own:0123456789abcdef"})
    assert settings.is_stratified
    assert not TrainingSettings().is_stratified
    assert TrainingSettings(split="stratified").is_stratified


def small() -> Architecture:
    return TEMPLATES["se_residual_digits"].architecture


def test_a_run_keeps_what_it_was_trained_on(own: Dataset, home: Path) -> None:
    architecture, settings, done = mend_all(small(), TrainingSettings(dataset=own.name))
    assert any(mended.startswith("set units of dense_1 to 3") for mended in done)
    run = new_run(home, architecture, settings)
    assert run.facts["data"] == {
        "title": "shapes",
        "digest": own.digest,
        "classes": ["ring", "dot", "star"],
        "fit": "stretch",
        "value_ranges": [{"kind": "8-bit", "low": 0, "high": 255}],
    }
    assert f'DATA = "{own.folder}"' in (run.folder / "train.py").read_text()
    shutil.rmtree(own.folder)
    assert run_folder.read(run.folder).state.state == "queued"
    with pytest.raises(BuilderError, match="not on this machine"):
        new_run(home, architecture, settings)
    error = FileNotFoundError(2, "No such file", f"{own.folder}/images.npy")
    assert "Add the same images again" in explain(error, settings, "loading data").sentences


def checked(settings: TrainingSettings, shape: tuple[int, ...] = (6, 8, 3), **more: Any) -> Any:
    return check(shape, (3,), "softmax", (), settings, **more)


def test_the_check_says_where_the_images_of_each_class_go(own: Dataset) -> None:
    settings = TrainingSettings(dataset=own.name)
    assert data_counts(settings).val_of_class == (2, 1, 5)
    found = checked(settings)
    assert "Of each class 4 to 18 to learn from, 1 to 5 to validate with." in found.sentence
    assert [f.message for f in found.findings] == [
        "There are fewer than 10 images to learn dot from. It may learn these few by heart; add "
        "images, or augmentation to the network."
    ]
    unseen = checked(TrainingSettings(dataset=own.name, validation_share=0.05))
    assert "No image of ring, dot is kept" in unseen.findings[0].message
    shared = checked(TrainingSettings(dataset=own.name, test_share=0.2))
    assert (
        "32 training images, 8 for validation and 3 for one last test, 1 batch" in shared.sentence
    )
    assert "test_share has no effect" in shared.findings[-1].message
    random = checked(TrainingSettings(dataset=own.name, split="random"))
    assert "Of each class" not in random.sentence
    assert not random.findings


def test_the_check_counts_only_what_is_held_in_memory(own: Dataset) -> None:
    settings = TrainingSettings(dataset=own.name)
    held = 8 + 3 + 2 * 8  # those for validation and for the last test, and Keras's copies
    assert checked(settings, machine=[Device("cpu", "CPU", held * 6 * 8 * 3)]).ok
    assert not checked(settings, machine=[Device("cpu", "CPU", held * 6 * 8 * 3 - 1)]).ok
    # Images that have to be resized are all held.
    assert not checked(settings, (7, 8, 3), machine=[Device("cpu", "CPU", held * 7 * 8 * 3)]).ok


def test_nothing_left_to_learn_from_is_an_error(tmp_path: Path, home: Path) -> None:
    path = write_npz(tmp_path / "few.npz", x=np.zeros((4, 2, 2), np.uint8), y=[0, 1, 0, 1])
    name = f"own:{kept(path, home).dataset.id}"
    found = check(
        (4, 4, 3), (2,), "softmax", (), TrainingSettings(dataset=name, validation_share=0.9)
    )
    assert not found.ok
    assert found.findings[0].fix == ChangeSetting("validation_share", 0.2)


def test_images_that_are_gone_keep_a_training_from_starting(own: Dataset) -> None:
    shutil.rmtree(own.folder)
    found = readiness(infer(small()), TrainingSettings(dataset=own.name))
    assert not found.ok
    assert "Add the same images again" in found.sentence


@pytest.mark.slow  # scikit-learn takes a second to import
@given(
    st.lists(st.integers(2, 60), min_size=2, max_size=12),
    st.floats(0.05, 0.9),
    st.integers(0, 2**32 - 1),
)
def test_the_split_is_as_even_as_scikit_learns(counts: list[int], share: float, seed: int) -> None:
    labels = np.repeat(np.arange(len(counts)), counts)
    num_kept = int(np.ceil(len(labels) * share))
    found = spread(counts, num_kept)
    assert sum(found) == num_kept
    exact = np.array(counts) * num_kept / len(labels)
    assert (np.abs(np.array(found) - exact) < 1).all()
    if len(counts) <= num_kept <= len(labels) - len(counts):
        from sklearn.model_selection import train_test_split

        _, theirs = train_test_split(labels, test_size=num_kept, stratify=labels, random_state=seed)
        difference = np.array(found) - np.bincount(theirs, minlength=len(counts))
        assert np.abs(difference).max() <= 1


def test_every_script_of_them_is_formatted(own: Dataset, tmp_path: Path) -> None:
    folder = tmp_path / "scripts"
    folder.mkdir()
    for number, shape in enumerate(((6, 8, 3), (6, 8, 1), (4, 4, 3), (9, 9, 1))):
        for split, name in itertools.product(("random", "stratified"), (own.name, "digits")):
            settings = TrainingSettings(
                dataset=name, split=split, label_smoothing=number / 9, test_share=0.1
            )
            source = training_source(training_plan("tiny", settings, shape, (3,), "softmax"))
            path = folder / f"{split}_{name[:3]}_{number}.py"
            # A folder may have any length, and a formatter does not cut texts.
            path.write_text(training_part(source).replace(str(tmp_path), "home"))
    ruff = [sys.executable, "-m", "ruff"]
    rules = ["--select=E,F,I,UP,B,SIM,N,D1,C4", "--ignore=F821,D100,D105,D107"]
    for command in (["format", "--diff"], ["check", *rules]):
        arguments = [*command, "--isolated", "--line-length=100", str(folder)]
        done = subprocess.run([*ruff, *arguments], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[:3_000]


def test_a_script_says_which_values_became_0_to_255(
    own: Dataset, tmp_path: Path, home: Path
) -> None:
    images = np.linspace(0, 4_000, 4 * 48).reshape(4, 6, 8).astype(np.uint16)
    path = write_npz(tmp_path / "deep.npz", images=images, labels=[0, 1, 0, 1])
    deep = f"own:{kept(path, home, Target(6, 8, 3)).dataset.id}"
    for name, said in ((own.name, False), (deep, True)):
        source = training_source(
            training_plan("tiny", TrainingSettings(dataset=name), (6, 8, 3), (3,), "softmax")
        )
        plain = " ".join(source.constants.replace("#", " ").split())
        assert ("The values 0 to 4,095 (12 bit) become 0 to 255." in plain) is said


def functions_of(script: str) -> SimpleNamespace:
    """Runs a script up to its `main()`."""
    space: dict[str, Any] = {"__name__": "script"}
    exec(compile(script, "train.py", "exec"), space)
    return SimpleNamespace(**space)


@pytest.mark.keras
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("shape", [(6, 8, 3), (6, 8, 1), (4, 4, 3), (9, 9, 1)])
def test_the_script_reads_them_batch_by_batch(
    own: Dataset, shape: tuple[int, int, int], smoothing: float
) -> None:
    settings = TrainingSettings(dataset=own.name, label_smoothing=smoothing, batch_size=4)
    module = functions_of(tiny_script(settings, shape, units=3))
    (x_train, y_train), (x_val, y_val), (x_test, y_test) = module.load_data()
    assert (len(x_train), len(x_val), len(x_test), len(y_test)) == (32, 8, 3, 3)
    assert x_test.shape[1:] == shape
    assert x_train[:].shape == (32, *shape)
    assert x_val.shape == (8, *shape)
    assert x_train[:].dtype == x_val.dtype == np.uint8
    if shape[:2] == (6, 8):  # nothing is resized: the images to learn from stay on the disk
        assert isinstance(x_train.images, np.memmap)
    kept_of_class = y_val.sum(axis=0) if smoothing else np.bincount(y_val)
    assert tuple(kept_of_class) == data_counts(settings).val_of_class
    if shape == (6, 8, 3):
        numbers = np.concatenate([x_train[:], x_val])[:, 0, 0, 0]
        labels = np.concatenate([y_train, y_val])
        classes = labels.argmax(axis=1) if smoothing else labels
        assert sorted(numbers) == list(range(40))
        assert np.array_equal(classes, np.repeat(np.arange(3), COUNTS)[numbers])
    images, labels = next(module.batches(x_train, y_train))
    assert images.shape == (4, *shape)
    again = functions_of(tiny_script(settings, shape, units=3)).load_data()
    assert np.array_equal(again[0][0][:], x_train[:])


@pytest.mark.keras
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("split", ["random", "stratified"])
@pytest.mark.parametrize("shape", [(8, 8, 1), (9, 9, 3)])
def test_a_share_is_kept_for_a_last_test(
    split: Any, shape: tuple[int, int, int], smoothing: float
) -> None:
    settings = TrainingSettings(test_share=0.15, split=split, label_smoothing=smoothing)
    parts = functions_of(tiny_script(settings, shape)).load_data()
    counts = data_counts(settings)
    sizes = (counts.train_images, counts.val_images, counts.test_images)
    assert tuple(len(images) for images, _ in parts) == sizes == (1_167, 360, 270)
    assert all(images.shape[1:] == shape for images, _ in parts)
    of_class = [labels.sum(0) if smoothing else np.bincount(labels) for _, labels in parts]
    if split == "stratified":
        assert tuple(of_class[1]) == counts.val_of_class
        assert tuple(of_class[2]) == counts.test_of_class
    assert tuple(np.sum(of_class, axis=0)) == published.dataset("digits").class_counts


@pytest.mark.keras
def test_own_images_are_split_in_three(tmp_path: Path, home: Path) -> None:
    labels = np.repeat(np.arange(3), COUNTS)
    images = np.zeros((40, 4, 4, 3), np.uint8)
    images[:, 0, 0, 0] = np.arange(40)
    name = f"own:{kept(write_npz(tmp_path / 'a.npz', x=images, y=labels), home).dataset.id}"
    settings = TrainingSettings(dataset=name, test_share=0.2)
    parts = functions_of(tiny_script(settings, (4, 4, 3), units=3)).load_data()
    numbers = [given[:][:, 0, 0, 0] for given, _ in parts]
    assert sorted(np.concatenate(numbers)) == list(range(40))
    assert all(
        (labels[found] == given).all() for found, (_, given) in zip(numbers, parts, strict=True)
    )
    counts = data_counts(settings)
    assert tuple(np.bincount(parts[2][1])) == counts.test_of_class == (2, 1, 5)
    sentence = checked(settings, (4, 4, 3)).sentence
    assert "24 training images, 8 for validation and 8 for one last test" in sentence
    assert "3 to 13 to learn from, 1 to 5 to validate with, 1 to 5 to test with." in sentence
    script = tiny_script(replace(settings, schedule=CosineDecay()), (4, 4, 3), units=3)
    compiled: dict[str, Any] = {}
    functions_of(script).compile_model(SimpleNamespace(compile=compiled.update))
    assert compiled["optimizer"]._learning_rate.decay_steps == 10 * counts.batches_per_epoch


@pytest.mark.keras
def test_gray_images_come_in_the_colors_of_the_model(tmp_path: Path, home: Path) -> None:
    path = write_npz(tmp_path / "a.npz", x=np.full((8, 4, 4), 7, np.uint8), y=[0, 1] * 4)
    name = f"own:{kept(path, home, Target(4, 4, 1)).dataset.id}"
    for shape in ((4, 4, 3), (8, 8, 3), (4, 4, 1)):
        script = tiny_script(TrainingSettings(dataset=name, split="random"), shape, units=2)
        (x_train, _), (x_val, _) = functions_of(script).load_data()
        assert x_train[:].shape[1:] == x_val.shape[1:] == shape
        assert (x_train[:] == 7).all()


@pytest.mark.keras
def test_a_model_learns_from_them(own: Dataset) -> None:
    settings = TrainingSettings(dataset=own.name, epochs=1, batch_size=8)
    module = functions_of(tiny_script(settings, (6, 8, 3), units=3))
    model = module.build_model()
    module.compile_model(model)
    data = module.load_data()
    history = module.train(model, data).history
    assert np.isfinite(history["val_loss"][0])
    assert np.isfinite(model.evaluate(*data[2], verbose=0)).all()


def test_a_class_cannot_leave_its_comment(tmp_path: Path, home: Path) -> None:
    names = ["a'\"\\", "import os  #" + "x" * 80, *(f"class {n}" for n in range(12))]
    path = write_npz(
        tmp_path / "set.npz",
        x=np.zeros((28, 2, 2), np.uint8),
        y=np.repeat(np.arange(14), 2),
        classes=names,
    )
    name = f"own:{kept(path, home).dataset.id}"
    script = tiny_script(TrainingSettings(dataset=name), (4, 4, 3), units=14)
    compile(script, "train.py", "exec")
    lines = script.replace(str(tmp_path), "home").splitlines()
    assert max(map(len, lines)) <= 100
    assert "…, 13 class 11." in script.replace("\n# ", " ")


def test_a_whole_script_of_a_template_is_written(own: Dataset) -> None:
    architecture, settings, _ = mend_all(small(), TrainingSettings(dataset=own.name))
    script = to_script(architecture, settings)
    assert "images.npy holds 40 images of 6×8×3" in script
    assert "model.evaluate(*data[2]" in script
    shutil.rmtree(own.folder)
    with pytest.raises(BuilderError, match="not on this machine"):
        to_script(architecture, settings)
