"""Diagrams: what they show, and that no text in a network becomes part of their language."""

# pyright: reportAttributeAccessIssue=false
# pydot makes its get_… methods while it runs.

from dataclasses import replace
from typing import Any

import pydot
import pytest

from builder.blocks.costs import format_shape
from builder.codegen.dot import to_dot
from builder.inference import infer
from tests.broken import BROKEN, IMAGE, Broken, net
from tests.drawing import any_networks


def parsed(dot: str) -> Any:
    """What pydot, which has no types, reads."""
    graphs = pydot.graph_from_dot_data(dot)
    assert graphs is not None, dot
    assert len(graphs) == 1, dot
    return graphs[0]


def nodes(graph: Any) -> dict[str, Any]:
    named = {str(node.get_name()).strip('"'): node for node in graph.get_nodes()}
    return {name: node for name, node in named.items() if name not in ("node", "edge", "graph")}


def test_shapes_stand_on_the_edges_and_counts_in_the_boxes() -> None:
    graph = parsed(to_dot(infer(net(IMAGE, ("conv", "Conv2D", {}, ("image",), "stem", 2)))))
    boxes = nodes(graph)
    assert set(boxes) == {"image", "conv", "output-0"}
    label = boxes["conv"].get_label()
    assert "stem ×2" in label
    assert "Conv2D  32, 3×3" in label
    assert "10,144 params" in label
    shapes = [edge.get_label().strip('" \u00a0') for edge in graph.get_edges()]
    assert shapes == ["8×8×3", "4×4×32"]


def test_a_broken_node_says_what_is_wrong() -> None:
    graph = parsed(to_dot(infer(net(IMAGE, ("conv", "Conv2D", {"kernel_size": 9}), ("a", "ReLU")))))
    box = nodes(graph)["conv"]
    assert "⚠ conv" in box.get_label()
    assert "window does not fit" in box.get_label()
    assert box.get_penwidth().strip('"') == "3"
    assert [edge.get_label().strip('" \u00a0') for edge in graph.get_edges()] == ["8×8×3", "?"]


def test_the_selected_node_has_a_thick_border() -> None:
    inference = infer(net(IMAGE, ("a", "ReLU")))
    assert "penwidth=3" not in to_dot(inference)
    assert to_dot(inference, selected="a").count("penwidth=3") == 1


def test_an_unused_node_is_dashed() -> None:
    dot = to_dot(infer(net(IMAGE, ("side", "Flatten"), ("main", "ReLU", {}, ("image",)))))
    assert "dashed" in nodes(parsed(dot))["side"].get_style()
    assert "dashed" not in (nodes(parsed(dot))["main"].get_style() or "")


@pytest.mark.parametrize("case", BROKEN[1::12], ids=str)
def test_broken_networks_are_drawn(case: Broken) -> None:
    boxes = nodes(parsed(to_dot(infer(case.architecture), theme="dark")))
    assert {node.id for node in case.architecture} <= set(boxes)


@pytest.mark.parametrize(
    "title",
    ['"', 'a" [shape=none]; "b', "\\", "\\N", "<b>bold</b>", "{a|b}", "//", "subgraph", "网络"],
)
def test_no_title_becomes_language(title: str) -> None:
    plain = net(IMAGE, ("a", "ReLU"))
    graph = parsed(to_dot(infer(replace(plain, name=title)), horizontal=True))
    assert set(nodes(graph)) == {"image", "a", "output-0"}
    assert len(graph.get_edges()) == 2


@pytest.mark.parametrize("number", range(2))
def test_any_network_is_drawn(number: int) -> None:
    architecture = any_networks()[number]
    inference = infer(architecture)
    graph = parsed(to_dot(inference, theme="dark"))
    ids = {node.id for node in architecture}
    ends = {f"output-{i}" for i, shape in enumerate(inference.output_shapes) if shape}
    assert set(nodes(graph)) == ids | ends
    known = sum(source in ids for node in architecture for source in node.inputs)
    assert len(graph.get_edges()) == known + len(ends)
    labels = {edge.get_label().strip('" \u00a0') for edge in graph.get_edges()}
    shapes = {format_shape(n.output_shape) for n in inference.nodes.values() if n.output_shape}
    assert labels <= shapes | {"?"}
