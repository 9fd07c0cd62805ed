"""What came of reading a file."""

from dataclasses import dataclass
from typing import Any

from builder.architecture import Architecture


@dataclass(frozen=True, slots=True)
class Unmapped:
    """A layer of a file that could not be taken over as it is.

    Attributes:
        layer: Its name in the file.
        class_name: Its class in Keras.
        reason: What is in the way, as a clause without a full stop.
        kept: Whether a node stands for it all the same, different in what the reason says; else the
            layer is left out.
    """

    layer: str
    class_name: str
    reason: str
    kept: bool = False

    def __str__(self) -> str:
        return f"{self.layer} ({self.class_name}): {self.reason}"


@dataclass(frozen=True, slots=True)
class ImportResult:
    """An architecture that was read from a file.

    Attributes:
        architecture: The network; it may be broken where layers are left out, and inference says
            where.
        unmapped: What could not be taken over, in the order of the file; nothing else is lost.
        num_layers: How many layers Keras's model has; 0 for a file of our own.
        training: The settings of the training, which only a document of our own holds.
    """

    architecture: Architecture
    unmapped: tuple[Unmapped, ...] = ()
    num_layers: int = 0
    training: dict[str, Any] | None = None
