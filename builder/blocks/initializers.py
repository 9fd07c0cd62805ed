"""Kernel initializers with settings, by Keras's names, as values that a block's parameter can hold.

Most layers take an initializer by its name. These are for networks whose authors chose others. The
namespace mirrors `keras.initializers`, as `regularizers.py` mirrors its namespace.
"""

from dataclasses import KW_ONLY
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, InstanceOf, TypeAdapter, ValidationError

from builder.blocks.declaration import Declared, declaration

Number = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]
Deviation = Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)]


class Initializer(Declared):
    """Base of the initializers with settings."""


@declaration
class VarianceScaling(Initializer):
    """Draws weights whose variance is the scale over the number of inputs, outputs, or both."""

    scale: Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)] = 1.0
    mode: Literal["fan_in", "fan_out", "fan_avg"] = "fan_in"
    distribution: Literal["truncated_normal", "untruncated_normal", "uniform"] = "truncated_normal"
    _: KW_ONLY
    kind: Literal["VarianceScaling"] = "VarianceScaling"


@declaration
class Constant(Initializer):
    """Starts every weight at one value."""

    value: Number = 0.0
    _: KW_ONLY
    kind: Literal["Constant"] = "Constant"


@declaration
class RandomNormal(Initializer):
    """Draws weights from a normal distribution."""

    mean: Number = 0.0
    stddev: Deviation = 0.05
    _: KW_ONLY
    kind: Literal["RandomNormal"] = "RandomNormal"


@declaration
class TruncatedNormal(Initializer):
    """Draws weights from a normal distribution, again where they lie beyond two deviations."""

    mean: Number = 0.0
    stddev: Deviation = 0.05
    _: KW_ONLY
    kind: Literal["TruncatedNormal"] = "TruncatedNormal"


@declaration
class RandomUniform(Initializer):
    """Draws weights uniformly between two values."""

    minval: Number = -0.05
    maxval: Number = 0.05
    _: KW_ONLY
    kind: Literal["RandomUniform"] = "RandomUniform"


_Choice = Annotated[
    VarianceScaling | Constant | RandomNormal | TruncatedNormal | RandomUniform,
    Field(discriminator="kind"),
]


@cache
def _adapter() -> TypeAdapter[Any]:
    return TypeAdapter(_Choice)


def _read(value: Any) -> Any:
    """Makes an initializer from the plain values of a file; returns anything else unchanged."""
    if isinstance(value, Initializer):
        return value
    try:
        return _adapter().validate_python(value)
    except ValidationError:
        return value  # a name, or refused by the next validator


@cache
def schema() -> dict[str, Any]:
    """The JSON schema of an initializer with settings, without references to anything outside."""
    whole = _adapter().json_schema()
    branches = [whole["$defs"][one["$ref"].rpartition("/")[2]] for one in whole["oneOf"]]
    return {"oneOf": branches, "discriminator": {"propertyName": "kind"}}


InitializerValue = Annotated[InstanceOf[Initializer], BeforeValidator(_read)]
"""Kept separate from the layers, since each would hold all five declarations, which takes time."""
