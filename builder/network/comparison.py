"""Compares two networks without training them: their figures, and how their blocks differ.

Blocks are paired in the order of the stack. Take

    first:  Input  Conv2D 32  ReLU             Dense 10
    second: Input  Conv2D 64  ReLU  Dropout    Dense 10

Equal blocks are paired first, as a text comparison pairs lines: Input, ReLU, Dense. In the gaps
between them, blocks of the same type are paired: Conv2D 32 with Conv2D 64. The rest stay alone:
Dropout.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from builder.network.architecture import Node
from builder.network.inference import Inference, NodeInference

Kind = Literal["count", "macs", "bytes", "pixels", "shape"]
_Pairs = Iterator[tuple[NodeInference | None, NodeInference | None]]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of both networks.

    Attributes:
        name: What it is.
        kind: How it is written.
        values: The value of each network; None where it is not known.
    """

    name: str
    kind: Kind
    values: tuple[Any, Any]

    @property
    def share(self) -> float | None:
        """The change from the first to the second as a fraction of the first; None if unknown."""
        first, second = self.values
        if self.kind == "shape" or first is None or second is None or not first:
            return None
        return second / first - 1


@dataclass(frozen=True, slots=True)
class Changed:
    """A parameter with different values in two paired blocks; may be `repeat` or `reads`."""

    name: str
    values: tuple[Any, Any]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two paired blocks, or a block that only one network has.

    Attributes:
        first: The first network's block; None where only the second has one.
        second: The second network's block, likewise.
        changed: What differs between the two.
    """

    first: NodeInference | None
    second: NodeInference | None
    changed: tuple[Changed, ...] = ()

    @property
    def is_same(self) -> bool:
        """Whether both exist and are equal, apart from their costs."""
        return self.first is not None and self.second is not None and not self.changed


@dataclass(frozen=True, slots=True)
class NetworkComparison:
    """The result; `figures` and `pairs` are in the order in which they are shown."""

    figures: tuple[Figure, ...]
    pairs: tuple[Pair, ...]

    @property
    def num_different(self) -> int:
        """Blocks that differ, or that only one network has."""
        return sum(not pair.is_same for pair in self.pairs)


def compare(first: Inference, second: Inference) -> NetworkComparison:
    """Compares two networks."""
    nodes = [[each.nodes[node.id] for node in each.architecture] for each in (first, second)]
    pairs = list(_paired(nodes[0], nodes[1], (_exactly, _by_type)))
    partners = {one.node.id: other.node.id for one, other in pairs if one and other}
    known = frozenset(partners), frozenset(partners.values())
    found = tuple(
        Pair(one, other, _changed(one, other, (first, second), known, partners))
        for one, other in pairs
    )
    return NetworkComparison(_figures(first, second), found)


def _figures(*networks: Inference) -> tuple[Figure, ...]:
    def both(value: Callable[[Inference], Any]) -> tuple[Any, Any]:
        first, second = map(value, networks)
        return first, second

    def whole(value: Callable[[Inference], int]) -> tuple[Any, Any]:
        """A figure of a network; None with errors, since only a part of it is known then."""
        return both(lambda network: value(network) if network.ok else None)

    return (
        Figure("input", "shape", both(lambda each: each.input_shapes)),
        Figure("output", "shape", both(lambda each: each.output_shapes)),
        Figure("parameters", "count", whole(lambda each: each.total_params)),
        Figure("trainable parameters", "count", whole(lambda each: each.trainable_params)),
        Figure("MACs for one example", "macs", whole(lambda each: each.macs)),
        Figure("activations for one example", "bytes", whole(lambda each: each.activation_bytes)),
        Figure("blocks", "count", both(lambda each: len(each.architecture.nodes))),
        Figure("Keras layers", "count", whole(lambda each: each.num_layers)),
        Figure("receptive field", "pixels", both(_field)),
    )


def _field(network: Inference) -> int | None:
    field = network.receptive_field if network.ok else None
    return max(field) if field else None


_Key = Callable[[NodeInference], Hashable]


def _exactly(known: NodeInference) -> Hashable:
    node = known.node
    return node.block.type_name(), repr(sorted(node.block.values().items())), node.repeat


def _by_type(known: NodeInference) -> Hashable:
    return known.node.block.type_name()


def _paired(
    first: Sequence[NodeInference], second: Sequence[NodeInference], keys: Sequence[_Key]
) -> _Pairs:
    """Pairs by the first key, and between its matches by the next ones."""
    if not first or not second or not keys:
        yield from ((one, None) for one in first)
        yield from ((None, other) for other in second)
        return
    key, *others = keys
    matcher = SequenceMatcher(None, [*map(key, first)], [*map(key, second)], autojunk=False)
    at_first = at_second = 0
    for match in matcher.get_matching_blocks():
        yield from _paired(first[at_first : match.a], second[at_second : match.b], others)
        at_first, at_second = match.a + match.size, match.b + match.size
        yield from zip(first[match.a : at_first], second[match.b : at_second], strict=True)


def _changed(
    one: NodeInference | None,
    other: NodeInference | None,
    networks: tuple[Inference, Inference],
    known: tuple[frozenset[str], frozenset[str]],
    partners: dict[str, str],
) -> tuple[Changed, ...]:
    if one is None or other is None:
        return ()
    before, now = one.node.block.values(), other.node.block.values()
    names = dict.fromkeys((*before, *now))
    found = [
        Changed(name, (before.get(name), now.get(name)))
        for name in names
        if before.get(name) != now.get(name)
    ]
    if one.node.repeat != other.node.repeat:
        found.append(Changed("repeat", (one.node.repeat, other.node.repeat)))
    sides = tuple(zip((one.node, other.node), networks, known, strict=True))
    sources, others = (
        [_source(network, source, paired) for source in node.inputs]
        for node, network, paired in sides
    )
    if [partners.get(source) for source in sources] != others:
        first, second = (_labels(node, network) for node, network, _ in sides)
        found.append(Changed("reads", (first, second)))
    return tuple(found)


def _source(network: Inference, node: str, paired: frozenset[str]) -> str:
    """The paired block that an input comes from; blocks that only one network has are skipped.

    So a block inserted into a chain does not make the block after it a different one.
    """
    seen: set[str] = set()
    while node not in paired and node in network.nodes and node not in seen:
        seen.add(node)
        inputs = network.nodes[node].node.inputs
        if len(inputs) != 1:
            break
        node = inputs[0]
    return node


def _labels(node: Node, network: Inference) -> str:
    nodes = network.nodes
    return ", ".join(nodes[each].node.label if each in nodes else each for each in node.inputs)
