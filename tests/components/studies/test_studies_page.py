"""The Studies page, driven without a browser."""

import re
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from builder.actions import studies as actions
from builder.actions import trash
from builder.documents.workspace import Workspace
from builder.gallery import TEMPLATES
from builder.network import edits
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
from builder.studies.study import Place, Question, Standing, Study
from builder.system.devices import Device
from builder.system.locks import locked
from builder.training.settings import TrainingSettings
from builder.transforms.ablation.kinds import PartKind
from components import state
from components.live_chart import Figure
from components.runs import registry
from components.studies import asking, listing, page, pictures, study_page, variant_dialog
from components.table import Column, Row
from tests.app_server import ROOT
from tests.studies.fake_trainings import NETWORK, Worker, ask, stand_in
from tests.studies.search_cases import accuracy_of, search

APP = str(ROOT / "app.py")
STUDIES = "components/pages/studies.py"


class Table:
    """Stands in for the component: keeps what it was given and does what a person would."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.columns: list[Column] = []
        self.opens = ""

    def __call__(
        self, columns: Sequence[Column], rows: Sequence[Row], *, label: str, key: str
    ) -> str:
        self.columns = list(columns)
        self.rows = {row.id: row for row in rows}
        opened, self.opens = self.opens, ""
        return opened


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Table:
    made = Table()
    monkeypatch.setattr(study_page, "table", made)
    monkeypatch.setattr(listing, "table", made)
    return made


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> dict[str, Figure]:
    shown: dict[str, Figure] = {}

    def draw(made: Figure, *, description: str, key: str) -> str:
        shown[made.title] = made
        return ""

    monkeypatch.setattr(pictures, "figure", draw)
    return shown


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Worker:
    return stand_in(monkeypatch)


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the studies whose process was started, which none is."""
    ids: list[str] = []
    monkeypatch.setattr(actions, "_launch", lambda study: ids.append(study.id))
    return ids


@pytest.fixture
def workspace(home: Path) -> Workspace:
    return state.workspace()


@pytest.fixture
def document(workspace: Workspace) -> str:
    made = workspace.create(NETWORK)
    workspace.set_training(made, {"epochs": 2})
    return made


def finished(home: Path, seeds: int = 8, **options: str) -> Study:
    study = ask(home, seeds=seeds, **options)
    conduct(study.folder, 0)
    return study


def open_page(**query: str) -> AppTest:
    at = AppTest.from_file(APP, default_timeout=60).run()
    at.switch_page(STUDIES)
    at.query_params.clear()
    for name, value in query.items():
        at.query_params[name] = value
    return settled(at.run())


def settled(at: AppTest) -> AppTest:
    assert not at.exception, at.exception
    return at


def texts(at: AppTest) -> str:
    shown: Any = at.get("html")
    return re.sub(r"<style>.*?</style>", "", "\n".join(h.body for h in shown), flags=re.S)


def button(at: AppTest, key: str) -> Any:
    return next(b for b in at.button if b.key == key)


def linked(at: AppTest) -> list[str]:
    """The labels of the links on the page."""
    return [link.proto.label for link in at.get("page_link")]  # pyright: ignore


def has_button(at: AppTest, key: str) -> bool:
    return any(b.key == key for b in at.button)


def field(kind: Any, name: str) -> Any:
    return next(w for w in kind if str(w.key).endswith(f":{name}"))


# ---- a new study


def test_an_ablation_lists_all_parts_and_variants_before_the_start(document: str) -> None:
    at = open_page(new="ablation", doc=document)
    labels = [box.label for box in at.checkbox]
    assert any(label.startswith("**Shortcuts**") for label in labels)
    shown = texts(at)
    assert "without Squeeze-and-Excitation" in shown
    assert "<b>= 48</b> trainings" in shown, "as many seeds as five parts need"
    assert "It will tell differences" in shown
    assert "2 epochs" in shown


def test_enough_seeds_are_one_press_away(document: str) -> None:
    at = open_page(new="ablation", doc=document)
    field(at.number_input, "seeds").set_value(6).run()
    assert "With 6 seeds no difference can be called real" in texts(settled(at))
    settled(button(at, "cs-study-enough").click().run())
    assert "<b>= 48</b> trainings" in texts(at)
    assert not has_button(at, "cs-study-enough")


def test_a_study_is_started_with_what_was_chosen(
    home: Path, document: str, launched: list[str], workspace: Workspace
) -> None:
    at = open_page(new="ablation", doc=document)
    for box in at.checkbox:
        if not box.label.startswith("**Dropout**"):
            box.set_value(False)
    settled(at.run())
    field(at.number_input, "seeds").set_value(7)
    field(at.text_input, "epochs").set_value("3")
    settled(at.run())
    settled(button(at, "cs-study-start").click().run())
    (study,) = study_folder.list_studies(home)
    assert launched == [study.id]
    assert [factor.values()["part"] for factor in study.factors] == [PartKind.DROPOUT]
    assert study.seeds == tuple(range(7))
    assert study.settings.epochs == 3
    assert workspace.open(document).document.training == {"epochs": 2} | (
        workspace.open(document).document.training or {}
    ), "the document keeps its own"
    assert study.document_id == document
    assert at.query_params["study"] == study.id


def test_epochs_that_are_refused_are_told_what_a_training_expects(document: str) -> None:
    at = open_page(new="ablation", doc=document)
    field(at.text_input, "epochs").set_value("0").run()
    told = texts(settled(at))
    assert "received 0, expected a whole number from 1 to 100,000" in told
    assert "or none" not in told
    field(at.text_input, "epochs").set_value("").run()
    settled(at)
    assert field(at.text_input, "epochs").value == "2", "as on Train"


def test_a_study_that_does_not_fit_the_memory_may_be_started_anyway(
    document: str, launched: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    full = [Device("auto", "Automatic"), Device("cpu", "CPU", 10**9, 10**8)]
    monkeypatch.setattr(asking, "machine_devices", lambda: full)
    at = open_page(new="sweep", doc=document, vary="batch_size")
    assert "Memory: at most " in texts(at)
    assert button(at, "cs-study-start").label == "Start the study"
    field(at.text_input, "vary:batch_size").set_value("32, 4096").run()
    assert "batch_size 4096: Batches of 4,096 images need about" in texts(settled(at))
    assert button(at, "cs-study-start").label == "Start anyway"
    settled(button(at, "cs-study-start").click().run())
    assert len(launched) == 1


def test_a_base_over_the_budget_says_what_follows(document: str) -> None:
    at = open_page(new="search", doc=document, vary="batch_size")
    field(at.text_input, "budget:params").set_value("50000").run()
    told = texts(settled(at))
    assert "trained with fresh seeds only: 82,362 params, the budget allows 50,000" in told
    assert "The base is over the budget itself" in told
    assert "<b>at most 121</b> trainings" in told


def test_what_is_varied_may_be_long_but_not_without_end(document: str) -> None:
    at = open_page(new="sweep", doc=document, vary="batch_size")
    many = ", ".join(str(number) for number in range(1, 101))
    field(at.text_input, "vary:batch_size").set_value(many).run()
    assert "<b>100</b> variants" in texts(settled(at))
    field(at.text_input, "vary:batch_size").set_value("1, " * 700).run()
    assert "expected at most 2,000" in texts(settled(at))


def test_what_was_filled_in_is_there_after_a_reload_until_it_is_dropped(
    document: str, workspace: Workspace
) -> None:
    at = open_page(new="ablation", doc=document)
    assert not has_button(at, "cs-study-anew")
    box = next(b for b in at.checkbox if b.label.startswith("**Dropout**"))
    settled(box.set_value(False).run())
    field(at.number_input, "seeds").set_value(9).run()
    assert "<b>= 45</b> trainings" in texts(settled(at))
    at = open_page(new="ablation", doc=document)
    assert not next(b for b in at.checkbox if b.label.startswith("**Dropout**")).value
    assert "<b>= 45</b> trainings" in texts(at)
    settled(button(at, "cs-study-anew").click().run())
    assert "<b>= 48</b> trainings" in texts(at)
    assert workspace.open(document).document.requests == {}
    settled(button(at, "cs-study-take-back").click().run())
    assert "<b>= 45</b> trainings" in texts(at)
    assert not has_button(at, "cs-study-take-back")


def test_two_tabs_fill_in_one_request(document: str) -> None:
    one, other = (open_page(new="ablation", doc=document) for _ in range(2))
    field(one.number_input, "seeds").set_value(9).run()
    field(other.text_input, "epochs").set_value("5").run()
    assert field(settled(other).number_input, "seeds").value == 9
    assert field(settled(one.run()).text_input, "epochs").value == "5"


def test_a_part_that_the_network_lost_is_not_asked_for(document: str, workspace: Workspace) -> None:
    at = open_page(new="ablation", doc=document)
    for box in at.checkbox:
        box.set_value(box.label.startswith(("**Dropout**", "**Shortcuts**")))
    settled(at.run())
    workspace.edit(document, lambda network: edits.remove(network, ["dropout_1"]))
    settled(at.run())
    assert "without shortcuts" in texts(at)
    assert not button(at, "cs-study-start").disabled


def test_beginning_anew_also_drops_what_a_field_has_refused(document: str) -> None:
    at = open_page(new="degradation", doc=document)
    field(at.number_input, "seeds").set_value(7).run()
    field(at.text_input, "epochs").set_value("many").run()
    assert button(settled(at), "cs-study-start").disabled
    settled(button(at, "cs-study-anew").click().run())
    assert field(at.text_input, "epochs").value == "2"
    assert not button(at, "cs-study-start").disabled


def test_nothing_chosen_cannot_be_started(document: str) -> None:
    at = open_page(new="ablation", doc=document)
    for box in at.checkbox:
        box.set_value(False)
    settled(at.run())
    assert "No part is chosen" in texts(at)
    assert button(at, "cs-study-start").disabled


def test_a_deleted_document_is_restored_where_it_is_asked_about(
    document: str, workspace: Workspace
) -> None:
    workspace.delete(document)
    at = open_page(new="ablation", doc=document)
    assert f"{NETWORK.name} was deleted" in texts(at)
    at = settled(button(at, "cs-restore-here").click().run())
    assert workspace.store.exists(document)
    assert "What is each part worth?" in texts(at)
    assert has_button(at, "cs-study-start")


def test_a_document_that_never_was_says_so(home: Path) -> None:
    at = open_page(new="ablation", doc="nothing")
    assert not has_button(at, "cs-restore-here")
    assert "Open another document" in linked(at)


def test_a_network_without_parts_says_so(workspace: Workspace) -> None:
    lenet = workspace.create(TEMPLATES["lenet5"].architecture)
    at = open_page(new="degradation", doc=lenet)
    assert "no shortcuts to take out" in texts(at)
    assert button(at, "cs-study-start").disabled


def test_depths_are_given_as_a_list_or_refused(document: str) -> None:
    at = open_page(new="degradation", doc=document)
    assert "3× depth, without shortcuts" in texts(at)
    field(at.text_input, "depths").set_value("1, 2").run()
    assert "3× depth" not in texts(settled(at))
    field(at.text_input, "depths").set_value("deep").run()
    assert "received &#x27;deep&#x27;" in texts(settled(at)) or "expected a number" in texts(at)
    assert button(at, "cs-study-start").disabled


def test_values_are_given_as_a_list_or_a_range(document: str) -> None:
    at = open_page(new="sweep", doc=document)
    assert "Nothing is varied yet" in texts(at)
    for name in ("learning_rate", "batch_size"):
        field(at.selectbox, "add").select(name).run()
        settled(at)
    field(at.text_input, "vary:learning_rate").set_value("1e-4..1e-2:3 log").run()
    field(at.text_input, "vary:batch_size").set_value("16, 32").run()
    assert "<b>6</b> variants" in texts(settled(at))
    field(at.text_input, "vary:batch_size").set_value("16..").run()
    assert button(settled(at), "cs-study-start").disabled or "not trained" in texts(at)
    button(at, "cs-unvary-1").click().run()
    assert "<b>3</b> variants" in texts(settled(at))


def test_a_document_that_cannot_be_trained_cannot_be_asked_about(workspace: Workspace) -> None:
    wide = workspace.create(TEMPLATES["resnet18"].architecture)
    workspace.set_training(wide, {"dataset": f"own:{'0' * 16}"})
    at = open_page(new="ablation", doc=wide)
    assert "Put it right on Train first" in texts(at)
    assert button(at, "cs-study-start").disabled


def test_a_head_that_does_not_fit_the_data_is_mended_where_it_is_noticed(
    workspace: Workspace,
) -> None:
    document = workspace.create(TEMPLATES["small_residual"].architecture)
    at = open_page(new="ablation", doc=document)
    assert button(at, "cs-study-start").disabled
    button(at, "cs-fix-0").click().run()
    settled(at)
    assert "Done:" in texts(at)
    assert infer(workspace.open(document).architecture).output_shapes == ((10,),)
    assert not button(at, "cs-study-start").disabled
    button(at, "cs-unmend").click().run()
    assert infer(workspace.open(document).architecture).output_shapes == ((1,),)


# ---- the list


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


def test_a_row_opens_the_study(home: Path, worker: Worker, table: Table) -> None:
    study = finished(home, seeds=1)
    table.opens = study.id
    at = open_page()
    assert at.query_params["study"] == study.id


# ---- a study


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


def test_a_link_says_what_is_varied_once(document: str) -> None:
    at = open_page(new="sweep", doc=document, vary="residual_block_1.filters")
    assert field(at.text_input, "vary:residual_block_1.filters").value == "16, 32, 64"
    assert "<b>3</b> variants" in texts(at)
    assert "vary" not in at.query_params
    button(at, "cs-unvary-0").click().run()
    assert "Nothing is varied yet" in texts(settled(at))
    assert "Nothing is varied yet" in texts(open_page(new="sweep", doc=document, vary="seed"))


@pytest.mark.parametrize("question", list(Question))
def test_every_question_can_be_asked(document: str, question: Question) -> None:
    at = open_page(new=question.value, doc=document, vary="batch_size")
    assert not button(at, "cs-study-start").disabled
    assert "trainings" in texts(at)


def test_no_number_of_seeds_is_enough_without_the_base(document: str) -> None:
    at = open_page(new="sweep", doc=document, vary="batch_size")
    assert has_button(at, "cs-study-enough")
    levels = next(field for field in at.text_input if field.label == "batch_size")
    settled(levels.set_value("64").run())
    assert "Nothing is compared" in texts(at)
    assert "<b>1</b> variant" in texts(at)
    assert not has_button(at, "cs-study-enough")


def test_a_budget_that_is_refused_says_what_is_expected(document: str) -> None:
    at = open_page(new="ablation", doc=document)
    field(at.text_input, "budget:params").set_value("0").run()
    assert "received 0, expected a whole number of at least 1 or none" in texts(settled(at))
    assert button(at, "cs-study-start").disabled
    field(at.text_input, "budget:params").set_value("1000000").run()
    assert not button(settled(at), "cs-study-start").disabled


@pytest.mark.parametrize("typed", ["1e5", "100_000", "100,000", "100000"])
def test_a_budget_says_how_it_was_read(document: str, typed: str) -> None:
    at = open_page(new="search", doc=document, vary="batch_size")
    settled(field(at.text_input, "budget:params").set_value(typed).run())
    assert ("= 100,000<" in texts(at)) == (typed != "100,000")
    assert field(at.text_input, "budget:params").value == typed
    assert not has_refusal(at)
    again = open_page(new="search", doc=document)
    assert field(again.text_input, "budget:params").value == "100,000"


def has_refusal(at: AppTest) -> bool:
    return 'class="cs-field-error"' in texts(at)


def test_numbers_are_pasted_as_they_come(document: str) -> None:
    at = open_page(new="sweep", doc=document, vary="batch_size")
    field(at.text_input, "vary:batch_size").set_value("[16; 32 64, 64]").run()
    assert "<b>3</b> variants" in texts(settled(at))


def test_a_refused_field_of_a_strategy_keeps_the_study_from_starting(document: str) -> None:
    at = open_page(new="search", doc=document, vary="batch_size")
    field(at.number_input, "trials").set_value(0).run()
    assert "received 0" in texts(settled(at))
    assert button(at, "cs-study-start").disabled
    field(at.number_input, "trials").set_value(3).run()
    assert not button(settled(at), "cs-study-start").disabled


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


def test_enough_fresh_seeds_of_a_search_are_one_press_away(document: str) -> None:
    at = open_page(new="search", doc=document, vary="batch_size")
    assert "<b>at most 122</b> trainings" in texts(at)
    field(at.number_input, "fresh_seeds").set_value(6).run()
    settled(at)
    settled(button(at, "cs-study-enough").click().run())
    assert "<b>at most 122</b> trainings" in texts(at)
    assert not has_button(at, "cs-study-enough")


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


def test_a_picture_comes_with_its_first_point_and_curves_wait_for_all_variants(
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
    assert list(figures) == ["Learning curves: validation accuracy"]
    assert len(at.multiselect[0].value) == 3
