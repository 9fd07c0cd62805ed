"""The settings of a training as documents, runs and settings files hold them."""

from builder.system.formats import Format, declare

SETTINGS = declare(Format("training settings"))
"""The stamped values of `TrainingSettings`; a person may also write them by hand."""
