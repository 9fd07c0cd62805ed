"""Which values reach the first weights, what is said of them, and the edits that mend it."""

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np
import pytest

from builder.blocks.base import Block, Layer
from builder.blocks.ranges import Range
from builder.checks.network_check import network_findings
from builder.checks.readiness import mend_all, readiness
from builder.custom_blocks.grouping import group
from builder.gallery import TEMPLATES
from builder.gallery.template import Drawing, block, stack
from builder.importers.opening import open_file
from builder.network.architecture import Architecture
from builder.network.inference import infer
from builder.training.settings import TrainingSettings
from builder.transforms.fixes import Fix, mend
from builder.transforms.network_fixes import AddRescaling, RemoveNode, SetParameters
from builder.transforms.value_flow import misfits
from tests.blocks.rows import LAYER_ROWS, Row
from tests.transforms.test_head import CASES

SCALED = block("Rescaling")
IMAGENET: dict[str, Any] = {
    "mean": (123.675, 116.28, 103.53),
    "variance": (3409.976, 3262.694, 3291.891),
}
UNIT: dict[str, Any] = {"mean": (0.485, 0.456, 0.406), "variance": (0.0524, 0.0502, 0.0506)}
END = (block("Flatten"), block("Dense", 10, activation="softmax"))
CONV = block("Conv2D", 4)


def network(*blocks: Block) -> Architecture:
    return stack("net", block("Input", shape=(8, 8, 3)), *blocks)


def normalized(statistics: dict[str, Any]) -> Block:
    return block("Normalization", **statistics)


FINE: dict[str, Sequence[Block]] = {
    "rescaled": (SCALED, CONV, *END),
    "rescaled behind flatten": (block("Flatten"), SCALED, END[1]),
    "from -1 to 1": (block("Rescaling", 1 / 127.5, offset=-1.0), CONV, *END),
    "statistics": (normalized(IMAGENET), CONV, *END),
    "rescaled statistics": (SCALED, normalized(UNIT), CONV, *END),
    "adapted": (block("Normalization"), CONV, *END),
    "rescaled and adapted": (SCALED, block("Normalization"), CONV, *END),
    "statistics of dark pictures": (block("Normalization", mean=20.0, variance=64.0), CONV, *END),
    "batch normalization first": (block("BatchNormalization"), CONV, *END),
    "batch normalization behind": (CONV, block("BatchNormalization"), block("ReLU"), *END),
    "layer normalization behind": (CONV, block("LayerNormalization"), *END),
    "behind an activation": (
        block("Conv2D", 4, activation="relu"),
        block("MaxPooling2D"),
        block("BatchNormalization"),
        *END,
    ),
    "augmented": (block("RandomFlip"), block("RandomContrast"), SCALED, CONV, *END),
    "resized": (block("Resizing", 4, 4), SCALED, block("ZeroPadding2D"), CONV, *END),
    "squashed": (block("Activation", "tanh"), CONV, *END),
}
FAULTS: dict[str, tuple[Sequence[Block], Fix]] = {
    "as they come": ((CONV, *END), AddRescaling()),
    "by one": (
        (block("Rescaling", 1.0), CONV, *END),
        SetParameters("rescaling_1", {"scale": 1 / 255, "offset": 0.0}),
    ),
    "twice": ((SCALED, SCALED, CONV, *END), RemoveNode("rescaling_1")),
    "twice in front of batch normalization": (
        (SCALED, SCALED, block("BatchNormalization"), CONV, *END),
        RemoveNode("rescaling_1"),
    ),
    "twice with a convolution that is normalized": (
        (SCALED, SCALED, CONV, block("BatchNormalization"), *END),
        RemoveNode("rescaling_1"),
    ),
    "rescaled in front of statistics": (
        (SCALED, normalized(IMAGENET), CONV, *END),
        RemoveNode("rescaling_1"),
    ),
    "statistics of rescaled pictures": (
        (normalized(UNIT), CONV, *END),
        AddRescaling(),
    ),
    "behind flatten": ((block("Flatten"), END[1]), AddRescaling()),
    "behind augmentation": ((block("RandomFlip"), CONV, *END), AddRescaling()),
    "bent before it is normalized": (
        (block("Conv2D", 4, activation="tanh"), block("BatchNormalization"), *END),
        AddRescaling(),
    ),
    "normalized behind the second weights": (
        (CONV, CONV, block("BatchNormalization"), *END),
        AddRescaling(),
    ),
    "scaled up again": (
        (SCALED, block("Rescaling", 255.0), CONV, *END),
        RemoveNode("rescaling_2"),
    ),
}


@pytest.mark.parametrize("name", FINE)
def test_values_in_range_are_no_fault(name: str) -> None:
    assert network_findings(infer(network(*FINE[name]))) == ()


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_and_its_fix_mends_it(name: str) -> None:
    blocks, fix = FAULTS[name]
    architecture = network(*blocks)
    (found,) = network_findings(infer(architecture))
    assert found.level == "warning"
    assert found.fix == fix
    assert found.fix is not None
    changed, _ = mend(architecture, TrainingSettings(), found.fix)
    assert network_findings(infer(changed)) == ()
    assert infer(changed).output_shapes == ((10,),)


def test_the_message_says_what_reaches_which_weights_and_what_the_fix_does() -> None:
    (found,) = network_findings(infer(network(CONV, *END)))
    assert "Pixels reach conv2d_1 as 0 to 255" in found.message
    assert found.message.endswith(
        "Add Rescaling (scale 1/255) behind input_1: they are then 0 to 1."
    )
    (found,) = network_findings(infer(network(SCALED, SCALED, CONV, *END)))
    assert "as 0 to 0.003922" in found.message
    assert "scaled down too far" in found.message
    assert found.message.endswith("Remove rescaling_1: they are then 0 to 1.")


def test_what_stands_inside_an_own_block_counts() -> None:
    before = network(SCALED, CONV, *END)
    grouped = group(before, ["rescaling_1", "conv2d_1"], "front")
    assert network_findings(infer(grouped)) == ()
    inside = network(SCALED, SCALED, CONV, *END)
    (found,) = network_findings(infer(group(inside, ["rescaling_2", "conv2d_1"], "front")))
    assert found.fix == RemoveNode("rescaling_1")
    (found,) = network_findings(
        infer(group(inside, ["rescaling_1", "rescaling_2", "conv2d_1"], "front"))
    )
    assert found.fix is None, "both stand inside, and no edit of the network itself mends it"


def test_each_way_is_looked_at_by_itself() -> None:
    drawing = Drawing("two ways")
    image = drawing.place(block("Input", shape=(8, 8, 3)))
    left = drawing.place(block("Conv2D", 4), drawing.place(SCALED, image))
    right = drawing.place(block("Conv2D", 4), image)
    merged = drawing.place(block("Add"), left, right)
    drawing.place(END[1], drawing.place(END[0], merged))
    known = infer(drawing.architecture)
    assert [found.node for found in misfits(known)] == ["conv2d_2"]
    (told,) = network_findings(known)
    assert told.fix is None, "behind the Input it would scale the other way twice"
    assert "Put Rescaling(1/255) in front of conv2d_2." in told.message


def test_imported_statistics_need_no_rescaling() -> None:
    with (CASES / "F11_normalization.keras").open("rb") as file:
        architecture = open_file(file, fold=False).architecture
    settings = TrainingSettings()
    mended, _, done = mend_all(architecture, settings)
    assert "Rescaling" not in {node.block.type_name() for node in mended}
    assert not any("Rescaling" in effect for effect in done)
    assert readiness(infer(mended), settings).findings == ()


NO_RESCALING = {
    "alexnet",
    "inception_v1",
    "lenet5",
    "network_in_network",
    "simple_cifar100",
    "unet",
    "vgg16",
    "vgg16_cifar10",
    "vgg16_cifar100",
    "vgg19",
    "vgg19_cifar10",
}
"""Networks of the gallery whose first weights get pixels as they come, and nothing normalizes."""


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_gallery_gets_only_true_findings(name: str) -> None:
    found = network_findings(infer(TEMPLATES[name].architecture))
    assert [finding.fix for finding in found] == [AddRescaling()] * (name in NO_RESCALING)


@pytest.mark.parametrize("kind", ["RandomContrast", "RandomBrightness"])
def test_augmentation_with_a_wrong_range_of_pixels_is_found(kind: str) -> None:
    """Brightness of 0 to 255 would add up to 51 to pixels of 0 to 1, in training only."""
    for before, told in ((SCALED, (0.0, 255.0)), (block("Rescaling", 1.0), (0.0, 1.0))):
        architecture = network(before, block(kind, value_range=told), CONV, *END)
        found = [
            each for each in network_findings(infer(architecture)) if "value_range" in each.message
        ]
        assert len(found) == 1
        assert found[0].fix is not None
        changed, _ = mend(architecture, TrainingSettings(), found[0].fix)
        assert not any("value_range" in each.message for each in network_findings(infer(changed)))


def test_softmax_of_probabilities_is_reported() -> None:
    twice = network(SCALED, block("Flatten"), END[1], block("Activation", "softmax"))
    (found,) = network_findings(infer(twice))
    assert "probabilities already" in found.message
    assert found.fix == RemoveNode("activation_1")
    gate = network(SCALED, CONV, block("Activation", "sigmoid"), *END)
    assert network_findings(infer(gate)) == ()


def test_a_broken_network_is_not_looked_at() -> None:
    assert network_findings(infer(network(block("Conv2D", 4, 9), *END))) == ()


SIMPLE_ROWS = [
    row for row in LAYER_ROWS if row.inputs and not row.params and prod(row.inputs[0]) < 50_000
]


@pytest.mark.keras
@pytest.mark.parametrize("row", SIMPLE_ROWS, ids=str)
def test_declared_ranges_hold_for_keras(row: Row) -> None:
    """Every layer without weights, in use, on random values of several ranges."""
    import keras

    layer = block(row.block, **row.given)
    assert isinstance(layer, Layer)
    made = getattr(keras.layers, layer.class_name())(**layer.values())
    for low, high in ((0.0, 255.0), (0.0, 1.0), (-3.0, 2.0)):
        declared = layer.output_range(*[Range(low, high)] * len(row.inputs))
        if declared is None:
            continue
        rng = np.random.default_rng(0)
        inputs = [rng.uniform(low, high, (4, *shape)).astype("float32") for shape in row.inputs]
        outputs = np.asarray(made(inputs[0] if len(inputs) == 1 else inputs, training=False))
        slack = 1e-3 * max(1.0, declared.largest)
        assert declared.low - slack <= outputs.min(), (low, high, declared)
        assert outputs.max() <= declared.high + slack, (low, high, declared)
