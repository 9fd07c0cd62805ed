"""Takes one kind of part out of a graph of layers, without looking into its modules.

A part is named by one node: a shortcut or gate by its merge, everything else by the layer itself.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

from builder.blocks.base import Block, Layer
from builder.blocks.layers.activation import Activation
from builder.blocks.layers.batch_normalization import BatchNormalization
from builder.blocks.layers.center_crop import CenterCrop
from builder.blocks.layers.conv2d import Conv2D
from builder.blocks.layers.depthwise_conv2d import DepthwiseConv2D
from builder.blocks.layers.dropout import Dropout
from builder.blocks.layers.flatten import Flatten
from builder.blocks.layers.gaussian_noise import GaussianNoise
from builder.blocks.layers.global_average_pooling2d import GlobalAveragePooling2D
from builder.blocks.layers.group_normalization import GroupNormalization
from builder.blocks.layers.layer_normalization import LayerNormalization
from builder.blocks.layers.leaky_relu import LeakyReLU
from builder.blocks.layers.multiply import Multiply
from builder.blocks.layers.prelu import PReLU
from builder.blocks.layers.random_brightness import RandomBrightness
from builder.blocks.layers.random_contrast import RandomContrast
from builder.blocks.layers.random_crop import RandomCrop
from builder.blocks.layers.random_flip import RandomFlip
from builder.blocks.layers.random_rotation import RandomRotation
from builder.blocks.layers.random_translation import RandomTranslation
from builder.blocks.layers.random_zoom import RandomZoom
from builder.blocks.layers.relu import ReLU
from builder.blocks.layers.reshape import Reshape
from builder.blocks.layers.separable_conv2d import SeparableConv2D
from builder.blocks.layers.spatial_dropout2d import SpatialDropout2D
from builder.blocks.module import Module
from builder.network.architecture import Node
from builder.transforms.ablation.graph import Graph
from builder.transforms.ablation.kinds import PartKind
from builder.transforms.ablation.paths import gated, shortcut

Remover = Callable[[Graph, Node], Graph]
"""Takes out the part that a node names; returns the same graph if it names none."""

_NORMALIZATIONS = (
    BatchNormalization,
    LayerNormalization,
    GroupNormalization,
)
_DROPOUTS = (Dropout, SpatialDropout2D, GaussianNoise)
_AUGMENTATIONS = (
    RandomBrightness,
    RandomContrast,
    RandomFlip,
    RandomRotation,
    RandomTranslation,
    RandomZoom,
)
_ACTIVATIONS = (Activation, LeakyReLU, PReLU, ReLU)
_LINEAR = (None, "linear")
_PASSED_TO_THE_END = (
    Activation,
    Flatten,
    Reshape,
    GlobalAveragePooling2D,
)
"""Layers that may follow the one that yields the classes."""


def remove(graph: Graph, kind: PartKind, chosen: Collection[str] | None) -> Graph:
    """Takes parts of one kind out of a graph.

    Args:
        graph: The graph.
        kind: What is taken out.
        chosen: The ids of the nodes to look at; None for all.
    """
    remover = _REMOVERS[kind]
    for node_id in [node.id for node in graph.nodes if chosen is None or node.id in chosen]:
        node = graph.by_id.get(node_id)  # it may have been removed along with another path
        if node is not None:
            graph = remover(graph, node)
    return graph


def _shortcut(graph: Graph, node: Node) -> Graph:
    found = shortcut(graph, node)
    return graph if found is None else graph.bypassed(node.id, found.main).pruned([found.short])


def _normalization(graph: Graph, node: Node) -> Graph:
    if not isinstance(node.block, _NORMALIZATIONS):
        return graph
    source = graph.by_id.get(node.inputs[0])
    if source is not None and graph.only_reader(source.id) is node:
        values = source.block.values()
        if values.get("use_bias") is False and isinstance(source.block, Layer):
            graph = graph.with_node(_with_values(source, {"use_bias": True}))
    return graph.bypassed(node.id, node.inputs[0])


def _squeeze_excitation(graph: Graph, node: Node) -> Graph:
    if isinstance(node.block, Module) and node.block.type_name() == "squeeze_excitation":
        return graph.bypassed(node.id, node.inputs[0])
    found = gated(graph, node)
    return graph if found is None else graph.bypassed(node.id, found.main).pruned([found.short])


def _dropout(graph: Graph, node: Node) -> Graph:
    return _removed(graph, node, _DROPOUTS)


def _augmentation(graph: Graph, node: Node) -> Graph:
    if isinstance(node.block, RandomCrop):  # keeps the size
        crop = CenterCrop(node.block.height, node.block.width)
        return graph.with_node(replace(node, block=crop))
    return _removed(graph, node, _AUGMENTATIONS)


def _removed(graph: Graph, node: Node, types: tuple[type[Block], ...]) -> Graph:
    return graph.bypassed(node.id, node.inputs[0]) if isinstance(node.block, types) else graph


def _regularizer(graph: Graph, node: Node) -> Graph:
    if not isinstance(node.block, Layer):
        return graph
    set_ones = {
        name: None
        for name, value in node.block.values().items()
        if name.endswith("_regularizer") and value is not None
    }
    return graph.with_node(_with_values(node, set_ones)) if set_ones else graph


def _activation(graph: Graph, node: Node) -> Graph:
    """Keeps a softmax, the network's output and the end of a gate: their values have a meaning."""
    if not isinstance(node.block, Layer) or _gives_shares(graph, node):
        return graph
    if isinstance(node.block, _ACTIVATIONS):
        if getattr(node.block, "activation", "") in (*_LINEAR, "softmax"):
            return graph
        return graph.bypassed(node.id, node.inputs[0])
    if getattr(node.block, "activation", None) in (*_LINEAR, "softmax"):
        return graph
    return graph.with_node(_with_values(node, {"activation": None}))


def _gives_shares(graph: Graph, node: Node) -> bool:
    """Whether a node's output, perhaps reshaped, is the network's output or the end of a gate."""
    while True:
        if graph.is_end and node.id in graph.outputs:
            return True
        readers = graph.readers.get(node.id, ())
        if any(isinstance(reader.block, Multiply) for reader in readers):
            return gated_by(graph, node.id, readers)
        if len(readers) != 1 or not isinstance(readers[0].block, _PASSED_TO_THE_END):
            return False
        node = readers[0]


def gated_by(graph: Graph, node_id: str, readers: Collection[Node]) -> bool:
    """Whether a node is the gate of one of the products that read it."""
    gates = (gated(graph, reader) for reader in readers)
    return any(gate is not None and gate.short == node_id for gate in gates)


def _separable(graph: Graph, node: Node) -> Graph:
    block = node.block
    if isinstance(block, SeparableConv2D):
        return graph.with_node(replace(node, block=_full(block)))
    if isinstance(block, DepthwiseConv2D) and node.repeat == 1:
        return _joined(graph, node)
    return graph


def _full(block: SeparableConv2D) -> Conv2D:
    """The full convolution, with the parameters that both kinds have."""
    values = block.values()
    names = {parameter.name for parameter in Conv2D.parameters()}
    kept = {name: value for name, value in values.items() if name in names}
    kept["kernel_initializer"] = values["pointwise_initializer"]
    kept["kernel_regularizer"] = values["pointwise_regularizer"]
    return Conv2D.create(kept)


def _joined(graph: Graph, depthwise: Node) -> Graph:
    """Merges a depthwise convolution and the 1×1 one after it; drops the layers between them."""
    between: list[Node] = []
    node = graph.only_reader(depthwise.id)
    while node is not None and isinstance(node.block, (*_NORMALIZATIONS, *_ACTIVATIONS)):
        between.append(node)
        node = graph.only_reader(node.id)
    if node is None or not _is_pointwise(node):
        return graph
    depth = depthwise.block.values()
    window = ("kernel_size", "strides", "padding", "dilation_rate")
    graph = graph.with_node(_with_values(node, {name: depth[name] for name in window}))
    for passed in (*reversed(between), depthwise):
        graph = graph.bypassed(passed.id, passed.inputs[0])
    return graph


def _is_pointwise(node: Node) -> bool:
    block = node.block
    return (
        isinstance(block, Conv2D)
        and node.repeat == 1
        and block.kernel_size in (1, (1, 1))
        and block.strides in (1, (1, 1))
        and block.groups == 1
    )


def _full_to_separable(graph: Graph, node: Node) -> Graph:
    block = node.block
    if not isinstance(block, Conv2D) or block.groups > 1:
        return graph
    if block.kernel_size in (1, (1, 1)) or not _same_strides(block):
        return graph
    values = block.values()
    names = {parameter.name for parameter in SeparableConv2D.parameters()}
    kept = {name: value for name, value in values.items() if name in names}
    for part in ("depthwise", "pointwise"):
        kept[f"{part}_initializer"] = values["kernel_initializer"]
        kept[f"{part}_regularizer"] = values["kernel_regularizer"]
    return graph.with_node(replace(node, block=SeparableConv2D.create(kept)))


def _same_strides(block: Conv2D) -> bool:
    strides = block.strides
    return not isinstance(strides, tuple) or strides[0] == strides[1]


def _with_values(node: Node, changes: Mapping[str, Any]) -> Node:
    return replace(node, block=type(node.block).create({**node.block.values(), **changes}))


_REMOVERS: Mapping[PartKind, Remover] = {
    PartKind.SHORTCUT: _shortcut,
    PartKind.NORMALIZATION: _normalization,
    PartKind.SQUEEZE_EXCITATION: _squeeze_excitation,
    PartKind.DROPOUT: _dropout,
    PartKind.AUGMENTATION: _augmentation,
    PartKind.REGULARIZER: _regularizer,
    PartKind.ACTIVATION: _activation,
    PartKind.SEPARABLE: _separable,
    PartKind.FULL: _full_to_separable,
}
