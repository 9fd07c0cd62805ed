"""A model's prediction for each validation image, as a table in the run's folder.

The worker writes it beside the evaluation, so that every count of the confusion matrix leads to its
images: to the files of a person's own images, otherwise to their numbers in the data set.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from builder.analysis.evaluation import Judgment
from builder.runs.run_state import PREDICTIONS
from builder.system.atomic import replacing
from builder.system.errors import FormatError
from builder.system.formats import Format, declare

PREDICTIONS_FORMAT = declare(Format("table of predictions", (f"runs/*/{PREDICTIONS}",)))
COLUMNS = ("index", "file", "class", "predicted", "probability", "right")
"""The columns of the present version."""
_VERSIONS: dict[tuple[str, ...], int] = {COLUMNS: 1}
"""The columns tell the version: a separate line would disturb other readers of the table."""
MAX_BYTES = 200_000_000


@dataclass(frozen=True, slots=True)
class Predicted:
    """An image and its prediction.

    Attributes:
        index: Its number in the data set's arrays, from 0; None where that is not known.
        file: Its file; empty where that is not known.
        true: Its class.
        chosen: The predicted class.
        probability: Its predicted probability, 0 to 1.
    """

    index: int | None
    file: str
    true: str
    chosen: str
    probability: float

    @property
    def label(self) -> str:
        """The image's file, otherwise its number; empty where neither is known."""
        return self.file or (f"image {self.index:,}" if self.index is not None else "")


def write_predictions(
    folder: Path,
    judged: Judgment,
    names: Sequence[str],
    numbers: NDArray[np.int64] | None,
    files: Sequence[str],
) -> None:
    """Writes the table, completely or not at all.

    Args:
        folder: The run's.
        judged: What the model says of each image.
        names: Of the classes.
        numbers: Of the images in the data set, from 0; None where they are not known.
        files: The names of all files of the data set, by those numbers; empty where not known.
    """
    with replacing(folder / PREDICTIONS) as content:
        file = io.TextIOWrapper(content, encoding="utf-8", newline="")
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(COLUMNS)
        judgments = zip(judged.true, judged.chosen, judged.certainty, strict=True)
        for place, (true, chosen, certainty) in enumerate(judgments):
            number = None if numbers is None else int(numbers[place])
            known = files[number] if number is not None and number < len(files) else ""
            right = "yes" if true == chosen else "no"
            index = "" if number is None else number
            rows.writerow((index, known, names[true], names[chosen], f"{certainty:.6g}", right))
        file.detach()  # writes what is left


def read_predictions(folder: Path) -> tuple[Predicted, ...]:
    """The rows of the table; empty where there is none, or it is damaged."""
    path = folder / PREDICTIONS
    try:
        found = path.stat()
    except OSError:
        return ()
    return _read(path, found.st_mtime_ns) if found.st_size <= MAX_BYTES else ()


@lru_cache(maxsize=2)
def _read(path: Path, _: int) -> tuple[Predicted, ...]:
    try:
        text = path.read_text(encoding="utf-8")
        head, *rows = csv.reader(io.StringIO(text, newline=""))
        version = _VERSIONS.get(tuple(head), PREDICTIONS_FORMAT.version + 1)
        values = PREDICTIONS_FORMAT.forward({"rows": rows}, version)
        return tuple(
            Predicted(int(index) if index else None, file, true, chosen, float(probability))
            for index, file, true, chosen, probability, _right in values["rows"]
        )
    except (OSError, ValueError, csv.Error, FormatError):
        return ()
