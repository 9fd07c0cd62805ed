"""Normalization learns its statistics from the training images, in the script and in the worker."""

import importlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from builder.codegen.keras.notebook import to_notebook
from builder.codegen.keras.script import to_script
from builder.custom_blocks.grouping import group
from builder.gallery import TEMPLATES
from builder.gallery.template import block, stack
from builder.network.architecture import Architecture
from builder.network.inference import infer
from builder.runs.run_folder import Run
from builder.runs.run_state import log_tail
from builder.scheduler import resuming
from builder.scheduler.new_run import new_run
from builder.training.settings import TrainingSettings
from tests.worker.test_rehearsal import REHEARSED
from tests.worker.workers import Nursery, assert_same_weights, weights

SETTINGS = TrainingSettings(dataset="placeholder")
END = (block("Flatten"), block("Dense", 10, activation="softmax"))
FRONT = (block("Rescaling", 1 / 50, offset=3.0), block("Normalization"))
NETWORKS: dict[str, Architecture] = {}


def network(*blocks: Any) -> Architecture:
    return stack("net", block("Input", shape=(8, 8, 3)), *blocks)


NETWORKS["in front"] = network(block("Normalization"), *END)
NETWORKS["rescaled"] = network(*FRONT, *END)
NETWORKS["two in a row"] = network(
    *FRONT, block("Activation", "tanh"), block("Normalization"), *END
)
NETWORKS["inside an own block"] = group(
    network(*FRONT, block("Conv2D", 4), *END), ["normalization_1", "conv2d_1"], "front"
)
NETWORKS["behind augmentation"] = network(
    block("RandomFlip"), block("GaussianNoise", 0.9), block("Normalization"), *END
)
NETWORKS["one for all"] = network(block("Normalization", axis=None), *END)
NETWORKS["one for each row"] = network(block("Normalization", axis=1), *END)
NETWORKS["behind flatten"] = network(END[0], block("Normalization"), END[1])


def adapted(architecture: Architecture, **settings: Any) -> tuple[Any, Any]:
    """The model of an exported script, adapted by it, and its training images."""
    script = to_script(architecture, TrainingSettings(dataset="placeholder", **settings))
    space: dict[str, Any] = {"__name__": "exported"}
    exec(compile(script, "<exported>", "exec"), space)
    space["keras"].utils.set_random_seed(0)
    images = space["load_data"]()[0][0]
    model = space["build_model"]()
    space["adapt_normalization"](model, images)
    return model, images


@pytest.mark.keras
@pytest.mark.parametrize("name", NETWORKS)
def test_each_layer_gives_mean_0_and_deviation_1_on_the_training_images(name: str) -> None:
    keras: Any = importlib.import_module("keras")  # it carries no types
    architecture = NETWORKS[name]
    model, images = adapted(architecture)
    found = [layer for layer in model.layers if isinstance(layer, keras.layers.Normalization)]
    assert found
    for layer in found:
        outputs = keras.Model(model.input, layer.output).predict(images, verbose=0)
        kept = [axis % outputs.ndim for axis in layer.axis]
        over = tuple(axis for axis in range(outputs.ndim) if axis not in kept)
        assert outputs.mean(axis=over) == pytest.approx(0, abs=1e-4)
        assert outputs.std(axis=over) == pytest.approx(1, abs=1e-4)
        reaching = keras.Model(model.input, layer.input).predict(images, verbose=0)
        oracle = keras.layers.Normalization(axis=layer.axis)
        oracle.adapt(reaching.astype("float64"))
        for ours, theirs in zip(layer.get_weights(), oracle.get_weights(), strict=True):
            assert ours == pytest.approx(theirs, rel=1e-5)
    assert model.count_params() == infer(architecture).total_params


@pytest.mark.keras
@pytest.mark.parametrize("precision", ["mixed_float16", "mixed_bfloat16"])
def test_half_precision_does_not_blur_the_statistics(precision: str) -> None:
    """Keras's own adapt() of batches fails there."""
    import keras

    try:
        model, images = adapted(NETWORKS["in front"], precision=precision)
        mean, variance, _ = model.layers[1].get_weights()
    finally:
        keras.config.set_dtype_policy("float32")
    assert mean == pytest.approx(images.mean(axis=(0, 1, 2)), rel=1e-5)
    assert variance == pytest.approx(images.var(axis=(0, 1, 2)), rel=1e-5)


class _OnDisk:
    """Images of which never more than a few may be in memory."""

    def __init__(self, images: np.ndarray) -> None:
        self._images, self.largest = images, 0

    def __len__(self) -> int:
        return len(self._images)

    def __getitem__(self, part: slice) -> np.ndarray:
        read = self._images[part]
        self.largest = max(self.largest, len(read))
        return read


@pytest.mark.keras
def test_images_are_read_in_batches() -> None:
    space: dict[str, Any] = {"__name__": "exported"}
    exec(compile(to_script(NETWORKS["in front"], SETTINGS), "<exported>", "exec"), space)
    images = np.random.default_rng(0).integers(0, 256, (300, 8, 8, 3), np.uint8)
    on_disk = _OnDisk(images)
    model = space["build_model"]()
    space["adapt_normalization"](model, on_disk)
    assert on_disk.largest == 64
    assert model.layers[1].get_weights()[0] == pytest.approx(images.mean(axis=(0, 1, 2)))


def test_only_a_network_that_learns_statistics_has_the_function() -> None:
    given = network(block("Normalization", mean=120.0, variance=4_000.0), *END)
    inverted = network(block("Normalization", invert=True), *END)
    for architecture in (given, inverted, TEMPLATES["se_residual_digits"].architecture):
        assert "adapt_normalization" not in to_script(architecture, SETTINGS)
    for name in ("efficientnet_b0", "efficientnet_b7"):
        script = to_script(TEMPLATES[name].architecture, SETTINGS)
        assert "\n    adapt_normalization(model, data[0][0])\n    compile_model(model)\n" in script
        assert "tf." not in script
    assert "adapt_normalization(model, data[0][0])" in to_notebook(NETWORKS["in front"], SETTINGS)


TRAINED = stack(
    "adapts",
    block("Input", shape=(8, 8, 1)),
    block("Rescaling"),
    block("Normalization"),
    block("Conv2D", 4, 3, activation="relu"),
    block("Dropout", 0.3),
    block("GlobalAveragePooling2D"),
    block("Dense", 10, activation="softmax"),
)
ASKED = TrainingSettings(epochs=2)


@pytest.fixture(scope="module")
def undisturbed(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Run:
    run = new_run(tmp_path_factory.mktemp("home"), TRAINED, ASKED)
    assert nursery.train(run) == 0, log_tail(run.folder)
    return run


@pytest.mark.keras
def test_the_statistics_are_in_the_trained_model(undisturbed: Run) -> None:
    from sklearn.datasets import load_digits

    found = weights(undisturbed.folder / "model.keras")
    mean, variance = (found[f"layers/normalization/vars/{number}"] for number in (0, 1))
    digits: Any = load_digits()
    images = np.round(digits.images * (255 / 16)) / 255
    assert mean == pytest.approx(images.mean(), rel=0.02)
    assert variance == pytest.approx(images.var(), rel=0.02)


@pytest.mark.keras
def test_a_training_goes_on_with_the_same_statistics(
    nursery: Nursery, tmp_path: Path, undisturbed: Run
) -> None:
    run = new_run(tmp_path, TRAINED, ASKED)
    for place in (20, 60):
        assert nursery.train(run, every=9, kill_at=place) == -9, log_tail(run.folder)
        resuming.prepare(run)
    assert nursery.train(run, every=9) == 0, log_tail(run.folder)
    assert_same_weights(run, undisturbed)


@pytest.mark.keras
def test_a_rehearsed_training_has_the_same_statistics(
    nursery: Nursery, tmp_path: Path, undisturbed: Run
) -> None:
    run = new_run(tmp_path, TRAINED, ASKED)
    script = (run.folder / "train.py").read_text()
    assert nursery.train(run, rehearse=[script]) == 0, log_tail(run.folder)
    assert REHEARSED in log_tail(run.folder)
    assert_same_weights(run, undisturbed)
