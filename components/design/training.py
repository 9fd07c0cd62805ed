"""What a document would be trained with, as the Design page needs it."""

from typing import Any

from builder.system.errors import BuilderError
from builder.training.settings import TrainingSettings


def training_or_defaults(training: dict[str, Any] | None) -> TrainingSettings:
    """The document's own training settings, as the Train page shows them; else the defaults."""
    try:
        return TrainingSettings.create(training or {})
    except BuilderError:
        return TrainingSettings()
