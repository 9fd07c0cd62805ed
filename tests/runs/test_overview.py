"""The runs at a glance: their best epoch, and what is read again when."""

from dataclasses import replace
from pathlib import Path

import pytest

from builder.runs import overview, run_folder
from builder.runs.metric_rows import EpochMetrics
from builder.runs.notes import write_note
from builder.runs.outcome import Outcome, kept_epoch, outcome
from builder.runs.overview import RunList, by_document
from builder.runs.run_state import BEST, CONFIG
from builder.training.settings import TrainingSettings
from tests.components.fake_run import FakeRun


def epochs(*rows: dict[str, float | None]) -> list[EpochMetrics]:
    return [EpochMetrics(number, 0.0, row) for number, row in enumerate(rows, 1)]


def test_the_best_epoch_is_that_of_the_highest_validation_accuracy() -> None:
    rows = epochs(
        {"loss": 1.0, "val_loss": 0.9, "val_accuracy": 0.5},
        {"loss": 0.5, "val_loss": 0.3, "val_accuracy": 0.9},
        {"loss": 0.2, "val_loss": 0.4, "val_accuracy": 0.8},
    )
    assert outcome(rows) == Outcome("val_accuracy", 0.9, 2, (0.5, 0.9, 0.8))


def test_without_an_accuracy_the_lowest_loss_decides() -> None:
    rows = epochs({"loss": 1.0, "val_loss": None}, {"loss": 0.5, "val_loss": None}, {"loss": 0.7})
    assert outcome(rows) == Outcome("loss", 0.5, 2, (1.0, 0.5, 0.7))


def test_the_model_that_is_kept_is_that_of_the_metric_that_the_settings_name(
    tmp_path: Path,
) -> None:
    rows = epochs(
        {"val_loss": 0.3, "val_accuracy": 0.8},
        {"val_loss": 0.4, "val_accuracy": 0.9},
        {"val_loss": 0.3, "val_accuracy": 0.9},
    )
    with FakeRun(tmp_path) as fake:
        fake.end()
    found = {}
    for monitor in ("val_loss", "val_accuracy"):
        settings = TrainingSettings(monitor=monitor, keep_best=True)
        run = replace(run_folder.find(tmp_path, fake.id), settings=settings)
        assert kept_epoch(run, rows) is None, "there is no such file"
        (fake.folder / BEST).touch()
        found[monitor] = kept_epoch(run, rows)
        assert kept_epoch(replace(run, settings=TrainingSettings()), rows) is None
        assert kept_epoch(run, []) is None
        (fake.folder / BEST).unlink()
    assert found == {"val_loss": 1, "val_accuracy": 2}


def test_before_the_first_epoch_has_ended_there_is_no_best() -> None:
    assert outcome([]) == Outcome()


def test_no_folder_means_no_runs(tmp_path: Path) -> None:
    assert RunList(tmp_path).overviews() == ()


def test_runs_are_listed_newest_first_with_their_outcomes(tmp_path: Path) -> None:
    with FakeRun(tmp_path, epochs=2, batches=3) as older:
        older.train()
        older.end()
    newer = FakeRun(tmp_path, epochs=2, batches=3)
    newer.folder = newer.folder.rename(newer.folder.with_name("99991231-235959-newer-0000"))
    with newer:
        found = RunList(tmp_path).overviews()
    assert [known.run.id for known in found] == [newer.folder.name, older.id]
    assert found[1].outcome.monitor == "val_accuracy"
    assert len(found[1].outcome.curve) == 2
    assert found[0].outcome == Outcome()


def test_a_run_that_has_ended_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeRun(tmp_path, epochs=1, batches=2) as ended:
        ended.train()
        ended.end()
    read: list[str] = []

    def find(home: Path, run_id: str) -> run_folder.Run:
        read.append(run_id)
        return run_folder.find(home, run_id)

    monkeypatch.setattr(overview, "find", find)
    runs = RunList(tmp_path)
    with FakeRun(tmp_path, epochs=1, batches=2) as active:
        for _ in range(3):
            active.train(0)
            runs.overviews()
    assert read.count(ended.id) == 1
    assert read.count(active.id) == 3


def test_as_long_as_nothing_changes_the_list_is_the_same(tmp_path: Path) -> None:
    with FakeRun(tmp_path, epochs=1, batches=2) as ended:
        ended.end()
    runs = RunList(tmp_path)
    with FakeRun(tmp_path, epochs=1, batches=2):
        before = runs.overviews()
        assert runs.overviews() is before
    lost = runs.overviews()  # its process is gone, and no file says so
    assert [known.run.state.state for known in lost] == ["lost", "finished"]
    assert lost[1] is before[1]
    write_note(ended.folder, "wide #paper")
    noted = runs.overviews()
    assert noted[1].note == "wide #paper"
    assert noted[0] is lost[0]
    assert runs.overviews() is noted


def test_a_state_that_is_rewritten_is_reread(tmp_path: Path) -> None:
    runs = RunList(tmp_path)
    with FakeRun(tmp_path, epochs=2, batches=2) as run:
        run.train(2)
        assert runs.overviews()[0].run.state.state == "running"
        run.train()
        run.end("stopped")
    (known,) = runs.overviews()
    assert known.run.state.state == "stopped"
    assert len(known.outcome.curve) == 2


def test_a_deleted_run_is_gone_and_a_restored_one_is_back(tmp_path: Path) -> None:
    with FakeRun(tmp_path) as run:
        run.end()
    runs = RunList(tmp_path)
    assert len(runs.runs()) == 1
    run_folder.delete(tmp_path, run.id)
    assert runs.runs() == []
    run_folder.restore(tmp_path, run.id)
    assert [known.id for known in runs.runs()] == [run.id]


def test_a_damaged_run_is_listed_and_mending_it_is_noticed(tmp_path: Path) -> None:
    with FakeRun(tmp_path) as run:
        run.end()
    config = run.folder / CONFIG
    whole = config.read_text()
    config.write_text("{")
    runs = RunList(tmp_path)
    assert runs.runs()[0].state.state == "damaged"
    config.write_text(whole)
    assert runs.runs()[0].state.state == "finished"


def test_what_is_no_run_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "runs" / ".new-abc").mkdir(parents=True)
    (tmp_path / "runs" / "no run").mkdir()
    (tmp_path / "runs" / "notes.txt").write_text("")
    assert RunList(tmp_path).runs() == []


def test_runs_of_one_document(tmp_path: Path) -> None:
    with FakeRun(tmp_path) as run:
        found = RunList(tmp_path).overviews()
    assert [known.run.id for known in by_document(found, "small")] == [run.id]
    assert by_document(found, "other") == []
