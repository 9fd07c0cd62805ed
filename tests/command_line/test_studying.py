"""The commands on studies, as a person types them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from builder.actions import studies as actions
from builder.command_line import app, study_tables, study_upkeep
from builder.runs.run_folder import list_runs
from builder.studies import study_folder
from builder.studies.conductor import conduct
from builder.studies.study import Place, Wanted
from builder.system.devices import Device
from tests.studies.fake_trainings import Worker, stand_in

runner = CliRunner()
SEARCH = ["search", "lenet5", "--vary", "batch_size=8,16"]
SHORT = ["--epochs", "2", "--seeds", "2"]


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Worker:
    return stand_in(monkeypatch)


@pytest.fixture
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, worker: Worker) -> Path:
    """With trainings that end at once, in this process."""
    monkeypatch.setenv("CONVSTACK_HOME", str(tmp_path))
    monkeypatch.setattr(actions, "_launch", lambda study: conduct(study.folder, 0))
    return tmp_path


def test_an_ablation_ends_in_verdicts(data_folder: Path) -> None:
    chosen = ["--without", "shortcut", "--without", "dropout"]
    result = runner.invoke(app, ["study", "ablate", "se_residual_digits", *SHORT, *chosen])
    assert result.exit_code == 0, result.output
    assert "3 variants, 2 seeds: 6 trainings" in result.stderr
    assert "With 2 seeds no difference can be called real" in result.stderr
    assert "with 2 seeds this cannot be decided; 7 would do" in result.stdout
    (row,) = json.loads(runner.invoke(app, ["study", "list", "--json"]).stdout)
    assert (row["standing"], row["ended"], row["planned"]) == ("done", 6, 6)
    shown = json.loads(runner.invoke(app, ["study", "show", row["id"], "--json"]).stdout)
    assert shown["results"]["comparisons"]["v001"]["mean"] == pytest.approx(0.4)
    more = runner.invoke(app, ["study", "resume", row["id"], "--seeds", "6"])
    assert "worth 40.0 points" in more.stdout
    for ending in ("html", "csv", "json"):
        file = data_folder / f"report.{ending}"
        assert runner.invoke(app, ["study", "report", row["id"], "-o", str(file)]).exit_code == 0
        assert file.stat().st_size > 500


def test_a_deleted_training_is_told_and_trained_again_when_asked(data_folder: Path) -> None:
    runner.invoke(app, ["study", "ablate", "se_residual_digits", *SHORT, "--without", "dropout"])
    (study,) = study_folder.list_studies(data_folder)
    run = next(run for run in list_runs(data_folder) if Place.of(run) == Place(study.id, "base", 1))
    assert runner.invoke(app, ["delete", run.id]).exit_code == 0
    told = "1 training was deleted: base with seed 1. Its result still counts"
    assert told in " ".join(runner.invoke(app, ["study", "show", study.id]).stdout.split())
    values = json.loads(runner.invoke(app, ["study", "show", study.id, "--json"]).stdout)
    assert [(gone["key"], gone["seed"]) for gone in values["deleted"]] == [("base", 1)]
    again = runner.invoke(app, ["study", "resume", study.id, "--deleted"])
    assert "was deleted" not in again.stdout
    assert len(list_runs(data_folder)) == 4


def test_a_sweep_varies_what_it_is_told(data_folder: Path) -> None:
    vary = ["--vary", "learning_rate=log:1e-4..1e-2:3", "--vary", "optimizer=Adam,SGD"]
    result = runner.invoke(app, ["study", "sweep", "se_residual_digits", "--epochs", "2", *vary])
    assert result.exit_code == 0, result.output
    assert "6 variants, 1 seed: 6 trainings" in result.stderr


def test_depths_with_and_without_shortcuts(data_folder: Path) -> None:
    command = ["study", "degrade", "se_residual_digits", *SHORT, "--depths", "1,2"]
    result = runner.invoke(app, command)
    assert result.exit_code == 0, result.output
    assert "2× depth, without shortcuts" in result.stdout


def test_a_search_stays_under_its_budget_and_trains_its_winner_again(data_folder: Path) -> None:
    vary = ["--vary", "residual_block_1.filters=4..64", "--vary", "learning_rate=log:1e-4..1e-1"]
    limits = ["--budget-params", "5e4", "--trials", "5", "--fresh-seeds", "2"]
    command = ["study", "search", "se_residual_digits", "--epochs", "2", *vary, *limits]
    result = runner.invoke(app, command)
    assert result.exit_code == 0, result.output
    words = "5 candidates by TPE, 5 at random, the winner with 2 fresh seeds: 16 trainings"
    assert words in result.stderr
    assert "The base is over the budget itself (82,362 params" in result.stderr
    over = [run for run in list_runs(data_folder) if run.facts["params"] > 50_000]
    places = [place for run in over if (place := Place.of(run))]
    assert {(place.variant, place.seed) for place in places} == {("base", 1), ("base", 2)}
    (row,) = json.loads(runner.invoke(app, ["study", "list", "--json"]).stdout)
    shown = json.loads(runner.invoke(app, ["study", "show", row["id"], "--json"]).stdout)
    winner = shown["results"]["winners"][0]
    assert len(shown["results"]["variants"][winner]["fresh"]) == 2


def test_a_dry_search_trains_nothing(data_folder: Path, worker: Worker) -> None:
    options = ["--strategy", "nsga2", "--smaller", "macs", "--front", "3", "--dry-run"]
    result = runner.invoke(app, ["study", *SEARCH, *options])
    assert result.exit_code == 0, result.output
    assert "50 candidates by NSGA-II, 50 at random, up to 3 of the front" in result.stderr
    assert worker.started == []


def test_the_grid_over_scalings_names_the_best(data_folder: Path) -> None:
    options = ["--epochs", "2", "--tolerance", "0.03"]
    result = runner.invoke(app, ["study", "scale", "se_residual_digits", *options])
    assert result.exit_code == 0, result.output
    assert "Best at φ = 1: α" in result.stdout


def test_a_dry_run_trains_nothing(data_folder: Path, worker: Worker) -> None:
    result = runner.invoke(app, ["study", "ablate", "se_residual_digits", "--dry-run"])
    assert result.exit_code == 0
    assert re.search(r"6 variants, 6 seeds: 36 trainings", result.stderr)
    assert worker.started == []
    result = runner.invoke(app, ["study", "ablate", "se_residual_digits", "--dry-run", "--json"])
    planned = json.loads(result.stdout)
    assert (planned["trainings"], planned["seeds"]) == (36, [0, 1, 2, 3, 4, 5])
    assert planned["memory"] > 8e8
    first, second, *_ = planned["variants"]
    assert (first["title"], first["params"]) == ("base", 82_362)
    assert second == {
        "title": "without shortcuts",
        "params": 80_250,
        "macs": second["macs"],
        "problem": "",
    }
    assert second["macs"] < first["macs"]
    assert not (data_folder / "studies").exists()


def test_a_study_that_does_not_fit_the_memory_is_not_started(
    data_folder: Path, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = Device("cpu", "CPU", 10**9, 9 * 10**8)
    monkeypatch.setattr(study_upkeep, "devices", lambda: (Device("auto", "Automatic"), full))
    command = ["study", "ablate", "se_residual_digits", *SHORT, "--without", "dropout"]
    result = runner.invoke(app, command)
    assert result.exit_code == 1
    assert "Memory: at most" in result.stderr
    assert "base: Batches of 32 images need about" in result.stderr
    assert result.stderr.strip().endswith("Give --force")
    assert worker.started == []
    result = runner.invoke(app, [*command, "--force"])
    assert result.exit_code == 0, result.output
    assert len(worker.started) == 4


@pytest.mark.parametrize(
    ("levels", "counted", "is_compared"),
    [
        ("16,64", "2 variants, 6 seeds: 12 trainings", False),
        ("32", "1 variant, 6 seeds: 6 trainings", False),
        ("32,64", "2 variants, 6 seeds: 12 trainings", True),
    ],
)
def test_a_plan_says_whether_anything_is_compared_with_the_base(
    data_folder: Path, levels: str, counted: str, is_compared: bool
) -> None:
    vary = ["--vary", f"batch_size={levels}", "--seeds", "6"]
    result = runner.invoke(app, ["study", "sweep", "lenet5", *vary, "--dry-run"])
    assert counted in result.stderr
    assert ("Nothing is compared" not in result.stderr) == is_compared


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["ablate", "lenet5", "--without", "shortcut"], "has no shortcuts to take out"),
        (["ablate", "lenet5", "--without", "glue"], "received 'glue', expected one of shortcut"),
        (["ablate", "lenet5", "--without", "shortcut@conv2d_1"], "no shortcuts of conv2d_1"),
        (["ablate", "lenet5", "--seeds", "0"], "expected a whole number from 1 to 100"),
        (["ablate", "lenet5", "--seeds", "1e9"], "expected a whole number from 1 to 100"),
        (["resume", "nothing", "--seeds", "1e9"], "expected a whole number from 0 to 100"),
        (
            ["sweep", "lenet5", "--vary", "batch_size=8,16", "--random", "1e9"],
            "expected a whole number from 1 to 999",
        ),
        (
            [*SEARCH, "--budget-params", "many"],
            "received 'many', expected a whole number of at least 1",
        ),
        ([*SEARCH, "--halving=3"], "'--halving': received '3', expected no value; give --halving"),
        ([*SEARCH, "--random-beside=maybe"], "'--random-beside': received 'maybe', expected no"),
        (
            [*SEARCH, "--random-beside", "maybe"],
            "received 'maybe', expected no more arguments; --random-beside takes no value; leave",
        ),
        ([*SEARCH, "maybe"], "received 'maybe', expected no more arguments; leave it out"),
        ([*SEARCH, "--trials"], "'--trials': received nothing, expected INTEGER; give it behind"),
        (["list", "--json=x"], "'--json': received 'x', expected no value"),
        (["resume", "nothing", "--deleted=x"], "'--deleted': received 'x', expected no value"),
        (["scale", "lenet5", "--tolerance", "1e9"], "expected a number from 0 to 1"),
        (["sweep", "lenet5", "--vary", "nothing=1,2"], "neither a node of the network nor"),
        (["sweep", "lenet5", "--vary", "seed=1,2"], "seed cannot be varied"),
        (["sweep", "lenet5", "--vary", "batch_size=log:0..1"], "expected numbers above 0"),
        (["degrade", "lenet5"], "has no shortcuts to take out"),
        (["ablate", "lenet5", "--metric", "speed"], "metric"),
        (
            ["search", "lenet5", "--vary", "batch_size=8,16", "--strategy", "x"],
            "expected one of tpe",
        ),
        (
            [*SEARCH, "--population", "4"],
            "--population: received with strategy tpe, expected with nsga2 or evolution",
        ),
        ([*SEARCH, "--population", "x"], "received 'x', expected a whole number from 2 to 1,000"),
        ([*SEARCH, "--tournament", "0"], "received '0', expected a whole number from 1 to 1,000"),
        ([*SEARCH, "--trials", "5000"], "received '5000', expected a whole number from 1 to 1,000"),
        ([*SEARCH, "--strategy", "random", "--random-beside"], "received with strategy random"),
        (["sweep", "lenet5", "--vary", "epochs=1..1e9"], "1..1e9: received 1,000,000,000 whole"),
        (["sweep", "lenet5", "--vary", f"{'a' * 300}=1,2"], "aaa…, which is neither a node"),
        (["sweep", "lenet5", "--vary", f"epochs={'1,' * 2000}"], "expected at most 2,000"),
        (["sweep", "lenet5", "--vary", "conv2d_2.cell=3"], "study search"),
        (["scale", "lenet5", "--step", "0.9", "--tolerance", "0.01"], "take smaller steps"),
        (["show", "nothing"], "does not exist"),
        (["report", "nothing", "-o", "x.pdf"], "expected a name that ends in"),
    ],
)
def test_wrong_usage_is_told(command: list[str], words: str, data_folder: Path) -> None:
    result = runner.invoke(app, ["study", *command])
    assert result.exit_code in (1, 2)
    assert words in " ".join(result.stderr.replace("│", " ").split())


def test_no_studies_is_said(data_folder: Path) -> None:
    assert "There are no studies yet" in runner.invoke(app, ["study", "list"]).stderr


def test_what_was_done_before_does_not_end_the_following(
    data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A study that is resumed still has the results of before when its process begins."""
    runner.invoke(app, ["study", "ablate", "se_residual_digits", *SHORT, "--without", "dropout"])
    (study,) = study_folder.list_studies(data_folder)
    study_folder.want(study, Wanted.RUNNING)
    looks: list[Any] = []
    results = study_folder.results
    monkeypatch.setattr(
        study_folder, "results", lambda study: looks.append(results(study)) or looks[-1]
    )
    monkeypatch.setattr(study_folder, "is_conducted", lambda _: len(looks) in (2, 3))
    study_tables.follow(study)
    assert [known.standing for known in looks] == ["done"] * 5
