"""Bringing the inputs of a merge to one shape: a layer on each connection that differs.

In a residual block the way around is brought to the shape of the way through, as in He et al.,
"Deep Residual Learning for Image Recognition", arXiv:1512.03385:

    add_1 reads 16×16×64 (conv2d_4) and 32×32×32 (max_pooling2d_1, which conv2d_4 depends on)
    between max_pooling2d_1 and add_1 comes Conv2D(64, 1, strides=2)
"""

from collections.abc import Iterator

from builder.blocks.base import Block
from builder.blocks.catalogue import block_type
from builder.blocks.shape_codes import ShapeCode
from builder.blocks.types import Shape
from builder.network.architecture import Node
from builder.network.inference import Inference
from builder.network.topology import ancestors
from builder.system.errors import Code
from builder.transforms.network_fixes import AddBetween

_CONCATENATED = frozenset({ShapeCode.CONCATENATED_RANKS, ShapeCode.CONCATENATED_SIZES})


def matching_fixes(inference: Inference, node: Node, code: Code) -> Iterator[AddBetween]:
    """Proposes layers that bring all inputs of a merge to the shape of one of them.

    Args:
        inference: The network.
        node: The merge, whose input shapes are all known.
        code: In what the shapes differ; behind a Concatenate, channels may.
    """
    shapes = dict(zip(node.inputs, inference.nodes[node.id].input_shapes, strict=True))
    for target in _targets(inference, shapes):
        blocks: list[tuple[str, Block]] = []
        for source, shape in shapes.items():
            wanted = (*target[:-1], shape[-1]) if code in _CONCATENATED else target
            if len(target) == 1 and len(shape) == 3:
                wanted = (shape[-1],) if code in _CONCATENATED else target
            if shape == wanted:
                continue
            block = _block(shape, wanted)
            if block is None:
                break
            blocks.append((source, block))
        else:
            yield AddBetween(node.id, tuple(blocks))


def _targets(inference: Inference, shapes: dict[str, Shape]) -> list[Shape]:
    """The inputs' shapes, each once: those of what depends on most of the others come first.

    Among equals, it is the shape of the first input.
    """
    architecture = inference.architecture
    above = {source: len(ancestors(architecture, [source]) & shapes.keys()) for source in shapes}
    ordered = sorted(shapes, key=lambda source: -above[source])
    return list(dict.fromkeys(shapes[source] for source in ordered))


def _block(shape: Shape, wanted: Shape) -> Block | None:
    """One layer that makes the wanted shape of another; None where none does."""
    if len(shape) == 1 and len(wanted) == 1:
        return block_type("Dense").create({"units": wanted[0]})
    if len(shape) == 3 and wanted == shape[-1:]:
        return block_type("GlobalAveragePooling2D").create({})
    if len(shape) != 3 or len(wanted) != 3:
        return None
    strides = _strides(shape, wanted)
    if shape[2] != wanted[2]:
        if strides is None:
            return None
        values = {"filters": wanted[2], "kernel_size": 1, "strides": strides}
        return block_type("Conv2D").create(values)
    if strides is not None:
        values = {"pool_size": strides, "strides": strides, "padding": "same"}
        return block_type("MaxPooling2D").create(values)
    return _cropping(shape, wanted)


def _strides(shape: Shape, wanted: Shape) -> int | tuple[int, int] | None:
    """The strides that bring height and width to others; None where none do."""
    found: list[int] = []
    for size, less in zip(shape[:2], wanted[:2], strict=True):
        step = -(-size // less)
        if -(-size // step) != less:
            return None
        found.append(step)
    return found[0] if found[0] == found[1] else (found[0], found[1])


def _cropping(shape: Shape, wanted: Shape) -> Block | None:
    """A crop of the middle, as in a U-Net without padding; None where something lacks."""
    more = [size - less for size, less in zip(shape[:2], wanted[:2], strict=True)]
    if min(more) < 0:
        return None
    halves = [[each // 2, each - each // 2] for each in more]
    is_even = all(each % 2 == 0 for each in more)
    cropping = [before for before, _ in halves] if is_even else halves
    return block_type("Cropping2D").create({"cropping": cropping})
