"""The result of reading a file."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from builder.network.architecture import Architecture
from builder.system.errors import cut

MAX_NAME = 80
MAX_NAMED = 3
"""How many layers a finding names; beyond that it gives the number."""


@dataclass(frozen=True, slots=True)
class Unmapped:
    """A layer of a file that was lost or changed.

    Attributes:
        layer: Its name in the file.
        class_name: Its class in Keras.
        reason: Why, as a clause without a period.
        kept: Whether a node stands for it, with the difference that the reason names; otherwise the
            layer is left out.
    """

    layer: str
    class_name: str
    reason: str
    kept: bool = False

    def __str__(self) -> str:
        return f"{self.layer} ({self.class_name}): {self.reason}"


def unmapped(layer: str, class_name: str, reason: str, *, kept: bool) -> Unmapped:
    """Records a layer that was lost or changed; excessively long names are cut."""
    return Unmapped(cut(layer, MAX_NAME), cut(class_name, MAX_NAME), reason, kept)


@dataclass(frozen=True, slots=True)
class Finding:
    """Layers that were lost or changed for the same reason.

    Attributes:
        layers: Their names.
        class_names: Their classes, each once.
        reason: Why.
        kept: Whether nodes stand for them.
    """

    layers: tuple[str, ...]
    class_names: tuple[str, ...]
    reason: str
    kept: bool

    def __str__(self) -> str:
        classes = ", ".join(self.class_names[:MAX_NAMED])
        return f"{self.named()} ({classes}): {self.reason}"

    def named(self) -> str:
        """The layers' names; of many only the first."""
        first = ", ".join(self.layers[:MAX_NAMED])
        more = len(self.layers) - MAX_NAMED
        return f"{first} and {more} more" if more > 0 else first


def grouped(unmapped: Iterable[Unmapped]) -> tuple[Finding, ...]:
    """Groups layers by their reasons; those that are left out come first."""
    groups: dict[tuple[bool, str], list[Unmapped]] = {}
    for found in unmapped:
        groups.setdefault((found.kept, found.reason), []).append(found)
    return tuple(
        Finding(
            layers=tuple(dict.fromkeys(found.layer for found in members)),
            class_names=tuple(dict.fromkeys(found.class_name for found in members)),
            reason=reason,
            kept=kept,
        )
        for (kept, reason), members in sorted(groups.items(), key=lambda group: group[0][0])
    )


@dataclass(frozen=True, slots=True)
class ImportResult:
    """An architecture that was read from a file.

    Attributes:
        architecture: The network; it may be broken where layers are left out, and inference says
            where.
        unmapped: The layers that were lost or changed, in the order of the file; nothing else is
            lost.
        num_layers: How many layers Keras's model has; 0 for a file of our own.
        training: The settings of the training, which only our own documents hold.
        has_weights: Whether the file holds trained weights; only the statistics of Normalization
            are read.
    """

    architecture: Architecture
    unmapped: tuple[Unmapped, ...] = ()
    num_layers: int = 0
    training: dict[str, Any] | None = None
    has_weights: bool = False
