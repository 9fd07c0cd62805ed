"""The network as a diagram in Graphviz's DOT language, with plain labels.

Every node is a box in its category's color; every edge carries its shape. A broken node is red,
with a warning sign and its issue. An opened node becomes a frame around its layers.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from textwrap import wrap
from typing import Any

import graphviz  # pyright: ignore[reportMissingTypeStubs]  it ships none

from builder.blocks.costs import format_shape
from builder.blocks.types import Shape
from builder.codegen.diagram.colors import BACKGROUND, BORDER, CATEGORIES, SIGNALS, TEXT, ThemeName
from builder.network.architecture import Node
from builder.network.hierarchy import Part, inside, num_layers, shows
from builder.network.inference import Inference, NodeInference
from builder.system.level import Level

Graph = Any
"""A `graphviz.Digraph`; its methods are only half annotated."""

FONT = "Helvetica"
MARGIN = "\u00a0\u00a0"
"""Keeps an edge's text off its line; plain spaces would be dropped."""
MAX_LINE = 40
"""The longest line of a box: wide boxes make the picture small."""
BOX, FRAME = "box-", "frame-"
"""The prefixes of the ids of a node's box and frame in the picture."""


def to_dot(
    inference: Inference,
    *,
    theme: ThemeName = "light",
    selected: str | None = None,
    horizontal: bool = False,
    opened: Iterable[str] = (),
) -> str:
    """Writes a network as DOT.

    Args:
        inference: The network's inference; broken networks are drawn too.
        theme: The theme of the colors.
        selected: The id of a node that is drawn with a thick border.
        horizontal: From left to right instead of top to bottom.
        opened: The keys of the nodes and of their parts whose layers are drawn (see `hierarchy`).
    """
    graph: Graph = graphviz.Digraph(
        graphviz.escape(inference.architecture.name),
        graph_attr={
            "rankdir": "LR" if horizontal else "TB",
            "bgcolor": "transparent",
            "nodesep": "0.3",
            "ranksep": "0.35",
            "margin": "0.05",
            "fontname": FONT,
            "fontsize": "10",
            "fontcolor": TEXT[theme],
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
    _Drawing(graph, inference, theme, selected, frozenset(opened)).draw()
    return graph.source


@dataclass(frozen=True)
class _Drawing:
    """A diagram under construction.

    Attributes:
        exits: For each node, the box whose output is the node's own.
        entries: For each opened node, the boxes that read each of its inputs.
    """

    graph: Graph
    inference: Inference
    theme: ThemeName
    selected: str | None
    opened: frozenset[str]
    exits: dict[str, str] = field(default_factory=dict[str, str])
    entries: dict[str, list[list[str]]] = field(default_factory=dict[str, list[list[str]]])

    def draw(self) -> None:
        """Draws boxes and frames, then the edges between them."""
        nodes = self.inference.nodes
        for node in self.inference.architecture:
            if node.id in self.opened and num_layers(nodes[node.id]):
                self._frame_node(nodes[node.id])
            else:
                self._box_node(nodes[node.id])
                self.exits[node.id] = node.id
        for node in self.inference.architecture:
            for port, source in enumerate(node.inputs):
                if source in nodes:
                    for reader in self._readers(node, port):
                        self._edge(self.exits[source], reader, nodes[source].output_shape)
        self._outputs()

    def _readers(self, node: Node, port: int) -> list[str]:
        """The boxes that read an input of a node."""
        entries = self.entries.get(node.id)
        return [node.id] if entries is None else entries[port]

    def _box_node(self, known: NodeInference) -> None:
        node = known.node
        errors = [issue for issue in known.issues if issue.level is Level.ERROR]
        title = _title(node)
        lines = [title, *_lines(node.block.type_name(), node.block.describe())]
        if errors:
            lines = [f"⚠ {title}", *lines[1:], *wrap(errors[0].message, MAX_LINE)]
        elif known.params:
            lines.append(f"{known.params:,} params")
        color = SIGNALS["error"] if errors else CATEGORIES[node.block.category.value]
        self.graph.node(
            node.id,
            _label(lines),
            id=f"{BOX}{node.id}",
            color=color.mark(self.theme),
            penwidth="3" if node.id == self.selected or errors else "1.4",
            **({} if known.used else {"style": "filled,rounded,dashed"}),
            **({"fontcolor": color.ink(self.theme)} if errors else {}),
            tooltip=graphviz.escape(node.block.summary()),
        )

    def _frame_node(self, known: NodeInference) -> None:
        """Draws a node as a frame around its parts."""
        node = known.node
        parts = inside(known)
        lines = [_title(node), node.block.type_name()]
        thick = "3" if node.id == self.selected else "1.4"
        with self.graph.subgraph(name=f"cluster-{node.id}") as frame:
            self._frame(frame, node.id, lines, node.block.category.value, known.params, thick)
            if len(known.traces) == 1:
                boxes = self._boxes(frame, parts)
                repetitions = [(parts[-1], boxes)]
            else:
                repetitions = [(part, self._boxes(frame, (part,))) for part in parts]
        self._flows(node, repetitions)

    def _boxes(self, graph: Graph, parts: Iterable[Part]) -> dict[int, str]:
        """Draws parts; returns the box of each layer call."""
        boxes: dict[int, str] = {}
        for part in parts:
            if shows(part, self.opened):
                lines = [part.title] + [part.parameters] * (part.times > 1)
                with graph.subgraph(name=f"cluster-{part.key}") as frame:
                    self._frame(frame, part.key, lines, part.category.value, part.params, "1")
                    boxes |= self._boxes(frame, part.parts)
            else:
                self._box(graph, part)
                boxes |= dict.fromkeys(range(part.start, part.end), part.key)
        return boxes

    def _frame(
        self, frame: Graph, key: str, lines: list[str], category: str, params: int, width: str
    ) -> None:
        """Draws a frame; its text is on the left, since edges cross the middle."""
        frame.attr(
            label=_label([*lines, *([f"{params:,} params"] if params else [])], r"\l"),
            labeljust="l",
            id=f"{FRAME}{key}",
            style="rounded",
            color=CATEGORIES[category].mark(self.theme),
            penwidth=width,
            margin="10",
        )

    def _box(self, graph: Graph, part: Part) -> None:
        lines = _lines(part.title, part.parameters)
        if part.params:
            lines.append(f"{part.params:,} params")
        color = CATEGORIES[part.category.value]
        graph.node(
            part.key,
            _label(lines),
            id=f"{BOX}{part.key}",
            color=color.mark(self.theme),
            fontsize="10",
            tooltip=" ",
        )

    def _flows(self, node: Node, repetitions: list[tuple[Part, dict[int, str]]]) -> None:
        """Draws the edges inside a node, and records where they begin and end."""
        exit_box, shape = "", None
        for number, (part, boxes) in enumerate(repetitions):
            trace = part.trace
            entries: list[list[str]] = [[] for _ in trace.input_shapes]
            drawn: set[tuple[int, str]] = set()
            for place, call in enumerate(trace.calls):
                reader = boxes[place]
                for source in call.inputs:
                    if boxes.get(source) == reader or (source, reader) in drawn:
                        continue
                    drawn.add((source, reader))
                    if source < 0:
                        entries[-1 - source].append(reader)
                    else:
                        flowing = trace.calls[source].facts.output_shape
                        self._edge(boxes[source], reader, flowing)
            if number == 0:
                self.entries[node.id] = entries
            else:
                for reader in entries[0]:
                    self._edge(exit_box, reader, shape)
            exit_box, shape = boxes[trace.output], trace.output_shape
        self.exits[node.id] = exit_box

    def _edge(self, source: str, target: str, shape: Shape | None) -> None:
        if shape is None:
            color = BORDER[self.theme]
            self.graph.edge(source, target, label=f"{MARGIN}?", style="dashed", color=color)
        else:
            self.graph.edge(source, target, label=f"{MARGIN}{format_shape(shape)}")

    def _outputs(self) -> None:
        """A small end mark after each output, so that its shape is on an edge as well."""
        ids = self.inference.architecture.output_ids
        names = self.inference.architecture.output_keys or range(1, len(ids) + 1)
        for number, (node_id, end) in enumerate(zip(ids, names, strict=True)):
            shape = self.inference.nodes[node_id].output_shape
            if shape is not None:
                name = f"output-{number}"  # a hyphen: no node's id can be the same
                mark = SIGNALS["muted"].ink(self.theme)
                label = f"output {graphviz.escape(str(end))}" if len(ids) > 1 else "output"
                self.graph.node(name, label, shape="plaintext", fontcolor=mark, fontsize="10")
                self._edge(self.exits[node_id], name, shape)


def _title(node: Node) -> str:
    return f"{node.label} ×{node.repeat}" if node.repeat > 1 else node.label


def _label(lines: list[str], end: str = r"\n") -> str:
    """Lines of text; the escape at their end sets the alignment: n centered, l left."""
    text = end.join(graphviz.escape(line) for line in lines)
    return text + end if end == r"\l" else text


def _lines(name: str, parameters: str) -> list[str]:
    return wrap(f"{name}  {parameters}", MAX_LINE) if parameters else [name]
