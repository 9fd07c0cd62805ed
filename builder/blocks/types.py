"""The types of the blocks' parameters: ranges and help texts that several blocks share.

A range is Keras's own where Keras has one; upper bounds are far above any network in use and
keep a damaged file from asking for absurd sizes.
"""

from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, Field, Strict

from builder.blocks import initializers
from builder.blocks.initializers import InitializerValue
from builder.blocks.parameter import MORE, Role
from builder.blocks.regularizers import Regularizer

Shape = tuple[int, ...]
"""A tensor's shape without the batch axis, for images `(height, width, channels)`."""

MAX_SIZE = 65_536

Count = Annotated[int, Strict(), Field(ge=1, le=MAX_SIZE)]
StrictBool = Annotated[bool, Strict()]


def collapse(value: int | tuple[int, int]) -> int | tuple[int, int]:
    """Turns a pair of equal numbers into one number, so that equal blocks compare equal."""
    if isinstance(value, tuple) and value[0] == value[1]:
        return value[0]
    return value


Pair = Annotated[Count | tuple[Count, Count], AfterValidator(collapse)]
"""One number for both axes, or `(height, width)`; equal pairs are kept as one number."""


def pair(value: int | tuple[int, int]) -> tuple[int, int]:
    """Returns `(height, width)` for a number that stands for both, or for a pair."""
    return value if isinstance(value, tuple) else (value, value)


Filters = Annotated[Count, Field(description="Number of output channels."), Role.WIDTH]
Side = Annotated[Count, Role.RESOLUTION]
KernelSize = Annotated[Pair, Field(description="Height and width of the window, in pixels.")]
Strides = Annotated[Pair, Field(description="Step of the window, in pixels.")]
Dilation = Annotated[Pair, Field(description="Gap between the window's taps; 1 means none.")]
Padding = Annotated[
    Literal["valid", "same"],
    Field(
        description="'same' pads with zeros so that stride 1 keeps the size; 'valid' never pads."
    ),
]
UseBias = Annotated[
    StrictBool, Field(description="Adds a learned bias; of no use before BatchNormalization.")
]
DepthMultiplier = Annotated[
    Count, Field(description="Depthwise output channels per input channel.")
]

ActivationName = Literal[
    "celu",
    "elu",
    "exponential",
    "gelu",
    "hard_sigmoid",
    "hard_silu",
    "hard_tanh",
    "leaky_relu",
    "linear",
    "log_sigmoid",
    "log_softmax",
    "mish",
    "relu",
    "relu6",
    "selu",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "softsign",
    "tanh",
]
Activation = Annotated[
    ActivationName | None, Field(description="Applied to the output; none keeps it linear.")
]

InitializerName = Literal[
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "lecun_normal",
    "lecun_uniform",
    "ones",
    "orthogonal",
    "random_normal",
    "random_uniform",
    "truncated_normal",
    "variance_scaling",
    "zeros",
]


class _InitializerSchema:
    """Computes the JSON schema on demand, so that loading the catalogue is fast."""

    def __get_pydantic_json_schema__(self, *_: Any) -> dict[str, Any]:
        names = {"type": "string", "enum": list(get_args(InitializerName))}
        return {"anyOf": [names, initializers.schema()]}


Initializer = Annotated[
    InitializerName | InitializerValue,
    Field(description="How the weights start before training."),
    MORE,
    _InitializerSchema(),
]
"""A name, or an initializer with settings."""

BiasInitializer = Annotated[
    Literal[
        "glorot_normal",
        "glorot_uniform",
        "he_normal",
        "he_uniform",
        "lecun_normal",
        "lecun_uniform",
        "ones",
        "random_normal",
        "random_uniform",
        "truncated_normal",
        "variance_scaling",
        "zeros",
    ],
    Field(description="How the biases start before training; one row has nothing orthogonal."),
    MORE,
]
KernelRegularizer = Annotated[
    Regularizer | None, Field(description="Penalty on large weights, added to the loss."), MORE
]
UnitInterval = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]

PoolSize = Annotated[Pair, Field(description="Height and width of the window, in pixels.")]
PoolStrides = Annotated[
    Pair | None, Field(description="Step of the window, in pixels; empty means pool_size.")
]
KeepDims = Annotated[
    StrictBool, Field(description="Keeps height and width as 1×1 instead of dropping them.")
]
Rate = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
FillMode = Annotated[
    Literal["reflect", "wrap", "constant", "nearest"],
    Field(description="What fills the corners that the image no longer covers."),
]
