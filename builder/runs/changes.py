"""What was changed of a run after its start: noted beside what was asked first, which stays as is.

A run's script and settings are frozen. Who continues it for more epochs, or with another learning
rate, adds a line to `changes.json`; the worker trains by the sum of it all.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter

from builder.runs.json_files import read_values, write_values
from builder.system.formats import Format, declare
from builder.training.settings import MAX_EPOCHS, MAX_LEARNING_RATE, TrainingSettings

CHANGES = "changes.json"
CHANGES_FORMAT = declare(Format("changes of a run", (f"runs/*/{CHANGES}",)))


@dataclass(frozen=True, slots=True)
class Change:
    """One change, made while the run stood still.

    Attributes:
        time: When, in seconds since 1970.
        epoch: Epochs that were done.
        batch: Batches that were done of the next one.
        epochs: How many there are to be in all from then on; None where that did not change.
        learning_rate: From then on; None where it did not change.
    """

    time: float
    epoch: int
    batch: int
    epochs: Annotated[int, Field(ge=1, le=MAX_EPOCHS)] | None = None
    learning_rate: Annotated[float, Field(gt=0, le=MAX_LEARNING_RATE)] | None = None


_CHANGES = TypeAdapter(tuple[Change, ...])


def read_changes(folder: Path) -> tuple[Change, ...]:
    """All changes of a run, the oldest first.

    Raises:
        OSError: The file cannot be read.
        ValueError: It holds something else.
        FormatError: It is of a later version.
    """
    path = folder / CHANGES
    if not path.exists():
        return ()
    return _CHANGES.validate_python(read_values(path, CHANGES_FORMAT).get("changes"))


def add_change(folder: Path, change: Change) -> None:
    """Notes one more change.

    Raises:
        OSError: It cannot be written.
        ValueError: What was noted before cannot be read; likewise FormatError.
    """
    changes = (*read_changes(folder), change)
    values = {"changes": _CHANGES.dump_python(changes, mode="json")}
    write_values(folder / CHANGES, CHANGES_FORMAT, values)


def changed(settings: TrainingSettings, changes: tuple[Change, ...]) -> TrainingSettings:
    """The settings as they are after the changes."""
    values = settings.values()
    for change in changes:
        for name in ("epochs", "learning_rate"):
            if (value := getattr(change, name)) is not None:
                values[name] = value
    return TrainingSettings.create(values)
