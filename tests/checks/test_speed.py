"""Settings that make a training faster change neither how it goes on nor what is told of it."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from builder.analysis.evaluation import load
from builder.analysis.gradients import read_gradients
from builder.runs.metrics import MetricsReader
from builder.runs.run_folder import Run, RunError, read
from builder.runs.run_state import log_tail, read_state
from builder.scheduler import resuming
from builder.training.settings import SGD, CosineDecay, TrainingSettings
from builder.worker.checkpoints import Checkpoints, Place, newest_checkpoint
from builder.worker.evaluating import leave_evaluation
from builder.worker.prepared import make_variables
from builder.worker.restore import restore
from tests.scheduler.test_resuming import BATCHES, epochs_of
from tests.worker.tiny import tiny_script
from tests.worker.workers import Nursery, assert_same_weights, make_run, weights

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
        "epochs": 2,
        "optimizer": SGD(momentum=0.9),
        "schedule": CosineDecay(),
        "learning_rate": 0.05,
        **WAYS[way],
    }
    undisturbed = trained(nursery, tmp_path, **asked)
    run = make_run(tmp_path, TrainingSettings(**asked), augmented=True)
    assert nursery.train(run, stop_in_validation=1) == 75, log_tail(run.folder)
    resuming.prepare(run)
    assert nursery.train(run, every=3, kill_at=BATCHES + 30) == -9, log_tail(run.folder)
    resuming.prepare(run)
    assert nursery.train(run) == 0, log_tail(run.folder)
    for place in (f"0, batch {BATCHES}", "1, batch "):
        assert f"going on behind epoch {place}" in log_tail(run.folder)
    assert_same_weights(run, undisturbed)
    assert epochs_of(run) == epochs_of(undisturbed)
    steps = MetricsReader(run.folder).points().steps
    together = asked.get("steps_per_execution", 1)
    assert steps == tuple(range(together - 1, 2 * BATCHES, together))
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
    # Another graph may add up its means in another order, which moves a last bit.
    for one, other in zip(epochs_of(together), epochs_of(apart), strict=True):
        assert one == pytest.approx(other, rel=1e-6)
    rows, sums = (MetricsReader(run.folder).points() for run in (apart, together))
    means = np.array(rows.series["loss"]).reshape(-1, 9).mean(axis=1)
    inner = np.arange(len(means)) % 5 != 4  # the last batch of an epoch is smaller
    assert np.array(sums.series["loss"])[inner] == pytest.approx(means[inner], abs=1e-3)


def test_an_epoch_that_is_no_multiple_is_refused(nursery: Nursery, tmp_path: Any) -> None:
    run = make_run(tmp_path, TrainingSettings(epochs=1, steps_per_execution=10))
    assert nursery.train(run) == 1
    assert "received 10, expected a divisor of the 45 batches" in read_state(run.folder).message


def test_images_that_are_seen_once_are_not_compiled_for(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    space: dict[str, Any] = {"__name__": "script"}
    exec(compile(tiny_script(TrainingSettings(jit_compile="on")), "train.py", "exec"), space)
    model = space["build_model"]()
    space["compile_model"](model)
    compiled: list[bool] = []
    make = model.make_predict_function

    def made(*arguments: Any, **named: Any) -> Any:
        compiled.append(model.jit_compile)
        return make(*arguments, **named)

    monkeypatch.setattr(model, "make_predict_function", made)
    images, labels = np.zeros((5, 8, 8, 1), "uint8"), np.arange(5)
    leave_evaluation(read(tmp_path), model, (images, labels), 2)
    evaluation = load(tmp_path)
    assert evaluation is not None
    assert evaluation.confusion.sum() == 5
    assert (set(compiled), model.jit_compile) == ({False}, True)
    model.predict(images, 2, verbose=0)
    assert compiled[-1], "later it is compiled again, as the settings say"


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # of Keras
def test_a_step_that_float16_left_out_is_no_other_state(tmp_path: Any) -> None:
    space: dict[str, Any] = {"__name__": "script"}
    exec(compile(tiny_script(TrainingSettings(**WAYS["float16"])), "train.py", "exec"), space)
    images, labels = np.zeros((4, 8, 8, 1), "uint8"), np.arange(4)

    def compiled() -> Any:
        model = space["build_model"]()
        space["compile_model"](model)
        make_variables(model, labels)
        return model

    model = compiled()
    model.optimizer.dynamic_scale.assign(3e38)
    for _ in range(3):
        model.train_on_batch(images, labels)
    assert int(model.optimizer.iterations) < 3
    Checkpoints(tmp_path, 90).save(model, Place(0, 3, 3), {})
    kept = newest_checkpoint(tmp_path)
    assert kept is not None
    again = compiled()
    restore(again, kept)
    assert float(again.optimizer.dynamic_scale) == float(model.optimizer.dynamic_scale) < 3e38
    with pytest.raises(RunError, match="state is that of batch"):
        restore(compiled(), replace(kept, place=Place(0, 0, -1)))
