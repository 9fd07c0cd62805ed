"""Folds layers into the module that consists of exactly these layers.

Say a file has these layers in a row, and the first one reads `x`:

    conv2d   Conv2D 32, 3×3, padding="same", use_bias=False
    batch    BatchNormalization
    relu     Activation "relu"

Layers are looked at from the end. `relu` could be the last layer of several modules; the pattern of
ConvBNReLU (`patterns.py`) has the classes Conv2D, BatchNormalization, Activation in a row, and
walking backwards from `relu` finds them. Then parameters are searched (`fitting.py`) that make the
module's layers equal to these in every setting: `filters=32`. The node `relu` becomes that module,
reading `x`, and the other two go. If another node read `batch`, nothing would be folded: a module
has one output. The network stays the same; only the order in which its layers are made may change.
See docs/decisions/0009-importing-models.md.
"""

from collections import Counter
from dataclasses import dataclass, replace

from builder.blocks.base import Layer
from builder.blocks.module import Module
from builder.blocks.types import Shape
from builder.importers.fitting import Trials, fit
from builder.importers.names import common_name
from builder.importers.patterns import Pattern, patterns
from builder.importers.sameness import NOTHING, is_same_network
from builder.importers.stages import put_to_stages
from builder.network.architecture import MAX_REPEAT, Architecture, Node
from builder.network.inference import infer

MAX_TRIALS = 30_000
"""The most traces for one network, which take about a second."""


@dataclass(frozen=True, slots=True)
class _Match:
    """A place where a module was found.

    Attributes:
        module: The module.
        inputs: The ids of the nodes that it reads.
        members: The ids of the nodes that it replaces, the one with the output first.
    """

    module: Module
    inputs: tuple[str, ...]
    members: tuple[str, ...]


def fold(architecture: Architecture) -> Architecture:
    """Folds layers into modules, and equal neighbors into repetitions."""
    folded = architecture
    trials = Trials(MAX_TRIALS)
    while matches := _matches(folded, trials):
        folded = _apply(folded, matches)
    folded = put_to_stages(_repeat(folded))
    return folded if is_same_network(architecture, folded) else architecture


def _matches(architecture: Architecture, trials: Trials) -> list[_Match]:
    """Modules in a network that do not overlap, the largest first."""
    finder = _Finder(architecture, trials)
    found = [match for node in architecture if (match := finder.ending_at(node)) is not None]
    taken: set[str] = set()
    chosen: list[_Match] = []
    for match in sorted(found, key=lambda match: -len(match.members)):
        if taken.isdisjoint(match.members):
            taken |= {*match.members}
            chosen.append(match)
    return chosen


class _Finder:
    def __init__(self, architecture: Architecture, trials: Trials) -> None:
        known = infer(architecture).nodes
        self._trials = trials
        self._fitted: dict[object, Module | None] = {}
        self._last: dict[type[Module], Module] = {}
        self._readers = architecture.consumers
        self._outputs = {*architecture.output_ids}
        self._layers: dict[str, Layer] = {}
        self._inputs: dict[str, tuple[str, ...]] = {}
        self._shapes = {node_id: node.output_shape for node_id, node in known.items()}
        for node_id, node in known.items():
            calls = [*node.layers]
            if len(calls) == 1 and node.node.block.max_inputs != 0:
                self._layers[node_id] = calls[0].facts.layer
                self._inputs[node_id] = node.node.inputs

    def ending_at(self, node: Node) -> _Match | None:
        """The largest module whose output is that of a node."""
        layer = self._layers.get(node.id)
        # Losses, metrics and labels find each of several outputs by its name.
        found_by_name = node.name and node.id in self._outputs and len(self._outputs) > 1
        if layer is None or found_by_name:
            return None
        for pattern in patterns().get(type(layer), ()):
            match = self._match(pattern, node.id)
            if match is not None:
                return match
        return None

    def _match(self, pattern: Pattern, end: str) -> _Match | None:
        place = self._place(pattern, end)
        if place is None:
            return None
        members, ports, passed = place
        shapes = [self._shapes[port] for port in ports]
        known = tuple(shape for shape in shapes if shape is not None)
        wanted = [self._layers[member] for member in members]
        module = self._fit(pattern, tuple(wanted), known)
        if module is None:
            return None
        others = [member for member in members if member != end]
        return _Match(module, ports, (end, *others, *passed))

    def _fit(
        self, pattern: Pattern, wanted: tuple[Layer, ...], shapes: tuple[Shape, ...]
    ) -> Module | None:
        """Fits a module once to layers that occur repeatedly."""
        key = (pattern.module, wanted, shapes)
        if key not in self._fitted:
            like = self._last.get(pattern.module)
            found = fit(pattern, wanted, shapes, self._trials, like)
            self._fitted[key] = found
            if found is not None:
                self._last[pattern.module] = found
        return self._fitted[key]

    def _place(
        self, pattern: Pattern, end: str
    ) -> tuple[list[str], tuple[str, ...], list[str]] | None:
        """The nodes that match a pattern's layers, the nodes that they read, and the skipped ones.

        The pattern is walked backwards from its output, which is unambiguous: a layer's inputs have
        an order.
        """
        found: dict[int, str] = {pattern.output: end}
        passed: list[str] = []
        for index in range(len(pattern.classes) - 1, -1, -1):
            node = found.get(index)
            if node is None or type(self._layers.get(node)) is not pattern.classes[index]:
                return None
            inputs = self._inputs[node]
            if len(inputs) != len(pattern.inputs[index]):
                return None
            for source, read in zip(pattern.inputs[index], inputs, strict=True):
                origin = self._origin(read, passed) if source >= 0 else read
                if found.setdefault(source, origin) != origin:
                    return None
        members = [found[index] for index in range(len(pattern.classes))]
        ports = tuple(found[-1 - port] for port in range(-min(found)))
        return (members, ports, passed) if self._closed(end, members, ports, passed) else None

    def _origin(self, node: str, passed: list[str]) -> str:
        """The node, or the one before it if it does nothing; records what it skips."""
        while self._layers.get(node) == NOTHING:
            passed.append(node)
            node = self._inputs[node][0]
        return node

    def _closed(
        self, end: str, members: list[str], ports: tuple[str, ...], passed: list[str]
    ) -> bool:
        """Whether only the last output is read from outside."""
        inside = {*members, *passed}
        hidden = inside - {end}
        return (
            len(inside) == len(members) + len(passed)
            and inside.isdisjoint(ports)
            and hidden.isdisjoint(self._outputs)
            and all(inside.issuperset(self._readers[node]) for node in hidden)
        )


def _apply(architecture: Architecture, matches: list[_Match]) -> Architecture:
    """Puts each module in place of its last layer, and removes the others."""
    ends = {match.members[0]: match for match in matches}
    gone = {member for match in matches for member in match.members}
    kept = {node.name for node in architecture if node.id not in gone}
    ids = {node.id for node in architecture}
    new_ids: dict[str, str] = {}
    numbers: Counter[str] = Counter()
    for end, match in ends.items():
        prefix = match.module.prefix()
        numbers[prefix] += 1
        while f"{prefix}_{numbers[prefix]}" in ids:
            numbers[prefix] += 1
        new_ids[end] = f"{prefix}_{numbers[prefix]}"
    nodes: list[Node] = []
    for node in architecture:
        if node.id not in gone:
            nodes.append(_reading(node, new_ids))
        elif node.id in ends:
            match = ends[node.id]
            name = common_name((architecture.by_id[m].name for m in match.members), kept | ids)
            kept.add(name)
            module = Node(new_ids[node.id], match.module, match.inputs, name)
            nodes.append(_reading(module, new_ids))
    return architecture.with_nodes_for(nodes, new_ids)


def _reading(node: Node, new_ids: dict[str, str]) -> Node:
    return replace(node, inputs=tuple(new_ids.get(source, source) for source in node.inputs))


def _repeat(architecture: Architecture) -> Architecture:
    """Folds equal neighbors into repetitions of one; named layers stay as they are."""
    nodes: dict[str, Node] = {}
    members: dict[str, list[str]] = {}
    standing_for: dict[str, str] = {}
    taken = {node.name for node in architecture} | {node.id for node in architecture}
    for original in architecture:
        node = _reading(original, standing_for)
        before = nodes.get(node.inputs[0]) if len(node.inputs) == 1 else None
        alone = architecture.consumers.get(next(iter(original.inputs), "")) == (node.id,)
        inner = alone and original.inputs[0] not in architecture.output_ids
        if before is not None and inner and _continues(before, node):
            nodes[before.id] = replace(before, repeat=before.repeat + node.repeat)
            members[before.id].append(node.name)
            standing_for[node.id] = before.id
        else:
            nodes[node.id] = node
            members[node.id] = [node.name]
    for node_id, names in members.items():
        if len(names) > 1:
            name = common_name(names, taken)
            taken.add(name)
            nodes[node_id] = replace(nodes[node_id], name=name)
    return architecture.with_nodes_for(nodes.values(), standing_for)


def _continues(before: Node, node: Node) -> bool:
    """Whether a node repeats the one before it."""
    named = isinstance(node.block, Layer) and (node.name or before.name)
    return (
        node.block == before.block
        and node.block.max_inputs == 1
        and not named
        and before.repeat + node.repeat <= MAX_REPEAT
    )
