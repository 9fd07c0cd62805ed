"""Diagrams: what they show, and that no text in a network becomes part of their language."""

# pyright: reportAttributeAccessIssue=false
# pydot makes its get_… methods while it runs.

from dataclasses import replace
from functools import cache
from typing import Any

import pydot
import pytest

from builder.blocks.costs import format_shape
from builder.codegen.diagram.dot import to_dot
from builder.network.inference import infer
from tests.broken import BROKEN, IMAGE, Broken, net
from tests.drawing import any_networks

pytestmark = pytest.mark.slow  # pydot takes up to a second to read a diagram


@cache
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


def flows(dot: str) -> set[tuple[str, str, str]]:
    """Each edge: where it comes from, where it goes, and its shape."""
    found: set[tuple[str, str, str]] = set()
    for graph in [parsed(dot), *all_frames(parsed(dot))]:
        for edge in graph.get_edges():
            ends = (edge.get_source().strip('"'), edge.get_destination().strip('"'))
            found.add((*ends, edge.get_label().strip('" \u00a0')))
    return found


def all_frames(graph: Any) -> list[Any]:
    inner = graph.get_subgraphs()
    return [*inner, *(deeper for frame in inner for deeper in all_frames(frame))]


RESIDUAL = net(IMAGE, ("res", "residual_block", {"filters": 4}), ("relu", "ReLU"))


def test_an_open_node_is_a_frame_around_its_layers() -> None:
    graph = parsed(to_dot(infer(RESIDUAL), opened=["res"]))
    (frame,) = all_frames(graph)
    assert "residual_block" in frame.get_label()
    assert "params" in frame.get_label()
    assert set(nodes(frame)) == {f"res/{i}" for i in range(4)}
    assert "res" not in nodes(graph)
    assert flows(to_dot(infer(RESIDUAL), opened=["res"])) == {
        ("image", "res/0", "8×8×3"),  # the shortcut's projection
        ("image", "res/1", "8×8×3"),
        ("res/1", "res/2", "8×8×4"),
        ("res/2", "res/3", "8×8×4"),
        ("res/0", "res/3", "8×8×4"),
        ("res/3", "relu", "8×8×4"),
        ("relu", "output-0", "8×8×4"),
    }


def test_open_repetitions_are_chained_and_alike_ones_drawn_once() -> None:
    repeated = net(IMAGE, ("res", "residual_block", {"filters": 4}, ("image",), "", 5))
    dot = to_dot(infer(repeated), opened=["res"])
    outer, first, others = all_frames(parsed(dot))
    assert "res ×5" in outer.get_label()
    assert "1 of 5" in first.get_label()
    assert "2–5 of 5" in others.get_label()
    assert "alike" in others.get_label()
    assert {("res/0/3", "res/1/0", "8×8×4"), ("res/0/3", "res/1/2", "8×8×4")} <= flows(dot)
    assert ("res/1/2", "output-0", "8×8×4") in flows(dot)


def test_modules_inside_are_boxes_until_they_are_opened() -> None:
    network = net(IMAGE, ("dense", "dense_block", {"num_layers": 2, "growth_rate": 1}))
    closed = to_dot(infer(network), opened=["dense"])
    assert ("dense/0", "dense/1", "8×8×4") in flows(closed)
    assert closed.count('"dense/0" -> "dense/1"') == 1, "though two of its layers read it"
    opened = to_dot(infer(network), opened=["dense", "dense/1"])
    assert [f.get_id().strip('"') for f in all_frames(parsed(opened))] == [
        "frame-dense",
        "frame-dense/1",
    ]
    assert {("dense/0", "dense/1/0", "8×8×4"), ("dense/0", "dense/1/6", "8×8×4")} <= flows(opened)
    assert "dense_conv_block  growth_rate 1" in opened, "the one that stays closed"


def test_a_cell_with_two_inputs_is_opened() -> None:
    cell = net(IMAGE, ("flip", "RandomFlip"), ("cell", "nasnet_normal_cell", {}, ("flip", "image")))
    found = flows(to_dot(infer(cell), opened=["cell"]))
    sources = {source for source, reader, _ in found if reader.startswith("cell/")}
    assert {"flip", "image"} <= sources
    assert not any(source == "cell" or reader == "cell" for source, reader, _ in found)


def test_layers_and_broken_nodes_stay_closed() -> None:
    network = net(IMAGE, ("big", "conv_bn_relu", {"kernel_size": 9, "padding": "valid"}))
    dot = to_dot(infer(network), opened=["image", "big", "gone", "big/0"])
    assert set(nodes(parsed(dot))) == {"image", "big"}


@pytest.mark.parametrize("number", range(2))
def test_any_open_network_carries_the_same_between_its_nodes(number: int) -> None:
    """What leaves a node, and what it receives, does not depend on what is open."""
    inference = infer(any_networks()[number])
    closed = flows(to_dot(inference))
    found = flows(to_dot(inference, opened=[node.id for node in inference.architecture]))
    outer = {(s.partition("/")[0], r.partition("/")[0], shape) for s, r, shape in found}
    assert {edge for edge in outer if edge[0] != edge[1]} == {e for e in closed if e[0] != e[1]}
