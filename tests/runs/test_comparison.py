"""What differs between runs."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from builder.blocks.catalogue import block_type
from builder.gallery import TEMPLATES
from builder.network.architecture import Architecture
from builder.network.edits import add, rename_architecture, set_parameters
from builder.runs.comparison import Result, differences, trained_architecture
from builder.runs.run_state import ARCHITECTURE
from builder.scheduler.new_run import new_run
from builder.training.settings import SGD, Adam, CosineDecay, TrainingSettings

NETWORK = TEMPLATES["se_residual_digits"].architecture


def found(home: Path, *asked: tuple[Architecture, TrainingSettings]) -> dict[str, tuple[Any, ...]]:
    runs = [new_run(home, architecture, settings) for architecture, settings in asked]
    return {difference.name: difference.values for difference in differences(runs)}


def test_equal_runs_differ_in_nothing(tmp_path: Path) -> None:
    one = (NETWORK, TrainingSettings(optimizer=SGD(momentum=0.9)))
    assert found(tmp_path, one, one, one) == {}


def test_only_the_settings_that_differ_are_listed(tmp_path: Path) -> None:
    one = TrainingSettings(epochs=3, seed=1, optimizer=Adam(clipnorm=1.0))
    other = TrainingSettings(epochs=5, seed=1)
    assert found(tmp_path, (NETWORK, one), (NETWORK, other)) == {
        "optimizer.clipnorm": (1.0, None),
        "epochs": (3, 5),
    }


def test_of_another_optimizer_only_what_was_changed_is_listed(tmp_path: Path) -> None:
    one = TrainingSettings()
    other = TrainingSettings(
        optimizer=SGD(momentum=0.9), learning_rate=0.01, schedule=CosineDecay(warmup_epochs=2)
    )
    listed = found(tmp_path, (NETWORK, one), (NETWORK, other))
    assert listed == {
        "optimizer": ("Adam", "SGD"),
        "optimizer.momentum": (None, 0.9),
        "learning_rate": (0.001, 0.01),
        "schedule": ("Constant", "CosineDecay"),
        "schedule.warmup_epochs": (None, 2),
    }
    assert list(listed)[:2] == ["optimizer", "optimizer.momentum"]


def test_a_changed_parameter_of_a_node_is_named(tmp_path: Path) -> None:
    wider = set_parameters(NETWORK, "residual_block_1", {"filters": 48})
    settings = TrainingSettings()
    listed = found(tmp_path, (NETWORK, settings), (wider, settings))
    assert listed["residual_block_1.filters"] == (32, 48)
    assert listed.keys() == {"params", "residual_block_1.filters"}


def test_of_a_node_that_only_one_has_the_block_is_named(tmp_path: Path) -> None:
    longer = add(NETWORK, block_type("Dropout").create({"rate": 0.1}), "residual_block_1")
    settings = TrainingSettings()
    listed = found(tmp_path, (NETWORK, settings), (longer, settings))
    assert listed["dropout_2"] == (None, "Dropout")
    assert listed["squeeze_excitation_1.inputs"] == ("residual_block_1", "dropout_2")
    assert not any(name.startswith("dropout_2.") for name in listed)


def test_names_differ_too(tmp_path: Path) -> None:
    settings = TrainingSettings()
    other = rename_architecture(NETWORK, "deeper")
    assert found(tmp_path, (NETWORK, settings), (other, settings)) == {
        "name": (NETWORK.name, "deeper")
    }


def test_a_damaged_run_has_no_values(tmp_path: Path) -> None:
    run = new_run(tmp_path, NETWORK, TrainingSettings())
    other = new_run(tmp_path, NETWORK, TrainingSettings())
    (other.folder / ARCHITECTURE).write_text("{")
    assert trained_architecture(other) is None
    listed = {d.name: d.values for d in differences([run, replace(other, settings=None)])}
    assert listed["params"] == (82_362, None)
    assert "epochs" not in listed, "the default on one side only is no difference"


def test_results_are_compared_with_a_baseline() -> None:
    loss = Result("best loss", "metric", (0.5, 0.25, None), "loss")
    assert loss.against(0) == (None, -0.25, None)
    assert loss.against(1) == (0.25, None, None)
    assert loss.against(2) == (None, None, None)
    assert Result("time", "amount", (10.0, 25.0)).against(0) == (None, 1.5)
    assert Result("time", "amount", (0.0, 25.0)).against(0) == (None, None)
    assert Result("best epoch", "count", (4, 2)).against(0) == (None, -2)
