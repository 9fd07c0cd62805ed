"""The settings of a training as documents, runs and settings files hold them."""

from builder.system.formats import Format, declare

SETTINGS = declare(Format("training settings"))
"""What is kept are the values of `TrainingSettings`, stamped; a person may write them by hand."""
