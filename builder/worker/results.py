"""The files that a training leaves when it ends, however it ends."""

import math
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from builder.runs.metric_rows import EpochMetrics
from builder.runs.metrics import MetricsReader
from builder.runs.outcome import outcome
from builder.runs.run_state import HISTORY, MODEL
from builder.worker.checkpoints import newest_model

_RESERVED_BYTES = 256 * 1024


class Reserve:
    """Space on the disk that is reserved until the end, so that even a full disk can be reported.

    Args:
        folder: The run's folder.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / ".reserve"

    def take(self) -> None:
        """Reserves the space."""
        self._path.write_bytes(bytes(_RESERVED_BYTES))

    def free(self) -> None:
        """Frees the space."""
        self._path.unlink(missing_ok=True)


def write_results(folder: Path) -> dict[str, Any]:
    """Writes the history as CSV and returns the results of the training."""
    reader = MetricsReader(folder)
    epochs = reader.epochs()
    if not epochs:
        return {}
    (folder / HISTORY).write_text(reader.history_csv())
    return summarize(epochs)


def summarize(epochs: Sequence[EpochMetrics]) -> dict[str, Any]:
    """The results of a training: the best epoch and the last one.

    Args:
        epochs: All epochs, oldest first; at least one.

    Returns:
        `monitor` (the metric that counts), `best`, `best_epoch` and `final` (all metrics).
    """
    final = dict(epochs[-1].metrics)
    found = outcome(epochs)
    if found.best is not None:
        return {
            "monitor": found.monitor,
            "best": found.best,
            "best_epoch": found.best_epoch,
            "final": final,
        }
    return {"final": final}


def last_test(model: Any, images_and_labels: Any, batch_size: int) -> dict[str, float | None]:
    """Evaluates the trained model on images that were not used before.

    Returns:
        The metrics by name; None for one that is not a finite number.
    """
    images, labels = images_and_labels
    found = model.evaluate(images, labels, batch_size=batch_size, verbose=0, return_dict=True)
    values = {name: float(value) for name, value in found.items()}
    return {name: value if math.isfinite(value) else None for name, value in values.items()}


def publish_model(folder: Path) -> None:
    """Puts the newest checkpoint's model where people look for it, without copying if possible."""
    source = newest_model(folder)
    if source is None:
        return
    temporary = folder / f".{MODEL}"
    temporary.unlink(missing_ok=True)
    try:
        temporary.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, temporary)
    temporary.replace(folder / MODEL)
