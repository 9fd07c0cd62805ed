"""What all images of a set are brought to: one size, one number of channels, values 0 to 255."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

from pydantic import TypeAdapter

from builder.datasets.own_images.value_range import Ranges
from builder.system.errors import refused

Fit = Literal["stretch", "crop", "pad"]
FITS: tuple[Fit, ...] = get_args(Fit)

MAX_SIDE = 1_024
"""The largest size in pixels that images are converted to."""


@dataclass(frozen=True, slots=True)
class Target:
    """The common target of all images of a set.

    Attributes:
        height: In pixels.
        width: In pixels.
        channels: 1 for gray, 3 for red, green and blue.
        fit: How another shape is brought to this one: `stretch` ignores it, `crop` cuts off what
            is too long, `pad` adds black margins.
        ranges: The values that become 0 to 255, for each kind of images; a kind without a range
            gets that which fits its values.
    """

    height: int
    width: int
    channels: int
    fit: Fit = "stretch"
    ranges: Ranges = ()

    def __post_init__(self) -> None:
        for name, value in (("height", self.height), ("width", self.width)):
            if not 1 <= value <= MAX_SIDE:
                raise refused(name, value, f"1 to {MAX_SIDE} pixels")
        if self.channels not in (1, 3):
            raise refused("channels", self.channels, "1 or 3")
        if self.fit not in FITS:
            raise refused("fit", self.fit, f"one of {', '.join(FITS)}")

    @property
    def shape(self) -> tuple[int, int, int]:
        """`(height, width, channels)`."""
        return self.height, self.width, self.channels

    @classmethod
    def create(cls, values: Any) -> "Target":
        """Reads it from plain JSON values, as `dataclasses.asdict` gives them."""
        return TypeAdapter(cls).validate_python(values)
