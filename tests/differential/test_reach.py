"""The receptive field of networks that turn images, against the gradient's footprint in Keras."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from builder.blocks.base import Block
from builder.codegen.keras.script import to_script
from builder.gallery.template import Drawing, block, stack
from builder.network.architecture import Architecture
from builder.network.inference import infer

pytestmark = pytest.mark.keras

TURN = block("Permute", (2, 1, 3))


def wide(rows: int, columns: int, **given: Any) -> Block:
    return block("Conv2D", 2, (rows, columns), **given)


CHAINS: dict[str, Sequence[Block]] = {
    "straight": (wide(1, 5), wide(3, 1)),
    "turned": (TURN, wide(1, 5)),
    "turned in between": (wide(3, 1), TURN, wide(1, 5)),
    "turned and back": (TURN, wide(1, 5), TURN, wide(1, 5)),
    "strides": (wide(3, 5, strides=(1, 2)), TURN, wide(3, 1), wide(1, 3)),
    "pooled": (block("AveragePooling2D", (2, 1)), TURN, wide(5, 1), TURN, wide(3, 1)),
    "columns become channels": (block("Permute", (1, 3, 2)), wide(3, 1)),
    "rows become channels": (wide(1, 3), block("Permute", (2, 3, 1)), wide(3, 1)),
    "channels first": (wide(3, 3), block("Permute", (3, 1, 2)), wide(1, 3)),
    "repeated": (TURN, wide(3, 1), wide(3, 1), TURN),
}


def chain(blocks: Sequence[Block]) -> Architecture:
    return stack("chain", block("Input", shape=(21, 23, 2)), *blocks)


def branches() -> Architecture:
    """Two ways to one sum, one of them turned."""
    drawing = Drawing("branches")
    source = drawing.place(block("Input", shape=(21, 21, 2)))
    left = drawing.place(block("Conv2D", 2, (3, 1), padding="same"), source)
    right = drawing.place(TURN, drawing.place(block("Conv2D", 2, (3, 1), padding="same"), source))
    both = drawing.place(block("Add"), left, right)
    drawing.place(block("Conv2D", 2, (1, 7), padding="same"), both)
    return drawing.architecture


def footprint(architecture: Architecture) -> tuple[int, int]:
    """Height and width of the pixels that move the middle pixel of the output."""
    import tensorflow as tf

    space: dict[str, Any] = {"__name__": "exported"}
    exec(compile(to_script(architecture), "<exported>", "exec"), space)
    model = space["build_model"]()
    for weight in model.weights:
        weight.assign(np.ones(weight.shape, "float32"))
    given = tf.ones((1, *model.input_shape[1:]))
    with tf.GradientTape() as tape:
        tape.watch(given)
        outputs = model(given)
        middle = outputs[0, outputs.shape[1] // 2, outputs.shape[2] // 2]
        total = tf.reduce_sum(middle)
    gradient: Any = tape.gradient(total, given)
    touched = np.asarray(gradient)[0].any(axis=-1)
    rows, columns = np.flatnonzero(touched.any(axis=1)), np.flatnonzero(touched.any(axis=0))
    return int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1


@pytest.mark.parametrize("name", CHAINS)
def test_the_window_is_the_footprint_of_the_gradient(name: str) -> None:
    architecture = chain(CHAINS[name])
    assert infer(architecture).receptive_field == footprint(architecture)


def test_where_a_turned_branch_meets_another_the_larger_of_both_counts() -> None:
    architecture = branches()
    assert infer(architecture).receptive_field == footprint(architecture) == (9, 7)
