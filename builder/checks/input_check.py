"""Finds an Input that is far larger than the images, and a size that would do."""

import math
from collections.abc import Iterator
from functools import lru_cache

from builder.blocks.types import Shape
from builder.checks.finding import Finding, FindingCode
from builder.network.architecture import Architecture
from builder.network.edits import set_parameters
from builder.network.inference import Inference, infer
from builder.system.errors import BuilderError
from builder.system.level import Level
from builder.transforms.network_fixes import SetParameters

MAX_ENLARGED = 4
"""By how much height and width may be enlarged without a finding."""

WORTH = 0.5
"""The share of the MACs that a smaller Input may need at most."""

_SIDES = (8, 16, 24, 32, 48, 64, 96, 128, 160, 192, 224, 256, 299, 320)


def input_findings(inference: Inference, image_shape: Shape) -> Iterator[Finding]:
    """Finds an Input most of whose pixels would be interpolated.

    Args:
        inference: A network with a single input.
        image_shape: The data's `(height, width, channels)`.
    """
    shape = inference.input_shapes[0] if inference.input_shapes else ()
    if not inference.ok or len(shape) != 3:
        return
    if min(shape[0] / image_shape[0], shape[1] / image_shape[1]) <= MAX_ENLARGED:
        return
    smaller = _smaller(inference.architecture, image_shape[:2])
    if smaller is None:
        return
    node, fitting = smaller
    share = infer(_resized(inference.architecture, node, fitting)).macs / max(inference.macs, 1)
    yield Finding(
        FindingCode.ENLARGED_IMAGES,
        Level.INFO,
        {"images": image_shape[:2], "size": shape[:2], "fitting": fitting[:2], "share": share},
        SetParameters(node, {"shape": fitting}),
    )


@lru_cache(maxsize=32)
def _smaller(architecture: Architecture, image: tuple[int, ...]) -> tuple[str, Shape] | None:
    """The Input's id and the smallest shape that suits both the network and the images.

    A size suits the network if it causes no error or new warning, keeps the output's shape, and
    leaves at least a pixel of its last image: ResNet-50 reduces 224 pixels to 7, that is by 32, so
    32 is its smallest size.
    """
    inference = infer(architecture)
    node, shape = inference.input_ids[0], inference.input_shapes[0]
    least = max(*image, math.ceil(_shrinks(inference)))
    for side in sorted({least, *_SIDES}):
        fitting = (side, round(side * shape[1] / shape[0]), shape[2])
        if side < least or fitting[1] < image[1]:
            continue
        if side >= shape[0]:
            return None
        after = infer(_resized(architecture, node, fitting))
        same = after.output_shapes == inference.output_shapes
        if after.ok and same and len(after.issues) <= len(inference.issues):
            return (node, fitting) if after.macs < WORTH * inference.macs else None
    return None


def _shrinks(inference: Inference) -> float:
    """By how much the smallest image in the network is smaller than its input."""
    height, width, _ = inference.input_shapes[0]
    images = [n.output_shape for n in inference.used if n.output_shape and len(n.output_shape) == 3]
    whole = [shape for shape in images if min(shape[:2]) > 1]  # not pooled as a whole
    return max((max(height / shape[0], width / shape[1]) for shape in whole), default=1.0)


def _resized(architecture: Architecture, node: str, shape: Shape) -> Architecture:
    try:
        return set_parameters(architecture, node, {"shape": shape})
    except BuilderError:
        return architecture
