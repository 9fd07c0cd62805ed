"""Two paths from one fork: which of them is a shortcut, and which opens a gate.

Finds these patterns in any graph:

    fork ── conv ── conv ── Add           the short path has no weights, or a projection
       └─────(1×1 conv)─────┘

    fork ───────────────── Multiply       the short path pools the whole image
       └─ GlobalAveragePooling2D ─ Dense ─┘

Here each is a list of layers.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from builder.blocks.base import Category, Layer
from builder.blocks.layers.add import Add
from builder.blocks.layers.average import Average
from builder.blocks.layers.average_pooling2d import AveragePooling2D
from builder.blocks.layers.center_crop import CenterCrop
from builder.blocks.layers.concatenate import Concatenate
from builder.blocks.layers.conv2d import Conv2D
from builder.blocks.layers.conv2d_transpose import Conv2DTranspose
from builder.blocks.layers.cropping2d import Cropping2D
from builder.blocks.layers.dense import Dense
from builder.blocks.layers.depthwise_conv2d import DepthwiseConv2D
from builder.blocks.layers.global_average_pooling2d import GlobalAveragePooling2D
from builder.blocks.layers.global_max_pooling2d import GlobalMaxPooling2D
from builder.blocks.layers.max_pooling2d import MaxPooling2D
from builder.blocks.layers.maximum import Maximum
from builder.blocks.layers.multiply import Multiply
from builder.blocks.layers.separable_conv2d import SeparableConv2D
from builder.blocks.layers.zero_padding2d import ZeroPadding2D
from builder.network.architecture import Node
from builder.transforms.ablation.graph import Graph

_MERGES = (Add, Average, Maximum, Concatenate)
_POOLS_ALL = (GlobalAveragePooling2D, GlobalMaxPooling2D)
_WITH_KERNELS = (
    Conv2D,
    Conv2DTranspose,
    Dense,
    DepthwiseConv2D,
    SeparableConv2D,
)
_POOLS = (AveragePooling2D, MaxPooling2D)
_ACCOMPANIES = frozenset((Category.NORMALIZATION, Category.ACTIVATION, Category.REGULARIZATION))
_RESIZES = (ZeroPadding2D, Cropping2D, CenterCrop)


@dataclass(frozen=True)
class Paths:
    """The ends of two paths from one fork.

    Attributes:
        main: The id of the node at the end of the long path; the fork if the path is empty.
        short: Likewise for the path that can be taken out.
    """

    main: str
    short: str


def shortcut(graph: Graph, merge: Node) -> Paths | None:
    """The two paths that a node merges, if one of them is a shortcut.

    Branches of an Inception module are not shortcuts; nor are three or more paths.
    """
    return short_path(graph, merge) if isinstance(merge.block, _MERGES) else None


def short_path(graph: Graph, node: Node) -> Paths | None:
    """The two paths that a node reads, if one of them is a shortcut.

    A shortcut passes the fork's tensor on, or projects it: at most one 1×1 convolution and one
    pooling, with normalization, activation or padding. It has fewer layers with a kernel than the
    other path.
    """
    found = _from_fork(graph, node)
    if found is None:
        return None
    kernels = [_kernels(path) for path in found]
    if kernels[0] == kernels[1]:
        return None
    short = 0 if kernels[0] < kernels[1] else 1
    if not _is_projection(found[short]):
        return None
    return Paths(main=node.inputs[1 - short], short=node.inputs[short])


def gated(graph: Graph, product: Node) -> Paths | None:
    """The two paths that a node multiplies, if one pools the whole image to weight channels."""
    if not isinstance(product.block, Multiply):
        return None
    found = _from_fork(graph, product)
    if found is None:
        return None
    pools = [_pools(path) for path in found]
    if pools[0] == pools[1]:
        return None
    gate = 0 if pools[0] else 1
    return Paths(main=product.inputs[1 - gate], short=product.inputs[gate])


def _from_fork(graph: Graph, node: Node) -> tuple[list[Layer], list[Layer]] | None:
    """The layers of the two paths that lead from one fork to what a node reads.

    Returns:
        None if it does not read two nodes, if these have no single fork in common, or if a path has
        another input on its way.
    """
    if len(node.inputs) != 2 or node.inputs[0] == node.inputs[1]:
        return None
    of_a, of_b = (_above(graph, source) for source in node.inputs)
    common = of_a & of_b
    if not common:
        return None
    order = {known.id: place for place, known in enumerate(graph.nodes)}
    fork = max(common, key=lambda node_id: order.get(node_id, -1))
    above = _above(graph, fork)
    if not common <= above:
        return None
    first, second = ([n for n in graph.nodes if n.id in own - above] for own in (of_a, of_b))
    for path in (first, second):
        inside = {known.id for known in path} | {fork}
        if not inside.issuperset(chain.from_iterable(known.inputs for known in path)):
            return None
    return _layers(graph, first), _layers(graph, second)


def handed_through(graph: Graph, merge: Node, tensor: str) -> Paths | None:
    """The two paths that a node inside a module merges, if one comes from a given input only.

    So a decoder step of a U-Net gets its shortcut: the fork is outside of the module.
    """
    if not isinstance(merge.block, _MERGES) or len(merge.inputs) != 2:
        return None
    from_outside = [tensor in _above(graph, source) for source in merge.inputs]
    if from_outside[0] == from_outside[1]:
        return None
    short = 0 if from_outside[0] else 1
    path = _above(graph, merge.inputs[short])
    feeds = {source for source in path if source not in graph.by_id}
    inner = [node for node in graph.nodes if node.id in path]
    if feeds != {tensor} or not _is_projection(_layers(graph, inner)):
        return None
    return Paths(main=merge.inputs[1 - short], short=merge.inputs[short])


def _above(graph: Graph, node_id: str) -> frozenset[str]:
    return graph.ancestors.get(node_id, frozenset((node_id,)))


def _layers(graph: Graph, path: Iterable[Node]) -> list[Layer]:
    return [layer for node in path for layer in graph.layers.get(node.id, ())]


def _kernels(path: Iterable[Layer]) -> int:
    """The number of layers with a kernel on a path."""
    return sum(isinstance(layer, _WITH_KERNELS) for layer in path)


def _is_projection(path: Iterable[Layer]) -> bool:
    """Whether a path only brings a tensor to the shape of the merge."""
    kernels: list[Conv2D] = []
    pools: list[Layer] = []
    for layer in path:
        if isinstance(layer, Conv2D):
            kernels.append(layer)
        elif isinstance(layer, _POOLS):
            pools.append(layer)
        elif layer.category not in _ACCOMPANIES and not isinstance(layer, _RESIZES):
            return False
    is_small = all(layer.kernel_size in (1, (1, 1)) for layer in kernels)
    return is_small and len(kernels) <= 1 and len(pools) <= 1


def _pools(path: Iterable[Layer]) -> bool:
    return any(isinstance(layer, _POOLS_ALL) for layer in path)
