"""The base of all blocks: a declaration that can be applied to symbolic tensors.

A layer states its own shape and cost rules. A module is a function of layers and states nothing:
its shapes and costs come from tracing it (see `symbolic.py`).
"""

import re
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import cache
from math import prod
from typing import Any, ClassVar, cast

from builder.blocks.costs import POINT, Reach, Weight
from builder.blocks.declaration import Declared
from builder.blocks.parameter import Parameter
from builder.blocks.probabilities import Probabilities, made_by
from builder.blocks.ranges import Range
from builder.blocks.shape_codes import ShapeCode
from builder.blocks.types import Shape
from builder.system.errors import ShapeError

MAX_PREFIX = 55
"""The longest start of an automatic name, which must still be a name with a number appended."""

MAX_DESCRIBED = 4
"""How many numbers of a list are shown."""

MAX_DENOMINATOR = 100_000
"""Up to this n, `1/n` reads better than a number with many digits."""

FINE_TUNING = frozenset({"epsilon", "momentum", "weight_decay"})
"""Parameters that a block's description leaves out, as it does initializers."""


class Category(StrEnum):
    """The group of a block in the palette, which also decides its color."""

    IO = "io"
    CONVOLUTION = "convolution"
    POOLING = "pooling"
    NORMALIZATION = "normalization"
    ACTIVATION = "activation"
    REGULARIZATION = "regularization"
    DENSE = "dense"
    MERGE = "merge"
    MODULE = "module"


class Block(Declared):
    """A declared block, as a node of an architecture holds it."""

    category: ClassVar[Category]
    min_inputs: ClassVar[int] = 1
    max_inputs: ClassVar[int | None] = 1

    @classmethod
    def summary(cls) -> str:
        """The first line of the docstring."""
        return (cls.__doc__ or "").strip().partition("\n")[0]

    @classmethod
    @cache
    def prefix(cls) -> str:
        """The start of automatic node names: the name in Keras's snake case."""
        return snake_case(cls.type_name())[:MAX_PREFIX]

    def describe(self, *, whole: bool = False) -> str:
        """The most important parameters in words: `64, 3×3, strides 2, relu`.

        Args:
            whole: Also names initializers and what else only affects how well the block learns.
        """
        parts: list[str] = []
        for parameter in self.parameters():
            if not whole and _is_fine_tuning(parameter):
                continue
            value = getattr(self, parameter.name)
            if parameter.positional or value != parameter.default or self.max_inputs == 0:
                parts.append(_describe(parameter, value, is_known=self._is_known(parameter)))
        return ", ".join(part for part in parts if part)

    def _is_known(self, parameter: Parameter) -> bool:
        """Whether a value tells by itself what it is of; Keras's positional ones do."""
        return parameter.positional

    def __call__(self, inputs: Any) -> Any:
        """Applies the block to one symbolic tensor or to a list of them."""
        raise NotImplementedError


class Layer(Block):
    """One Keras layer: a declaration with its shape and cost rules.

    The rules take one shape for each input and may assume that `output_shape` has accepted them.

    Attributes:
        keras_class: The class that Keras creates for it, if its name differs.
        keeps_values: Whether, outside of training, each value of the output is one of the input or
            an average of some, so that what is known about the values still holds.
        normalizes: Whether it scales its input to mean 0 and deviation 1.
        differs_in_use: Whether its output has another shape outside of training.
    """

    keras_class: ClassVar[str] = ""
    keeps_values: ClassVar[bool] = False
    normalizes: ClassVar[bool] = False
    differs_in_use: ClassVar[bool] = False

    @classmethod
    def class_name(cls) -> str:
        """The class that Keras creates for it."""
        return cls.keras_class or cls.__name__

    def output_shape(self, *inputs: Shape) -> Shape:
        """The output's shape.

        Raises:
            ShapeError: The block does not fit these inputs.
        """
        raise NotImplementedError

    def shape_in_use(self, *inputs: Shape) -> Shape:
        """The output's shape outside of training, and in validation.

        Raises:
            ShapeError: The block does not fit these inputs.
        """
        return self.output_shape(*inputs)

    def weights(self, *inputs: Shape) -> tuple[Weight, ...]:
        """The layer's arrays, in Keras's order."""
        return ()

    def macs(self, output: Shape, weights: tuple[Weight, ...], *inputs: Shape) -> int:
        """Multiply-accumulates for one example."""
        kernels = sum(weight.size for weight in weights if weight.name.endswith("kernel"))
        return prod(self.uses(output, *inputs)) * kernels if kernels else 0

    def uses(self, output: Shape, *inputs: Shape) -> Shape:
        """The pixels at which each value of a kernel is used once: the output's."""
        return output[:-1]

    def reach(self, *inputs: Shape) -> Reach:
        """How far one output pixel sees on the layer's input."""
        return POINT

    def output_range(self, *inputs: Range | None) -> Range | None:
        """The range of the output's values; None where it depends on training."""
        return inputs[0] if self.keeps_values else None

    def learns_statistics(self) -> bool:
        """Whether its weights are computed from the images before the first step."""
        return False

    def told_range(self) -> Range | None:
        """The range of pixels that the layer is set to, if it has such a parameter."""
        return None

    def probabilities(
        self, inputs: Sequence[Probabilities | None], shapes: Sequence[Shape]
    ) -> Probabilities | None:
        """How the output's values are probabilities of classes; None where they are not.

        Args:
            inputs: The same for the inputs.
            shapes: The shapes of the inputs.
        """
        return inputs[0] if self.keeps_values else made_by(getattr(self, "activation", None))

    def breaks_onednn(self, *inputs: Shape) -> bool:
        """Whether oneDNN, on a CPU, computes this layer's kernel gradient wrongly or crashes in it.

        See docs/decisions/0006-onednn.md.
        """
        return False

    def alternatives(self) -> tuple["Layer", ...]:
        """Layers that do the same job at another cost, for a comparison before a choice."""
        return ()

    def __call__(self, inputs: Any) -> Any:
        return Layer.apply(self, inputs)

    apply: ClassVar[Callable[["Layer", Any], Any]]
    """Calls a layer; set by `symbolic.py`, which knows tensors."""


def image(block: str, shape: Shape) -> tuple[int, int, int]:
    """Unpacks a shape as `(height, width, channels)`.

    Raises:
        ShapeError: It is not an image.
    """
    if len(shape) != 3:
        raise ShapeError(ShapeCode.NO_IMAGE, block=block, shape=shape)
    return shape[0], shape[1], shape[2]


def snake_case(name: str) -> str:
    """Writes a class's name as Keras does for its automatic names: `max_pooling2d`."""
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def _is_fine_tuning(parameter: Parameter) -> bool:
    """Whether it changes how well a block learns, and not what it is."""
    return parameter.name in FINE_TUNING or parameter.name.endswith("_initializer")


def _describe(parameter: Parameter, value: Any, *, is_known: bool) -> str:
    if value is None or value is False:
        return "" if value is None else f"no {parameter.name.removeprefix('use_')}"
    if value is True:
        return parameter.name
    if isinstance(value, tuple) and any(isinstance(item, float) for item in value):  # pyright: ignore[reportUnknownVariableType]  pydantic checked the items
        text = _describe_numbers(cast(tuple[float, ...], value))
    elif isinstance(value, tuple):
        text = "×".join(str(item) for item in value)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]  pydantic checked the items
    elif parameter.name.endswith("_size"):
        text = f"{value}×{value}"
    elif isinstance(value, float):
        text = short_float(value)
    elif isinstance(value, Declared):
        inner = (f"{one.name} {getattr(value, one.name)!r}" for one in value.parameters())
        text = f"{value.type_name()} {', '.join(inner)}"
    else:
        text = str(value)
    plain = is_known or isinstance(value, str) or parameter.name == "shape"
    return text if plain else f"{parameter.name} {text}"


def _describe_numbers(numbers: tuple[float, ...]) -> str:
    """`(0.5, 2, 1)`, with only the first of many numbers."""
    first = [short_float(number) for number in numbers[:MAX_DESCRIBED]]
    more = len(numbers) - MAX_DESCRIBED
    return f"({', '.join(first)}{f' and {more:,} more' if more > 0 else ''})"


def short_float(value: float) -> str:
    """Writes a number for people: at most four digits, and the inverse of an integer as `1/255`."""
    if 1 / MAX_DENOMINATOR <= value < 1:
        whole = round(1 / value)
        if 1 / whole == value and len(repr(value)) > 8:
            return f"1/{whole}"
    return f"{value:.4g}"
