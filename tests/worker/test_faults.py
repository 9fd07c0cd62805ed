"""What can go wrong around a training: it says what happened, keeps what was done, and goes on."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from builder.runs.metrics import MetricsReader
from builder.runs.run_state import log_tail, read_state
from builder.runs.silent_end import GONE
from builder.scheduler import resuming
from builder.training.settings import SGD, TrainingSettings
from tests.disks import fill
from tests.worker.workers import Nursery, assert_same_weights, make_run, wait_until

pytestmark = pytest.mark.keras


def test_a_full_disk_is_reported_and_nothing_that_was_saved_is_lost(
    nursery: Nursery, small_disk: Path, tmp_path: Path
) -> None:
    settings = TrainingSettings(epochs=12)
    run = make_run(small_disk, settings)
    with ThreadPoolExecutor(1) as pool:
        ended = pool.submit(nursery.train, run, every=20)
        wait_until(run, lambda state: state.epoch >= 2)
        filler = fill(small_disk)
        assert ended.result() == 1, log_tail(run.folder)
    state = read_state(run.folder)
    assert state.state == "failed"
    assert state.message == "the disk is full"
    assert state.advice.endswith(", then resume the run")
    done = len(MetricsReader(run.folder).epochs())
    assert done >= 1
    filler.unlink()
    resuming.prepare(run)
    assert nursery.train(run, every=200) == 0, log_tail(run.folder)
    assert len(MetricsReader(run.folder).epochs()) == 12
    undisturbed = make_run(tmp_path, settings)
    assert nursery.train(undisturbed) == 0
    assert_same_weights(run, undisturbed)


def test_a_file_that_may_not_grow_is_reported(nursery: Nursery, tmp_path: Path) -> None:
    run = make_run(tmp_path, TrainingSettings(epochs=3), filters=64)
    assert nursery.train(run, every=10, file_bytes=40_000) == 1
    state = read_state(run.folder)
    assert state.state == "failed"
    assert "quota" in state.message
    resuming.prepare(run)
    assert nursery.train(run) == 0, log_tail(run.folder)


def test_too_little_memory_is_reported(nursery: Nursery, tmp_path: Path) -> None:
    run = make_run(tmp_path, TrainingSettings(batch_size=1024, epochs=2), filters=8_000)
    assert nursery.train(run, more_memory=700_000_000) != 0
    state = read_state(run.folder)
    assert state.state in ("failed", "lost"), state
    assert "memory" in state.message, state.message


def test_a_loss_that_is_no_number_can_be_mended_by_the_learning_rate(
    nursery: Nursery, tmp_path: Path
) -> None:
    settings = TrainingSettings(
        optimizer=SGD(), learning_rate=100.0, loss="mean_squared_error", epochs=2
    )
    run = make_run(tmp_path, settings, activation=None)
    assert nursery.train(run) == 1
    state = read_state(run.folder)
    assert state.state == "failed"
    assert "The loss became" in state.message
    assert "lower the learning_rate" in state.advice
    assert "Traceback" not in state.message
    resuming.prepare(run, learning_rate=0.0001)
    assert nursery.train(run) == 0, log_tail(run.folder)


def test_a_run_that_is_removed_while_it_trains_ends_its_worker(
    nursery: Nursery, tmp_path: Path
) -> None:
    run = make_run(tmp_path, TrainingSettings(epochs=100_000, keep_best=True))
    with ThreadPoolExecutor(1) as pool:
        ended = pool.submit(nursery.train, run, every=50)  # so it saves again and again
        wait_until(run, lambda state: state.epoch >= 2)
        while run.folder.exists():  # what is being saved comes between
            shutil.rmtree(run.folder, ignore_errors=True)
        assert ended.result(timeout=60) in (1, GONE)
    assert not run.folder.exists(), "nothing of it is made anew"


def test_deleted_checkpoints_and_reserve_do_no_harm(nursery: Nursery, tmp_path: Path) -> None:
    run = make_run(tmp_path, TrainingSettings(epochs=2))
    assert nursery.train(run, every=10, kill_at=60) == -9
    shutil.rmtree(run.folder / "checkpoints")
    (run.folder / ".reserve").unlink()
    resuming.prepare(run)
    assert nursery.train(run) == 0, log_tail(run.folder)
    assert MetricsReader(run.folder).points().steps == tuple(range(90))
