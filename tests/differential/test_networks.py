"""Whole networks, against Keras: the exported script is executed and compared layer by layer."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from builder.blocks.base import Block, Layer, snake_case
from builder.blocks.catalogue import block_type
from builder.blocks.layers import LAYERS
from builder.blocks.module import Module
from builder.codegen.keras.function_source import with_dependencies
from builder.codegen.keras.model_source import model_source
from builder.codegen.keras.script import to_script
from builder.network.architecture import Architecture, Node
from builder.network.inference import Inference, infer
from tests.differential.attempts import attempt, drawn, on_purpose
from tests.drawing import networks, stacks

pytestmark = [pytest.mark.keras, pytest.mark.filterwarnings("ignore::UserWarning")]


def check(architecture: Architecture) -> Any:
    """The script's model is what inference said, layer by layer in the order of creation.

    Returns:
        The model, whose weights have no values.
    """
    from keras.backend import clear_session

    from tests.differential.oracle import outline

    inference = infer(architecture)
    assert inference.ok, inference.errors
    clear_session(free_memory=False)
    left_out = [node for node in inference.used if not node.in_model]
    built = outline(to_script(architecture), sum(len(list(node.layers)) for node in left_out))
    facts = [call.facts for node in inference.in_model for call in node.layers]
    assert [layer.name for layer in built.layers] == [f.layer.class_name() for f in facts]
    assert [layer.output_shape for layer in built.layers] == [f.output_shape for f in facts]
    assert [layer.params for layer in built.layers] == [f.params for f in facts]
    assert [layer.trainable_params for layer in built.layers] == [f.trainable_params for f in facts]
    assert [layer.macs for layer in built.layers] == [f.macs for f in facts]
    model = built.model
    assert model.count_params() == inference.total_params
    assert [tuple(i.shape[1:]) for i in model.inputs] == list(inference.input_shapes)
    assert [tuple(o.shape[1:]) for o in model.outputs] == list(inference.output_shapes)
    _check_names(inference, [layer.name for layer in model.layers])
    return model


def _check_names(inference: Inference, names: list[str]) -> None:
    """Every name that a person gave to a layer is a layer's name in Keras."""
    for known in inference.in_model:
        node = known.node
        if node.name and isinstance(node.block, Layer):
            assert node.name in names or f"{node.name}_{node.repeat}" in names


@drawn(80)
@given(networks() | stacks())
def test_drawn_networks_are_built_as_inferred(architecture: Architecture) -> None:
    if infer(architecture).ok:  # it is not where only an Input was drawn
        check(architecture)


def test_layers_whose_shape_alone_is_read_are_not_in_the_model() -> None:
    chain = [
        ("image", _block("Input", shape=(16, 16, 3)), ()),
        ("stem", _block("Conv2D", filters=8, padding="same"), ("image",)),
        ("shape", _block("Conv2D", filters=8, strides=2, padding="same"), ("stem",)),
        ("adjusted", _block("nasnet_adjust", filters=12), ("stem", "shape")),
    ]
    architecture = Architecture("net", tuple(Node(*node) for node in chain))
    check(architecture)
    left_out = infer(architecture).nodes["shape"]
    assert left_out.params == 584
    assert [str(issue) for issue in left_out.issues] == [
        "shape: only its shape is read, so Keras leaves it out of the model; remove it, or "
        "connect it where its values count"
    ]


def test_one_network_with_every_way_of_wiring() -> None:
    """A chain with a skip, a loop over filters, repeats with and without a name, two outputs."""
    check(everything())


def everything() -> Architecture:
    blocks: list[tuple[str, Block, tuple[str, ...], str, int]] = [
        ("image", _block("Input", shape=(16, 16, 3)), (), "", 1),
        ("stem", _block("Conv2D", filters=8, padding="same"), ("image",), "stem", 1),
        ("a", _block("residual_block", filters=8), ("stem",), "", 1),
        ("b", _block("residual_block", filters=16, pooling=True), ("a",), "", 1),
        ("c", _block("residual_block", filters=24, pooling=True), ("b",), "", 1),
        ("skip", _block("Conv2D", filters=24, kernel_size=1, strides=4), ("stem",), "", 1),
        ("sum", _block("Add"), ("c", "skip"), "meeting", 1),
        ("unused", _block("Conv2D", filters=5), ("sum",), "forgotten", 1),
        ("deep", _block("Conv2D", filters=24, padding="same"), ("sum",), "deep", 3),
        ("again", _block("conv_bn_relu", filters=24), ("deep",), "again", 2),
        ("gate", _block("squeeze_excitation", ratio=4), ("again",), "", 1),
        ("both", _block("Concatenate"), ("gate", "sum", "c"), "", 1),
        ("pool", _block("GlobalAveragePooling2D"), ("both",), "", 1),
        ("one", _block("Dense", units=3, activation="softmax"), ("pool",), "classes", 1),
        ("two", _block("Dense", units=1), ("pool",), "score", 1),
    ]
    nodes = (Node(i, block, inputs, name, times) for i, block, inputs, name, times in blocks)
    return Architecture("everything", tuple(nodes), ("one", "two"))


def _block(name: str, **parameters: object) -> Block:
    return block_type(name).create(parameters)


NOT_IN_CODE = (
    "has no input",
    "input, received",
    "inputs, received",
    "cycle",
    "Keras itself gives",
    "in validation and in use",
    "numbers as scale for",
    "numbers as offset for",
)
"""Errors that building cannot show: the number of inputs, cycles, names that might clash later,
shapes that differ only in use (`test_random_crop.py`), and numbers for each channel, which Keras
reads when it computes (`test_layers.py`)."""


@drawn(60)
@given(networks(valid=False))
def test_what_inference_refuses_cannot_be_built(architecture: Architecture) -> None:
    """The code that a network with a refused block would give fails in Keras too."""
    from tests.differential.oracle import outline

    first = next(iter(infer(architecture).errors), None)
    if first is None or not first.node or any(word in first.message for word in NOT_IN_CODE):
        return
    until = infer(replace(architecture, outputs=(first.node,)))
    if on_purpose(first.message) or {issue.node for issue in until.errors} != {first.node}:
        return
    result = attempt(lambda: outline(naive_script(until)))
    assert isinstance(result, str), f"Keras accepts what we refuse: {first}"


def naive_script(inference: Inference) -> str:
    """What the script would be if nobody had checked the network."""
    blocks = {type(known.node.block) for known in inference.used}
    modules = [block for block in blocks if issubclass(block, Module)]
    functions = [function.text for function in with_dependencies(modules)]
    imports = "import keras\nfrom keras import initializers, layers, regularizers"
    return "\n\n\n".join([imports, *functions, model_source(inference)])


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ([("Conv2D", "a", 1), ("ReLU", "a", 1)], "the name 'a' is taken"),
        ([("Conv2D", "a", 2), ("ReLU", "a_2", 1)], "taken by a"),
        ([("ReLU", "a_2", 1), ("Conv2D", "a", 2)], "taken by a_2"),
        ([("Conv2D", "conv2d", 1), ("Conv2D", "", 1)], "Keras itself gives to Conv2D"),
        ([("Conv2D", "conv2d", 2), ("Conv2D", "", 2)], "Keras itself gives to Conv2D"),
        ([("ReLU", "batch_normalization", 1), ("conv_bn_relu", "", 1)], "BatchNormalization"),
        ([("ReLU", "input_layer", 1)], "Keras itself gives to Input"),
    ],
)
def test_names_that_keras_refuses(named: list[tuple[str, str, int]], expected: str) -> None:
    from tests.differential.oracle import build

    inference = infer(_chain(named))
    assert [i for i in inference.errors if expected in i.message], inference.errors
    with pytest.raises(ValueError, match="unique"):
        build(naive_script(inference))


@pytest.mark.parametrize(
    "named",
    [
        [("Conv2D", "conv2d", 1), ("ReLU", "", 1)],  # no other convolution is unnamed
        [("Conv2D", "conv2d_1", 1), ("Conv2D", "conv2d", 1), ("ReLU", "conv2d_2", 1)],
        [("Conv2D", "a", 2), ("ReLU", "a_3", 1), ("ReLU", "a", 1)][:2],
        [("conv_bn_relu", "conv2d", 1)],  # a module's name is only a comment
        [("Conv2D", "conv2d_5", 2), ("Conv2D", "", 2)],  # becomes conv2d_5_1, conv2d_5_2
    ],
)
def test_names_that_keras_takes(named: list[tuple[str, str, int]]) -> None:
    check(_chain(named))


def test_automatic_names_count_on_while_python_runs() -> None:
    """So a name with a number that is still free meets an automatic one at the second call."""
    from keras.backend import clear_session

    from tests.differential.oracle import build

    inference = infer(_chain([("Conv2D", "conv2d_1", 1), ("Conv2D", "", 1)]))
    assert not inference.ok
    clear_session(free_memory=False)
    build(naive_script(inference))
    with pytest.raises(ValueError, match="unique"):
        build(naive_script(inference))


@pytest.mark.parametrize("layer", LAYERS.values(), ids=list(LAYERS))
def test_automatic_names_are_those_of_keras(layer: type[Layer]) -> None:
    from keras.src.utils.naming import to_snake_case

    assert snake_case(layer.class_name()) == to_snake_case(layer.class_name())


def _chain(named: list[tuple[str, str, int]]) -> Architecture:
    nodes = [Node("image", block_type("Input").create({}))]
    for number, (block, name, times) in enumerate(named):
        node = Node(f"n{number}", block_type(block).create({}), (nodes[-1].id,), name, times)
        nodes.append(node)
    return Architecture("chain", tuple(nodes))
