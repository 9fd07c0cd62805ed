"""Turns a graph of Keras's layers into an architecture and a list of what was lost on the way."""

import re

from builder.blocks.base import Block, snake_case
from builder.blocks.symbolic import trace
from builder.blocks.types import Shape
from builder.importers.graph import Ends, Graph
from builder.importers.mapping import map_call
from builder.importers.names import chosen_names, is_automatic
from builder.importers.pieces import CannotMapError, Mapped
from builder.importers.reasons import Reason
from builder.importers.result import Unmapped, unmapped
from builder.importers.unfolding import Call
from builder.importers.version import CURRENT, KerasVersion
from builder.network.architecture import MAX_INPUTS, Architecture, Node, check_key
from builder.network.inference import infer
from builder.system.errors import FormatError, Problem, ShapeError


def assemble(
    graph: Graph, name: str, keras: KerasVersion = CURRENT
) -> tuple[Architecture, tuple[Unmapped, ...]]:
    """Assembles an architecture.

    A layer without an equivalent block is left out, and its readers read its first input instead,
    so that the rest stays connected.

    Args:
        graph: The model.
        name: The architecture's name.
        keras: The version of Keras that wrote the model.

    Raises:
        FormatError: A layer has settings that no network could have.
    """
    assembler = _Assembler(list(graph.unmapped), keras)
    for call in graph.calls:
        assembler.add(call)
    return assembler.finish(graph, name), tuple(assembler.unmapped)


class _Assembler:
    def __init__(self, unmapped: list[Unmapped], keras: KerasVersion) -> None:
        self.unmapped = unmapped
        self._noted = {found.layer for found in unmapped}
        self._keras = keras
        self._nodes: list[Node] = []
        self._shapes: dict[str, Shape | None] = {}
        self._names: dict[str, str] = {}
        self._ids: dict[str, int] = {}
        self._standing_for: dict[str, str | None] = {}
        """For each call, the node with its output; None if there is none."""

    def add(self, call: Call) -> None:
        """Appends nodes that do what the call does."""
        found = (self._standing_for[key] for key in call.inputs)
        inputs = tuple(node for node in found if node is not None)
        shapes = tuple(self._shapes[node] for node in inputs)
        try:
            mapped = map_call(call, shapes, self._keras)
            if len(inputs) > MAX_INPUTS:
                raise CannotMapError(Reason.TOO_MANY_INPUTS, number=len(inputs), most=MAX_INPUTS)
        except CannotMapError as error:
            self._note(call, error.problem, kept=False)
            self._standing_for[call.key] = inputs[0] if inputs else None
            return
        for reason in mapped.reasons:
            self._note(call, reason, kept=True)
        made = self._place(mapped, inputs)
        self._standing_for[call.key] = made[-1] if made else (inputs[0] if inputs else None)
        last = re.sub(r"_\d+$", "", call.name.rpartition("/")[2])
        if made and last != snake_case(call.class_name):  # otherwise Keras gave it
            self._names[made[-1]] = call.name
        if call.shared and any(self._has_weights(node) for node in made):
            self._note(call, Problem(Reason.SHARED_WEIGHTS), kept=True)

    def finish(self, graph: Graph, name: str) -> Architecture:
        """The architecture, with names, inputs and outputs."""
        inputs, input_keys = self._ends("inputs", graph.inputs)
        outputs, output_keys = self._ends("outputs", graph.outputs)
        for node_id, key in zip(inputs, input_keys, strict=False):
            if is_automatic(self._names.get(node_id, "input")):
                self._names[node_id] = key  # Keras wants its inputs named as their keys
        names = chosen_names(self._nodes, self._names)
        nodes = [
            Node(node.id, node.block, node.inputs, names.get(node.id, "")) for node in self._nodes
        ]
        network = Architecture(name, tuple(nodes))
        if output_keys or outputs != network.output_ids:
            network = network.with_outputs(outputs, output_keys)
        if input_keys or inputs != infer(network).input_ids:
            network = network.with_inputs(inputs, input_keys)
        return network

    def _ends(self, what: str, ends: Ends) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The nodes that are the model's inputs or outputs, and their keys."""
        if len(ends.calls) > MAX_INPUTS:
            raise FormatError(
                f"the model has {len(ends.calls)} {what}, expected {MAX_INPUTS} at most"
            )
        keys = ends.names or ("",) * len(ends.calls)
        found = [(self._standing_for.get(c), k) for c, k in zip(ends.calls, keys, strict=True)]
        kept = [(node_id, key) for node_id, key in found if node_id is not None]
        kept_keys = tuple(check_key(what, key) for _, key in kept) if ends.names else ()
        return tuple(node_id for node_id, _ in kept), kept_keys

    def _place(self, mapped: Mapped, inputs: tuple[str, ...]) -> list[str]:
        made: list[str] = []
        for piece in mapped.pieces:
            read = [made[i] if i >= 0 else _get(inputs, -1 - i) for i in piece.inputs]
            sources = tuple(source for source in read if source is not None)
            node = Node(self._new_id(piece.block), piece.block, sources)
            self._nodes.append(node)
            self._shapes[node.id] = self._shape(node)
            made.append(node.id)
        return made

    def _shape(self, node: Node) -> Shape | None:
        shapes = [self._shapes[source] for source in node.inputs]
        known = tuple(shape for shape in shapes if shape is not None)
        try:
            return trace(node.block, known).output_shape if len(known) == len(shapes) else None
        except ShapeError:
            return None

    def _has_weights(self, node_id: str) -> bool:
        node = next(node for node in reversed(self._nodes) if node.id == node_id)
        shapes = [self._shapes[source] for source in node.inputs]
        known = tuple(shape for shape in shapes if shape is not None)
        try:
            return len(known) < len(shapes) or trace(node.block, known).params > 0
        except ShapeError:
            return False

    def _new_id(self, block: Block) -> str:
        number = self._ids.get(block.prefix(), 0) + 1
        self._ids[block.prefix()] = number
        return f"{block.prefix()}_{number}"

    def _note(self, call: Call, reason: Problem, *, kept: bool) -> None:
        found = unmapped(call.name, call.class_name, reason, kept=kept)
        if call.number == 0 or found.layer not in self._noted:
            self._noted.add(found.layer)
            self.unmapped.append(found)


def _get(inputs: tuple[str, ...], port: int) -> str | None:
    return inputs[port] if port < len(inputs) else None
