"""What a person may train first learns in all its layers."""

from pathlib import Path

import pytest

from builder.analysis.gradients import read_gradients
from builder.analysis.verdicts import judge
from builder.gallery import TEMPLATES
from builder.runs.run_state import log_tail
from builder.scheduler.new_run import new_run
from builder.training.settings import TrainingSettings
from tests.worker.workers import Nursery


@pytest.mark.keras
@pytest.mark.parametrize("seed", range(3))
def test_every_layer_of_the_template_to_train_first_learns(
    seed: int, tmp_path: Path, nursery: Nursery
) -> None:
    """With four units a gate was dead from the beginning: its ReLUs gave 0 for every digit."""
    settings = TrainingSettings(seed=seed, epochs=2, batch_size=64)
    run = new_run(tmp_path, TEMPLATES["se_residual_digits"].architecture, settings)
    assert nursery.train(run) == 0, log_tail(run.folder)
    flow = read_gradients(run.folder)
    assert flow is not None
    assert [layer.title for layer in flow.layers if "squeeze" in layer.title] == [
        f"squeeze_excitation_{block} › dense_{place}" for block in (1, 2) for place in (1, 2)
    ]
    assert judge(flow).state == "healthy", judge(flow).message
