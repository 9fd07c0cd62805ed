"""The list of studies and the page of one, driven without a browser."""

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from builder.actions import studies as actions
from builder.actions import trash
from builder.documents.workspace import Workspace
from builder.network.comparison import compare
from builder.network.inference import infer
from builder.runs.metrics_writer import MetricsWriter
from builder.runs.run_folder import list_runs
from builder.runs.run_state import RunState, write_state
from builder.runs.status import RunStatus
from builder.studies import study_folder
from builder.studies.conductor import conduct
from builder.studies.outcome import RunOutcome
from builder.studies.strategies import Tpe
from builder.studies.study import Place, Question, Standing
from builder.system.locks import locked
from builder.training.settings import TrainingSettings
from components.live_chart import Figure
from components.runs import registry
from components.studies import page, variant_dialog
from tests.components.driven import button, settled, texts
from tests.components.studies.studies_page import Table, finished, has_button, linked, open_page
from tests.studies.fake_trainings import NETWORK, Worker, ask
from tests.studies.search_cases import accuracy_of, search


def test_without_studies_it_says_how_to_begin(home: Path) -> None:
    assert "No studies yet" in texts(open_page())


def test_the_list_says_how_far_each_study_is(home: Path, worker: Worker, table: Table) -> None:
    waiting, done = ask(home), finished(home, seeds=2)
    open_page()
    assert set(table.rows) == {done.id, waiting.id}
    cells = table.rows[done.id].cells
    assert (cells["state"].text, cells["state"].level) == ("Done", "good")
    assert cells["done"].text == "6 of 6"
    assert table.rows[waiting.id].cells["state"].text == "Starting"
    assert table.rows[done.id].href == f"studies?study={done.id}"


def test_a_damaged_study_is_one_row(home: Path, worker: Worker, table: Table) -> None:
    study = ask(home)
    (study.folder / study_folder.STUDY).write_text("{")
    open_page()
    cells = table.rows[study.id].cells
    assert (cells["state"].text, cells["state"].level) == ("Damaged", "error")
    assert table.rows[study.id].href == f"studies?study={study.id}"


def test_a_damaged_study_can_be_deleted_on_its_page(home: Path, worker: Worker) -> None:
    study = ask(home)
    (study.folder / study_folder.STUDY).write_text("{")
    at = open_page(study=study.id)
    assert f"The files of study {study.id} cannot be read: " in texts(at)
    assert "Repair them, or delete the study." in texts(at)
    settled(button(at, "cs-study-delete").click().run())
    assert not study.folder.exists()


def test_a_row_opens_the_study(home: Path, worker: Worker, table: Table) -> None:
    study = finished(home, seeds=1)
    table.opens = study.id
    at = open_page()
    assert at.query_params["study"] == study.id


def test_a_study_says_what_may_be_concluded(
    home: Path, worker: Worker, table: Table, figures: dict[str, Figure]
) -> None:
    study = finished(home)
    at = open_page(study=study.id)
    shown = texts(at)
    assert "What is each part worth?" in shown
    assert "Without shortcuts – worth 40.0 points, 95 % between 40.0 and 40.0" in shown
    assert "<b>24 of 24</b> trainings done" in shown
    row = table.rows["v001"].cells
    assert row["variant"].small == "worth 40.0 points, 95 % between 40.0 and 40.0"
    assert (row["mean"].text, row["difference"].text) == ("50.4 %", "−40.0")
    assert row["difference"].small == "−40.0 to −40.0"
    assert len(row["dots"].dots) == 8
    assert list(figures) == ["What each part is worth", "Learning curves: validation accuracy"]


def test_a_study_that_runs_can_be_paused_and_stopped_but_not_deleted(
    home: Path, worker: Worker, table: Table, figures: dict[str, Figure]
) -> None:
    study = finished(home, seeds=1)
    with locked(study.folder / study_folder.LOCK, 1):
        at = open_page(study=study.id)
        assert not has_button(at, "cs-study-delete")
        settled(button(at, "cs-study-pause").click().run())
        assert study_folder.wanted(study) is study_folder.Wanted.PAUSED
        settled(button(at, "cs-study-stop").click().run())
        assert study_folder.wanted(study) is study_folder.Wanted.STOPPED


def test_a_study_whose_last_training_was_paused_is_resumed(
    home: Path,
    worker: Worker,
    launched: list[str],
    table: Table,
    figures: dict[str, Figure],
) -> None:
    study = finished(home, seeds=1)
    last = next(run for run in list_runs(home) if Place.of(run) == Place(study.id, "v002", 0))
    write_state(last.folder, RunState(RunStatus.PAUSED, epochs=2, epoch=1))
    study_folder.want(study, study_folder.Wanted.PAUSED)
    conduct(study.folder, 0)
    at = open_page(study=study.id)
    assert "<b>2 of 3</b> trainings done" in texts(at)
    assert "<b>Paused</b>" in texts(at)
    settled(button(at, "cs-study-resume").click().run())
    assert study_folder.wanted(study) is study_folder.Wanted.RUNNING
    assert launched == [study.id]
    assert "<b>Starting</b>" in texts(at)


def test_a_study_outlives_its_document(
    home: Path,
    worker: Worker,
    table: Table,
    figures: dict[str, Figure],
    document: str,
    workspace: Workspace,
) -> None:
    study = finished(home, seeds=1, document_id=document)
    known = study_folder.results(study)
    assert known is not None
    study_folder.write_results(study, replace(known, standing=Standing.RUNNING, ended=2))
    study_folder.want(study, study_folder.Wanted.RUNNING)
    with locked(study.folder / study_folder.LOCK, 1):
        assert "Network" in linked(open_page(study=study.id))
        workspace.delete(document)
        at = open_page(study=study.id)
        assert "Network" not in linked(at)
        assert "<b>Running</b>" in texts(at)
        assert "What is each part worth?" in texts(at)
        listed = open_page()
    assert table.rows[study.id].cells["document"].text == NETWORK.name
    assert not listed.exception
    table.opens = "v001"
    at = open_page(study=study.id)
    settled(button(at, "cs-variant-open").click().run())
    assert any(entry.name.endswith("without shortcuts") for entry in workspace.entries())


def test_curves_of_a_training_that_went_on_are_read_again(
    home: Path, worker: Worker, table: Table, figures: dict[str, Figure]
) -> None:
    study = finished(home, seeds=1)
    open_page(study=study.id)
    before = figures["Learning curves: validation accuracy"].json
    base = next(run for run in list_runs(home) if Place.of(run) == Place(study.id, "base", 0))
    with MetricsWriter(base.folder, 1, 32, 32) as metrics:
        metrics.add_epoch(3, {"val_accuracy": 0.99})
    write_state(base.folder, RunState(RunStatus.FINISHED, epochs=3, epoch=3))
    study_folder.want(study, study_folder.Wanted.RUNNING)
    conduct(study.folder, 0)
    open_page(study=study.id)
    assert figures["Learning curves: validation accuracy"].json != before


def test_the_page_of_a_study_reads_no_runs_but_those_whose_curves_it_draws(
    home: Path,
    worker: Worker,
    table: Table,
    figures: dict[str, Figure],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    study = finished(home, seeds=1)
    monkeypatch.setattr(registry, "overviews", lambda: pytest.fail("all runs were read"))
    open_page(study=study.id)
    assert "Learning curves: validation accuracy" in figures


@pytest.mark.parametrize("query", [{}, {"new": "ablation"}])
def test_what_pictures_need_is_loaded_before_the_first_one(
    document: str, query: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(page, "charts_soon", lambda: asked.append(True))
    open_page(doc=document, **query)
    assert asked


def test_more_seeds_are_added(
    home: Path,
    worker: Worker,
    launched: list[str],
    table: Table,
    figures: dict[str, Figure],
) -> None:
    study = finished(home, seeds=2)
    at = open_page(study=study.id)
    settled(button(at, "cs-study-add-seeds").click().run())
    assert study_folder.read(study.folder).seeds == (0, 1, 2, 3, 4, 5)
    assert launched == [study.id]


def test_a_study_is_deleted_with_its_runs_and_that_is_undone(
    home: Path, worker: Worker, table: Table, figures: dict[str, Figure]
) -> None:
    study = finished(home, seeds=1)
    at = open_page(study=study.id)
    settled(button(at, "cs-study-delete").click().run())
    assert "No studies yet" in texts(at)
    assert (list_runs(home), len(trash.contents(home))) == ([], 1)
    settled(button(at, "cs-deleted-undo").click().run())
    assert len(list_runs(home)) == 3
    assert list(table.rows) == [study.id]


def test_a_deleted_training_is_told_restored_or_trained_again(
    home: Path,
    worker: Worker,
    launched: list[str],
    table: Table,
    figures: dict[str, Figure],
) -> None:
    study = finished(home, seeds=2)
    open_page(study=study.id)
    curves = figures["Learning curves: validation accuracy"].json
    base = next(run for run in list_runs(home) if Place.of(run) == Place(study.id, "base", 0))
    trash.delete(home, "run", base.id)
    at = open_page(study=study.id)
    told = "1 training was deleted: base with seed 0. Its result still counts, its curves are gone."
    assert told in texts(at)
    assert table.rows["base"].cells["state"].text == "2 of 2, 1 deleted"
    assert figures["Learning curves: validation accuracy"].json != curves
    table.opens = "base"
    at = open_page(study=study.id)
    assert "seed 0: 90.0 %, deleted" in texts(at)
    assert sum(label.startswith("seed ") for label in linked(at)) == 1
    settled(button(at, "cs-study-restore").click().run())
    at = open_page(study=study.id)
    assert told not in texts(at)
    assert figures["Learning curves: validation accuracy"].json == curves
    trash.delete(home, "run", base.id)
    at = open_page(study=study.id)
    settled(button(at, "cs-study-again").click().run())
    assert launched == [study.id]
    known = study_folder.results(study)
    assert known is not None
    assert set(known.variants["base"].runs) == {1}
    assert "<b>5 of 6</b>" in texts(at)


def test_a_variant_shows_what_differs_and_becomes_a_document(
    home: Path,
    worker: Worker,
    table: Table,
    figures: dict[str, Figure],
    workspace: Workspace,
) -> None:
    study = finished(home, seeds=1)
    table.opens = "v002"
    at = open_page(study=study.id)
    assert "without dropout" in texts(at)
    variant = study.variants[2]
    assert variant.architecture is not None
    found = compare(infer(study.architecture), infer(variant.architecture))
    assert f"{found.num_different} block" in texts(at)
    before = {entry.id for entry in workspace.entries()}
    settled(button(at, "cs-variant-open").click().run())
    (made,) = {entry.id for entry in workspace.entries()} - before
    assert workspace.open(made).architecture.nodes == variant.architecture.nodes
    assert (workspace.open(made).document.training or {})["epochs"] == 2
    assert variant_dialog._OPEN not in at.session_state


def test_a_study_that_is_gone_says_so(home: Path) -> None:
    assert "does not exist" in texts(open_page(study="20200101-000000-none-0000"))


def test_a_search_gets_more_candidates_and_more_fresh_seeds(
    home: Path,
    worker: Worker,
    launched: list[str],
    table: Table,
    figures: dict[str, Figure],
) -> None:
    worker.accuracy = accuracy_of
    study = search(home, Tpe(4, fresh_seeds=2))
    conduct(study.folder, 0)
    at = open_page(study=study.id)
    settled(button(at, "cs-study-add-trials").click().run())
    settled(button(at, "cs-study-add-seeds").click().run())
    changed = study_folder.read(study.folder).search
    assert (changed.trials, changed.fresh_seeds) == (14, 6)
    assert launched == [study.id] * 2


@pytest.mark.parametrize(
    ("wanted", "words"),
    [(study_folder.Wanted.PAUSED, "Pausing"), (study_folder.Wanted.STOPPED, "Stopping")],
)
def test_a_study_that_was_told_to_end_says_so_until_it_has(
    home: Path,
    worker: Worker,
    table: Table,
    figures: dict[str, Figure],
    wanted: study_folder.Wanted,
    words: str,
) -> None:
    study = finished(home, seeds=1)
    known = study_folder.results(study)
    assert known is not None
    study_folder.write_results(study, replace(known, standing=Standing.RUNNING))
    study_folder.want(study, wanted)
    with locked(study.folder / study_folder.LOCK, 1):
        shown = texts(open_page(study=study.id))
    assert f"<b>{words}</b>" in shown
    assert "<b>Running</b>" not in shown


@pytest.mark.parametrize(
    ("wanted", "lives", "words"),
    [
        (study_folder.Wanted.RUNNING, False, "Starting"),
        (study_folder.Wanted.RUNNING, True, "Starting"),
        (study_folder.Wanted.STOPPED, True, "Stopping"),
        (study_folder.Wanted.STOPPED, False, "Stopped"),
        (study_folder.Wanted.PAUSED, False, "Paused"),
    ],
)
def test_a_study_that_was_told_to_end_before_it_began_says_so(
    home: Path, worker: Worker, wanted: study_folder.Wanted, lives: bool, words: str
) -> None:
    study = ask(home)
    study_folder.want(study, wanted)
    with locked(study.folder / study_folder.LOCK, 1) if lives else nullcontext():
        at = open_page(study=study.id)
    assert f"<b>{words}</b>" in texts(at)
    assert "<b>0 of 6</b>" in texts(at)
    assert has_button(at, "cs-study-resume") is (words in ("Stopped", "Paused"))


def test_what_is_not_trained_does_not_count_before_the_study_has_begun(home: Path) -> None:
    planned = actions.plan(
        NETWORK,
        TrainingSettings(),
        actions.scaling_grid(),
        [0],
        question=Question.SCALING,
    )
    study = study_folder.create(home, planned)
    assert len(study.choices) > len(study.trained)
    assert f"<b>0 of {len(study.trained)}</b>" in texts(open_page(study=study.id))


def test_a_study_that_was_resumed_starts_until_its_process_has_looked(
    home: Path, worker: Worker, table: Table, figures: dict[str, Figure]
) -> None:
    study = finished(home, seeds=1)
    study_folder.want(study, study_folder.Wanted.RUNNING)
    with locked(study.folder / study_folder.LOCK, 1):
        shown = texts(open_page(study=study.id))
    assert "<b>Starting</b>" in shown
    assert "<b>Done</b>" not in shown


def test_pictures_come_with_their_first_point(
    home: Path, worker: Worker, table: Table, figures: dict[str, Figure]
) -> None:
    study = finished(home, seeds=1)
    known = study_folder.results(study)
    assert known is not None
    rows = {key: replace(row, runs={}) for key, row in known.variants.items()}
    only = {0: RunOutcome("gone", RunStatus.FINISHED, value=0.9)}
    rows["base"] = replace(rows["base"], runs=only)
    study_folder.write_results(study, replace(known, variants=rows, comparisons={}))
    at = open_page(study=study.id)
    assert not figures
    assert "The curves begin with the end of the first epoch." in texts(at)
    assert len(at.multiselect[0].value) == 3
