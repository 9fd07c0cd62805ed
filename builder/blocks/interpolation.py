"""Interpolations of an image: Keras's names, and how many pixels each one reads."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field

Interpolation = Annotated[
    Literal["nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"],
    Field(description="How values between pixels are found; 'nearest' copies."),
]

INTERPOLATION_TAPS: Mapping[str, int] = MappingProxyType(
    {"nearest": 1, "bilinear": 2, "bicubic": 4, "lanczos3": 6, "lanczos5": 10}
)
"""How many pixels along each side one interpolated value is made of."""
