"""A network's head: what it is, and how it is made to fit a number of classes."""

from pathlib import Path

import pytest

from builder.blocks.base import Block
from builder.custom_blocks.grouping import group
from builder.gallery import TEMPLATES
from builder.gallery.template import Drawing, block, stack
from builder.importers.opening import open_file
from builder.network.architecture import Architecture
from builder.network.inference import infer
from builder.transforms.head import Head, head
from builder.transforms.head_edits import adapt_head


def network(*blocks: object) -> Architecture:
    return stack("net", block("Input", shape=(16, 16, 3)), *blocks)  # pyright: ignore[reportArgumentType]


def adapted(architecture: Architecture, units: int, activation: str | None) -> Architecture:
    """The network with another head, which has to be what was asked for."""
    changed = adapt_head(architecture, units, activation)
    assert head(infer(changed)) == Head((units,), activation)
    return changed


CLASSIFIERS = [name for name in TEMPLATES if name != "unet"]


WANTED = [(7, "softmax"), (1, "sigmoid"), (3, None)]


@pytest.mark.parametrize(("number", "name"), list(enumerate(CLASSIFIERS)), ids=CLASSIFIERS)
def test_every_classifier_of_the_gallery_keeps_its_number_of_layers(number: int, name: str) -> None:
    units, activation = WANTED[number % len(WANTED)]
    before = TEMPLATES[name].architecture
    after = adapted(before, units, activation)
    assert infer(after).num_layers == infer(before).num_layers
    changed = [new.id for old, new in zip(before, after, strict=True) if old != new]
    assert len(changed) <= 2, "the head, and its activation where that is a node of its own"


def test_a_module_that_gives_the_classes_is_changed_in_place() -> None:
    after = adapted(network(block("conv_bn_relu", 8), block("classifier_head", 10)), 4, None)
    assert [node.id for node in after] == ["input_1", "conv_bn_relu_1", "classifier_head_1"]
    assert after.nodes[-1].block.values()["units"] == 4


def test_the_last_convolution_gives_the_classes_where_softmax_follows_its_average() -> None:
    before = TEMPLATES["network_in_network"].architecture
    after = adapted(before, 4, "softmax")
    assert after.by_id["conv2d_3"].block.values() == before.by_id["conv2d_3"].block.values() | {
        "filters": 4
    }


def test_an_activation_of_its_own_takes_the_new_one() -> None:
    after = adapted(network(block("Flatten"), block("Dense", 5), block("Activation")), 2, None)
    assert [node.block.values().get("activation") for node in after.nodes[2:]] == [None, "linear"]


def test_features_get_a_head_behind_them() -> None:
    pooled = network(block("Conv2D", 8, activation="relu"), block("GlobalAveragePooling2D"))
    after = adapted(pooled, 3, "softmax")
    assert [node.id for node in after][-1] == "dense_1"
    assert after.by_id["conv2d_1"].block == pooled.by_id["conv2d_1"].block
    image = adapted(network(block("Conv2D", 8)), 3, "softmax")
    assert [node.id for node in image][-2:] == ["global_average_pooling2d_1", "dense_1"]


def test_a_repeated_dense_layer_is_no_head() -> None:
    before = network(block("Flatten"), (block("Dense", 8), 3))
    after = adapted(before, 3, "softmax")
    assert after.nodes[: len(before.nodes)] == before.nodes


def test_a_merge_at_the_end_gets_a_head_behind_it() -> None:
    drawing = Drawing("fork")
    drawing.place(block("Input", shape=(4, 4, 3)))
    left = drawing.place(block("Flatten"))
    right = drawing.place(block("Dense", 48), left)
    drawing.place(block("Add"), left, right)
    after = adapted(drawing.architecture, 3, "softmax")
    assert after.nodes[-1].inputs == ("add_1",)


def test_an_activation_that_no_parameter_sets_is_put_behind() -> None:
    """The module's own one is that of its hidden layers."""
    before = network(block("Flatten"), block("Dense", 6), block("BatchNormalization"))
    after = adapted(before, 3, "softmax")
    assert [node.block.type_name() for node in after][-2:] == ["BatchNormalization", "Activation"]


def test_a_named_output_stays_the_only_one() -> None:
    named = Architecture("net", network(block("Conv2D", 4)).nodes, ("conv2d_1",))
    assert adapted(named, 2, "softmax").outputs == ("dense_1",)


CASES = Path(__file__).parents[1] / "cases"
CONV = block("Conv2D", 10, 1, activation="softmax")
FLAT_MAP = (block("GlobalAveragePooling2D", keepdims=True), CONV)
"""A softmax over the channels of a single pixel."""


def act(name: str) -> Block:
    return block("Activation", name)


KEPT = {
    "flatten": (*FLAT_MAP, block("Flatten")),
    "reshape": (*FLAT_MAP, block("Reshape", (10,))),
    "permute": (*FLAT_MAP, block("Permute", (3, 1, 2)), block("Flatten")),
    "global average": (CONV, block("GlobalAveragePooling2D")),
    "average": (CONV, block("AveragePooling2D", 16), block("Flatten")),
    "dropout": (*FLAT_MAP, block("Flatten"), block("Dropout", 0.2)),
    "noise": (*FLAT_MAP, block("Flatten"), block("GaussianNoise", 0.1)),
    "linear": (*FLAT_MAP, block("Flatten"), act("linear")),
    "relu": (*FLAT_MAP, block("Flatten"), block("ReLU")),
    "leaky relu": (*FLAT_MAP, block("Flatten"), block("LeakyReLU")),
    "relu6": (*FLAT_MAP, block("Flatten"), act("relu6")),
    "rescaling": (*FLAT_MAP, block("Flatten"), block("Rescaling", 1.0)),
    "crop": (CONV, block("CenterCrop", 1, 1), block("Flatten")),
    "cropping": (CONV, block("Cropping2D", ((7, 8), (7, 8))), block("Flatten")),
    "upsampling": (*FLAT_MAP, block("UpSampling2D", 3), block("GlobalAveragePooling2D")),
    "resizing": (CONV, block("Resizing", 2, 2), block("GlobalAveragePooling2D")),
    "flip": (CONV, block("RandomFlip"), block("GlobalAveragePooling2D")),
    "spatial dropout": (CONV, block("SpatialDropout2D"), block("GlobalAveragePooling2D")),
    "dense": (block("Flatten"), block("Dense", 10, activation="softmax"), block("Dropout")),
}
LOST = {
    "maximum": (CONV, block("GlobalMaxPooling2D")),
    "max pooling": (CONV, block("MaxPooling2D", 16), block("Flatten")),
    "many pixels": (block("CenterCrop", 2, 2), CONV, block("Flatten")),
    "margin": (*FLAT_MAP, block("ZeroPadding2D"), block("GlobalAveragePooling2D")),
    "half": (*FLAT_MAP, block("Flatten"), block("Rescaling", 0.5)),
}
NONE = {
    "convolution": (CONV, block("Conv2D", 10, 16), block("Flatten")),
    "dense": (*FLAT_MAP, block("Flatten"), block("Dense", 10)),
    "normalized": (*FLAT_MAP, block("Flatten"), block("BatchNormalization")),
    "scaled up": (*FLAT_MAP, block("Flatten"), block("Rescaling", 10.0)),
}


@pytest.mark.parametrize("name", KEPT)
def test_what_keeps_probabilities_is_looked_through(name: str) -> None:
    for activation in ("softmax", "sigmoid"):
        end = head(infer(_with(KEPT[name], activation)))
        assert end == Head((10,), activation)


@pytest.mark.parametrize("name", LOST)
def test_a_distribution_can_be_lost_and_single_probabilities_are_not(name: str) -> None:
    lost = head(infer(_with(LOST[name], "softmax")))
    assert lost is not None
    assert lost.activation == "shares"
    single = head(infer(_with(LOST[name], "sigmoid")))
    assert single is not None
    assert single.activation == "sigmoid"


@pytest.mark.parametrize("name", NONE)
def test_what_mixes_probabilities_makes_logits_of_them(name: str) -> None:
    assert head(infer(network(*NONE[name]))) == Head((10,), None)


def _with(blocks: tuple[Block, ...], activation: str) -> Architecture:
    """The network with another activation in the place of softmax."""
    changed = [
        type(each).create(each.values() | {"activation": activation})
        if each.values().get("activation") == "softmax"
        else each
        for each in blocks
    ]
    return network(*changed)


def test_many_softmaxes_in_a_row_become_features() -> None:
    """No number of filters makes 10 classes of four pixels, so a layer is added behind them."""
    after = adapted(network(*LOST["many pixels"]), 10, "softmax")
    activations = [node.block.values().get("activation") for node in after.nodes[2:]]
    assert activations == [None, None, "softmax"]


@pytest.mark.parametrize("name", [name for name in (*KEPT, *LOST) if name != "many pixels"])
def test_fitting_changes_what_makes_the_classes(name: str) -> None:
    """No second layer for classes is added, and no second softmax."""
    blocks = {**KEPT, **LOST}[name]
    after = adapted(network(*blocks), 3 if "average" in name else 10, "softmax")
    weighted = [node for node in infer(after).used if node.params]
    assert len(weighted) == 1
    squashing = [node for node in after if node.block.values().get("activation") == "softmax"]
    assert len(squashing) == 1
    again = adapted(after, 10, None)
    assert all(node.block.values().get("activation") != "softmax" for node in again)


def test_a_fully_convolutional_head_takes_the_classes_of_the_data() -> None:
    with (CASES / "F10_fcn_head.json").open("rb") as file:
        before = open_file(file, fold=False).architecture
    assert head(infer(before)) == Head((10,), "softmax")
    after = adapted(before, 4, "softmax")
    assert len(after.nodes) == len(before.nodes)
    assert after.by_id["conv2d_2"].block.values()["filters"] == 4
    assert after.by_id["conv2d_2"].block.values()["activation"] == "softmax"


def ensemble(merge: str, *ends: Block) -> Architecture:
    """Two classifiers of one image, merged."""
    drawing = Drawing("two")
    drawing.place(block("Input", shape=(4, 4, 3)))
    flat = drawing.place(block("Flatten"))
    ways: list[str] = []
    for _ in range(2):
        way = flat
        for each in ends:
            way = drawing.place(each, way)
        ways.append(way)
    drawing.place(block(merge), *ways)
    return drawing.architecture


@pytest.mark.parametrize(
    "ends",
    [
        (block("Dense", 5, activation="softmax"),),
        (block("Dense", 5), act("softmax")),
        (block("Dense", 5, activation="softmax"), block("Dropout")),
    ],
)
def test_the_average_of_classifiers_is_changed_in_each_of_them(ends: tuple[Block, ...]) -> None:
    before = ensemble("Average", *ends)
    assert head(infer(before)) == Head((5,), "softmax")
    for activation in ("softmax", "sigmoid", None):
        after = adapted(before, 7, activation)
        assert len(after.nodes) == len(before.nodes)
        dense = [node.block for node in after if node.block.type_name() == "Dense"]
        assert [each.values()["units"] for each in dense] == [7, 7]
    other = head(infer(ensemble("Maximum", *ends)))
    assert other == Head((5,), "shares")


def test_a_merge_with_something_else_is_no_probability() -> None:
    drawing = Drawing("gate")
    drawing.place(block("Input", shape=(4, 4, 3)))
    flat = drawing.place(block("Flatten"))
    gate = drawing.place(block("Dense", 5, activation="sigmoid"), flat)
    plain = drawing.place(block("Dense", 5), flat)
    drawing.place(block("Multiply"), plain, gate)
    assert head(infer(drawing.architecture)) == Head((5,), None)


def test_an_own_block_that_keeps_its_head_to_itself_is_unpacked() -> None:
    before = network(block("Flatten"), block("Dense", 5, activation="softmax"), block("Dropout"))
    hidden = group(before, ["dense_1", "dropout_1"], "my_head")
    assert head(infer(hidden)) == Head((5,), "softmax")
    after = adapted(hidden, 3, "softmax")
    assert [node.block.type_name() for node in after][-2:] == ["Dense", "Dropout"]


def test_softmax_twice_becomes_one() -> None:
    twice = network(block("Flatten"), block("Dense", 5, activation="softmax"), act("softmax"))
    after = adapted(twice, 5, "softmax")
    assert [node.block.values().get("activation") for node in after.nodes[2:]] == [None, "softmax"]
