"""Inference: each node's output, costs and issues, as values.

Nothing here raises for a broken network. The faulty node carries an issue; the nodes after it have
no shape and no issue.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from builder.blocks.costs import Reach
from builder.blocks.trace_record import BlockTrace, LayerCall
from builder.blocks.types import Shape
from builder.network.architecture import Architecture, Node
from builder.network.issues import Issue, IssueCode
from builder.network.naming import clashes, keras_names, unique
from builder.network.propagation import read_by_shape_only
from builder.network.repetition import Room, apply_repeatedly, join_reaches
from builder.network.shapes_in_use import misfit_in_use
from builder.network.topology import cyclic_nodes, order, used_nodes
from builder.network.wiring_issues import (
    issue_of,
    network_issues,
    remarks_on_own_block,
    unread_inputs,
    wiring_issues,
)
from builder.system.errors import ShapeError
from builder.system.level import Level

BYTES_PER_PARAM = 4


@dataclass(frozen=True, slots=True)
class NodeInference:
    """What is known about a node.

    Attributes:
        node: The node itself.
        input_shapes: The shapes of its inputs; empty where something before it is broken.
        output_shape: Without the batch axis; None where it is not known.
        traces: One for each repetition, in order.
        reach: How far one output pixel sees on the network's input; None where that is unknown.
        used: Whether an output depends on it, or it is listed as an input; only used nodes are part
            of the model.
        issues: What is wrong with it.
        in_model: Whether the values of the outputs depend on it; if blocks read only its shape,
            Keras leaves it out of the model.
    """

    node: Node
    input_shapes: tuple[Shape, ...] = ()
    output_shape: Shape | None = None
    traces: tuple[BlockTrace, ...] = ()
    reach: Reach | None = None
    used: bool = True
    issues: tuple[Issue, ...] = ()
    in_model: bool = True

    @property
    def params(self) -> int:
        """Number of parameters."""
        return sum(trace.params for trace in self.traces)

    @property
    def trainable_params(self) -> int:
        """Number of parameters that training changes by a gradient."""
        return sum(trace.trainable_params for trace in self.traces)

    @property
    def macs(self) -> int:
        """Multiply-accumulates for one example."""
        return sum(trace.macs for trace in self.traces)

    @property
    def activation_bytes(self) -> int:
        """Bytes of all inner layers' outputs for one example, in float32."""
        return sum(trace.activation_bytes for trace in self.traces)

    @property
    def receptive_field(self) -> tuple[int, int] | None:
        """Height and width, in input pixels, that one output pixel depends on."""
        return self.reach.window if self.reach else None

    @property
    def worst_issue(self) -> Issue | None:
        """The one to show where there is room for one: the first error, else the first warning."""
        return min(self.issues, key=lambda issue: issue.level.rank, default=None)

    @property
    def layers(self) -> Iterator[LayerCall]:
        """Every inner Keras layer, in creation order."""
        return (call for trace in self.traces for call in trace.calls)


@dataclass(frozen=True)
class Inference:
    """What is known about a network.

    Attributes:
        architecture: The network.
        nodes: By id, each after its inputs.
        issues: Everything wrong with it, nodes' own issues included.
    """

    architecture: Architecture
    nodes: Mapping[str, NodeInference]
    issues: tuple[Issue, ...]

    @cached_property
    def used(self) -> tuple[NodeInference, ...]:
        """The nodes that the code of the model consists of, each after its inputs."""
        return tuple(node for node in self.nodes.values() if node.used)

    @cached_property
    def in_model(self) -> tuple[NodeInference, ...]:
        """The nodes whose layers Keras counts, each after its inputs."""
        return tuple(node for node in self.used if node.in_model)

    @property
    def errors(self) -> tuple[Issue, ...]:
        """The issues that keep the network from being built."""
        return tuple(issue for issue in self.issues if issue.level is Level.ERROR)

    @property
    def ok(self) -> bool:
        """Whether the network can be built."""
        return not self.errors

    @cached_property
    def total_params(self) -> int:
        """Number of parameters, BatchNormalization's moving statistics included."""
        return sum(node.params for node in self.in_model)

    @cached_property
    def trainable_params(self) -> int:
        """Number of parameters that training changes by a gradient."""
        return sum(node.trainable_params for node in self.in_model)

    @cached_property
    def macs(self) -> int:
        """Multiply-accumulates for one example."""
        return sum(node.macs for node in self.in_model)

    @cached_property
    def activation_bytes(self) -> int:
        """Bytes of all layers' outputs for one example, in float32."""
        return sum(node.activation_bytes for node in self.in_model)

    @cached_property
    def breaks_onednn(self) -> bool:
        """Whether a layer cannot be trained with TensorFlow's oneDNN kernels."""
        facts = (call.facts for node in self.used for call in node.layers)
        return any(fact.layer.breaks_onednn(*fact.input_shapes) for fact in facts)

    @property
    def num_layers(self) -> int:
        """Number of Keras layers."""
        return sum(len(trace.calls) for node in self.in_model for trace in node.traces)

    @property
    def input_ids(self) -> tuple[str, ...]:
        """The ids of the inputs, in the order in which the network takes them."""
        return tuple(i for i in self.architecture.input_ids if self.nodes[i].used)

    @property
    def input_keys(self) -> tuple[str, ...]:
        """The keys of the dictionary that the network takes its inputs in; empty for a list."""
        keys = self.architecture.input_keys
        taken = {*keys}
        for node_id in self.input_ids[len(keys) :] if keys else ():  # those that came later
            keys = (*keys, unique(self.nodes[node_id].node.label, taken))
            taken.add(keys[-1])
        return keys

    @property
    def input_shapes(self) -> tuple[Shape, ...]:
        """The shapes of the inputs, in the order in which the network takes them."""
        shapes = (self.nodes[node_id].output_shape for node_id in self.input_ids)
        return tuple(shape for shape in shapes if shape)

    @property
    def output_shapes(self) -> tuple[Shape | None, ...]:
        """The shapes of the outputs; None where one is not known."""
        return tuple(self.nodes[node].output_shape for node in self.architecture.output_ids)

    @property
    def receptive_field(self) -> tuple[int, int] | None:
        """Height and width, in input pixels, seen by a pixel of the last image in the network."""
        images = [n for n in self.used if n.output_shape and len(n.output_shape) == 3 and n.reach]
        return images[-1].receptive_field if images else None


@lru_cache(maxsize=64)
def infer(architecture: Architecture) -> Inference:
    """Works out every node's shape, costs and issues.

    Args:
        architecture: Any architecture, also a half-drawn or broken one.

    Returns:
        The results; equal architectures share them.
    """
    cyclic = cyclic_nodes(architecture)
    used = used_nodes(architecture)
    unread = unread_inputs(architecture)
    nodes: dict[str, NodeInference] = {}
    rooms = {True: Room(), False: Room()}  # what is not used takes nothing away from the model
    for node in order(architecture, cyclic):
        own = list(wiring_issues(architecture, node, cyclic))
        if node.id not in used:
            own.append(issue_of(node, IssueCode.UNREAD, Level.WARNING))
        elif node.id in unread:
            own.append(issue_of(node, IssueCode.UNREAD_INPUT, Level.WARNING))
        own += remarks_on_own_block(node)
        nodes[node.id] = _infer_node(node, nodes, own, node.id in used, rooms[node.id in used])
    _add_name_issues(nodes)
    _add_use_issue(nodes)
    _leave_out(architecture, nodes)
    _soften(nodes)
    network = tuple(network_issues(architecture))
    issues = network + tuple(i for node in architecture for i in nodes[node.id].issues)
    return Inference(architecture, nodes, issues)


def _leave_out(architecture: Architecture, nodes: dict[str, NodeInference]) -> None:
    """Marks nodes whose shape alone is read; Keras does not count them."""
    for node_id in read_by_shape_only(architecture.output_ids, nodes):
        known = nodes[node_id]
        if known.used and known.node.block.max_inputs != 0:
            issue = issue_of(known.node, IssueCode.READ_BY_SHAPE_ONLY, Level.WARNING)
            nodes[node_id] = replace(known, in_model=False, issues=(*known.issues, issue))


def _soften(nodes: dict[str, NodeInference]) -> None:
    """Turns errors of unused nodes into warnings, since the network can still be built."""
    for node_id, known in nodes.items():
        if not known.used and known.issues:
            issues = tuple(replace(issue, level=Level.WARNING) for issue in known.issues)
            nodes[node_id] = replace(known, issues=issues)


def _infer_node(
    node: Node, known: Mapping[str, NodeInference], own: list[Issue], used: bool, room: Room
) -> NodeInference:
    sources = [known.get(source) for source in node.inputs]
    shapes = tuple(s.output_shape for s in sources if s and s.output_shape is not None)
    broken = any(issue.level is Level.ERROR for issue in own)
    if broken or len(shapes) < len(node.inputs) or room.is_spent:
        return NodeInference(node, used=used, issues=tuple(own))
    try:
        traces = apply_repeatedly(node, shapes, room)
    except ShapeError as error:
        issue = Issue(node.id, Level.ERROR, error.problem, node.label)
        return NodeInference(node, shapes, used=used, issues=(*own, issue))
    reach = join_reaches(traces, [source.reach for source in sources if source])
    return NodeInference(node, shapes, traces[-1].output_shape, traces, reach, used, tuple(own))


def _add_name_issues(nodes: dict[str, NodeInference]) -> None:
    """Blames nodes whose names Keras would refuse."""
    if not any(known.node.name for known in nodes.values()):
        return
    unnamed = {
        type(call.facts.layer)
        for known in nodes.values()
        if known.used and not keras_names(known.node)
        for call in known.layers
    }
    used_first = sorted(nodes.values(), key=lambda known: not known.used)
    for node, problem in clashes((known.node for known in used_first), unnamed):
        known = nodes[node.id]
        issue = Issue(node.id, Level.ERROR, problem)  # by the id, since the name is not its own
        nodes[node.id] = replace(known, issues=(*known.issues, issue))


def _add_use_issue(nodes: dict[str, NodeInference]) -> None:
    """Blames the node that fits in training only, as after a RandomCrop."""
    used = [known for known in nodes.values() if known.used]
    if any(not known.traces for known in used):
        return
    found = misfit_in_use(used)
    if found is not None:
        known = nodes[found.node]
        issue = Issue(found.node, Level.ERROR, found.problem, known.node.label)
        nodes[found.node] = replace(known, issues=(*known.issues, issue))
