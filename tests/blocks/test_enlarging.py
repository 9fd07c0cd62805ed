"""The receptive field behind layers that enlarge or resample the image, worked by hand."""

from fractions import Fraction

import pytest

from builder.blocks.base import Block
from builder.blocks.costs import Reach
from builder.blocks.symbolic import trace
from builder.blocks.types import Shape
from builder.gallery import TEMPLATES
from builder.gallery.template import block
from builder.network.inference import infer

HALF = Fraction(1, 2)


def reach(made: Block, shape: Shape = (16, 16, 3)) -> Reach:
    (found,) = trace(made, (shape,)).reaches
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("made", "window", "stride"),
    [
        (block("Conv2DTranspose", 8, 2, strides=2), (1, 1), (HALF, HALF)),
        (block("Conv2DTranspose", 8, 3, strides=2), (2, 2), (HALF, HALF)),
        (block("Conv2DTranspose", 8, (3, 5), strides=(1, 2)), (3, 3), (1, HALF)),
        (block("UpSampling2D", (2, 4)), (1, 1), (HALF, Fraction(1, 4))),
        (block("UpSampling2D", 2, interpolation="bicubic"), (4, 4), (HALF, HALF)),
        (block("Resizing", 32, 8), (2, 2), (HALF, 2)),
        (block("Resizing", 4, 4, antialias=True), (8, 8), (4, 4)),
        (block("Resizing", 8, 32, crop_to_aspect_ratio=True), (2, 2), (HALF, HALF)),
        (block("Resizing", 8, 32, pad_to_aspect_ratio=True), (2, 2), (2, 2)),
        (block("CenterCrop", 8, 8), (1, 1), (1, 1)),
        (block("CenterCrop", 32, 16), (2, 2), (HALF, HALF)),
        (block("Cropping2D", 2), (1, 1), (1, 1)),
        (block("Permute", (1, 2, 3)), (1, 1), (1, 1)),
        (block("GroupNormalization", 3), (1, 1), (1, 1)),
    ],
    ids=repr,
)
def test_reach(made: Block, window: tuple[int, int], stride: tuple[int, int]) -> None:
    assert reach(made) == Reach(window, stride)


def test_permute_exchanges_axes_and_sees_the_one_that_becomes_channels_as_a_whole() -> None:
    rows, columns, nothing = frozenset({0}), frozenset({1}), frozenset[int]()
    assert reach(block("Permute", (2, 1, 3))) == Reach((1, 1), (1, 1), (columns, rows))
    assert reach(block("Permute", (3, 1, 2)), (16, 9, 3)) == Reach((1, 9), (1, 1), (nothing, rows))
    assert reach(block("Permute", (2, 3, 1)), (16, 9, 3)) == Reach(
        (16, 1), (1, 1), (columns, nothing)
    )
    back = reach(block("Permute", (2, 1, 3))).then(reach(block("Permute", (2, 1, 3))))
    assert back == Reach()


def test_pooling_and_up_convolution_undo_each_other_in_stride() -> None:
    there = Reach((2, 2), (2, 2)).then(reach(block("Conv2DTranspose", 8, 2, strides=2)))
    assert there == Reach((2, 2), (1, 1))
    assert all(isinstance(size, int) for size in there.then(Reach((3, 3))).window)


def test_a_window_on_an_enlarged_image_covers_part_of_a_pixel_and_counts_whole() -> None:
    enlarged = reach(block("UpSampling2D", 4)).then(Reach((3, 3)))
    assert enlarged.window == (2, 2)  # three quarters of a pixel lie in at most two


def test_u_net_sees_140_pixels_at_the_bottom_and_200_at_the_top() -> None:
    """Two 3×3 at strides 1, 2, 4, 8, 16 and four poolings; then two 3×3 at 8, 4, 2, 1."""
    inference = infer(TEMPLATES["unet"].architecture)
    fields = {n.node.label: n.receptive_field for n in inference.nodes.values()}
    bottom = 1 + 4 * (1 + 2 + 4 + 8 + 16) + (1 + 2 + 4 + 8)
    assert fields["bottom"] == (bottom, bottom) == (140, 140)
    assert fields["up_1"] == (bottom + 4 * (8 + 4 + 2 + 1),) * 2 == (200, 200)


def test_an_up_convolution_costs_its_kernel_once_per_input_pixel() -> None:
    made = trace(block("Conv2DTranspose", 64, 2, strides=2), ((28, 28, 128),))
    assert made.macs == 28 * 28 * 2 * 2 * 128 * 64
