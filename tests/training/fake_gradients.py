"""A run with gradients that no worker has computed."""

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from builder.storage.documents import Document, to_text
from builder.training import run_folder
from builder.training.gradients import SCHEMA
from builder.training.metrics import FILE_NAME
from builder.training.run_folder import Run
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
    """Writes the same norms a few times, as the worker does; None is one that is not finite.

    Args:
        run: Whose.
        norms: By the name of the layer in Keras, in the order of the model.
        times: How often; there are ten batches between them.
    """
    text = json.dumps(list(norms.values()))
    with closing(sqlite3.connect(run.folder / FILE_NAME)) as connection, connection:
        connection.executescript(SCHEMA)
        layers = [(row, row, name) for row, name in enumerate(norms)]
        connection.executemany("INSERT INTO gradient_layers VALUES (?, ?, ?)", layers)
        rows = [(10 * time, text) for time in range(times)]
        connection.executemany("INSERT INTO gradients VALUES (?, ?)", rows)
