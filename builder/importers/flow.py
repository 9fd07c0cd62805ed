"""Builds a chain of blocks, each reading the one before it, and tracks the shape.

Blocks for images can work on any axis: reducing or cutting `(16, 48)` along its first axis is
reducing or cutting the image `(1, 16, 48)` along its width. In general, the axes before the ones to
work on become the height, the ones to work on become the width, and the rest the channels.
"""

from math import prod

from builder.blocks.types import Shape
from builder.importers.pieces import Pieces


class Flow:
    """A chain of blocks.

    Attributes:
        at: The last one, or the input, as `Piece` counts them.
        shape: The shape of its output.
    """

    def __init__(self, pieces: Pieces, at: int, shape: Shape) -> None:
        self._pieces = pieces
        self.at = at
        self.shape: Shape = shape

    def reshape(self, shape: Shape) -> None:
        """Reshapes the values, if the shape differs."""
        if shape == self.shape:
            return
        if len(shape) == 1:
            self.at = self._pieces.add("Flatten", self.at)
        else:
            self.at = self._pieces.add("Reshape", self.at, target_shape=shape)
        self.shape = shape

    def fold(self, start: int, stop: int) -> None:
        """Turns the values into an image whose width is the axes from `start` up to `stop`."""
        before, inside, behind = self.shape[:start], self.shape[start:stop], self.shape[stop:]
        self.reshape((prod(before), prod(inside), prod(behind)))

    def pool(self, pooling: str, keepdims: bool = False) -> None:
        """Reduces each row of an image to one pixel."""
        height, width, channels = self.shape
        if height == 1:
            self.at = self._pieces.add(f"Global{pooling}", self.at, keepdims=keepdims)
            self.shape = (1, 1, channels) if keepdims else (channels,)
        elif width > 1:
            self.at = self._pieces.add(pooling, self.at, pool_size=(1, width))
            self.shape = (height, 1, channels)

    def pool_image(self, pooling: str, keepdims: bool) -> None:
        """Reduces a whole image to one pixel."""
        self.at = self._pieces.add(f"Global{pooling}", self.at, keepdims=keepdims)
        self.shape = (1, 1, self.shape[2]) if keepdims else (self.shape[2],)

    def crop(self, rows: tuple[int, int], columns: tuple[int, int]) -> None:
        """Crops an image: (top, bottom), (left, right)."""
        height, width, channels = self.shape
        if any((*rows, *columns)):
            self.at = self._pieces.add("Cropping2D", self.at, cropping=(rows, columns))
            self.shape = (height - sum(rows), width - sum(columns), channels)

    def pad(self, rows: tuple[int, int], columns: tuple[int, int]) -> None:
        """Adds a margin of zeros to an image: (top, bottom), (left, right)."""
        height, width, channels = self.shape
        if any((*rows, *columns)):
            self.at = self._pieces.add("ZeroPadding2D", self.at, padding=(rows, columns))
            self.shape = (height + sum(rows), width + sum(columns), channels)

    def thin(self, rows: int, columns: int) -> None:
        """Keeps every n-th row and column of an image, starting with the first."""
        height, width, channels = self.shape
        if rows > 1 or columns > 1:
            self.at = self._pieces.add(
                "MaxPooling2D", self.at, pool_size=1, strides=(rows, columns)
            )
            self.shape = (-(-height // rows), -(-width // columns), channels)

    def enlarge(self, rows: int, columns: int) -> None:
        """Repeats every row and column of an image so many times."""
        height, width, channels = self.shape
        if rows > 1 or columns > 1:
            self.at = self._pieces.add("UpSampling2D", self.at, size=(rows, columns))
            self.shape = (height * rows, width * columns, channels)

    def rescale(self, scale: float) -> None:
        """Multiplies every value."""
        self.at = self._pieces.add("Rescaling", self.at, scale=scale)
