"""A finding: something to know before a training starts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, auto
from typing import Any

from builder.checks import wording
from builder.system.level import Level
from builder.transforms.fixes import Fix


class FindingCode(StrEnum):
    """The kind of a finding; `wording` has a sentence for each, a function with this name."""

    # What can be trained at all.
    NO_DATA = auto()
    BROKEN_NETWORK = auto()
    SEVERAL_INPUTS = auto()
    SEVERAL_OUTPUTS = auto()
    # The head against the data.
    NO_CLASSES = auto()
    WRONG_UNITS = auto()
    SOFTMAX_OF_ONE = auto()
    SIGMOID_OF_CLASSES = auto()
    BROKEN_DISTRIBUTION = auto()
    UNUSUAL_ACTIVATION = auto()
    # The input against the data.
    NO_IMAGE = auto()
    WRONG_CHANNELS = auto()
    ENLARGED_IMAGES = auto()
    # The layers.
    VALUES_OUT_OF_RANGE = auto()
    WRONG_VALUE_RANGE = auto()
    PROBABILITIES_TWICE = auto()
    # The settings.
    LOSS_NEEDS_CLASSES = auto()
    LOSS_IGNORES_SOFTMAX = auto()
    UNUSED_SMOOTHING = auto()
    SINGLE_STEP = auto()
    STEPS_OVER_EPOCH = auto()
    UNUSED_TEST_SHARE = auto()
    UNUSED_VALIDATION_SHARE = auto()
    LONG_WARMUP = auto()
    LATE_BOUNDARIES = auto()
    UNUSED_NESTEROV = auto()
    # The data and how they are split.
    NOTHING_TO_LEARN = auto()
    UNSEEN_CLASSES = auto()
    UNLEARNED_CLASSES = auto()
    SMALL_CLASSES = auto()
    DATA_WARNING = auto()
    DATA_DOWNLOAD = auto()
    DATA_UNAVAILABLE = auto()
    # The machine.
    NO_SUCH_DEVICE = auto()
    IMAGES_TOO_LARGE = auto()
    BATCH_TOO_LARGE = auto()
    SEVERAL_GPUS = auto()
    BFLOAT16_ON_CPU = auto()
    SLOW_PRECISION = auto()
    XLA_ON_CPU = auto()


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to know before starting.

    Attributes:
        code: What kind of finding it is.
        level: An error keeps the training from starting; a warning does not.
        fields: The values in its sentence, by name.
        fix: The fix, if there is one.
        can_be_forced: Whether it is an error that a person may override.
    """

    code: FindingCode
    level: Level
    fields: Mapping[str, Any] = field(default_factory=dict[str, Any])
    fix: Fix | None = None
    can_be_forced: bool = False

    @property
    def message(self) -> str:
        """Received, expected, and what to do, in one sentence or a few."""
        return wording.sentence(self.code, self.fields)
