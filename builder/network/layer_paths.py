"""Our names of the layers: the name of the node, then the path to the layer inside it.

Keras names an unnamed layer by its class and a count over the whole model, so that its `dense_1`
may be the gate inside of a block while the node `dense_1` is the classifier, which Keras calls
`dense_2`. Here a layer is named after the node that is visible on the screen, and its place in that
node:

    dense_1                                  a node of one layer
    conv2d_2 › 3 of 4                        a repeated node of one layer
    squeeze_excitation_1 › dense_2           the second of two Dense layers of a module
    residual_block_1 › 2 of 2 › conv2d_1     in the second repetition of a module
    my_block_1 › stem                        an own block's layer, by its name in there
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from builder.blocks.base import Block, Layer, snake_case
from builder.blocks.trace_record import BlockTrace, ModuleCall, called_directly
from builder.network.architecture import Node
from builder.network.inference import Inference, NodeInference
from builder.network.naming import layer_names
from builder.network.own_block import OwnBlock
from builder.system.errors import BuilderError

SEPARATOR = " › "

Path = tuple[str, ...]
"""The names from the node to the layer."""


@dataclass(frozen=True, slots=True)
class _Child:
    """A layer or a module that a block calls directly.

    Attributes:
        start: Index of its first layer call in the trace.
        end: Index after its last one.
        called: The module; None for a layer.
        inner: The modules that it calls, outer ones first.
    """

    start: int
    end: int
    called: ModuleCall | None = None
    inner: Sequence[ModuleCall] = ()


def layer_paths(known: Inference) -> dict[str, Path]:
    """The path of each layer, by the layer's name in Keras.

    Args:
        known: A network without errors.
    """
    names = layer_names(known)
    return {
        name: path
        for node in known.used
        for name, path in zip(names[node.node.id], node_paths(node), strict=True)
    }


def layer_titles(known: Inference) -> dict[str, str]:
    """The path of each layer in words, by the layer's name in Keras.

    Args:
        known: A network without errors.
    """
    return {name: in_words(path) for name, path in layer_paths(known).items()}


def in_words(path: Path) -> str:
    """A path in words: `residual_block_2 › conv2d_1`."""
    return SEPARATOR.join(path)


def node_paths(known: NodeInference) -> Iterator[Path]:
    """The paths of a node's layers, in creation order."""
    block = known.node.block
    for trace, path in zip(known.traces, _repeated(known.node), strict=False):
        if isinstance(block, Layer):
            yield path
        else:
            yield from _inside(block, trace, trace.modules, _Child(0, len(trace.calls)), path)


def _inside(
    block: Block | None, trace: BlockTrace, modules: Sequence[ModuleCall], whole: _Child, path: Path
) -> Iterator[Path]:
    """The paths of all layers that a module makes; `whole` is their range in the trace."""
    children = list(_children(modules, whole))
    for child, names in zip(children, _names(block, trace, children), strict=True):
        if child.called is None:
            yield (*path, *names)
        else:
            inner = _created(child.called)
            yield from _inside(inner, trace, child.inner, child, (*path, *names))


def _children(modules: Sequence[ModuleCall], whole: _Child) -> Iterator[_Child]:
    """What is called directly in a range of the trace; a module without layers is left out."""
    at = whole.start
    making = [called for called in modules if called.end > called.start]
    for called, inner in called_directly(making):
        yield from (_Child(index, index + 1) for index in range(at, called.start))
        yield _Child(called.start, called.end, called, inner)
        at = called.end
    yield from (_Child(index, index + 1) for index in range(at, whole.end))


def _names(block: Block | None, trace: BlockTrace, children: Sequence[_Child]) -> Sequence[Path]:
    """The children's names: an own block's are given by its maker, others are numbered classes."""
    if isinstance(block, OwnBlock):
        own = [path for node in block.inner_nodes() for path in _repeated(node)]
        if len(own) == len(children):  # otherwise one of its nodes made no layer
            return own
    stems = [_stem(trace, child) for child in children]
    total, so_far = Counter(stems), Counter[str]()
    found: list[Path] = []
    for stem in stems:
        so_far[stem] += 1
        found.append((f"{stem}_{so_far[stem]}" if total[stem] > 1 else stem,))
    return found


def _stem(trace: BlockTrace, child: _Child) -> str:
    if child.called is not None:
        return child.called.block.type_name()
    return snake_case(trace.calls[child.start].facts.layer.class_name())


def _repeated(node: Node) -> Iterator[Path]:
    """The names of a node's repetitions."""
    if node.repeat == 1:
        yield (node.label,)
        return
    for number in range(1, node.repeat + 1):
        yield node.label, f"{number} of {node.repeat}"


def _created(called: ModuleCall) -> Block | None:
    """The module that was called; None if it was called with values that no form would accept."""
    try:
        return called.block.create(called.values)
    except BuilderError:
        return None
