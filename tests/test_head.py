"""A network's head: what it is, and how it is made to fit a number of classes."""

import pytest

from builder.architecture import Architecture
from builder.head import Head, adapt_head, head
from builder.inference import infer
from builder.templates import TEMPLATES
from builder.templates.template import Drawing, block, stack


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
