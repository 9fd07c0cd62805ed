"""Why a block does not fit the shapes that reach it: the codes of `ShapeError`.

A rule of a layer raises a code with its fields; the words for it stand in `shape_words.py`, and
what can be done about it by an edit is worked out in `transforms/issue_fixes.py`.
"""

from enum import auto
from typing import Any

from builder.blocks.shape_words import ShapeWords
from builder.system.errors import Code, Words


class ShapeCode(Code):
    """What does not fit; `ShapeWords` has a sentence for each, a function of this name."""

    # The number of axes.
    NO_IMAGE = auto()
    NO_IMAGE_FOR_MODULE = auto()
    NO_SUCH_AXIS = auto()
    REPEATED_AXES = auto()
    WRONG_DIMS = auto()
    NO_SUCH_SHARED_AXES = auto()
    WRONG_NOISE_SHAPE = auto()
    # Windows.
    WINDOW_TOO_LARGE = auto()
    STRIDES_WITH_DILATION = auto()
    UNEQUAL_STRIDES = auto()
    DILATED_TRANSPOSE = auto()
    OUTPUT_PADDING_TOO_LARGE = auto()
    EVEN_WINDOW = auto()
    TOO_MUCH_CROPPED = auto()
    CROPPED_AND_PADDED = auto()
    # Several inputs.
    WRONG_NUMBER_OF_INPUTS = auto()
    REPEATED_MERGE = auto()
    UNEQUAL_RANKS = auto()
    UNEQUAL_SIZES = auto()
    UNEQUAL_CHANNELS = auto()
    CONCATENATED_RANKS = auto()
    CONCATENATED_SIZES = auto()
    # Channels and values.
    CONVOLUTION_GROUPS = auto()
    NORMALIZATION_GROUPS = auto()
    NUMBERS_PER_CHANNEL = auto()
    HALF_THE_STATISTICS = auto()
    WRONG_STATISTICS = auto()
    EMPTY_VALUE_RANGE = auto()
    ORTHOGONAL_SLOPES = auto()
    SEVERAL_UNKNOWN_SIZES = auto()
    WRONG_NUMBER_OF_VALUES = auto()
    # Sizes and limits.
    EMPTY_OUTPUT = auto()
    TOO_MANY_VALUES = auto()
    TOO_MANY_WEIGHTS = auto()
    TOO_MANY_LAYERS = auto()
    TOO_MUCH_INSIDE = auto()
    NETWORK_TOO_LARGE = auto()
    NETWORK_TOO_NESTED = auto()
    # Where it happens.
    INSIDE = auto()
    INNER_VALUE = auto()
    NOTHING_TO_DO = auto()
    REPETITION = auto()

    def words(self, **fields: Any) -> Words:
        return getattr(ShapeWords, self)(**fields)


HELPS_FROM_OUTSIDE = frozenset(
    {
        ShapeCode.NO_IMAGE,
        ShapeCode.NO_IMAGE_FOR_MODULE,
        ShapeCode.UNEQUAL_RANKS,
        ShapeCode.UNEQUAL_CHANNELS,
        ShapeCode.CONCATENATED_RANKS,
        ShapeCode.CONCATENATED_SIZES,
        ShapeCode.TOO_MANY_VALUES,
        ShapeCode.TOO_MANY_WEIGHTS,
        ShapeCode.TOO_MANY_LAYERS,
        ShapeCode.TOO_MUCH_INSIDE,
        ShapeCode.WRONG_NUMBER_OF_INPUTS,
        ShapeCode.NOTHING_TO_DO,
        ShapeCode.INSIDE,
    }
)
"""What to do about these helps where the layer stands inside of a block as well; the others advise
on a parameter of a layer that nobody sees there."""
