"""The network as a diagram in Graphviz's DOT language, with plain labels.

Every node is a box of its category's colour; every edge carries the shape that flows along it. A
broken node is red, has a warning sign and says what is wrong.
"""

from typing import Any

import graphviz  # pyright: ignore[reportMissingTypeStubs]  it ships none

from builder.blocks.costs import format_shape
from builder.colours import BACKGROUND, BORDER, CATEGORIES, SIGNALS, TEXT, ThemeName
from builder.inference import Inference, NodeInference

Graph = Any
"""A `graphviz.Digraph`; its methods are only half annotated."""

FONT = "Helvetica"
MARGIN = "\u00a0\u00a0"
"""Keeps an edge's text off its line; plain spaces would be dropped."""
MAX_MESSAGE = 40
"""Characters in one line of an error's text."""


def to_dot(
    inference: Inference,
    *,
    theme: ThemeName = "light",
    selected: str | None = None,
    horizontal: bool = False,
) -> str:
    """Writes a network as DOT.

    Args:
        inference: The network and what is known of it; broken ones are drawn too.
        theme: Which colours are used.
        selected: The id of a node that is drawn with a thick border.
        horizontal: From left to right instead of top to bottom.
    """
    graph: Graph = graphviz.Digraph(
        graphviz.escape(inference.architecture.name),
        graph_attr={
            "rankdir": "LR" if horizontal else "TB",
            "bgcolor": "transparent",
            "nodesep": "0.3",
            "ranksep": "0.35",
            "margin": "0.05",
        },
        node_attr={
            "shape": "box",
            "style": "filled,rounded",
            "fontname": FONT,
            "fontsize": "11",
            "fontcolor": TEXT[theme],
            "fillcolor": BACKGROUND[theme],
            "margin": "0.14,0.07",
            "height": "0.3",
        },
        edge_attr={
            "fontname": FONT,
            "fontsize": "9",
            "fontcolor": SIGNALS["muted"].ink(theme),
            "color": SIGNALS["muted"].mark(theme),
            "arrowsize": "0.6",
        },
    )
    for node in inference.architecture:
        _draw_node(graph, inference.nodes[node.id], theme, node.id == selected)
    for node in inference.architecture:
        for source in node.inputs:
            if source in inference.nodes:
                _draw_edge(graph, inference.nodes[source], node.id, theme)
    _draw_outputs(graph, inference, theme)
    return graph.source


def _draw_node(graph: Graph, known: NodeInference, theme: ThemeName, selected: bool) -> None:
    node = known.node
    errors = [issue for issue in known.issues if issue.level == "error"]
    title = f"{node.label} ×{node.repeat}" if node.repeat > 1 else node.label
    lines = [title, f"{node.block.type_name()}  {node.block.describe()}".rstrip()]
    if errors:
        lines = [f"⚠ {title}", lines[1], *_wrap(errors[0].message)]
    elif known.params:
        lines.append(f"{known.params:,} params")
    colour = SIGNALS["error"] if errors else CATEGORIES[node.block.category.value]
    graph.node(
        node.id,
        r"\n".join(graphviz.escape(line) for line in lines),
        color=colour.mark(theme),
        penwidth="3" if selected or errors else "1.4",
        **({} if known.used else {"style": "filled,rounded,dashed"}),
        **({"fontcolor": colour.ink(theme)} if errors else {}),
        tooltip=graphviz.escape(node.block.summary()),
    )


def _draw_edge(graph: Graph, source: NodeInference, target: str, theme: ThemeName) -> None:
    shape = source.output_shape
    if shape is None:
        graph.edge(source.node.id, target, label=f"{MARGIN}?", style="dashed", color=BORDER[theme])
    else:
        graph.edge(source.node.id, target, label=f"{MARGIN}{format_shape(shape)}")


def _draw_outputs(graph: Graph, inference: Inference, theme: ThemeName) -> None:
    """A small end mark behind each output, so that its shape stands on an edge as well."""
    for number, node_id in enumerate(inference.architecture.output_ids):
        if inference.nodes[node_id].output_shape is not None:
            name = f"output-{number}"  # a hyphen: no node's id can be the same
            mark = SIGNALS["muted"].ink(theme)
            graph.node(name, "output", shape="plaintext", fontcolor=mark, fontsize="10")
            _draw_edge(graph, inference.nodes[node_id], name, theme)


def _wrap(message: str) -> list[str]:
    lines = [""]
    for word in message.split():
        if lines[-1] and len(lines[-1]) + len(word) >= MAX_MESSAGE:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".lstrip()
    return lines
