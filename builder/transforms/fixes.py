"""Fixes of a finding or an issue: edits of a network, and changes of a training setting.

A fix is a value that applies itself. Those that only edit a network are in `network_fixes.py`; here
are the one that adapts a network to its data and the one that changes a setting.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from builder.network.architecture import Architecture
from builder.network.edit_words import in_full
from builder.training.settings import TrainingSettings
from builder.transforms.head_edits import adapt_head
from builder.transforms.network_fixes import NetworkFix, capitalized


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
        return capitalized(self.effect(architecture))


Fix = NetworkFix | ChangeSetting


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
