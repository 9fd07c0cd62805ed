"""What the table of layers lists: the nodes, and the parts inside of those that are unfolded."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from builder.blocks.types import Shape
from builder.network.architecture import Architecture
from builder.network.hierarchy import Part, inside, num_layers, walk
from builder.network.inference import NodeInference, infer
from components.shell import format as fmt

_HEAD = (
    "node",
    "inside",
    "block",
    "repeat",
    "parameters",
    "output",
    "params",
    "macs",
    "activation_bytes",
    "receptive_field",
)


@dataclass(frozen=True, slots=True)
class LayerRow:
    """A row.

    Attributes:
        node: The node.
        part: The part of it that the row is about; None for the node itself.
        depth: How deep the part lies: 0 for one directly inside of the node.
    """

    node: NodeInference
    part: Part | None = None
    depth: int = 0


def layer_rows(architecture: Architecture, opened: frozenset[str] | None) -> Iterator[LayerRow]:
    """Lists nodes in their order, each before what is inside of it.

    Args:
        architecture: The network.
        opened: The keys of the nodes and parts that are unfolded; None for all of them.
    """
    inference = infer(architecture)
    for node in architecture:
        known = inference.nodes[node.id]
        yield LayerRow(known)
        if not num_layers(known):
            continue
        if opened is None:
            parts = _everything(inside(known))
        else:
            parts = walk(inside(known), opened) if node.id in opened else ()
        for part, depth in parts:
            yield LayerRow(known, part, depth)


def layers_csv(architecture: Architecture, opened: frozenset[str] | None) -> str:
    """Writes the rows as CSV with exact figures; what is unknown stays empty."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(_HEAD)
    for row in layer_rows(architecture, opened):
        writer.writerow(_part_cells(row.node, row.part) if row.part else _node_cells(row.node))
    return file.getvalue()


def _everything(parts: tuple[Part, ...], depth: int = 0) -> Iterator[tuple[Part, int]]:
    for part in parts:
        yield part, depth
        yield from _everything(part.parts, depth + 1)


def _node_cells(known: NodeInference) -> tuple[object, ...]:
    node = known.node
    costs = (known.params, known.macs, known.activation_bytes) if known.traces else ("", "", "")
    what = (node.label, "", node.block.type_name(), node.repeat, node.block.describe())
    return (*what, _shape(known.output_shape), *costs, _shape(known.receptive_field))


def _part_cells(known: NodeInference, part: Part) -> tuple[object, ...]:
    what = (known.node.label, part.title, "", "", part.parameters, _shape(part.output_shape))
    return (*what, part.params, part.macs, part.activation_bytes, "")


def _shape(shape: Shape | None) -> str:
    return "" if shape is None else fmt.shape(shape)
