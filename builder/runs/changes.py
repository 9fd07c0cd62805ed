"""Changes to a run after its start, recorded beside the original settings, which stay as they are.

A run's script and settings are frozen. Continuing it for more epochs, or with another learning
rate, adds an entry to `changes.json`; the worker applies all of them.
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
        batch: Batches of the next epoch that were done.
        epochs: The new total number; None where it did not change.
        learning_rate: The new one; None where it did not change.
        run_on: Where it goes on, as in the setting; None where that did not change.
    """

    time: float
    epoch: int
    batch: int
    epochs: Annotated[int, Field(ge=1, le=MAX_EPOCHS)] | None = None
    learning_rate: Annotated[float, Field(gt=0, le=MAX_LEARNING_RATE)] | None = None
    run_on: str | None = None


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
    """Records one more change.

    Raises:
        OSError: It cannot be written.
        ValueError: The changes so far cannot be read; likewise FormatError.
    """
    changes = (*read_changes(folder), change)
    values = {"changes": _CHANGES.dump_python(changes, mode="json")}
    write_values(folder / CHANGES, CHANGES_FORMAT, values)


def changed(settings: TrainingSettings, changes: tuple[Change, ...]) -> TrainingSettings:
    """The settings as they are after the changes."""
    values = settings.values()
    for change in changes:
        for name in ("epochs", "learning_rate", "run_on"):
            if (value := getattr(change, name)) is not None:
                values[name] = value
    return TrainingSettings.create(values)
