"""Fixes of a finding: edits of a network, and changes of a training setting.

A fix is a value. Its effect on a network is found by applying it, and so is its description:
buttons, reports and the sentences of findings all use that.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from builder.blocks.catalogue import block_type
from builder.network.architecture import Architecture
from builder.network.edit_words import in_full
from builder.network.edits import add, remove, set_parameters
from builder.network.placing import rewire
from builder.training.settings import TrainingSettings
from builder.transforms.head import adapt_head


class NetworkFix(ABC):
    """An edit of a network that fixes a finding."""

    @abstractmethod
    def apply(self, architecture: Architecture) -> Architecture:
        """Applies the edit.

        Raises:
            BuilderError: It does not apply to this architecture.
        """

    def effect(self, architecture: Architecture) -> str:
        """Everything that it changes, as a clause: `set units of dense_1 to 10`.

        Raises:
            BuilderError: It does not apply to this architecture.
        """
        return in_full(architecture, self.apply(architecture))

    def label(self, architecture: Architecture) -> str:
        """The text of a button; raises as `effect` does."""
        return _capitalized(self.effect(architecture))


@dataclass(frozen=True, slots=True)
class AddRescaling(NetworkFix):
    """Places a Rescaling of 1/255 right after the first Input."""

    def apply(self, architecture: Architecture) -> Architecture:
        source = next(node for node in architecture if node.block.max_inputs == 0)
        readers = set(architecture.consumers[source.id])
        placed = add(architecture, block_type("Rescaling").create({}), source.id)
        new = next(node.id for node in placed if node.id not in architecture)
        return placed.with_nodes(
            [rewire(node, source.id, (new,)) if node.id in readers else node for node in placed]
        )


@dataclass(frozen=True, slots=True)
class RemoveNode(NetworkFix):
    """Removes a node; its readers read its input instead.

    Attributes:
        node: Its id.
    """

    node: str

    def apply(self, architecture: Architecture) -> Architecture:
        return remove(architecture, [self.node])


@dataclass(frozen=True, slots=True)
class SetParameters(NetworkFix):
    """Gives parameters of a node other values.

    Attributes:
        node: Its id.
        parameters: The values by name.
    """

    node: str
    parameters: Mapping[str, Any]

    def apply(self, architecture: Architecture) -> Architecture:
        return set_parameters(architecture, self.node, dict(self.parameters))


@dataclass(frozen=True, slots=True)
class AdaptHead(NetworkFix):
    """Gives a network a head for so many classes: changes its own, or adds one.

    Attributes:
        units: How many numbers the network outputs.
        activation: The last layer's; None for a linear one.
    """

    units: int
    activation: str | None

    def apply(self, architecture: Architecture) -> Architecture:
        return adapt_head(architecture, self.units, self.activation)

    def effect(self, architecture: Architecture) -> str:
        return _effect_of_head(self, architecture)


@lru_cache(maxsize=32)
def _effect_of_head(fix: AdaptHead, architecture: Architecture) -> str:
    """Cached, since pages ask at every drawing, and a head takes several inferences."""
    return in_full(architecture, fix.apply(architecture))


@dataclass(frozen=True, slots=True)
class ChangeSetting:
    """Gives a training setting another value.

    Attributes:
        setting: Its name.
        value: The value, as plain JSON.
    """

    setting: str
    value: Any

    def apply(self, settings: TrainingSettings) -> TrainingSettings:
        """Makes the change.

        Raises:
            ParameterError: The setting refuses the value.
        """
        return TrainingSettings.create(settings.values() | {self.setting: self.value})

    def effect(self, architecture: Architecture) -> str:
        """Everything that it changes, as a clause: `set batch_size to 64`."""
        number = isinstance(self.value, int) and not isinstance(self.value, bool)
        return f"set {self.setting} to {format(self.value, ',') if number else self.value}"

    def label(self, architecture: Architecture) -> str:
        """The text of a button."""
        return _capitalized(self.effect(architecture))


Fix = AddRescaling | RemoveNode | SetParameters | AdaptHead | ChangeSetting


def mend(
    architecture: Architecture, settings: TrainingSettings, fix: Fix
) -> tuple[Architecture, TrainingSettings]:
    """Applies a fix to the network or the settings, whichever it is for.

    Raises:
        BuilderError: The fix does not apply to this architecture.
    """
    if isinstance(fix, ChangeSetting):
        return architecture, fix.apply(settings)
    return fix.apply(architecture), settings


def _capitalized(clause: str) -> str:
    return clause[:1].upper() + clause[1:]
