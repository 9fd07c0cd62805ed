"""Taking parts out of a network: each kind, at every depth, over the whole gallery."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from hypothesis import given

from builder.blocks import layers
from builder.blocks.base import Layer
from builder.blocks.layers.conv2d import Conv2D
from builder.blocks.trace_record import LayerFacts
from builder.codegen.keras.script import to_model_code
from builder.custom_blocks.grouping import group, unpack
from builder.gallery import TEMPLATES
from builder.gallery.template import block, stack
from builder.network.architecture import Architecture, Node
from builder.network.inference import infer
from builder.network.own_block import OwnBlock
from builder.transforms.ablation.kinds import PartKind
from builder.transforms.ablation.parts import part, parts, without
from tests.codegen.pretend_keras import execute
from tests.colliding import wiring
from tests.differential.attempts import drawn
from tests.drawing import networks, stacks

IMAGE = block("Input", shape=(16, 16, 8))


def facts(architecture: Architecture) -> list[LayerFacts]:
    inference = infer(architecture)
    assert inference.ok, inference.errors
    return [made.facts for node in inference.used for made in node.layers]


def made_of(architecture: Architecture) -> list[Layer]:
    return [fact.layer for fact in facts(architecture)]


def check(architecture: Architecture) -> None:
    """The exported code builds what is inferred, connection by connection."""
    inference = infer(architecture)
    built = execute(architecture)
    assert built.facts == facts(architecture)
    assert [call.inputs for call in built.calls] == wiring(inference)


def net(*nodes: tuple[str, object, tuple[str, ...]]) -> Architecture:
    placed = [Node("image", IMAGE)]
    placed += [Node(name, made, sources) for name, made, sources in nodes]  # pyright: ignore[reportArgumentType]
    return Architecture("net", tuple(placed))


def conv(filters: int = 8, size: int = 3, **values: object) -> object:
    return block("Conv2D", filters, size, padding="same", **values)


# Shortcuts


def test_resnet_without_shortcuts_is_the_plain_network_layer_by_layer() -> None:
    plain = without(TEMPLATES["resnet34"].architecture, PartKind.SHORTCUT)
    assert facts(plain) == facts(TEMPLATES["plain34"].architecture)
    assert infer(plain).total_params == 21_639_080


def test_what_is_left_of_a_module_reads_as_a_person_would_write_it() -> None:
    plain = without(TEMPLATES["resnet34"].architecture, PartKind.SHORTCUT)
    code = to_model_code(plain)
    assert "def basic_block_without_shortcut(inputs, filters, strides=1):" in code
    assert "x = basic_block_without_shortcut(x, 128, strides=2)" in code
    assert "Add" not in code
    assert "basic_block_without_shortcut_2" not in code


def a_residual(short: tuple[tuple[str, object], ...], merge: str = "Add") -> Architecture:
    """An image, two convolutions, a short path around them, and a Dense layer."""
    nodes: list[tuple[str, object, tuple[str, ...]]] = [
        ("stem", conv(), ("image",)),
        ("first", conv(), ("stem",)),
        ("second", conv(), ("first",)),
    ]
    source = "stem"
    for name, made in short:
        nodes.append((name, made, (source,)))
        source = name
    nodes += [
        ("merge", block(merge), ("second", source)),
        ("pool", block("GlobalAveragePooling2D"), ("merge",)),
        ("classes", block("Dense", 10, activation="softmax"), ("pool",)),
    ]
    return net(*nodes)


PROJECTIONS: dict[str, tuple[tuple[str, object], ...]] = {
    "identity": (),
    "1×1": (("fit", conv(8, 1)),),
    "1×1 and normalization": (("fit", conv(8, 1)), ("norm", block("BatchNormalization"))),
    "pooling and 1×1": (
        ("halve", block("AveragePooling2D", 1, strides=1)),
        ("fit", conv(8, 1)),
    ),
}


@pytest.mark.parametrize("merge", ["Add", "Concatenate", "Average", "Maximum"])
@pytest.mark.parametrize("short", list(PROJECTIONS))
def test_the_short_path_goes_with_its_projection(short: str, merge: str) -> None:
    network = a_residual(PROJECTIONS[short], merge)
    left = without(network, PartKind.SHORTCUT)
    assert [node.id for node in left] == ["image", "stem", "first", "second", "pool", "classes"]
    assert left.by_id["pool"].inputs == ("second",)
    check(left)


@pytest.mark.parametrize(
    "other",
    [
        (("third", conv()), ("fourth", conv())),  # two paths that weigh alike
        (("third", conv(8, 3)),),  # a 3×3 convolution is no projection
        (("fit", conv(8, 1)), ("again", conv(8, 1))),
        (("twin", block("DepthwiseConv2D", 3, padding="same")),),
    ],
)
def test_branches_are_no_shortcuts(other: tuple[tuple[str, object], ...]) -> None:
    network = a_residual(other)
    assert without(network, PartKind.SHORTCUT) is network


def test_two_images_that_meet_have_no_fork() -> None:
    network = net(
        ("other", IMAGE, ()),
        ("first", conv(), ("image",)),
        ("merge", block("Add"), ("first", "other")),
    )
    assert without(network, PartKind.SHORTCUT) is network


def test_what_something_else_reads_too_stays() -> None:
    network = a_residual((("fit", conv(8, 1)),))
    tapped = replace(network, nodes=(*network.nodes,), outputs=("classes", "fit"))
    left = without(tapped, PartKind.SHORTCUT)
    assert "fit" in left
    assert "merge" not in left
    assert left.outputs == ("classes", "fit")


def test_one_of_several_shortcuts_can_be_chosen() -> None:
    network = TEMPLATES["small_residual"].architecture
    found = part(network, PartKind.SHORTCUT)
    assert found is not None
    assert len(found.nodes) == 3
    left = without(network, PartKind.SHORTCUT, [found.nodes[1]])
    changed = [node.id for node in left if node.block != network.by_id[node.id].block]
    assert changed == [found.nodes[1]]
    check(left)


def test_a_unet_loses_the_shortcut_that_comes_into_its_modules_from_outside() -> None:
    network = TEMPLATES["unet"].architecture
    left = without(network, PartKind.SHORTCUT)
    steps = [n for n in left if n.block.type_name() == "unet_decoder_step_without_shortcut"]
    assert len(steps) == 4
    assert all(len(step.inputs) == 1 for step in steps)
    assert not any(isinstance(layer, layers.Concatenate) for layer in made_of(left))
    check(left)


def test_the_first_of_repeated_blocks_is_like_the_others_once_its_projection_is_gone() -> None:
    repeated = stack("net", block("Input", shape=(16, 16, 3)), (block("residual_block", 8), 4))
    left = without(repeated, PartKind.SHORTCUT)
    assert [node.repeat for node in left] == [1, 4]
    check(left)


def test_repetitions_that_stay_different_stand_in_a_row() -> None:
    repeated = stack("net", block("Input", shape=(16, 16, 3)), (block("basic_block", 8), 4))
    left = without(repeated, PartKind.NORMALIZATION)
    assert [(node.id, node.repeat) for node in left] == [
        ("input_1", 1),
        ("basic_block_1_part", 1),
        ("basic_block_1", 3),
    ]
    check(left)


# The other kinds


def test_the_bias_in_front_of_a_normalization_comes_back() -> None:
    network = net(
        ("conv", conv(use_bias=False), ("image",)),
        ("norm", block("BatchNormalization"), ("conv",)),
        ("relu", block("Activation", "relu"), ("norm",)),
    )
    left = without(network, PartKind.NORMALIZATION)
    assert [type(layer).__name__ for layer in made_of(left)] == ["Input", "Conv2D", "Activation"]
    assert left.by_id["conv"].block.values()["use_bias"] is True


def test_no_bias_comes_back_where_something_else_reads_the_convolution() -> None:
    network = net(
        ("conv", conv(use_bias=False), ("image",)),
        ("norm", block("BatchNormalization"), ("conv",)),
        ("add", block("Add"), ("norm", "conv")),
    )
    left = without(network, PartKind.NORMALIZATION)
    assert left.by_id["conv"].block.values()["use_bias"] is False


def test_a_gate_goes_in_modules_and_loose_layers_alike() -> None:
    network = TEMPLATES["se_residual_digits"].architecture
    assert not any(
        node.block.type_name() == "squeeze_excitation"
        for node in without(network, PartKind.SQUEEZE_EXCITATION)
    )
    loose = network
    for node in network:
        if node.block.type_name() == "squeeze_excitation":
            loose = unpack(loose, node.id)
    left = without(loose, PartKind.SQUEEZE_EXCITATION)
    assert facts(left) == facts(without(network, PartKind.SQUEEZE_EXCITATION))


def test_a_parameter_that_does_the_same_is_set_where_there_is_one() -> None:
    network = TEMPLATES["efficientnet_b0"].architecture
    left = without(network, PartKind.SQUEEZE_EXCITATION)
    stages = [node for node in left if node.block.type_name() == "mbconv_stage"]
    assert len(stages) == 7
    assert all(stage.block.values()["se_ratio"] == 0 for stage in stages)


def test_sizes_stay_where_augmentation_crops() -> None:
    network = net(
        ("crop", block("RandomCrop", 12, 10), ("image",)),
        ("flip", block("RandomFlip"), ("crop",)),
        ("conv", conv(), ("flip",)),
    )
    left = without(network, PartKind.AUGMENTATION)
    assert [type(layer).__name__ for layer in made_of(left)] == ["Input", "CenterCrop", "Conv2D"]
    assert infer(left).output_shapes == ((12, 10, 8),)


def test_the_output_a_gate_and_a_softmax_keep_their_activation() -> None:
    network = TEMPLATES["se_residual_digits"].architecture
    left = without(network, PartKind.ACTIVATION)
    kept = [getattr(layer, "activation", None) for layer in made_of(left)]
    assert {name for name in kept if name} == {"sigmoid", "softmax"}
    check(left)


def test_a_separable_convolution_becomes_a_full_one_and_back() -> None:
    network = net(
        ("a", block("SeparableConv2D", 12, 5, padding="same", strides=2), ("image",)),
        ("b", block("GlobalAveragePooling2D"), ("a",)),
    )
    full = without(network, PartKind.SEPARABLE)
    made = full.by_id["a"].block
    assert isinstance(made, Conv2D)
    assert (made.filters, made.kernel_size, made.strides, made.padding) == (12, 5, 2, "same")
    again = without(full, PartKind.FULL)
    assert again.by_id["a"].block == network.by_id["a"].block


def test_a_depthwise_and_a_pointwise_convolution_become_one() -> None:
    network = net(
        ("depth", block("DepthwiseConv2D", 3, strides=2, padding="same"), ("image",)),
        ("norm", block("BatchNormalization"), ("depth",)),
        ("relu", block("Activation", "relu"), ("norm",)),
        ("point", block("Conv2D", 24, 1), ("relu",)),
    )
    full = without(network, PartKind.SEPARABLE)
    assert [node.id for node in full] == ["image", "point"]
    assert infer(full).output_shapes == infer(network).output_shapes
    assert infer(full).total_params == 3 * 3 * 8 * 24 + 24


# Own blocks


def grouped() -> Architecture:
    network = a_residual((("fit", conv(8, 1)),))
    ids = ["first", "second", "fit", "merge"]
    return group(network, ids, "my_block")


def test_own_blocks_are_looked_into() -> None:
    left = without(grouped(), PartKind.SHORTCUT)
    assert "my_block_without_shortcut" in [node.block.type_name() for node in left]
    assert facts(left) == facts(without(a_residual((("fit", conv(8, 1)),)), PartKind.SHORTCUT))
    check(left)


def test_own_blocks_inside_own_blocks_are_looked_into() -> None:
    inner = grouped()
    own = next(node.id for node in inner if isinstance(node.block, OwnBlock))
    outer = group(inner, ["stem", own], "outer")
    left = without(outer, PartKind.SHORTCUT)
    assert [type(layer).__name__ for layer in made_of(left)].count("Add") == 0
    code = to_model_code(left)
    assert "def my_block_without_shortcut(" in code
    assert "def outer_without_shortcut(" in code
    check(left)


def test_what_is_left_may_lose_more() -> None:
    network = TEMPLATES["resnet18"].architecture
    left = without(without(network, PartKind.SHORTCUT), PartKind.NORMALIZATION)
    names = {node.block.type_name() for node in left}
    assert "basic_block_without_shortcut_and_normalization" in names
    assert not any(isinstance(layer, layers.BatchNormalization) for layer in made_of(left))
    check(left)


def test_a_module_of_which_nothing_is_left_goes() -> None:
    network = net(("drop", block("Dropout", 0.5), ("image",)), ("conv", conv(), ("drop",)))
    own = group(network, ["drop"], "only_dropout")
    left = without(own, PartKind.DROPOUT)
    assert [node.id for node in left] == ["image", "conv"]
    check(left)


def test_ids_and_names_and_outputs_stay() -> None:
    network = TEMPLATES["resnet18"].architecture
    named = replace(
        network, nodes=tuple(replace(n, name=f"own_{k}") for k, n in enumerate(network))
    )
    left = without(named, PartKind.SHORTCUT)
    assert [node.id for node in left] == [node.id for node in network]
    assert [node.name for node in left] == [node.name for node in named]


def test_a_broken_network_is_left_as_it_is_where_it_is_broken() -> None:
    network = net(
        ("drop", block("Dropout", 0.5), ("image",)),
        ("gone", conv(), ("nowhere",)),
    )
    assert without(network, PartKind.DROPOUT) is network
    assert without(Architecture("empty"), PartKind.SHORTCUT) == Architecture("empty")


def test_nothing_to_take_out_is_none() -> None:
    network = TEMPLATES["lenet5"].architecture
    assert part(network, PartKind.SHORTCUT) is None
    assert {each.kind for each in parts(network)} == {PartKind.ACTIVATION, PartKind.FULL}


# The whole gallery

GONE: dict[PartKind, Callable[[Layer], bool]] = {
    PartKind.NORMALIZATION: lambda layer: isinstance(
        layer, layers.BatchNormalization | layers.LayerNormalization | layers.GroupNormalization
    ),
    PartKind.DROPOUT: lambda layer: isinstance(layer, layers.Dropout | layers.SpatialDropout2D),
    PartKind.AUGMENTATION: lambda layer: type(layer).__name__.startswith("Random"),
    PartKind.REGULARIZER: lambda layer: any(
        value for name, value in layer.values().items() if name.endswith("_regularizer")
    ),
    PartKind.SEPARABLE: lambda layer: isinstance(layer, layers.SeparableConv2D),
}
"""Layers of which none may be left."""


def every_variant() -> Iterator[tuple[str, PartKind]]:
    for name in TEMPLATES:
        for kind in PartKind:
            yield name, kind


@pytest.mark.slow
@pytest.mark.parametrize(("name", "kind"), list(every_variant()))
def test_every_template_without_every_part(name: str, kind: PartKind) -> None:
    """Exported code builds what is inferred; nothing of the kind is left; the rest stays."""
    network = TEMPLATES[name].architecture
    found = part(network, kind)
    if found is None:
        assert not any(GONE.get(kind, lambda _: False)(layer) for layer in made_of(network))
        return
    assert not found.problems
    check(found.architecture)
    assert infer(found.architecture).output_shapes == infer(network).output_shapes
    assert not any(GONE.get(kind, lambda _: False)(layer) for layer in made_of(found.architecture))
    again = without(found.architecture, kind)
    assert again is found.architecture
    assert found.params == infer(found.architecture).total_params - infer(network).total_params


@pytest.mark.slow
@drawn(60)
@given(networks() | stacks())
def test_drawn_networks_without_a_part_build_what_is_inferred(architecture: Architecture) -> None:
    if not infer(architecture).ok:
        return
    for each in parts(architecture):
        if not each.problems:
            check(each.architecture)


def test_a_loose_network_and_its_modules_lose_the_same() -> None:
    """Unpacked into loose layers, a network without shortcuts has the same layers."""
    network = stack(
        "net",
        block("Input", shape=(16, 16, 3)),
        block("basic_block", 8),
        (block("bottleneck_block", 4), 2),
        block("inverted_residual_block", 16),
        block("GlobalAveragePooling2D"),
        block("Dense", 10, activation="softmax"),
    )
    loose = network
    for node in network:
        if node.block.type_name().endswith("_block"):
            loose = unpack(loose, node.id)
    for kind in PartKind:
        assert facts(without(loose, kind)) == facts(without(network, kind)), kind
