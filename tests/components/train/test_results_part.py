"""The results of a run: which epoch is called what."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from builder.runs import run_folder
from builder.runs.metric_rows import EpochMetrics
from builder.runs.run_state import BEST
from builder.training.settings import TrainingSettings
from components.train import results
from tests.components.fake_run import FakeRun

ROWS = tuple(EpochMetrics(epoch, 0.0, {"val_loss": 1 / epoch}) for epoch in (1, 2, 3))


@pytest.mark.parametrize(
    ("best", "kept", "expected"),
    [
        (2, None, ["Best, epoch 2", "Last, epoch 3"]),
        (2, 2, ["Best, epoch 2", "Last, epoch 3"]),
        (3, None, ["Best and last, epoch 3"]),
        (2, 1, ["Best, epoch 2", "Best model, epoch 1", "Last, epoch 3"]),
        (2, 3, ["Best, epoch 2", "Best model and last, epoch 3"]),
        (3, 1, ["Best and last, epoch 3", "Best model, epoch 1"]),
        (0, None, ["Last, epoch 3"]),
    ],
)
def test_the_best_model_has_a_row_where_its_epoch_is_not_the_best_one(
    best: int, kept: int | None, expected: list[str]
) -> None:
    table = results._table(ROWS, best, kept)
    assert re.findall("<tr><td>(.*?)</td>", table) == expected


def test_the_best_model_says_by_what_it_is_the_best(tmp_path: Path) -> None:
    with FakeRun(tmp_path) as fake:
        fake.end()
    (fake.folder / BEST).write_bytes(b"x")
    run = run_folder.find(tmp_path, fake.id)
    assert "The model of the epoch with the best validation loss" in results.downloads(run)
    run = replace(run, settings=TrainingSettings(monitor="val_accuracy"))
    assert "The model of the epoch with the best validation accuracy" in results.downloads(run)
