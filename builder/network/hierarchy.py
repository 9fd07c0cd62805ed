"""The parts of a node: its repetitions, the modules that they call, and their layers.

They follow from the trace of the node's block, so built-in modules and own blocks are treated
alike. Parts are worked out on demand: inference does not need them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from builder.blocks.base import Block, Category, Layer
from builder.blocks.trace_record import BlockTrace, ModuleCall, called_directly
from builder.blocks.types import Shape
from builder.network.inference import NodeInference
from builder.system.errors import BuilderError

MOST_OPEN = 3
"""Up to so many groups of alike repetitions are always unfolded; beyond, each opens separately."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a node: a layer, a module that is called, or a group of alike repetitions.

    Attributes:
        key: Its place: the node's id, then numbers counted from 0, separated by `/`.
        title: The layer's class, the module's name, or which repetitions: `2–6 of 6`.
        category: Decides its color.
        parameters: The most important of its parameters, in words; may be empty.
        output_shape: Without the batch axis.
        params: Number of parameters, of all alike repetitions together.
        macs: Multiply-accumulates for one example, likewise.
        activation_bytes: Bytes of all layers' outputs for one example, likewise.
        times: How many alike repetitions it stands for; 1 for anything else.
        trace: The trace of the repetition that it belongs to.
        start: Index of its first layer call in the trace.
        end: Index after its last one.
        output: Index of the call whose output is its own.
        parts: Its own parts, in the order of the calls; empty for a layer.
        folds: Whether it is folded until it is opened.
    """

    key: str
    title: str
    category: Category
    parameters: str
    output_shape: Shape
    params: int
    macs: int
    activation_bytes: int
    times: int
    trace: BlockTrace
    start: int
    end: int
    output: int
    parts: tuple["Part", ...] = ()
    folds: bool = False

    @property
    def num_layers(self) -> int:
        """Number of Keras layers, of all alike repetitions together."""
        return self.times * (self.end - self.start)


def num_layers(known: NodeInference) -> int:
    """Number of Keras layers inside a node; 0 where there is nothing to unfold."""
    number = sum(len(trace.calls) for trace in known.traces)
    return number if number > 1 else 0


def inside(known: NodeInference) -> tuple[Part, ...]:
    """The parts of a node, in the order of the calls.

    They are the repetitions of a repeated node, alike ones together, otherwise what its block
    calls.

    Returns:
        Nothing for a single layer, and where the shapes are not known.
    """
    if not num_layers(known):
        return ()
    key, block = known.node.id, known.node.block
    if len(known.traces) == 1:
        return _parts(known.traces[0], key)
    groups = [list(alike) for _, alike in groupby(known.traces, key=id)]
    found: list[Part] = []
    done = 0
    for place, alike in enumerate(groups):
        which = _which(done, len(alike), len(known.traces))
        folds = len(groups) > MOST_OPEN
        found.append(_repetitions(block, alike[0], len(alike), which, f"{key}/{place}", folds))
        done += len(alike)
    return tuple(found)


def walk(
    parts: tuple[Part, ...], opened: frozenset[str], depth: int = 0
) -> Iterator[tuple[Part, int]]:
    """The parts that are shown, each before its own parts, with their depth.

    Args:
        parts: The result of `inside`.
        opened: The keys of the parts that are unfolded.
        depth: The depth of the first ones.
    """
    for part in parts:
        yield part, depth
        if shows(part, opened):
            yield from walk(part.parts, opened, depth + 1)


def shows(part: Part, opened: frozenset[str]) -> bool:
    """Whether the parts of a part are shown."""
    return bool(part.parts) and (not part.folds or part.key in opened)


def fitting(
    known: Iterable[NodeInference], opened: frozenset[str], most: int
) -> tuple[frozenset[str], tuple[str, ...]]:
    """Chooses the nodes that can be unfolded without showing too many things.

    Args:
        known: The nodes, in the order in which they are served.
        opened: The keys of the nodes and parts to unfold.
        most: How many nodes and parts may be shown in total.

    Returns:
        The keys that fit, and the ids of the nodes that stay folded because there is no room.
    """
    nodes = list(known)
    room = most - len(nodes)
    left: list[str] = []
    for node in nodes:
        if node.node.id not in opened:
            continue
        more = sum(1 for _ in walk(inside(node), opened))
        if more <= room:
            room -= more
        else:
            left.append(node.node.id)
    return opened - set(left), tuple(left)


def every_key(known: Iterable[NodeInference], most: int) -> frozenset[str] | None:
    """The keys of everything that can be unfolded; None where it would show too many things."""
    nodes = list(known)
    within = ({id(t): len(t.calls) for t in node.traces} for node in nodes if num_layers(node))
    shown = len(nodes) + sum(sum(lengths.values()) for lengths in within)
    if shown > most:  # the parts of a large network take a while
        return None
    found: set[str] = set()
    for node in nodes:
        found.update([node.node.id] if num_layers(node) else [])
        waiting = list(inside(node))
        while waiting:
            part = waiting.pop()
            waiting += part.parts
            found.update([part.key] if part.folds else [])
    keys = frozenset(found)
    return None if fitting(nodes, keys, most)[1] else keys


def _which(before: int, number: int, total: int) -> str:
    if number == total:
        return f"each of {total}"
    return (
        f"{before + 1}–{before + number} of {total}" if number > 1 else f"{before + 1} of {total}"
    )


def _repetitions(
    block: Block, trace: BlockTrace, times: int, which: str, key: str, folds: bool
) -> Part:
    is_layer = isinstance(block, Layer)
    return Part(
        key=key,
        title=which,
        category=block.category,
        parameters=_alike(trace) if times > 1 else "",
        output_shape=trace.output_shape,
        params=times * trace.params,
        macs=times * trace.macs,
        activation_bytes=times * trace.activation_bytes,
        times=times,
        trace=trace,
        start=0,
        end=len(trace.calls),
        output=trace.output,
        parts=() if is_layer else _parts(trace, key),
        folds=folds and not is_layer,
    )


def _alike(trace: BlockTrace) -> str:
    return f"alike, {trace.params:,} params each" if trace.params else "alike"


def _parts(trace: BlockTrace, key: str) -> tuple[Part, ...]:
    """A repetition's layers, those of a module that it calls together."""
    modules = [called for called in trace.modules if called.end > called.start]
    return _between(trace, modules, 0, len(trace.calls), key)


def _between(
    trace: BlockTrace, modules: Sequence[ModuleCall], start: int, end: int, key: str
) -> tuple[Part, ...]:
    """The parts of a range of calls; `modules` are those inside it, outer ones first."""
    found: list[Part] = []

    def add_layers(first: int, behind: int) -> None:
        for index in range(first, behind):
            found.append(_layer(trace, index, f"{key}/{len(found)}"))

    at = start
    for called, inner in called_directly(modules):
        add_layers(at, called.start)
        found.append(_module(trace, called, inner, f"{key}/{len(found)}"))
        at = called.end
    add_layers(at, end)
    return tuple(found)


def _layer(trace: BlockTrace, index: int, key: str) -> Part:
    facts = trace.calls[index].facts
    return Part(
        key=key,
        title=facts.layer.class_name(),
        category=facts.layer.category,
        parameters=facts.layer.describe(),
        output_shape=facts.output_shape,
        params=facts.params,
        macs=facts.macs,
        activation_bytes=facts.activation_bytes,
        times=1,
        trace=trace,
        start=index,
        end=index + 1,
        output=index,
    )


def _module(trace: BlockTrace, called: ModuleCall, inner: Sequence[ModuleCall], key: str) -> Part:
    facts = [call.facts for call in trace.calls[called.start : called.end]]
    # A module may return one of its inputs; then its last layer stands for it.
    output = called.output if called.output >= called.start else called.end - 1
    return Part(
        key=key,
        title=called.block.type_name(),
        category=called.block.category,
        parameters=_describe(called),
        output_shape=trace.calls[output].facts.output_shape,
        params=sum(fact.params for fact in facts),
        macs=sum(fact.macs for fact in facts),
        activation_bytes=sum(fact.activation_bytes for fact in facts),
        times=1,
        trace=trace,
        start=called.start,
        end=called.end,
        output=output,
        parts=_between(trace, inner, called.start, called.end, key),
        folds=True,
    )


def _describe(called: ModuleCall) -> str:
    """A module's parameters; one module may call another with values that no form would accept."""
    try:
        return called.block.create(called.values).describe()
    except BuilderError:
        return ", ".join(f"{name} {value}" for name, value in called.values.items())
