"""What is told of a training before it goes on."""

from pathlib import Path

import pytest

from builder.actions import training
from builder.gallery import TEMPLATES
from builder.runs.json_files import write_json
from builder.runs.run_folder import read
from builder.runs.run_state import CHECKPOINTS, STATE, RunState
from builder.runs.status import RunStatus
from builder.scheduler import launcher
from builder.scheduler.new_run import new_run
from builder.system.devices import Device
from builder.training.settings import TrainingSettings

NETWORK = TEMPLATES["se_residual_digits"].architecture
CPU = (Device("auto", "Automatic"), Device("cpu", "CPU"))

PAUSED = RunState(RunStatus.PAUSED, epoch=601, epochs=1000, batch=5, batches=10)
EARLY = RunState(RunStatus.FINISHED, epoch=100, epochs=1000)
"""As one that patience has ended."""


@pytest.mark.parametrize(
    ("state", "has_checkpoint", "more", "left"),
    [
        (PAUSED, True, 0, 399.5),
        (PAUSED, False, 0, 1000),
        (PAUSED, True, 100, 499.5),
        (EARLY, True, 7, 7),
    ],
)
def test_a_resumed_training_tells_how_long_its_rest_takes(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    state: RunState,
    has_checkpoint: bool,
    more: int,
    left: float,
) -> None:
    monkeypatch.setattr(launcher, "start", lambda *_: 1)
    run = new_run(tmp_path, NETWORK, TrainingSettings(epochs=1000))
    write_json(run.folder / STATE, state.values())
    if has_checkpoint:
        (run.folder / CHECKPOINTS).mkdir(exist_ok=True)
        (run.folder / CHECKPOINTS / "LATEST").touch()

    def seconds(epochs: float) -> float:
        inference = training.infer(NETWORK)
        settings = TrainingSettings()
        found = training.estimate_time(tmp_path, inference, settings, CPU, epochs=epochs)
        assert found is not None
        return found.seconds

    whole = training.resume(tmp_path, read(run.folder), CPU, more_epochs=more, force=True).time
    assert whole is not None
    assert whole.seconds == pytest.approx(seconds(left))
    assert seconds(left) < seconds(left + 1)
