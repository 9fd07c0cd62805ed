"""The rows of a board: the nodes of a network and what is inside of them."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from builder.blocks.trace_record import BlockTrace
from builder.blocks.types import Shape
from builder.files import clipboard
from builder.network import connections
from builder.network.architecture import Architecture
from builder.network.hierarchy import Part, inside, num_layers, shows
from builder.network.inference import NodeInference, infer
from builder.system.level import Level
from components.board.payload import NodeRow, PartRow, Wire
from components.shell.format import shape


@lru_cache(maxsize=32)
def node_rows(architecture: Architecture, opened: frozenset[str]) -> list[NodeRow]:
    """One row for each node, in the order of the stack.

    Args:
        architecture: The network.
        opened: The keys of the nodes and parts that are drawn unfolded.
    """
    inference = infer(architecture)
    return [_node(inference.nodes[node.id], opened) for node in architecture]


def _node(known: NodeInference, opened: frozenset[str]) -> NodeRow:
    node = known.node
    issue = known.worst_issue
    layers = num_layers(known)
    is_open = layers > 0 and node.id in opened
    parts = _inside(known, opened) if is_open else []
    window = known.receptive_field
    return NodeRow(
        id=node.id,
        name=node.name,
        block=node.block.type_name(),
        category=node.block.category.value,
        parameters=node.block.describe(),
        shape="" if known.output_shape is None else shape(known.output_shape),
        reach="" if window is None else f"{window[0]:,}×{window[1]:,}",
        params=known.params,
        macs=known.macs,
        activation_bytes=known.activation_bytes,
        repeat=node.repeat,
        inputs=list(node.inputs),
        sources=connections.takes_input(node.block),
        repeats=connections.is_repeatable(node.block),
        used=known.used,
        level="" if issue is None else "error" if issue.level is Level.ERROR else "warning",
        issue="" if issue is None else issue.message,
        fix="" if issue is None else issue.fix,
        layers=layers,
        open=is_open,
        parts=parts,
        output=_output(known, parts),
        content=clipboard.node_content(node),
    )


@lru_cache(maxsize=32)
def own_blocks(architecture: Architecture) -> list[dict[str, Any]]:
    """The own blocks of a network, as they go along with what is copied."""
    return clipboard.own_content(architecture)


def _inside(known: NodeInference, opened: frozenset[str]) -> list[PartRow]:
    """The parts of an opened node: its repetitions in a row, otherwise its layers."""
    parts = inside(known)
    if len(known.traces) == 1:
        return _parts(parts, opened, _inlet_of_trace)
    drawn = [_part(part, opened, [], _inlet_of_trace) for part in parts]
    before = Wire(source="", inlet=0, shape=shape(known.input_shapes[0]))
    for number, part in enumerate(drawn):
        part["inputs"] = [before]
        before = Wire(source=part["key"], inlet=0, shape=shape(parts[number].output_shape))
    return drawn


def _output(known: NodeInference, parts: list[PartRow]) -> str:
    """The part whose output is the node's own."""
    if not parts:
        return ""
    first, *more = known.traces
    return parts[-1]["key"] if more else _holder(inside(known), first.output)


Inlet = Callable[[int], int]
"""Which input of a frame it is that a layer call inside of it reads, from 0."""


def _inlet_of_trace(source: int) -> int:
    """Counts from 0 where a trace counts its inputs down from -1."""
    return -1 - source


def _parts(parts: Sequence[Part], opened: frozenset[str], inlet: Inlet) -> list[PartRow]:
    """Parts of one trace, with what each reads of the others."""
    return [_part(part, opened, *_wires(part, parts, inlet)) for part in parts]


def _part(part: Part, opened: frozenset[str], inputs: list[Wire], inlet: Inlet) -> PartRow:
    is_open = shows(part, opened)
    return PartRow(
        key=part.key,
        title=part.title,
        category=part.category.value,
        parameters=part.parameters,
        shape=shape(part.output_shape),
        params=part.params,
        macs=part.macs,
        activation_bytes=part.activation_bytes,
        layers=part.num_layers if part.parts else 0,
        folds=part.folds,
        inputs=inputs,
        parts=_parts(part.parts, opened, inlet) if is_open else [],
        output=_holder(part.parts, part.output) if is_open else "",
    )


def _wires(part: Part, siblings: Sequence[Part], inlet: Inlet) -> tuple[list[Wire], Inlet]:
    """The inputs of a part: each other part once, and each input of the frame once.

    Returns:
        The inputs, and which of them it is that a call within the part reads.
    """

    def origin(source: int) -> tuple[str, int]:
        holder = _holder(siblings, source)
        return holder, 0 if holder else inlet(source)

    found: dict[tuple[str, int], Wire] = {}
    for call in part.trace.calls[part.start : part.end]:
        for source in call.inputs:
            if part.start <= source < part.end:
                continue
            holder, number = origin(source)
            wire = Wire(source=holder, inlet=number, shape=shape(_flowing(part.trace, source)))
            found.setdefault((holder, number), wire)
    numbers = {place: number for number, place in enumerate(found)}
    return list(found.values()), lambda source: numbers[origin(source)]


def _holder(parts: Sequence[Part], call: int) -> str:
    """The key of the part that a layer call belongs to; "" where it is none of these."""
    return next((part.key for part in parts if part.start <= call < part.end), "")


def _flowing(within: BlockTrace, source: int) -> Shape:
    """The output shape of a layer call, or the shape of one of the trace's inputs."""
    if source < 0:
        return within.input_shapes[-1 - source]
    return within.calls[source].facts.output_shape
