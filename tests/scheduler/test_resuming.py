"""Trainings that are killed, paused or changed go on to the last bit as if they were not."""

import json
import random
import shutil
from pathlib import Path

import pytest

from builder.runs.metrics import MetricsReader
from builder.runs.run_folder import Run, read
from builder.runs.run_state import log_tail, read_state
from builder.scheduler import resuming
from builder.training.settings import SGD, CosineDecay, TrainingSettings
from tests.worker.earlier_script import as_written_earlier
from tests.worker.workers import Nursery, assert_same_weights, make_run

pytestmark = pytest.mark.keras

BATCHES = 45
KILLS = 5
CHANGING = TrainingSettings(
    epochs=4,
    optimizer=SGD(momentum=0.9),
    schedule=CosineDecay(),
    learning_rate=0.05,
    patience=4,
    keep_best=True,
)
"""With a schedule, momentum, and callbacks that count."""


@pytest.fixture(scope="module")
def undisturbed(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Two epochs of the plain model, as they are when nothing happens."""
    run = make_run(tmp_path_factory.mktemp("undisturbed"), TrainingSettings(epochs=2))
    assert nursery.train(run) == 0, log_tail(run.folder)
    return run


@pytest.fixture(scope="module")
def drawing(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Four epochs with all that changes or draws: augmentation, dropout and batch normalization."""
    run = make_run(tmp_path_factory.mktemp("drawing"), CHANGING, augmented=True)
    assert nursery.train(run) == 0, log_tail(run.folder)
    return run


def epochs_of(run: Run) -> list[dict[str, float | None]]:
    """What each epoch came to, without what depends on the clock."""
    timed = ("seconds", "images_per_second")
    return [
        {name: value for name, value in row.metrics.items() if name not in timed}
        for row in MetricsReader(run.folder).epochs()
    ]


def assert_same_curves(run: Run, other: Run) -> None:
    assert epochs_of(run) == epochs_of(other)
    ours, theirs = (MetricsReader(one.folder).points() for one in (run, other))
    assert ours.steps == theirs.steps == tuple(range(len(ours.steps)))
    for name, values in theirs.series.items():
        assert ours.series[name] == pytest.approx(values, abs=1e-3)


def test_kills_at_random_batches_change_nothing(
    nursery: Nursery, tmp_path: Path, drawing: Run
) -> None:
    run = make_run(tmp_path, CHANGING, augmented=True)
    places = sorted(random.Random(5).sample(range(3, CHANGING.epochs * BATCHES), KILLS))
    for place in places:
        assert nursery.train(run, every=9, kill_at=place) == -9, log_tail(run.folder)
        assert read_state(run.folder).state == "lost"
        resuming.prepare(run)
    assert nursery.train(run, every=9) == 0, log_tail(run.folder)

    assert read_state(run.folder).session == KILLS + 1
    assert_same_weights(run, drawing)
    assert_same_curves(run, drawing)
    assert_same_weights(run, drawing, "best.keras")


def test_a_pause_in_the_validation_changes_nothing(
    nursery: Nursery, tmp_path: Path, drawing: Run
) -> None:
    run = make_run(tmp_path, CHANGING, augmented=True)
    for epoch in (2, 4):
        assert nursery.train(run, stop_in_validation=epoch) == 75, log_tail(run.folder)
        assert read_state(run.folder).state == "paused"
        assert len(epochs_of(run)) == epoch - 1
        resuming.prepare(run)
    assert nursery.train(run) == 0, log_tail(run.folder)
    assert_same_weights(run, drawing)
    assert_same_curves(run, drawing)
    assert_same_weights(run, drawing, "best.keras")


def test_a_run_of_version_0_1_goes_on_by_its_own_script(
    nursery: Nursery, tmp_path: Path, drawing: Run
) -> None:
    run = make_run(tmp_path, CHANGING, augmented=True)
    path = run.folder / "train.py"
    path.write_text(as_written_earlier(path.read_text()))
    assert "epoch=0, batch=0" in path.read_text()
    assert nursery.train(run, every=9, kill_at=100) == -9, log_tail(run.folder)
    resuming.prepare(run)
    assert nursery.train(run, every=9) == 0, log_tail(run.folder)
    assert "going on behind epoch 2, batch " in log_tail(run.folder)
    assert_same_weights(run, drawing)
    assert_same_curves(run, drawing)


def test_a_damaged_checkpoint_gives_way_to_the_one_before(
    nursery: Nursery, tmp_path: Path, undisturbed: Run
) -> None:
    run = make_run(tmp_path, TrainingSettings(epochs=2))
    assert nursery.train(run, every=10, kill_at=35) == -9
    newest = run.folder / "checkpoints" / "epoch-000000-batch-0000029"
    content = bytearray((newest / "model.keras").read_bytes())
    content[len(content) // 2] ^= 1
    (newest / "model.keras").write_bytes(content)
    resuming.prepare(run)
    assert nursery.train(run) == 0, log_tail(run.folder)
    assert "checkpoint epoch-000000-batch-0000029 is damaged" in log_tail(run.folder)
    assert "going on behind epoch 0, batch 19" in log_tail(run.folder)
    assert_same_weights(run, undisturbed)


def test_without_a_checkpoint_it_starts_over(
    nursery: Nursery, tmp_path: Path, undisturbed: Run
) -> None:
    run = make_run(tmp_path, TrainingSettings(epochs=2))
    assert nursery.train(run, kill_at=20) == -9
    assert not resuming.has_checkpoint(run)
    resuming.prepare(run)
    assert nursery.train(run) == 0
    assert_same_weights(run, undisturbed)


def test_a_finished_run_goes_on_as_if_it_had_been_asked_for_more(
    nursery: Nursery, tmp_path: Path, undisturbed: Run
) -> None:
    run = make_run(tmp_path, TrainingSettings(epochs=1))
    assert nursery.train(run) == 0
    script = (run.folder / "train.py").read_bytes()
    resuming.prepare(run, more_epochs=1)
    assert nursery.train(run) == 0, log_tail(run.folder)
    assert_same_weights(run, undisturbed)
    assert_same_curves(run, undisturbed)
    assert (run.folder / "train.py").read_bytes() == script
    assert [(c.epochs, c.epoch) for c in read(run.folder).changes] == [(2, 1)]
    assert read_state(run.folder).epochs == 2


def test_a_learning_rate_is_changed_from_where_the_run_stands(
    nursery: Nursery, tmp_path: Path
) -> None:
    run = make_run(tmp_path, TrainingSettings(epochs=3))
    assert nursery.train(run, every=BATCHES + 1, stop_in_validation=2) == 75
    shutil.rmtree(run.folder / "checkpoints" / f"epoch-000001-batch-{BATCHES:07d}")
    resuming.prepare(run, learning_rate=0.01)
    assert nursery.train(run, kill_at=BATCHES + 5) == -9
    assert MetricsReader(run.folder).last_step() < BATCHES + 5, "what lay beyond is gone"
    resuming.prepare(run)
    assert nursery.train(run) == 0, log_tail(run.folder)
    rates = [row.metrics["learning_rate"] for row in MetricsReader(run.folder).epochs()]
    assert rates == [0.001, 0.01, 0.01]
    noted = json.loads((run.folder / "changes.json").read_text())["changes"]
    assert [change["learning_rate"] for change in noted] == [0.01]


def test_a_training_that_stops_improving_ends_early_and_may_go_on(
    nursery: Nursery, tmp_path: Path
) -> None:
    settings = TrainingSettings(epochs=9, patience=2, keep_best=True, learning_rate=1e-12)
    run = make_run(tmp_path, settings)
    assert nursery.train(run, every=BATCHES + 1, kill_at=2 * BATCHES + 9) == -9
    resuming.prepare(run)
    assert nursery.train(run) == 0, log_tail(run.folder)
    state = read_state(run.folder)
    assert (state.state, state.progress) == ("finished", 1.0)
    assert state.message == "ended early: val_loss has not become better for 2 epochs"
    assert state.epoch == 3, "what it waited for before it was killed counts"
    resuming.prepare(run, more_epochs=1)
    assert read(run.folder).changes[0].epochs == 4
    assert nursery.train(run) == 0, log_tail(run.folder)
    assert (read_state(run.folder).epoch, read_state(run.folder).message) == (4, "")
