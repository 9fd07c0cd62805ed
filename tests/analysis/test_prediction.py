"""What a run's models are called, and what their scores mean; no Keras."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from builder.analysis.prediction import (
    Reading,
    class_names,
    gives_probabilities,
    network,
    num_classes,
    read_scores,
    reading,
    trained_file,
    trained_files,
    usual_fit,
    usual_ranges,
)
from builder.datasets.own_images.value_range import PREPARED_BEFORE, Kind, ValueRange
from builder.gallery import TEMPLATES
from builder.gallery.template import Drawing, block, stack
from builder.network.architecture import Architecture
from builder.network.inference import infer
from builder.runs.run_folder import Run, read
from builder.scheduler.new_run import new_run
from builder.system.errors import BuilderError
from builder.training.losses import choose_loss
from builder.training.settings import TrainingSettings

LOGITS = np.array([[2.0, -1.0, 0.5]])


@pytest.fixture
def run(home: Path) -> Run:
    return new_run(home, TEMPLATES["se_residual_digits"].architecture, TrainingSettings())


def leave(run: Run, *names: str) -> None:
    for name in names:
        path = run.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"model")


def point_to(run: Run, checkpoint: str) -> None:
    (run.folder / "checkpoints" / "LATEST").write_text(f"{checkpoint}\n")


def read_as(activation: str, loss: str = "auto", scores: np.ndarray = LOGITS) -> Reading:
    settings = TrainingSettings(loss=loss)  # pyright: ignore[reportArgumentType]  a parameter
    name = None if activation == "linear" else activation
    return reading(scores, activation, choose_loss(settings, scores.shape[1], name))


def softmax(scores: np.ndarray) -> np.ndarray:
    return np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)


def test_softmax_and_logits_are_shares_of_one() -> None:
    for activation in ("softmax", "linear"):
        found = read_as(activation)
        assert found.are_probabilities
        assert found.values == pytest.approx(softmax(LOGITS))
        assert found.top(0, 2) == [
            (0, pytest.approx(softmax(LOGITS)[0, 0])),
            (2, pytest.approx(softmax(LOGITS)[0, 2])),
        ]
    assert "logits" in read_as("linear").about
    assert read_as("softmax", scores=LOGITS * 1e5).values.tolist() == [[1, 0, 0]]


def test_sigmoids_stand_each_for_itself() -> None:
    expected = pytest.approx(1 / (1 + np.exp(-LOGITS)))
    for activation, loss in (("sigmoid", "auto"), ("linear", "binary_crossentropy")):
        found = read_as(activation, loss)
        assert found.values == expected
        assert "need not add up to 1" in found.about


@pytest.mark.parametrize("activation", ["sigmoid", "linear"])
def test_one_output_tells_two_classes(activation: str) -> None:
    found = read_as(activation, scores=np.array([[1.0], [-3.0]]))
    second = 1 / (1 + np.exp([-1.0, 3.0]))
    assert found.values == pytest.approx(np.stack([1 - second, second], axis=1))
    assert [found.top(image, 1)[0][0] for image in (0, 1)] == [1, 0]


def test_what_is_no_probability_is_not_called_one() -> None:
    for found in (read_as("linear", "mean_squared_error"), read_as("relu")):
        if not found.are_probabilities:
            assert (found.values == LOGITS).all()
            assert "no probabilities" in found.about
    assert not reading(LOGITS, "tanh", None).are_probabilities
    alone = reading(np.array([[3.0]]), "softmax", None)
    assert "cannot tell classes apart" in alone.about


def test_what_is_no_number_is_seen() -> None:
    with pytest.raises(BuilderError, match="its training has diverged"):
        read_as("softmax", scores=np.array([[np.nan, 1.0]])).check_finite()
    read_as("softmax").check_finite()


def test_a_run_says_which_models_it_has(run: Run) -> None:
    assert trained_files(run) == []
    with pytest.raises(BuilderError, match="no trained model yet"):
        trained_file(run)
    leave(run, "model.keras")
    assert [file.about for file in trained_files(run)] == ["last, as the training left it"]
    leave(run, "checkpoints/epoch-000003/model.keras", "best.keras")
    point_to(run, "epoch-000003")
    last, best = trained_files(run)
    assert (last.about, last.path.parent.name) == ("last, after epoch 3", "epoch-000003")
    assert best.about == "best, of the epoch with the best val_loss"
    assert trained_file(run, "best") == best
    with pytest.raises(BuilderError, match="no newest model, expected last or best"):
        trained_file(run, "newest")


def test_a_checkpoint_in_the_middle_and_one_that_is_none(run: Run) -> None:
    leave(run, "checkpoints/epoch-000003-batch-0000012/model.keras", "outside/model.keras")
    point_to(run, "epoch-000003-batch-0000012")
    assert trained_file(run).about == "last, in epoch 4, after batch 12"
    for bad in ("../outside", "epoch-000009", ""):
        point_to(run, bad)
        assert trained_files(run) == []


def test_classes_have_the_names_of_their_data(run: Run) -> None:
    assert run.settings is not None
    fashion = replace(run, settings=replace(run.settings, dataset="fashion_mnist"))
    assert class_names(fashion, 10)[:2] == ["T-shirt/top", "trouser"]
    assert class_names(fashion, 3) == ["0", "1", "2"]
    gone = replace(run.settings, dataset="own:" + "0" * 16)
    own = replace(run, settings=gone, facts={"data": {"classes": ["cat", "dog"]}})
    assert class_names(own, 2) == ["cat", "dog"]
    assert class_names(replace(own, facts={"data": "damaged"}), 2) == ["0", "1"]
    assert usual_fit(own) == "stretch"


def test_pictures_are_prepared_as_the_data_of_a_run_were(run: Run) -> None:
    assert run.settings is not None
    assert (usual_fit(run), usual_ranges(run)) == ("stretch", ())
    gone = replace(run.settings, dataset="own:" + "0" * 16)
    noted = {"fit": "pad", "value_ranges": [{"kind": "float", "low": -1, "high": 1}]}
    own = replace(run, settings=gone, facts={"data": noted})
    assert (usual_fit(own), usual_ranges(own)) == ("pad", (ValueRange(Kind.FLOAT, -1, 1),))
    for kept in ({}, {"value_ranges": "damaged", "fit": "bend"}, "damaged"):
        before = replace(own, facts={"data": kept})
        assert (usual_fit(before), usual_ranges(before)) == ("stretch", PREPARED_BEFORE)


def test_a_runs_network_is_read_again(run: Run) -> None:
    found = network(run)
    assert found.input_shapes == ((8, 8, 1),)
    assert num_classes(found) == 10
    (run.folder / "architecture.json").write_text(json.dumps({}))
    with pytest.raises(BuilderError):
        network(read(run.folder))
    (run.folder / "architecture.json").unlink()
    with pytest.raises(BuilderError, match="cannot be read"):
        network(run)


def test_one_output_is_two_classes() -> None:
    assert num_classes(infer(TEMPLATES["small_residual"].architecture)) == 2


def test_scores_are_read_by_the_runs_own_loss(run: Run) -> None:
    assert run.settings is not None
    binary = replace(run, settings=replace(run.settings, loss="binary_crossentropy"))
    assert "the sigmoid of each" in read_scores(LOGITS, "linear", binary).about
    assert "softmax" in read_scores(LOGITS, "linear", run).about
    assert not read_scores(LOGITS, "linear", replace(run, settings=None)).are_probabilities


@pytest.mark.parametrize(
    ("end", "about", "values"),
    [
        (("Conv2D", 3, 1, "softmax", "GlobalAveragePooling2D"), "add up to 1", [0.5, 0.3, 0.2]),
        (("Conv2D", 3, 1, "sigmoid", "GlobalAveragePooling2D"), "by itself", [0.5, 0.3, 0.2]),
        (("Conv2D", 3, 1, "softmax", "GlobalMaxPooling2D"), "by their sum", [0.5, 0.3, 0.2]),
        (("Conv2D", 1, 1, "sigmoid", "GlobalAveragePooling2D"), "second class", [0.75, 0.25]),
    ],
)
def test_probabilities_behind_pooling_are_read_as_they_are(
    home: Path, end: tuple[Any, ...], about: str, values: list[float]
) -> None:
    """They were read as logits, so that a second softmax made all classes alike."""
    kind, units, size, activation, pooling = end
    convolution = block(kind, units, size, activation=activation)
    architecture = stack("net", block("Input", shape=(8, 8, 1)), convolution, block(pooling))
    made = new_run(home, architecture, TrainingSettings())
    scores = np.array([[0.25]] if units == 1 else [[0.5, 0.3, 0.2]])
    found = read_scores(scores, "linear", made)
    assert gives_probabilities(network(made))
    assert about in found.about
    assert found.values[0] == pytest.approx(values)
    assert reading(scores, "linear", None).are_probabilities is False


def test_what_an_activation_leaves_as_it_is_stays_a_probability(home: Path) -> None:
    """A relu behind a softmax was read as logits: a second softmax made all classes alike."""
    ends = (block("Flatten"), block("Dense", 3, activation="softmax"), block("Activation", "relu"))
    made = new_run(home, stack("net", block("Input", shape=(8, 8, 1)), *ends), TrainingSettings())
    found = read_scores(np.array([[0.5, 0.3, 0.2]]), "relu", made)
    assert found.values[0] == pytest.approx([0.5, 0.3, 0.2])
    assert "add up to 1" in found.about


@pytest.mark.parametrize(("merge", "value", "read"), [("Average", 0.25, 0.25), ("Add", 1.3, 1.0)])
def test_one_probability_of_several_is_that_of_the_second_class(
    home: Path, merge: str, value: float, read: float
) -> None:
    made = new_run(home, two_opinions(merge), TrainingSettings())
    assert gives_probabilities(network(made))
    found = read_scores(np.array([[value]]), "linear", made)
    assert found.values[0] == pytest.approx([1 - read, read])


def two_opinions(merge: str) -> Architecture:
    drawing = Drawing("net")
    image = drawing.place(block("Input", shape=(8, 8, 1)))
    flat = drawing.place(block("Flatten"), image)
    heads = [drawing.place(block("Dense", 1, activation="sigmoid"), flat) for _ in range(2)]
    drawing.place(block(merge), *heads)
    return drawing.architecture
