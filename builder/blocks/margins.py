"""Margins of an image, as `ZeroPadding2D` and `Cropping2D` take them."""

from typing import Annotated

from pydantic import Field, Strict

Margin = Annotated[int, Strict(), Field(ge=0, le=1024)]
Sides = tuple[Margin, Margin]
Margins = Margin | Sides | tuple[Sides, Sides]
"""Pixels on every side, or (vertical, horizontal), or ((top, bottom), (left, right))."""


def sides(margins: Margins) -> tuple[Sides, Sides]:
    """Returns `((top, bottom), (left, right))`, however the margins are written."""
    if isinstance(margins, int):
        return (margins, margins), (margins, margins)
    vertical, horizontal = margins
    if isinstance(vertical, int) and isinstance(horizontal, int):
        return (vertical, vertical), (horizontal, horizontal)
    return margins  # pyright: ignore[reportReturnType]  pairs of pairs are left
