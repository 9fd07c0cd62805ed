"""Kernel initialisers with settings, by Keras's names, as values that a block's parameter can hold.

Most layers take an initialiser by its name. These are for networks whose authors chose something
else. The namespace mirrors `keras.initializers`, as `regularizers.py` mirrors its namespace.
"""

from dataclasses import KW_ONLY
from typing import Annotated, Literal

from pydantic import Field

from builder.blocks.declaration import declaration

Number = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]
Deviation = Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)]


@declaration
class VarianceScaling:
    """Draws weights whose variance is the scale over the number of inputs, outputs, or both."""

    scale: Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)] = 1.0
    mode: Literal["fan_in", "fan_out", "fan_avg"] = "fan_in"
    distribution: Literal["truncated_normal", "untruncated_normal", "uniform"] = "truncated_normal"
    _: KW_ONLY
    kind: Literal["VarianceScaling"] = "VarianceScaling"


@declaration
class Constant:
    """Starts every weight at one value."""

    value: Number = 0.0
    _: KW_ONLY
    kind: Literal["Constant"] = "Constant"


@declaration
class RandomNormal:
    """Draws weights from a normal distribution."""

    mean: Number = 0.0
    stddev: Deviation = 0.05
    _: KW_ONLY
    kind: Literal["RandomNormal"] = "RandomNormal"


@declaration
class TruncatedNormal:
    """Draws weights from a normal distribution, again where they lie beyond two deviations."""

    mean: Number = 0.0
    stddev: Deviation = 0.05
    _: KW_ONLY
    kind: Literal["TruncatedNormal"] = "TruncatedNormal"


@declaration
class RandomUniform:
    """Draws weights evenly between two values."""

    minval: Number = -0.05
    maxval: Number = 0.05
    _: KW_ONLY
    kind: Literal["RandomUniform"] = "RandomUniform"


InitializerValue = Annotated[
    VarianceScaling | Constant | RandomNormal | TruncatedNormal | RandomUniform,
    Field(discriminator="kind"),
]
