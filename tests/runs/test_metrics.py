import csv
import random
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.runs.metric_rows import reduce_extremes
from builder.runs.metrics import FILE_NAME, MetricsReader
from builder.runs.metrics_writer import MetricsWriter


def running_means(values: list[float], sizes: list[int]) -> list[float]:
    """What Keras hands out: means over the images of the epoch so far, in 32 bits."""
    totals = np.cumsum(np.multiply(values, sizes)) / np.cumsum(sizes)
    return totals.astype(np.float32).tolist()


def write_epochs(folder: Path, losses: list[list[float]], batch_size: int, num_images: int) -> None:
    batches = len(losses[0])
    sizes = [batch_size] * (batches - 1) + [num_images - batch_size * (batches - 1)]
    with MetricsWriter(folder, batches, batch_size, num_images) as writer:
        for epoch, values in enumerate(losses, 1):
            means = running_means(values, sizes)
            for batch, mean in enumerate(means):
                writer.add_batch(epoch, batch, {"loss": mean})
            writer.add_epoch(epoch, {"loss": means[-1], "val_loss": 2 * means[-1]})


def test_each_batch_gets_its_own_value(tmp_path: Path) -> None:
    losses = [[3.0, 1.0, 2.0, 9.0], [0.5, 0.25, 0.125, 4.0]]
    write_epochs(tmp_path, losses, batch_size=32, num_images=100)
    points = MetricsReader(tmp_path).points()
    assert points.steps == tuple(range(8))
    assert points.epochs == (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0)
    assert points.series["loss"] == pytest.approx([*losses[0], *losses[1]], rel=1e-4)


def test_batches_may_arrive_in_any_order(tmp_path: Path) -> None:
    means = running_means([float(value) for value in range(50)], [10] * 50)
    order = list(range(50))
    random.Random(0).shuffle(order)
    with MetricsWriter(tmp_path, 50, 10, 500) as writer:
        for count, batch in enumerate(order):
            writer.add_batch(1, batch, {"loss": means[batch]})
            if count % 7 == 0:
                writer.flush()
    points = MetricsReader(tmp_path).points()
    assert points.series["loss"] == pytest.approx(list(range(50)), abs=1e-2)


def test_a_missing_batch_falls_back_to_the_mean(tmp_path: Path) -> None:
    with MetricsWriter(tmp_path, 4, 10, 40) as writer:
        for batch, mean in [(0, 1.0), (2, 5.0), (3, 4.0)]:
            writer.add_batch(1, batch, {"loss": mean})
    points = MetricsReader(tmp_path).points()
    assert points.steps == (0, 2, 3)
    assert points.series["loss"] == (1.0, 5.0, 1.0)


def test_only_what_is_new_is_read(tmp_path: Path) -> None:
    write_epochs(tmp_path, [[1.0, 2.0], [3.0, 4.0]], batch_size=5, num_images=10)
    reader = MetricsReader(tmp_path)
    assert reader.points(after=1).steps == (2, 3)
    assert reader.points(after=3).steps == ()
    assert reader.points(after=3).last_step == 3
    assert [row.epoch for row in reader.epochs()] == [1, 2]
    assert [row.epoch for row in reader.epochs(after=1)] == [2]
    assert reader.last_step() == 3


def test_a_run_is_read_while_it_is_written(tmp_path: Path) -> None:
    reader = MetricsReader(tmp_path)
    assert reader.points().steps == ()
    with MetricsWriter(tmp_path, 10, 1, 10) as writer:
        assert reader.points().steps == ()
        writer.add_batch(1, 0, {"loss": 1.0})
        deadline = time.monotonic() + 5
        while reader.last_step() < 0 and time.monotonic() < deadline:
            time.sleep(0.02)
        assert reader.points().series["loss"] == (1.0,)


@pytest.mark.parametrize(("mode", "steps"), [("WAL", (0, 1)), ("DELETE", ())])
def test_reading_waits_for_no_lock(tmp_path: Path, mode: str, steps: tuple[int, ...]) -> None:
    write_epochs(tmp_path, [[1.0, 2.0]], batch_size=1, num_images=2)
    with closing(sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)) as writer:
        writer.execute(f"PRAGMA journal_mode={mode}")
        writer.execute("BEGIN EXCLUSIVE")
        begin = time.monotonic()
        assert MetricsReader(tmp_path).points().steps == steps
        assert time.monotonic() - begin < 1


def test_numbers_that_are_none_leave_gaps(tmp_path: Path) -> None:
    with MetricsWriter(tmp_path, 3, 1, 3) as writer:
        writer.add_batch(1, 0, {"loss": 1.0})
        writer.add_batch(1, 1, {"loss": float("nan")})
        writer.add_batch(1, 2, {"loss": float("nan")})
        writer.add_epoch(1, {"loss": float("nan"), "val_loss": float("inf")})
    reader = MetricsReader(tmp_path)
    assert reader.points().series["loss"] == (1.0, None, None)
    assert reader.epochs()[0].metrics == {"loss": None, "val_loss": None}


def test_the_history_is_a_table(tmp_path: Path) -> None:
    with MetricsWriter(tmp_path, 1, 1, 1) as writer:
        writer.add_epoch(1, {"loss": 0.5, "accuracy": 1.0})
        writer.add_epoch(2, {"loss": 0.25, "accuracy": float("nan"), "val_loss": 3})
    rows = list(csv.DictReader(MetricsReader(tmp_path).history_csv().splitlines()))
    assert rows == [
        {"epoch": "1", "loss": "0.5", "accuracy": "1.0", "val_loss": ""},
        {"epoch": "2", "loss": "0.25", "accuracy": "", "val_loss": "3"},
    ]


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 4_000])
def test_a_damaged_file_reads_as_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    reader = MetricsReader(tmp_path)
    assert reader.points().steps == ()
    assert reader.epochs() == ()
    assert reader.history_csv() == "epoch\n"


def test_a_write_protected_run_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_epochs(tmp_path, [[1.0, 2.0]], batch_size=1, num_images=2)
    monkeypatch.setattr("os.access", lambda *_: False)
    assert MetricsReader(tmp_path).points().steps == (0, 1)


def test_the_end_leaves_one_file(tmp_path: Path) -> None:
    write_epochs(tmp_path, [[1.0, 2.0]], batch_size=1, num_images=2)
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]


@given(
    st.lists(st.floats(-1e6, 1e6) | st.just(float("nan")), min_size=1, max_size=500),
    st.integers(4, 60),
)
def test_reduction_keeps_every_extreme(values: list[float], limit: int) -> None:
    line = np.array(values)
    keep = reduce_extremes([values], len(values), limit)
    assert keep == sorted(set(keep))
    assert len(keep) <= max(limit, 4)
    assert {keep[0], keep[-1]} <= {0, len(line) - 1}
    if np.isfinite(line).any():
        assert np.nanmin(line[keep]) == np.nanmin(line)
        assert np.nanmax(line[keep]) == np.nanmax(line)


def test_many_points_are_reduced_and_spikes_survive(tmp_path: Path) -> None:
    with MetricsWriter(tmp_path, 20_000, 1, 20_000) as writer:
        connection = sqlite3.connect(tmp_path / FILE_NAME)
        rows = ((i, 1, i, 0.0, f'{{"loss": {100 if i == 7_777 else 1}}}') for i in range(20_000))
        with connection:
            connection.executemany("INSERT INTO batches VALUES (?, ?, ?, ?, ?)", rows)
        connection.close()
        writer.flush()
    points = MetricsReader(tmp_path).points(limit=200)
    assert len(points.steps) <= 200
    assert points.last_step == 19_999
    assert points.series["loss"][points.steps.index(7_777)] == 100


def test_noting_a_batch_costs_microseconds(tmp_path: Path) -> None:
    with MetricsWriter(tmp_path, 100_000, 32, 3_200_000) as writer:
        best = min(_seconds_per_call(writer) for _ in range(5))
    assert best < 20e-6


def _seconds_per_call(writer: MetricsWriter) -> float:
    means = {"loss": 1.0, "accuracy": 0.5}
    begin = time.perf_counter()
    for batch in range(1_000):
        writer.add_batch(1, batch, means)
    return (time.perf_counter() - begin) / 1_000


def test_writing_survives_a_disk_that_refuses(tmp_path: Path) -> None:
    writer = MetricsWriter(tmp_path, 2, 1, 2)
    blocked = threading.Event()

    def refuse(*_: object, **__: object) -> None:
        blocked.set()
        raise sqlite3.OperationalError("database or disk is full")

    writer.flush = refuse  # pyright: ignore[reportAttributeAccessIssue]  stands in for a full disk
    assert blocked.wait(5)
    writer.close()
    assert "disk is full" in writer.failure


def test_batches_that_run_together_make_one_row_at_once(tmp_path: Path) -> None:
    means = running_means([4.0, 2.0, 0.0, 6.0, 8.0, 2.0], [10] * 5 + [4])
    with MetricsWriter(tmp_path, 6, 10, 54, together=2) as writer:
        for batch in (1, 3):
            writer.add_batch(1, batch, {"loss": means[batch]})
        writer.wait_for(4, seconds=0)
        written = MetricsReader(tmp_path).points()
        writer.add_batch(1, 5, {"loss": means[5]})
        writer.add_epoch(1, {})
        writer.add_batch(2, 1, {"loss": 7.0})
    assert written.steps == (1, 3)
    points = MetricsReader(tmp_path).points()
    assert points.steps == (1, 3, 5, 7)
    expected = [3.0, 3.0, (8 * 10 + 2 * 4) / 14, 7.0]
    assert points.series["loss"] == pytest.approx(expected, abs=1e-4)


def test_batches_that_run_together_go_on_behind_those_before(tmp_path: Path) -> None:
    with MetricsWriter(tmp_path, 6, 10, 60, first_step=2, together=2) as writer:
        writer.go_on({"loss": 1.0})
        writer.add_batch(1, 3, {"loss": 2.0})
        writer.flush()
        assert MetricsReader(tmp_path).points().series["loss"] == (3.0,)
