"""What is inside of nodes: their layers in order, what calls them, sums, and what is shown."""

from dataclasses import replace

import pytest

from builder.gallery import TEMPLATES
from builder.gallery.template import block, stack
from builder.network import edits
from builder.network.architecture import Architecture
from builder.network.hierarchy import Part, every_key, fitting, inside, num_layers, walk
from builder.network.inference import NodeInference, infer
from builder.network.own_block import Definition
from builder.network.own_block_type import own_block
from tests.broken import BROKEN, Broken

NOTHING: frozenset[str] = frozenset()


def node(made: object, times: int = 1, size: tuple[int, int, int] = (32, 32, 16)) -> NodeInference:
    network = stack("one", block("Input", shape=size), (made, times))  # pyright: ignore[reportArgumentType]
    return infer(network).nodes[network.nodes[-1].id]


def leaves(parts: tuple[Part, ...]) -> list[Part]:
    return [leaf for part in parts for leaf in (leaves(part.parts) if part.parts else [part])]


def test_a_modules_layers_stand_in_the_order_of_their_calls() -> None:
    parts = inside(node(block("residual_block", 32, pooling=True)))
    assert [part.title for part in parts] == ["Conv2D", "Conv2D", "Conv2D", "MaxPooling2D", "Add"]
    assert [part.key for part in parts] == [f"residual_block_1/{i}" for i in range(5)]
    assert parts[0].parameters == "32, 1×1, strides 2"
    assert parts[0].output_shape == (16, 16, 32)
    assert (parts[0].params, parts[0].macs) == (16 * 32 + 32, 16 * 16 * 16 * 32)
    assert not any(part.folds for part in parts)


def test_a_module_that_calls_another_one_holds_it() -> None:
    parts = inside(node(block("dense_block", 3, growth_rate=8)))
    assert [part.title for part in parts] == ["dense_conv_block"] * 3
    assert [part.parameters for part in parts] == ["growth_rate 8"] * 3
    assert [part.output_shape[-1] for part in parts] == [24, 32, 40]
    assert [len(part.parts) for part in parts] == [7, 7, 7]
    assert parts[1].parts[0].key == "dense_block_1/1/0"
    assert parts[1].folds


def test_modules_are_held_over_several_levels() -> None:
    (first, *_) = inside(node(block("mbconv_stage", 24, num_blocks=2, strides=2)))
    assert first.title == "mbconv_block"
    assert [part.title for part in first.parts].count("strided_padding") == 1


def test_a_persons_own_block_is_looked_into_like_a_built_in_one() -> None:
    inner = stack("inner", block("Conv2D", 8, 1), (block("residual_block", 8), 2))
    definition = Definition(
        "mine", (replace(inner.nodes[0], inputs=("inputs",)), inner.nodes[1]), inner.nodes[1].id
    )
    parts = inside(node(own_block(definition).create({})))
    assert [part.title for part in parts] == ["Conv2D", "residual_block", "residual_block"]
    assert [layer.title for layer in parts[2].parts] == ["Conv2D", "Conv2D", "Add"]


def test_a_module_that_makes_no_layer_is_left_out() -> None:
    """NASNet's adjustment hands its input through where it fits already."""
    network = Architecture("cell", stack("i", block("Input", shape=(8, 8, 44))).nodes)
    network = edits.add(network, block("nasnet_normal_cell", 44))
    network = edits.set_inputs(network, "nasnet_normal_cell_1", ["input_1", "input_1"])
    titles = [part.title for part in inside(infer(network).nodes["nasnet_normal_cell_1"])]
    assert "nasnet_adjust" not in titles
    assert titles.count("nasnet_separable_block") == 5


def test_alike_repetitions_stand_together() -> None:
    known = node(block("residual_block", 32), 6)
    first, others = inside(known)
    assert (first.title, others.title) == ("1 of 6", "2–6 of 6")
    assert (first.times, others.times) == (1, 5)
    assert (first.parameters, others.parameters) == ("", "alike, 18,496 params each")
    assert others.params == 5 * (2 * (3 * 3 * 32 * 32 + 32))
    assert [len(part.parts) for part in (first, others)] == [4, 3]
    assert first.params + others.params == known.params
    (only,) = inside(node(block("residual_block", 16), 6))
    assert only.title == "each of 6"


def test_a_repeated_layer_shows_its_repetitions() -> None:
    first, others = inside(node(block("Conv2D", 32, padding="same"), 3))
    assert (first.title, others.title) == ("1 of 3", "2–3 of 3")
    assert not first.parts


def test_there_is_nothing_inside_of_a_layer() -> None:
    known = node(block("Conv2D", 8))
    assert num_layers(known) == 0
    assert inside(known) == ()


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_layer_is_lost_or_counted_twice(name: str) -> None:
    for known in infer(TEMPLATES[name].architecture).nodes.values():
        parts = inside(known)
        if parts:
            assert sum(part.num_layers for part in parts) == num_layers(known)
            assert sum(part.params for part in parts) == known.params
            assert sum(part.macs for part in parts) == known.macs
            assert sum(part.activation_bytes for part in parts) == known.activation_bytes
            traces = {id(trace): trace for trace in known.traces}.values()
            assert [(p.trace, p.start) for p in leaves(parts)] == [
                (trace, i) for trace in traces for i in range(len(trace.calls))
            ]


@pytest.mark.parametrize("case", BROKEN[::9], ids=str)
def test_broken_networks_have_parts_where_shapes_are_known(case: Broken) -> None:
    for known in infer(case.architecture).nodes.values():
        assert bool(inside(known)) == (num_layers(known) > 0)


def test_what_is_shown_follows_what_is_open() -> None:
    parts = inside(node(block("dense_block", 2, growth_rate=8)))
    assert [part.key for part, _ in walk(parts, NOTHING)] == ["dense_block_1/0", "dense_block_1/1"]
    shown = list(walk(parts, frozenset(["dense_block_1/1"])))
    assert [depth for _, depth in shown] == [0, 0, *[1] * 7]
    assert shown[2][0].key == "dense_block_1/1/0"


def test_few_different_repetitions_are_always_unfolded_and_many_are_not() -> None:
    few = inside(node(block("residual_block", 32), 6))
    assert len(list(walk(few, NOTHING))) == 2 + 4 + 3
    many = inside(node(block("dense_conv_block", 8), 5))
    assert [part.title for part, _ in walk(many, NOTHING)] == [f"{i} of 5" for i in range(1, 6)]


def test_as_many_nodes_are_unfolded_as_there_is_room_for() -> None:
    nodes = infer(TEMPLATES["small_residual"].architecture).nodes.values()
    opened = frozenset(["residual_block_1", "residual_block_2", "residual_block_3"])
    assert fitting(nodes, opened, 7 + 14) == (opened, ())
    without_last = (opened - {"residual_block_3"}, ("residual_block_3",))
    assert fitting(nodes, opened, 7 + 13) == without_last
    assert fitting(nodes, opened, 0)[1] == tuple(sorted(opened))
    assert every_key(nodes, 21) == opened
    assert every_key(nodes, 20) is None


def test_parts_of_parts_are_among_every_key() -> None:
    nodes = infer(stack("d", block("Input", shape=(8, 8, 4)), block("dense_block", 2))).nodes
    assert every_key(nodes.values(), 100) == frozenset(
        ["dense_block_1", "dense_block_1/0", "dense_block_1/1"]
    )
