"""The result of reading a file."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from builder.importers.configuration import is_list
from builder.importers.reasons import Reason
from builder.network.architecture import Architecture
from builder.system.errors import Code, Problem, cut

MAX_NAME = 80
MAX_NAMED = 3
"""How many layers a finding names; beyond that it gives the number."""


@dataclass(frozen=True, slots=True)
class Unmapped:
    """A layer of a file that was lost or changed.

    Attributes:
        layer: Its name in the file.
        class_name: Its class in Keras.
        problem: What is in the way; its code is a `Reason`.
        kept: Whether a node stands for it, with the difference that the reason names; otherwise the
            layer is left out.
    """

    layer: str
    class_name: str
    problem: Problem
    kept: bool = False

    @property
    def reason(self) -> str:
        """What is in the way, as a clause without a period."""
        return self.problem.message

    def __str__(self) -> str:
        return f"{self.layer} ({self.class_name}): {self.reason}"

    def plain(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        named = {"layer": self.layer, "class_name": self.class_name, "kept": self.kept}
        return {**named, "code": self.problem.code, "fields": dict(self.problem.fields)}


def unmapped(layer: str, class_name: str, problem: Problem, *, kept: bool) -> Unmapped:
    """Records a layer that was lost or changed; excessively long names are cut."""
    return Unmapped(cut(layer, MAX_NAME), cut(class_name, MAX_NAME), problem, kept)


def from_plain(values: dict[str, Any]) -> Unmapped:
    """Reads what `Unmapped.plain` gives, as it comes out of JSON."""
    fields = {name: _frozen(value) for name, value in values["fields"].items()}
    problem = Problem(Reason(values["code"]), fields)
    return Unmapped(values["layer"], values["class_name"], problem, values["kept"])


@dataclass(frozen=True, slots=True)
class Finding:
    """Layers that were lost or changed for the same reason.

    Attributes:
        layers: Their names.
        class_names: Their classes, each once.
        problem: What is in the way.
        kept: Whether nodes stand for them.
    """

    layers: tuple[str, ...]
    class_names: tuple[str, ...]
    problem: Problem
    kept: bool

    @property
    def reason(self) -> str:
        """What is in the way, as a clause without a period."""
        return self.problem.message

    def __str__(self) -> str:
        classes = ", ".join(self.class_names[:MAX_NAMED])
        return f"{self.named()} ({classes}): {self.reason}"

    def named(self) -> str:
        """The layers' names; of many only the first."""
        first = ", ".join(self.layers[:MAX_NAMED])
        more = len(self.layers) - MAX_NAMED
        return f"{first} and {more} more" if more > 0 else first


def grouped(unmapped: Iterable[Unmapped]) -> tuple[Finding, ...]:
    """Groups layers by their problems; those that are left out come first."""
    groups: dict[tuple[bool, Code, frozenset[tuple[str, Any]]], list[Unmapped]] = {}
    for found in unmapped:
        fields = frozenset(found.problem.fields.items())
        groups.setdefault((found.kept, found.problem.code, fields), []).append(found)
    return tuple(
        Finding(
            layers=tuple(dict.fromkeys(found.layer for found in members)),
            class_names=tuple(dict.fromkeys(found.class_name for found in members)),
            problem=members[0].problem,
            kept=members[0].kept,
        )
        for members in sorted(groups.values(), key=lambda members: members[0].kept)
    )


def _frozen(value: Any) -> Any:
    """Lists as tuples, which `grouped` can compare."""
    return tuple(_frozen(item) for item in value) if is_list(value) else value


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
