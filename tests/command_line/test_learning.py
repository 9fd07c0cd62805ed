"""What a person trains first learns: the first template, with nothing changed, on the digits."""

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from builder.analysis.gradients import read_gradients
from builder.analysis.verdicts import judge
from builder.command_line import app
from builder.gallery import TEMPLATES
from builder.runs.run_folder import list_runs
from builder.runs.run_state import HISTORY, log_tail
from builder.scheduler.new_run import new_run
from builder.training.settings import TrainingSettings
from components.state import FIRST_TEMPLATE
from tests.worker.workers import Nursery


@pytest.mark.keras
def test_the_first_template_learns_the_digits_with_the_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONVSTACK_HOME", str(tmp_path))
    runner, defaults = CliRunner(), TrainingSettings()
    result = runner.invoke(app, ["train", FIRST_TEMPLATE])
    assert result.exit_code == 0, result.output
    assert "best val_accuracy" in result.stdout
    (row,) = json.loads(runner.invoke(app, ["runs", "--json"]).stdout)
    assert (row["state"], row["epoch"]) == ("finished", defaults.epochs)
    assert row["params"] == 298_858, "its last layer has got ten units"
    (run,) = list_runs(tmp_path)
    assert run.id == row["id"]
    assert run.settings == defaults
    assert defaults.dataset == "digits"
    names = {path.name for path in run.folder.iterdir()}
    assert {"model.keras", "history.csv", "train.py"} <= names
    with (run.folder / HISTORY).open(encoding="utf-8") as file:
        reached = [float(row["val_accuracy"]) for row in csv.DictReader(file)]
    assert len(reached) == defaults.epochs
    assert max(reached) > 0.97
    assert reached[-1] > 0.97


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
