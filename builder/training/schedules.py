"""How a learning rate may change over a training, counted in epochs."""

import itertools
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, Strict

from builder.blocks.declaration import Declared, declaration
from builder.training.setting_types import Count, Flag, Real


@declaration
class Constant(Declared):
    """The same learning rate throughout."""

    name: Literal["Constant"] = "Constant"


@declaration
class CosineDecay(Declared):
    """Down along half a cosine until the last epoch, optionally after a linear warm-up."""

    name: Literal["CosineDecay"] = "CosineDecay"
    alpha: Annotated[
        Real, Field(ge=0, le=1, description="What is left at the end, as a share of the start.")
    ] = 0.0
    warmup_epochs: Annotated[
        int,
        Strict(),
        Field(ge=0, le=10_000, description="Epochs in which the rate rises from 0 to its value."),
    ] = 0


@declaration
class ExponentialDecay(Declared):
    """Multiplied by the same factor again and again."""

    name: Literal["ExponentialDecay"] = "ExponentialDecay"
    decay_rate: Annotated[Real, Field(gt=0, le=1, description="The factor.")] = 0.9
    decay_epochs: Annotated[
        Count, Field(le=10_000, description="Epochs that it takes to apply the factor once.")
    ] = 1
    staircase: Annotated[
        Flag, Field(description="Applies the factor all at once instead of little by little.")
    ] = False


def _increasing(boundaries: tuple[int, ...]) -> tuple[int, ...]:
    if any(low >= high for low, high in itertools.pairwise(boundaries)):
        raise ValueError("epochs that increase, such as 10, 20")
    return boundaries


@declaration
class PiecewiseConstantDecay(Declared):
    """Multiplied by a factor after chosen epochs, constant between them."""

    name: Literal["PiecewiseConstantDecay"] = "PiecewiseConstantDecay"
    boundaries: Annotated[
        tuple[Count, ...],
        AfterValidator(_increasing),
        Field(min_length=1, max_length=50, description="Epochs after which the rate drops."),
    ] = (10, 20)
    factor: Annotated[
        Real, Field(gt=0, le=1, description="What the rate is multiplied by at each.")
    ] = 0.1


Schedule = Annotated[
    Constant | CosineDecay | ExponentialDecay | PiecewiseConstantDecay,
    Field(discriminator="name"),
]
