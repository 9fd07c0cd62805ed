"""A layer is called by its node and by its place in there, not by Keras's count over the model."""

from collections.abc import Callable

import pytest

from builder.codegen.keras.script import to_script
from builder.custom_blocks.grouping import group
from builder.gallery import TEMPLATES
from builder.gallery.template import Drawing, block, stack
from builder.network import edits
from builder.network.architecture import Architecture
from builder.network.inference import infer
from builder.network.layer_paths import layer_paths, layer_titles
from builder.network.naming import layer_names
from builder.network.own_block import Exposed
from tests.drawing import sound_networks


def titles(architecture: Architecture) -> list[str]:
    return list(layer_titles(infer(architecture)).values())


def test_a_node_of_one_layer_is_called_as_the_node_is() -> None:
    made = stack("net", block("Input", shape=(2, 2, 8)), block("Dense", 4), (block("Dense", 4), 2))
    named = edits.rename(made, "dense_1", "classifier")
    assert titles(named) == ["input_1", "classifier", "dense_2 › 1 of 2", "dense_2 › 2 of 2"]


def test_kerass_name_of_one_layer_may_be_the_networks_name_of_another() -> None:
    known = layer_titles(infer(TEMPLATES["se_residual_digits"].architecture))
    assert known["dense_1"] == "squeeze_excitation_1 › dense_2"
    assert known["dense_4"] == "dense_1"


def test_alike_layers_of_a_module_are_counted_within_it() -> None:
    found = titles(
        stack("net", block("Input", shape=(8, 8, 3)), (block("residual_block", 4, pooling=True), 2))
    )
    assert found[1:6] == [
        "residual_block_1 › 1 of 2 › conv2d_1",
        "residual_block_1 › 1 of 2 › conv2d_2",
        "residual_block_1 › 1 of 2 › conv2d_3",
        "residual_block_1 › 1 of 2 › max_pooling2d",
        "residual_block_1 › 1 of 2 › add",
    ]
    assert found[6] == "residual_block_1 › 2 of 2 › conv2d_1"


def own_blocks() -> Architecture:
    """An own block in an own block, beside a module, repeated, with its maker's names."""
    drawing = Drawing("net")
    drawing.place(block("Input", shape=(16, 16, 3)))
    stem = drawing.place(block("Conv2D", 8, padding="same"), name="stem")
    first = drawing.place(block("Conv2D", 8, padding="same"))
    drawing.place(block("Add"), first, stem)
    drawing.place(block("conv_bn_relu", 8))
    drawing.place(block("Dense", 2))
    inner = group(drawing.architecture, ["conv2d_2", "add_1"], "pair")
    repeats = Exposed("times", (("conv_bn_relu_1", "repeat"),))
    outer = group(inner, ["conv2d_1", "pair_1", "conv_bn_relu_1"], "outer", [repeats])
    return edits.set_parameters(outer, "outer_1", {"times": 2})


def test_in_an_own_block_layers_have_the_names_of_its_maker() -> None:
    assert titles(own_blocks()) == [
        "input_1",
        "outer_1 › stem",
        "outer_1 › pair_1 › conv2d_2",
        "outer_1 › pair_1 › add_1",
        "outer_1 › conv_bn_relu_1 › 1 of 2 › conv2d",
        "outer_1 › conv_bn_relu_1 › 1 of 2 › batch_normalization",
        "outer_1 › conv_bn_relu_1 › 1 of 2 › activation",
        "outer_1 › conv_bn_relu_1 › 2 of 2 › conv2d",
        "outer_1 › conv_bn_relu_1 › 2 of 2 › batch_normalization",
        "outer_1 › conv_bn_relu_1 › 2 of 2 › activation",
        "dense_1",
    ]


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_two_layers_have_one_name_and_each_begins_with_its_node(name: str) -> None:
    known = infer(TEMPLATES[name].architecture)
    names, paths = layer_names(known), layer_paths(known)
    assert len(set(paths.values())) == len(paths) == known.num_layers
    labels = {node.id: node.label for node in known.architecture}
    assert {layer: path[0] for layer, path in paths.items()} == {
        layer: labels[owner] for owner, layers in names.items() for layer in layers
    }


def test_drawn_networks_have_one_name_for_each_layer() -> None:
    for architecture in sound_networks():
        known = infer(architecture)
        assert len(set(layer_paths(known).values())) == known.num_layers


@pytest.mark.keras
@pytest.mark.parametrize("made", [own_blocks, lambda: TEMPLATES["se_residual_digits"].architecture])
def test_the_names_stand_for_the_layers_that_keras_makes(made: Callable[[], Architecture]) -> None:
    """Each path ends as the class of the layer, or in the maker's name of it."""
    import keras

    from tests.differential.oracle import outline

    architecture = made()
    known = infer(architecture)
    keras.utils.clear_session()  # else it would count on from the layers of other tests
    model = outline(to_script(architecture)).model
    shapes = {
        name: call.facts.output_shape
        for node in known.used
        for name, call in zip(
            layer_names(known)[node.node.id],
            node.layers,
            strict=True,
        )
    }
    assert set(shapes) == set(layer_titles(known)) == {layer.name for layer in model.layers}
    for layer in model.layers:
        assert tuple(layer.output.shape[1:]) == shapes[layer.name]
