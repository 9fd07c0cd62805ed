"""The range of pixel values that the layers of color augmentation need."""

from typing import Annotated

from pydantic import Field

from builder.blocks.shape_codes import ShapeCode
from builder.system.errors import ShapeError

Limit = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]

ValueRange = Annotated[
    tuple[Limit, Limit],
    Field(description="Smallest and largest pixel value: (0, 1) behind a Rescaling of 1/255."),
]


def check_value_range(block: str, value_range: tuple[float, float]) -> None:
    """Refuses an empty range.

    Raises:
        ShapeError: The first number is not below the second.
    """
    low, high = value_range
    if low >= high:
        raise ShapeError(ShapeCode.EMPTY_VALUE_RANGE, block=block, low=low, high=high)
