"""Metrics of a run that trains elsewhere: what is new there comes here."""

from pathlib import Path

from builder.runs.metrics import MetricsReader
from builder.runs.metrics_tables import MetricsCopy, NewRows, read_new
from builder.runs.metrics_writer import MetricsWriter


def train(folder: Path, first: int, last: int, loss: float) -> None:
    """Writes epochs of two batches."""
    with MetricsWriter(folder, 2, 1, 2, (first - 1) * 2) as writer:
        writer.forget((first - 1) * 2, first - 1)
        for epoch in range(first, last + 1):
            for batch in range(2):
                writer.add_batch(epoch, batch, {"loss": loss})
            writer.add_epoch(epoch, {"loss": loss})


def test_new_rows_come_in_portions(tmp_path: Path) -> None:
    there, here = tmp_path / "there", tmp_path / "here"
    there.mkdir()
    here.mkdir()
    assert read_new(there, {}) == NewRows()
    train(there, 1, 3, loss=0.5)
    copy = MetricsCopy(here)
    new = read_new(there, {}, limit=4)
    assert not new.is_complete
    copy.add(new)
    assert [step for step, _, _ in MetricsReader(here).batches()] == [0, 1, 2, 3]
    new = read_new(there, new.known, limit=4)
    assert new.is_complete
    copy.add(new)
    copy.close()
    assert MetricsReader(here).points() == MetricsReader(there).points()
    assert MetricsReader(here).epochs() == MetricsReader(there).epochs()
    assert [path.name for path in here.iterdir()] == ["metrics.sqlite"]


def test_what_is_trained_again_takes_the_place_of_what_was_given_up(tmp_path: Path) -> None:
    there, here = tmp_path / "there", tmp_path / "here"
    there.mkdir()
    here.mkdir()
    train(here, 1, 5, loss=0.5)
    copy = MetricsCopy(here)
    (there / "metrics.sqlite").write_bytes(copy.content())
    train(there, 3, 4, loss=0.25)
    copy.add(read_new(there, {}))
    copy.close()
    losses = [row.metrics["loss"] for row in MetricsReader(here).epochs()]
    assert losses == [0.5, 0.5, 0.25, 0.25]
    assert MetricsReader(here).points() == MetricsReader(there).points()
