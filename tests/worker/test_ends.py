"""The loss that an exported script gets by what its network ends in, executed."""

from typing import Any

import numpy as np
import pytest

from builder.codegen.keras.script import to_script
from builder.gallery.template import block
from builder.importers.opening import open_file
from builder.network.architecture import Architecture
from builder.training.settings import TrainingSettings
from tests.transforms.test_head import CASES, KEPT, LOST, ensemble, network

pytestmark = pytest.mark.keras

SETTINGS = TrainingSettings(dataset="placeholder", seed=3)


def compiled(architecture: Architecture) -> tuple[Any, Any]:
    """The compiled model of an exported script, and the script's training data."""
    space: dict[str, Any] = {"__name__": "exported"}
    exec(compile(to_script(architecture, SETTINGS), "<exported>", "exec"), space)
    space["keras"].utils.set_random_seed(3)
    model = space["build_model"]()
    space["compile_model"](model)
    return model, space["load_data"]()[0]


def crossentropy(outputs: np.ndarray, labels: np.ndarray) -> float:
    """Of shares of the classes, brought to a sum of 1, and kept from 0 as Keras does it."""
    outputs = np.clip(outputs, 1e-7, 1 - 1e-7)
    shares = outputs / outputs.sum(axis=1, keepdims=True)
    return float(-np.log(shares[np.arange(len(labels)), labels]).mean())


def ends() -> dict[str, Architecture]:
    small = block("Rescaling")
    found = {name: network(small, *blocks) for name, blocks in {**KEPT, **LOST}.items()}
    with (CASES / "F10_fcn_head.json").open("rb") as file:
        found["F10"] = open_file(file, fold=False).architecture
    head = block("Dense", 5, activation="softmax")
    found["ensemble"] = ensemble("Average", head)
    return found


@pytest.mark.parametrize("name", ends())
def test_probabilities_are_trained_as_probabilities(name: str) -> None:
    from keras.losses import get as loss_of
    from keras.losses import sparse_categorical_crossentropy

    model, (images, labels) = compiled(ends()[name])
    outputs = np.asarray(model.predict(images, verbose=0), np.float64)
    if name not in LOST:
        assert outputs.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert loss_of(model.loss) is sparse_categorical_crossentropy
    measured = model.evaluate(images, labels, batch_size=len(images), verbose=0)[0]
    assert measured == pytest.approx(crossentropy(outputs, labels), rel=1e-3)


def test_logits_stay_logits() -> None:
    from tests.transforms.test_head import NONE

    for blocks in NONE.values():
        model, _ = compiled(network(*blocks))
        assert model.loss.from_logits
