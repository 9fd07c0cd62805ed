"""The table of a comparison as a file."""

import csv
import io
from pathlib import Path

from builder.runs import run_folder
from builder.runs.metric_rows import EpochMetrics
from builder.runs.outcome import outcome
from builder.runs.overview import Overview
from components.runs import words
from components.runs.compare_table import table, to_csv
from tests.components.fake_run import FakeRun


def test_a_file_holds_exact_values_and_changes_against_the_baseline(tmp_path: Path) -> None:
    found: list[tuple[Overview, tuple[EpochMetrics, ...]]] = []
    for losses in ((0.5, 0.3333333), (0.5, 0.25, 0.75)):
        with FakeRun(tmp_path, epochs=len(losses)) as fake:
            fake.end()
        rows = tuple(EpochMetrics(n, 0.0, {"val_loss": loss}) for n, loss in enumerate(losses, 1))
        found.append((Overview(run_folder.find(tmp_path, fake.id), outcome(rows)), rows))
    overviews, epochs = zip(*found, strict=True)
    text = to_csv(table(overviews, epochs, 1))
    head, *rows = csv.reader(io.StringIO(text))
    assert head == ["group", "name", "A Small residual", "B Small residual", "A against B"]
    by_name = {row[1]: row for row in rows}
    assert by_name["best validation loss"] == [
        "result",
        "best validation loss",
        "0.3333333",
        "0.25",
        "+0.0833",
    ]
    assert by_name["last validation loss"][-1] == "−0.4167"
    assert by_name["epochs"] == ["setting", "epochs", "2", "3", ""]


def test_changes_are_written_with_their_sign() -> None:
    assert words.metric_difference("val_accuracy", -0.0123) == "−1.2 points"
    assert words.metric_difference("val_loss", 0.00001) == "+1.0e-05"
    assert (words.change(0.5), words.change(-0.25), words.change(3.2)) == ("+50 %", "−25 %", "4.2×")
    assert words.count_difference(-2) == "−2"
    assert words.change(None) == words.metric_difference("loss", None) == ""
