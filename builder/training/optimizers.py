"""The optimizers that a training may have, with Keras's own names, defaults and ranges."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from builder.blocks.declaration import Declared, declaration
from builder.blocks.parameter import MORE
from builder.training.setting_types import Beta, Flag, Real

Epsilon = Annotated[
    Real, Field(gt=0, le=1, description="Small constant that keeps divisions stable."), MORE
]
Momentum = Annotated[
    Real, Field(ge=0, le=1, description="Share of the last step that is kept; 0 means none.")
]
Clipnorm = Annotated[
    Annotated[float, Field(gt=0, allow_inf_nan=False)] | None,
    Field(description="Scales the gradient of each weight down to this norm; empty means never."),
]
WeightDecay = Annotated[
    Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | None,
    Field(description="Share by which the weights shrink, per unit of learning rate."),
    MORE,
]
GradientDecay = Annotated[Beta, Field(description="Decay of the gradient's running mean."), MORE]
SquareDecay = Annotated[Beta, Field(description="Decay of the squared gradient's mean."), MORE]
AmsGrad = Annotated[
    Flag, Field(description="Never lets a weight's step grow again (AMSGrad)."), MORE
]


def _none_as_zero(share: object) -> object:
    """AdamW does not accept None; older settings may hold one."""
    return 0.0 if share is None else share


@declaration
class SGD(Declared):
    """Gradient descent, optionally with momentum."""

    name: Literal["SGD"] = "SGD"
    momentum: Momentum = 0.0
    nesterov: Annotated[
        Flag, Field(description="Looks ahead along the momentum; needs momentum above 0."), MORE
    ] = False
    weight_decay: WeightDecay = None
    clipnorm: Clipnorm = None


@declaration
class Adam(Declared):
    """Steps scaled per weight by running means of the gradient and of its square."""

    name: Literal["Adam"] = "Adam"
    beta_1: GradientDecay = 0.9
    beta_2: SquareDecay = 0.999
    epsilon: Epsilon = 1e-7
    amsgrad: AmsGrad = False
    weight_decay: WeightDecay = None
    clipnorm: Clipnorm = None


@declaration
class AdamW(Declared):
    """Adam with weight decay decoupled from the gradient."""

    name: Literal["AdamW"] = "AdamW"
    weight_decay: Annotated[
        Real,
        Field(
            ge=0,
            le=1,
            description="Share by which the weights shrink, per unit of learning rate; 0 is none.",
        ),
        BeforeValidator(_none_as_zero),
    ] = 0.004
    beta_1: GradientDecay = 0.9
    beta_2: SquareDecay = 0.999
    epsilon: Epsilon = 1e-7
    amsgrad: AmsGrad = False
    clipnorm: Clipnorm = None


@declaration
class RMSprop(Declared):
    """Steps divided by the running root mean square of the gradient."""

    name: Literal["RMSprop"] = "RMSprop"
    rho: SquareDecay = 0.9
    momentum: Momentum = 0.0
    epsilon: Epsilon = 1e-7
    centered: Annotated[
        Flag, Field(description="Divides by the variance instead of the mean square."), MORE
    ] = False
    weight_decay: WeightDecay = None
    clipnorm: Clipnorm = None


Optimizer = Annotated[SGD | Adam | AdamW | RMSprop, Field(discriminator="name")]
