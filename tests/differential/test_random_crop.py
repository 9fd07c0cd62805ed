"""RandomCrop cuts in training only: what fits in both modes, and refusals, against Keras."""

from typing import Any

import numpy as np
import pytest

from builder.blocks.base import Block
from builder.codegen.keras.script import to_script
from builder.custom_blocks.grouping import group
from builder.gallery.template import Drawing, block, stack
from builder.importers.opening import open_file
from builder.network.architecture import Architecture
from builder.network.edits import add
from builder.network.inference import infer
from builder.training.settings import TrainingSettings
from tests.transforms.test_head import CASES

SIZES = ((12, 12), (8, 8), (6, 6), (12, 9), (6, 12), (8, 12), (7, 9))
CROP = block("RandomCrop", 8, 8)
FLAT = (block("Flatten"), block("Dense", 10, activation="softmax"))
POOLED = (
    block("Conv2D", 4, 3, padding="same"),
    block("GlobalAveragePooling2D"),
    block("Dense", 10, activation="softmax"),
)


def network(size: tuple[int, int], *blocks: Block) -> Architecture:
    return stack("crop", block("Input", shape=(*size, 1)), block("Rescaling"), CROP, *blocks)


def train_and_evaluate(architecture: Architecture, script: str = "") -> None:
    """Trains one epoch as the exported script does, with its validation; raises what Keras does."""
    settings = TrainingSettings(dataset="placeholder", epochs=1)
    space: dict[str, Any] = {"__name__": "exported"}
    text = script or to_script(architecture, settings)
    exec(compile(text, "<exported>", "exec"), space)
    model = space["build_model"]()
    space["compile_model"](model)
    data = space["load_data"]()
    history = space["train"](model, data).history
    assert np.isfinite(history["val_loss"]).all()
    model.evaluate(*data[1], verbose=0)
    assert model.predict(data[1][0], verbose=0).shape == (len(data[1][0]), 10)


@pytest.mark.parametrize("size", SIZES)
def test_what_flattens_the_crop_is_refused_where_sizes_differ(size: tuple[int, int]) -> None:
    found = infer(network(size, *FLAT))
    assert found.ok == (size == (8, 8))
    if found.ok:
        return
    (issue,) = found.errors
    assert issue.node == "dense_1"
    assert issue.fix == "put CenterCrop(8, 8) behind random_crop_1"
    assert f"received 64 in training, but {size[0] * size[1]} in validation" in issue.message
    mended = add(network(size, *FLAT), block("CenterCrop", 8, 8), "random_crop_1")
    assert infer(mended).ok


def test_the_case_is_refused_with_its_fix() -> None:
    with (CASES / "F13_random_crop.json").open("rb") as file:
        architecture = open_file(file).architecture
    (issue,) = infer(architecture).errors
    assert issue.fix == "put CenterCrop(8, 8) behind random_crop_1"
    mended = add(architecture, block("CenterCrop", 8, 8), "random_crop_1")
    assert infer(mended).ok


def test_other_layers_that_need_one_size_are_refused_too() -> None:
    for blocks in (
        (block("Reshape", (64,)), FLAT[1]),
        (block("PReLU"), *POOLED),
        (block("LayerNormalization", axis=(1, 2, 3)), *POOLED),
        (block("Conv2D", 4), block("Flatten"), FLAT[1]),
    ):
        (issue,) = infer(network((12, 12), *blocks)).errors
        assert "in validation and in use" in issue.message
    (issue,) = infer(network((12, 12), block("Conv2D", 4, 7), block("Conv2D", 1, 1))).errors
    assert "gives 2×2×1 in training, but 6×6×1 in validation" in issue.message
    (issue,) = infer(network((6, 6), block("Conv2D", 4, 7), *POOLED)).errors
    assert issue.node == "conv2d_1"


def test_a_sum_with_what_was_not_cropped_is_refused() -> None:
    drawing = Drawing("sum")
    image = drawing.place(block("Input", shape=(12, 12, 1)))
    cropped = drawing.place(CROP, image)
    middle = drawing.place(block("CenterCrop", 8, 8), image)
    drawing.place(block("Add"), cropped, middle)
    (issue,) = infer(drawing.architecture).errors
    assert issue.node == "add_1"


def test_inside_an_own_block_the_block_is_named() -> None:
    before = network((12, 12), *FLAT)
    grouped = group(before, ["rescaling_1", "random_crop_1"], "front")
    (issue,) = infer(grouped).errors
    assert issue.fix == "put CenterCrop(8, 8) behind front_1"


def test_behind_an_own_block_its_output_is_cropped() -> None:
    """Its convolution has made the crop smaller: what would have fitted inside does not behind."""
    before = network((12, 12), block("Conv2D", 4, 3), *FLAT)
    grouped = group(before, ["rescaling_1", "random_crop_1", "conv2d_1"], "front")
    (issue,) = infer(grouped).errors
    assert issue.fix == "put CenterCrop(6, 6) behind front_1"
    mended = add(grouped, block("CenterCrop", 6, 6), "front_1")
    assert infer(mended).ok
    whole = group(before, ["random_crop_1", "conv2d_1", "flatten_1", "dense_1"], "whole")
    (issue,) = infer(whole).errors
    assert issue.fix == "put CenterCrop(8, 8) behind the RandomCrop in whole_1"


def test_a_crop_on_another_way_is_not_named() -> None:
    drawing = Drawing("two ways")
    image = drawing.place(block("Input", shape=(12, 12, 1)))
    first, second = drawing.place(CROP, image), drawing.place(CROP, image)
    flat = drawing.place(FLAT[1], drawing.place(FLAT[0], first))
    pooled = drawing.place(FLAT[1], drawing.place(block("GlobalAveragePooling2D"), second))
    drawing.place(block("Average"), flat, pooled)
    (issue,) = infer(drawing.architecture).errors
    assert issue.fix == "put CenterCrop(8, 8) behind random_crop_1"
    assert "random_crop_2" not in issue.message


@pytest.mark.keras
@pytest.mark.parametrize("size", [(12, 12), (6, 12), (7, 9)])
def test_what_is_accepted_trains_and_validates(size: tuple[int, int]) -> None:
    pooled = network(size, *POOLED)
    assert infer(pooled).ok
    train_and_evaluate(pooled)
    cropped = network(size, block("CenterCrop", 8, 8), *FLAT)
    assert infer(cropped).ok
    train_and_evaluate(cropped)


@pytest.mark.keras
@pytest.mark.parametrize("size", [(12, 12), (6, 12)])
def test_what_is_refused_fails_in_keras(size: tuple[int, int]) -> None:
    """The script is that of the mended network, without the mending."""
    mended = network(size, block("CenterCrop", 8, 8), *FLAT)
    script = to_script(mended, TrainingSettings(dataset="placeholder", epochs=1))
    line = "    x = layers.CenterCrop(8, 8)(x)\n"
    assert line in script
    with pytest.raises(Exception, match=r"incompatible|Matrix size|shape"):
        train_and_evaluate(mended, script.replace(line, ""))
