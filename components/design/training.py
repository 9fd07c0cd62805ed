"""The training settings that a document keeps, as the Design page needs them."""

from typing import Any

from builder.errors import BuilderError
from builder.training.datasets import known
from builder.training.settings import OWN, TrainingSettings


def training_settings(training: dict[str, Any] | None) -> TrainingSettings | None:
    """The document's own training settings.

    None where they are not there, not readable, or name images of one's own that are gone.
    """
    try:
        settings = None if training is None else TrainingSettings.create(training)
    except BuilderError:
        return None
    if settings is not None and settings.dataset.startswith(OWN) and not known(settings.dataset):
        return None
    return settings


def training_or_defaults(training: dict[str, Any] | None) -> TrainingSettings:
    """The document's own training settings, as the Train page shows them; else the defaults."""
    try:
        return TrainingSettings.create(training or {})
    except BuilderError:
        return TrainingSettings()
