"""A run with gradients that no worker has computed."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from builder.files.document_file import Document, to_text
from builder.runs import run_folder
from builder.runs.metrics import FILE_NAME
from builder.runs.metrics_tables import GRADIENT_TABLES
from builder.runs.run_folder import Run
from builder.training.settings import TrainingSettings


def run_of(home: Path, document: Document) -> Run:
    """A run that trains a document as it is now, without gradients so far."""
    return run_folder.create(
        home,
        name=document.name,
        document_id=document.id,
        architecture_json=to_text(document),
        script="",
        settings=TrainingSettings(),
        facts={},
    )


def write_gradients(run: Run, norms: Mapping[str, float | None], times: int = 8) -> None:
    """Writes the same norms a few times, as the worker does; there are ten batches between them.

    Args:
        run: Whose.
        norms: By the name of the layer in Keras, in the order of the model; None is one that is
            not finite.
        times: How often.
    """
    row = list(norms.values())
    leave_gradients(run.folder, list(norms), {10 * time: row for time in range(times)})


def leave_gradients(
    folder: Path, layers: Sequence[str], norms: Mapping[int, Sequence[float | None]]
) -> None:
    """Writes norms of layers with a kernel and a bias by step, as the worker does."""
    weights = json.dumps([["kernel", 9], ["bias", 1]])
    with closing(sqlite3.connect(folder / FILE_NAME)) as connection, connection:
        connection.executescript(GRADIENT_TABLES)
        rows = [(row, row, name, weights) for row, name in enumerate(layers)]
        connection.executemany("INSERT INTO learning_layers VALUES (?, ?, ?, ?)", rows)
        for step, row in norms.items():
            still = [2 * at + of for at, norm in enumerate(row) if norm == 0 for of in (0, 1)]
            values = (step, json.dumps(row), json.dumps(still))
            connection.execute("INSERT INTO layer_gradients VALUES (?, ?, ?)", values)
