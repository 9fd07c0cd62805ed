"""The arithmetic of a sliding window, for convolutions and poolings."""

from builder.blocks.base import image
from builder.blocks.costs import Reach
from builder.blocks.shape_codes import ShapeCode
from builder.blocks.types import Shape, pair
from builder.system.errors import ShapeError

Pixels = int | tuple[int, int]

ONEDNN_BLOCK = 16
"""From this many channels, oneDNN's kernel gradient of a strided 1×1 window is correct."""


def slide(
    block: str,
    shape: Shape,
    window: Pixels,
    strides: Pixels,
    padding: str,
    dilation: Pixels = 1,
    *,
    parameter: str,
) -> tuple[int, int]:
    """Height and width of a sliding window's output.

    With 'same' padding ⌈n / s⌉, with 'valid' ⌊(n - d·(k - 1) - 1) / s⌋ + 1, as Keras computes it
    (https://keras.io/api/layers/convolution_layers/convolution2d/).

    Args:
        block: The layer's type, for messages.
        shape: Of the input.
        window: Its height and width, `parameter` of the layer.
        strides: Of the window.
        padding: `same` or `valid`.
        dilation: Of the window.
        parameter: The name under which the layer takes the window.

    Raises:
        ShapeError: The input is not an image, or the window is larger than it.
    """
    height, width, _ = image(block, shape)
    steps, spans = pair(strides), spread(window, dilation)
    if padding == "same":
        return -(-height // steps[0]), -(-width // steps[1])
    if spans[0] > height or spans[1] > width:
        raise ShapeError(
            ShapeCode.WINDOW_TOO_LARGE,
            window=spans,
            size=(height, width),
            parameter=parameter,
        )
    return (height - spans[0]) // steps[0] + 1, (width - spans[1]) // steps[1] + 1


def spread(window: Pixels, dilation: Pixels) -> tuple[int, int]:
    """Height and width that a dilated window covers: d · (k - 1) + 1."""
    (kh, kw), (dh, dw) = pair(window), pair(dilation)
    return dh * (kh - 1) + 1, dw * (kw - 1) + 1


def window_reach(window: Pixels, strides: Pixels, dilation: Pixels = 1) -> Reach:
    """The reach of a sliding window."""
    return Reach(spread(window, dilation), pair(strides))


def breaks_onednn(window: Pixels, strides: Pixels, channels: int) -> bool:
    """Whether oneDNN computes the gradient of a convolution's kernel wrongly.

    It does for a 1×1 window with a stride where the larger image has fewer than 16 channels, with
    TensorFlow 2.21 (docs/decisions/0006-onednn.md).

    Args:
        window: The kernel's size.
        strides: The strides of the window.
        channels: The channels of the larger image, in one group.
    """
    return pair(window) == (1, 1) and max(pair(strides)) > 1 and channels < ONEDNN_BLOCK


def check_strides_and_dilation(block: str, strides: Pixels, dilation: Pixels) -> None:
    """Refuses what Keras refuses: a stride together with a dilation.

    Raises:
        ShapeError: Both are larger than 1.
    """
    if max(pair(strides)) > 1 and max(pair(dilation)) > 1:
        raise ShapeError(
            ShapeCode.STRIDES_WITH_DILATION, block=block, strides=strides, dilation_rate=dilation
        )


def check_equal_strides(block: str, strides: Pixels) -> None:
    """Refuses what TensorFlow's depthwise kernels cannot do: unequal strides.

    Raises:
        ShapeError: The strides differ.
    """
    if isinstance(strides, tuple):
        raise ShapeError(ShapeCode.UNEQUAL_STRIDES, block=block, strides=strides)
