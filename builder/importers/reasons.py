"""Why a layer of a file is not taken over, or differs: codes with fields, and their words.

Fields are plain JSON values, tuples aside, since they come from another process.
"""

from collections.abc import Sequence
from enum import auto
from typing import Any

from builder.system.errors import Code, ParameterError, Words, shown


class Reason(Code):
    """What is in the way; `_Words` has a clause for each, a function of this name."""

    # The layer.
    NO_SUCH_LAYER = auto()
    CHANNELS_FIRST = auto()
    TOO_MANY_INPUTS = auto()
    SEVERAL_OUTPUTS = auto()
    SHARED_WEIGHTS = auto()
    FROZEN = auto()
    OTHER_PRECISION = auto()
    NO_IMAGE = auto()
    OPEN_SIZE = auto()
    SCALES_NO_CHANNELS = auto()
    OLD_BILINEAR = auto()
    OLD_CONTRAST = auto()
    # Its settings.
    NO_COUNTERPART = auto()
    NOT_IN_CATALOGUE = auto()
    REFUSED = auto()
    MORE_SETTINGS = auto()
    CALLED_WITH = auto()
    # Statistics that it has learned.
    STATISTICS_TOO_LARGE = auto()
    STATISTICS_UNREAD = auto()
    STATISTICS_OUT_OF_RANGE = auto()
    # Functions without a layer; the first two say of which.
    FUNCTION = auto()
    FUNCTION_SETTING = auto()
    NO_FUNCTION_NAME = auto()
    MISPLACED_CONSTANTS = auto()
    NO_BLOCK = auto()
    NO_NUMBER = auto()
    MIXED_OPERANDS = auto()
    UNKNOWN_SHAPE = auto()
    OPERAND_LEFT_OUT = auto()
    READS_MORE = auto()
    DIVIDES_BY_TENSOR = auto()
    DIVIDES_BY_NOUGHT = auto()
    ODD_ARRAY = auto()
    UNFITTING_ARRAY = auto()
    TWO_TENSORS = auto()
    UNEQUAL_RANKS = auto()
    ODD_POWER = auto()
    ODD_CLIP = auto()
    SEPARATE_AXES = auto()
    NO_AXIS_LEFT = auto()
    POOLS_NO_IMAGE = auto()
    MISFITTING_INDEX = auto()
    CHOOSES_EXAMPLES = auto()
    NOTHING_LEFT = auto()
    ODD_INDEX = auto()
    BACKWARDS = auto()

    def words(self, **fields: Any) -> Words:
        return Words(getattr(_Words, self)(**fields))


def refused(error: ParameterError) -> dict[str, Any]:
    """The fields of `REFUSED`: each refused parameter as its name, what was received and expected.

    Args:
        error: What a block says of values that a file has for it.
    """
    told = [(refusal.name, shown(refusal.received), refusal.expected) for refusal in error.refusals]
    return {"refusals": tuple(told)}


_LEARNS = "a training here learns them from its images"


class _Words:
    """The functions by their codes, in the order of `Reason`; each gives a clause."""

    @staticmethod
    def no_such_layer() -> str:
        return "the catalogue has no such layer"

    @staticmethod
    def channels_first() -> str:
        return "its data_format is channels_first, and channels come last here"

    @staticmethod
    def too_many_inputs(number: int, most: int) -> str:
        return f"it reads {number} layers, {most} at most can be"

    @staticmethod
    def several_outputs() -> str:
        return "it has more than one output, and blocks here have one"

    @staticmethod
    def shared_weights() -> str:
        return "its calls share their weights, and here each has its own"

    @staticmethod
    def frozen() -> str:
        return "it is frozen (trainable=False), and layers here are trained"

    @staticmethod
    def other_precision(precision: str) -> str:
        return f"it works in {precision}, which is a setting of the training here"

    @staticmethod
    def no_image(sizes: str) -> str:
        return (
            f"it reads {sizes or 'single numbers'}, and networks here read images "
            "(height×width×channels)"
        )

    @staticmethod
    def open_size(assumed: str) -> str:
        return f"its size is left open in the file; {assumed} stands in for it"

    @staticmethod
    def scales_no_channels() -> str:
        return "it scales something else than the channels of an image"

    @staticmethod
    def old_bilinear() -> str:
        return (
            "before Keras 2.3 bilinear upsampling could read between other points of the pixels "
            "than it does now"
        )

    @staticmethod
    def old_contrast(down: float, up: float) -> str:
        return f"its contrast goes down by {down} and up by {up}; Keras 3 exchanges the two"

    @staticmethod
    def no_counterpart(setting: str, value: str) -> str:
        return f"its {setting}={value} has no counterpart here"

    @staticmethod
    def not_in_catalogue(what: str, value: str) -> str:
        return f"its {what} {value} is not in the catalogue"

    @staticmethod
    def refused(refusals: Sequence[Sequence[str]]) -> str:
        return "; ".join(
            f"{name}: received {received}, expected {expected}"
            for name, received, expected in refusals
        )

    @staticmethod
    def more_settings(number: int) -> str:
        return f"{number:,} more of its settings have no counterpart here"

    @staticmethod
    def called_with(name: str, value: str) -> str:
        return f"it is called with {name}={value}, which blocks here do not know"

    @staticmethod
    def statistics_too_large(most: int) -> str:
        return f"its mean and variance are more than {most:,} numbers each; {_LEARNS}"

    @staticmethod
    def statistics_unread() -> str:
        return f"its mean and variance could not be read from the file; {_LEARNS}"

    @staticmethod
    def statistics_out_of_range(largest: int) -> str:
        return f"its mean or variance is not finite, or larger than {largest:.0e}; {_LEARNS}"

    @staticmethod
    def function(label: str, why: str, **fields: Any) -> str:
        reason = Reason(why).words(**fields).message
        return f"it is a function without a layer ({label}), and {reason}"

    @staticmethod
    def function_setting(label: str, setting: str, value: str) -> str:
        return (
            f"it is a function without a layer ({label}), whose {setting}={value} has no "
            "counterpart here"
        )

    @staticmethod
    def no_function_name() -> str:
        return "it does not name the function that it calls"

    @staticmethod
    def misplaced_constants(constants: str) -> str:
        return f"its constants={constants} have no place in the call"

    @staticmethod
    def no_block() -> str:
        return "no block does the same"

    @staticmethod
    def no_number() -> str:
        return "it works with something that is no number"

    @staticmethod
    def mixed_operands() -> str:
        return "it joins tensors with other values, which no block does"

    @staticmethod
    def unknown_shape() -> str:
        return "what it does depends on a shape that is not known"

    @staticmethod
    def operand_left_out() -> str:
        return "what it works on is left out"

    @staticmethod
    def reads_more() -> str:
        return "it reads more than the blocks that would stand for it"

    @staticmethod
    def divides_by_tensor() -> str:
        return "no block divides by a tensor"

    @staticmethod
    def divides_by_nought() -> str:
        return "it divides by nought, or nearly so"

    @staticmethod
    def odd_array() -> str:
        return "the array that it works with is neither one number nor one for each channel"

    @staticmethod
    def unfitting_array() -> str:
        return "the array that it works with does not fit the channels"

    @staticmethod
    def two_tensors() -> str:
        return "no block does this to two tensors"

    @staticmethod
    def unequal_ranks() -> str:
        return "it joins tensors of different numbers of axes, as no layer does"

    @staticmethod
    def odd_power(most: int) -> str:
        return f"no block raises to a power that is not 1 to {most}"

    @staticmethod
    def odd_clip() -> str:
        return "no block clips so"

    @staticmethod
    def separate_axes() -> str:
        return "no block reduces axes that do not follow each other"

    @staticmethod
    def no_axis_left() -> str:
        return "it leaves one number of each example, and blocks need an axis"

    @staticmethod
    def pools_no_image() -> str:
        return "blocks pool over images only"

    @staticmethod
    def misfitting_index() -> str:
        return "its index does not fit the tensor"

    @staticmethod
    def chooses_examples() -> str:
        return "it chooses among the examples of a batch"

    @staticmethod
    def nothing_left() -> str:
        return "what it leaves has no axis, or nothing on one"

    @staticmethod
    def odd_index() -> str:
        return "it indexes by something that is no number and no range"

    @staticmethod
    def backwards() -> str:
        return "no block reads so many values backwards"
