"""The process that looks at pictures, with a model of the digits that was really trained."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from builder.analysis import evaluation, prediction_process
from builder.analysis.class_map import enlarged
from builder.analysis.examples import examples
from builder.analysis.prediction import Reading, gives_probabilities, read_scores, trained_file
from builder.analysis.prediction_process import PredictionProcess
from builder.analysis.prediction_work import look
from builder.codegen.keras.script import to_script
from builder.gallery.template import Drawing, block
from builder.network.architecture import Architecture
from builder.network.inference import infer
from builder.runs.run_folder import Run, read
from builder.system.errors import BuilderError
from builder.training.settings import Adam, TrainingSettings
from tests.worker.workers import Nursery, make_run

pytestmark = pytest.mark.keras


@pytest.fixture(scope="module")
def run(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A small network that has learned the digits well enough to look somewhere."""
    settings = TrainingSettings(epochs=12, learning_rate=0.01, optimizer=Adam())
    run = make_run(tmp_path_factory.mktemp("predict"), settings, filters=32)
    assert nursery.train(run) == 0
    return read(run.folder)


@pytest.fixture(scope="module")
def process() -> Iterator[PredictionProcess]:
    with PredictionProcess() as started:
        yield started


def read_look(look: prediction_process.Look, run: Run) -> Reading:
    return read_scores(look.scores, look.activation, run)


def test_it_says_what_the_training_itself_said(process: PredictionProcess, run: Run) -> None:
    left = evaluation.load(run.folder)
    assert left is not None
    found = process.look(trained_file(run).path, left.images)
    reading = read_look(found, run)
    assert reading.values.argmax(axis=1).tolist() == left.chosen.tolist()
    assert reading.values.max(axis=1) == pytest.approx(left.certainty, abs=1e-5)
    assert found.activation == "softmax"
    assert [layer.name for layer in found.layers] == ["conv2d"]
    assert found.filters is not None
    assert found.filters.kernel.shape == (3, 3, 1, 32)
    assert found.classes is not None
    assert found.classes.tolist() == left.chosen.tolist()


def test_the_examples_are_validation_images_of_each_class(run: Run) -> None:
    found = [one for one in examples(run, (8, 8, 1), 10) if one.chosen is None]
    assert [one.true for one in found] == [*range(10), *range(10)]
    assert all(one.is_validation for one in found)


def test_hiding_the_hottest_place_costs_more_than_hiding_the_coldest(
    process: PredictionProcess, run: Run
) -> None:
    """Grad-CAM shows what the score hangs on: seen on validation images, without gradients."""
    images = np.stack([one.image for one in examples(run, (8, 8, 1), 10) if one.chosen is None])
    model = trained_file(run).path
    found = process.look(model, images)
    assert found.maps is not None
    assert found.classes is not None
    before = found.scores[np.arange(len(images)), found.classes]
    drops: list[np.ndarray] = []
    for hide in (np.argmax, np.argmin):
        hidden = images.copy()
        for image, class_map in zip(hidden, found.maps, strict=True):
            row, column = place(class_map, hide)
            image[row : row + 3, column : column + 3] = round(float(images.mean()))
        after = process.look(model, hidden).scores[np.arange(len(images)), found.classes]
        drops.append(before - after)
    hottest, coldest = drops
    assert hottest.mean() > 2 * abs(coldest.mean())
    assert (hottest > coldest).mean() > 0.8


def place(class_map: np.ndarray, choose: object) -> tuple[int, int]:
    """The corner of the 3×3 pixels whose sum is the largest, or the smallest."""
    heat = enlarged(class_map / class_map.max(), 8, 8)
    sums = np.lib.stride_tricks.sliding_window_view(heat, (3, 3)).sum(axis=(2, 3))
    row, column = divmod(int(choose(sums)), sums.shape[1])  # pyright: ignore[reportCallIssue]  argmax, argmin
    return row, column


def test_another_class_and_layer_are_asked_for(process: PredictionProcess, run: Run) -> None:
    images = np.zeros((2, 8, 8, 1), np.uint8)
    images[:, 2:6, 3] = 255
    likeliest = process.look(trained_file(run).path, images)
    other = process.look(trained_file(run).path, images, layer="conv2d", chosen=8)
    assert other.classes is not None
    assert other.classes.tolist() == [8, 8]
    assert other.maps is not None
    assert not np.allclose(other.maps, np.asarray(likeliest.maps))


# Keras copies its variables in a way that NumPy 2 takes, but does not like.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.parametrize("end", ["average", "relu", "sigmoid", "hard_sigmoid"])
def test_the_likeliest_of_one_output_is_the_class_that_its_probability_says(
    process: PredictionProcess, tmp_path: Path, end: str
) -> None:
    """Of the average of two sigmoids every image was taken for one of the second class."""
    drawing = Drawing("net")
    image = drawing.place(block("Input", shape=(8, 8, 1)))
    maps = drawing.place(block("Conv2D", 4, 3), drawing.place(block("Rescaling"), image))
    flat = drawing.place(block("Flatten"), maps)
    made = "hard_sigmoid" if end == "hard_sigmoid" else "sigmoid"
    heads = [drawing.place(block("Dense", 1, activation=made), flat) for _ in range(2)]
    if end == "average":
        drawing.place(block("Average"), *heads)
    if end == "relu":
        drawing.place(block("Activation", "relu"), heads[1])
    kept = [node for node in drawing.architecture if end == "average" or node.id != heads[0]]
    architecture = Architecture("net", tuple(kept))
    space: dict[str, Any] = {"__name__": "exported"}
    exec(compile(to_script(architecture), "<exported>", "exec"), space)
    space["keras"].utils.set_random_seed(2)
    model = space["build_model"]()
    images = np.random.default_rng(0).integers(0, 256, (24, 8, 8, 1), np.uint8)
    outputs = model.predict(images.astype("float32"), verbose=0)[:, 0]
    assert 0 < (outputs > 0.5).sum() < len(outputs)
    model.save(tmp_path / "model.keras")
    found = process.look(
        tmp_path / "model.keras",
        images,
        are_probabilities=gives_probabilities(infer(architecture)),
    )
    assert found.classes is not None
    assert found.classes.tolist() == (outputs > 0.5).astype(int).tolist()


def test_what_cannot_be_done_is_reported_and_the_next_is_answered(
    process: PredictionProcess, run: Run, tmp_path: Path
) -> None:
    model = trained_file(run).path
    damaged = tmp_path / "model.keras"
    damaged.write_bytes(model.read_bytes()[:2_000])
    for bad, images in (
        (damaged, None),
        (tmp_path / "none.keras", None),
        (model, np.zeros((1, 9, 9, 1), np.uint8)),
    ):
        with pytest.raises(BuilderError, match="the model cannot be used: "):
            process.look(bad, images)
    assert process.look(model).scores.size == 0


def test_a_dead_process_is_restarted_and_an_idle_one_ends(run: Run) -> None:
    model = trained_file(run).path
    with PredictionProcess(idle_seconds=0.3) as process:
        cancel = threading.Event()
        cancel.set()
        with pytest.raises(BuilderError, match="cancelled"):
            process.look(model, cancel=cancel)
        with pytest.raises(BuilderError, match="took too long"):
            process.look(model, seconds=0)
        process.prepare()
        started = process._process
        assert started is not None
        started.kill()
        started.wait()
        work = look(process, model)
        work.wait(120)
        assert (work.state, work.error) == ("done", None)
        assert work.result is not None
        assert work.result.layers
        tired = process._process
        assert tired is not None
        assert tired.wait(30) == 0
    assert process._process is None
