"""Kernel regularizers, by Keras's names, as values that a block's parameter can hold.

The namespace mirrors `keras.regularizers`, so that a module's source text reads the same here and
in an exported script.
"""

from dataclasses import KW_ONLY
from typing import Annotated, Literal

from pydantic import Field

from builder.blocks.declaration import Declared, declaration

Factor = Annotated[
    float, Field(ge=0, le=1e6, allow_inf_nan=False, description="Weight of the penalty.")
]


@declaration
class L1(Declared):
    """Adds `l1 · Σ|w|` to the loss."""

    l1: Factor = 0.01
    _: KW_ONLY
    kind: Literal["L1"] = "L1"


@declaration
class L2(Declared):
    """Adds `l2 · Σw²` to the loss."""

    l2: Factor = 0.01
    _: KW_ONLY
    kind: Literal["L2"] = "L2"


@declaration
class L1L2(Declared):
    """Adds `l1 · Σ|w| + l2 · Σw²` to the loss."""

    l1: Factor = 0.0
    l2: Factor = 0.0
    _: KW_ONLY
    kind: Literal["L1L2"] = "L1L2"


Regularizer = Annotated[L1 | L2 | L1L2, Field(discriminator="kind")]
