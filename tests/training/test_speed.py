"""Settings that make a training faster change neither how it goes on nor what is told of it."""

from typing import Any

import numpy as np
import pytest

from builder.training import resuming
from builder.training.gradients import read_gradients
from builder.training.metrics import MetricsReader
from builder.training.run_folder import Run, log_tail
from builder.training.run_state import read_state
from builder.training.settings import SGD, CosineDecay, TrainingSettings
from tests.training.test_resuming import BATCHES, epochs_of
from tests.training.workers import Nursery, assert_same_weights, make_run, weights

pytestmark = pytest.mark.keras

WAYS: dict[str, dict[str, Any]] = {
    "float16": {"precision": "mixed_float16"},
    "together": {"steps_per_execution": 9},
    "all": {"precision": "mixed_bfloat16", "jit_compile": "on", "steps_per_execution": 5},
}


def trained(nursery: Nursery, home: Any, **changes: Any) -> Run:
    run = make_run(home, TrainingSettings(**changes), augmented=True)
    assert nursery.train(run) == 0, log_tail(run.folder)
    return run


@pytest.mark.parametrize("way", WAYS)
def test_a_kill_and_a_pause_change_nothing(nursery: Nursery, tmp_path: Any, way: str) -> None:
    asked: dict[str, Any] = {
        "epochs": 3,
        "optimizer": SGD(momentum=0.9),
        "schedule": CosineDecay(),
        "learning_rate": 0.05,
        **WAYS[way],
    }
    undisturbed = trained(nursery, tmp_path, **asked)
    run = make_run(tmp_path, TrainingSettings(**asked), augmented=True)
    for place in (40, BATCHES + 30):
        assert nursery.train(run, every=3, kill_at=place) == -9, log_tail(run.folder)
        assert resuming.has_checkpoint(run)
        resuming.prepare(run)
    assert nursery.train(run, stop_in_validation=2) == 75, log_tail(run.folder)
    resuming.prepare(run)
    assert nursery.train(run) == 0, log_tail(run.folder)
    assert "going on behind epoch" in log_tail(run.folder)
    assert_same_weights(run, undisturbed)
    assert epochs_of(run) == epochs_of(undisturbed)
    steps = MetricsReader(run.folder).points().steps
    together = asked.get("steps_per_execution", 1)
    assert steps == tuple(range(together - 1, 3 * BATCHES, together))
    assert read_state(run.folder).batch == BATCHES
    flow = read_gradients(run.folder)
    assert flow is not None
    assert np.isfinite(flow.norms).all()
    assert (flow.norms < 100).all(), "they are scaled back"
    kept = weights(run.folder / "model.keras").items()
    scalars = {float(value) for name, value in kept if "optimizer" in name and value.shape == ()}
    scales = {2.0**power for power in range(8, 16)}
    assert bool(scalars & scales) == (way == "float16"), "the checkpoint holds the loss's scale"


def test_batches_that_run_together_train_the_same_model(nursery: Nursery, tmp_path: Any) -> None:
    apart, together = (
        trained(nursery, tmp_path, epochs=2, **way) for way in ({}, WAYS["together"])
    )
    assert_same_weights(together, apart)
    assert epochs_of(together) == epochs_of(apart)
    rows, sums = (MetricsReader(run.folder).points() for run in (apart, together))
    means = np.array(rows.series["loss"]).reshape(-1, 9).mean(axis=1)
    inner = np.arange(len(means)) % 5 != 4  # the last batch of an epoch is smaller
    assert np.array(sums.series["loss"])[inner] == pytest.approx(means[inner], abs=1e-3)


def test_an_epoch_that_is_no_multiple_is_refused(nursery: Nursery, tmp_path: Any) -> None:
    run = make_run(tmp_path, TrainingSettings(epochs=1, steps_per_execution=10))
    assert nursery.train(run) == 1
    assert "received 10, expected a divisor of the 45 batches" in read_state(run.folder).message
