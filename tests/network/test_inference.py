"""What inference says of whole networks: texts word for word, sums, and broken graphs as values."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from random import Random

import pytest

from builder.blocks.catalogue import block_type
from builder.blocks.layers import LAYERS
from builder.gallery import TEMPLATES
from builder.network.architecture import Architecture, Node
from builder.network.inference import infer
from builder.network.issues import IssueCode
from builder.network.naming import clashes
from builder.network.topology import cyclic_nodes, order
from tests.broken import BROKEN, IMAGE, Broken, net
from tests.drawing import any_networks


@pytest.mark.parametrize("case", BROKEN, ids=str)
def test_what_is_said_of_a_broken_network(case: Broken) -> None:
    issues = infer(case.architecture).issues
    assert [str(i) for i in issues if i.level == "error"] == list(case.errors)
    assert [str(i) for i in issues if i.level == "warning"] == list(case.warnings)
    assert infer(case.architecture).ok == (not case.errors)


@pytest.mark.slow
def test_any_graph_is_a_value() -> None:
    for architecture in any_networks():
        inference = infer(architecture)
        assert set(inference.nodes) == {node.id for node in architecture}
        for known in inference.nodes.values():
            assert all(issue.message and issue.node == known.node.id for issue in known.issues)
            assert known.used or {issue.level for issue in known.issues} <= {"warning"}
        if inference.ok:
            assert all(known.output_shape and known.traces for known in inference.used)
            assert inference.macs >= 0
        assert inference.total_params == sum(known.params for known in inference.in_model)
        assert len(inference.output_shapes) == len(architecture.output_ids)


@pytest.mark.slow
def test_the_order_of_the_stack_changes_nothing_but_the_order() -> None:
    for architecture in any_networks():
        fixed = replace(architecture, outputs=architecture.output_ids)
        first, second = infer(fixed), infer(fixed.with_nodes(tuple(reversed(fixed.nodes))))
        for node_id, known in first.nodes.items():
            other = second.nodes[node_id]
            assert known.output_shape == other.output_shape
            assert (known.params, known.macs) == (other.params, other.macs)
        issues = [
            {str(i) for i in found.issues if "the name" not in i.message}
            for found in (first, second)
        ]
        assert issues[0] == issues[1]


@pytest.mark.slow
def test_each_node_stands_behind_its_inputs() -> None:
    for architecture in any_networks():
        cyclic = cyclic_nodes(architecture)
        places = {node.id: place for place, node in enumerate(order(architecture, cyclic))}
        assert set(places) == {node.id for node in architecture}
        for node in architecture:
            if node.id not in cyclic:
                known = [source for source in node.inputs if source in places]
                assert all(places[source] < places[node.id] for source in known)


def test_cyclic_nodes_are_those_that_reach_themselves() -> None:
    """All graphs of three nodes, and some larger ones; what hypothesis draws may hold no cycle."""
    graphs = [*_graphs_of_three(), *_larger_graphs(200)]
    found = {node_ids: graph for graph in graphs if (node_ids := cyclic_nodes(graph))}
    assert len(found) > 7, "every part of three nodes can stand on cycles"
    for graph in graphs:
        expected = {node.id for node in graph if node.id in _reached(graph, node.id)}
        assert cyclic_nodes(graph) == expected, graph


def _graphs_of_three() -> Iterator[Architecture]:
    sources = ("a", "b", "c", "missing")
    choices = [c for count in range(4) for c in itertools.combinations(sources, count)]
    for inputs in itertools.product(choices, repeat=3):
        yield _graph(dict(zip("abc", inputs, strict=True)))


def _larger_graphs(number: int) -> Iterator[Architecture]:
    random = Random(0)
    for _ in range(number):
        ids = [f"node_{place}" for place in range(random.randint(4, 12))]
        yield _graph({name: tuple(random.choices(ids, k=random.randint(0, 2))) for name in ids})


def _graph(inputs: Mapping[str, tuple[str, ...]]) -> Architecture:
    add = block_type("Add").create({})
    return Architecture(nodes=tuple(Node(name, add, read) for name, read in inputs.items()))


def _reached(architecture: Architecture, node_id: str) -> set[str]:
    """The ids of everything that depends on a node, directly or not."""
    seen: set[str] = set()
    waiting = [*architecture.consumers[node_id]]
    while waiting:
        reader = waiting.pop()
        if reader not in seen:
            seen.add(reader)
            waiting += architecture.consumers[reader]
    return seen


def test_equal_architectures_share_their_inference() -> None:
    first = net(IMAGE, ("conv", "Conv2D"))
    assert infer(first) is infer(net(IMAGE, ("conv", "Conv2D")))


def test_a_repeated_node_counts_every_time() -> None:
    once = infer(net(IMAGE, ("conv", "Conv2D", {"filters": 3, "padding": "same"})))
    thrice = infer(
        net(IMAGE, ("conv", "Conv2D", {"filters": 3, "padding": "same"}, ("image",), "", 3))
    )
    assert thrice.total_params == 3 * once.total_params
    assert thrice.macs == 3 * once.macs
    assert thrice.num_layers == 1 + 3 * (once.num_layers - 1)
    assert thrice.nodes["conv"].receptive_field == (7, 7)


def test_repetitions_after_the_first_may_differ() -> None:
    found = infer(net(IMAGE, ("res", "residual_block", {"filters": 8}, ("image",), "", 2)))
    first, second = found.nodes["res"].traces
    assert (len(first.calls), len(second.calls)) == (4, 3), "only the first one projects"


def test_unused_nodes_are_reckoned_but_not_counted() -> None:
    found = infer(net(IMAGE, ("side", "Conv2D"), ("main", "Flatten", {}, ("image",))))
    assert found.nodes["side"].output_shape == (6, 6, 32)
    assert not found.nodes["side"].used
    assert found.total_params == 0
    assert [known.node.id for known in found.used] == ["image", "main"]


def test_a_node_is_in_the_model_if_anything_in_it_reads_its_values() -> None:
    shape = ("shape", "Conv2D", {"strides": 2, "padding": "same"}, ("image",))
    adjusted = ("adjusted", "nasnet_adjust", {}, ("image", "shape"))
    lent = infer(net(IMAGE, shape, adjusted))
    assert not lent.nodes["shape"].in_model
    assert lent.total_params == lent.nodes["adjusted"].params
    both = infer(net(IMAGE, shape, adjusted, outputs=("shape", "adjusted")))
    assert both.nodes["shape"].in_model
    assert not [i for i in both.issues if i.code is IssueCode.READ_BY_SHAPE_ONLY]


def test_too_many_unused_layers_leave_the_model_alone() -> None:
    unused = [(f"u{i}", "conv_bn_relu", {"filters": i}, ("image",), "", 200) for i in range(1, 21)]
    found = infer(net(IMAGE, *unused, ("relu", "ReLU", {}, ("image",))))
    assert found.ok
    assert found.output_shapes == ((8, 8, 3),)


def test_a_skip_sees_as_far_as_its_longer_branch() -> None:
    same = {"filters": 3, "padding": "same"}
    found = infer(
        net(IMAGE, ("a", "Conv2D", same), ("b", "Conv2D", same), ("sum", "Add", {}, ("b", "image")))
    )
    assert found.nodes["sum"].receptive_field == (5, 5)
    assert found.receptive_field == (5, 5)


def test_what_does_not_depend_on_the_input_sees_nothing_of_it() -> None:
    found = infer(net(IMAGE, ("conv", "Conv2D", {"kernel_size": 9}), ("relu", "ReLU")))
    assert found.nodes["relu"].receptive_field is None
    assert found.nodes["relu"].output_shape is None


def test_memory_of_the_outputs() -> None:
    """Of every layer one output for each image."""
    found = infer(net(IMAGE, ("bn", "BatchNormalization")))
    values = 2 * 8 * 8 * 3
    assert found.activation_bytes == 4 * values


def test_several_inputs_and_outputs_keep_their_order() -> None:
    found = infer(
        net(
            ("b", "Input", {"shape": (4, 4, 1)}),
            ("a", "Input", {"shape": (2, 2, 3)}),
            ("flat_a", "Flatten"),
            ("flat_b", "Flatten", {}, ("b",)),
            outputs=("flat_b", "flat_a"),
        )
    )
    assert found.input_shapes == ((4, 4, 1), (2, 2, 3))
    assert found.output_shapes == ((16,), (12,))


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_template_has_an_issue(name: str) -> None:
    assert not infer(TEMPLATES[name].architecture).issues


def test_a_modules_own_name_meets_nothing_in_keras() -> None:
    module = Node("m", block_type("conv_bn_relu").create({}), ("image",), name="conv2d")
    assert not list(clashes([module], [LAYERS["Conv2D"]]))


def test_a_message_speaks_of_a_node_by_the_name_that_a_person_sees() -> None:
    image = Node("image", block_type("Input").create({}))
    lonely = Node("re_lu_1", block_type("ReLU").create({}), (), "after_stem")
    (issue,) = infer(Architecture("net", (image, lonely))).errors
    assert (issue.node, str(issue)) == (
        "re_lu_1",
        "after_stem: has no input; connect it to a node above",
    )
