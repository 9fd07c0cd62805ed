"""The Runs page, driven without a browser."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from builder.actions.trash import contents
from builder.blocks.catalogue import block_type
from builder.datasets.own_images import shelf
from builder.documents.document_store import DocumentStore
from builder.gallery import TEMPLATES
from builder.network.edits import add, set_parameters
from builder.runs.run_folder import list_runs
from builder.runs.run_state import CONFIG
from builder.scheduler.new_run import new_run
from builder.studies.conductor import conduct
from builder.training.settings import TrainingSettings
from components import trash
from components.runs import page
from components.runs.table import Done, ticked
from tests.components.driven import opened, settled, texts
from tests.components.fake_run import FakeRun
from tests.datasets.given import kept, two_classes, write_zip
from tests.studies.fake_trainings import ask, stand_in


class Table:
    """Stands in for the component: keeps what it was given and does what a person would."""

    def __init__(self) -> None:
        self.rows: list[Mapping[str, Any]] = []
        self.does = Done()

    def __call__(
        self, rows: Sequence[Mapping[str, Any]], chosen: Sequence[str], *, most: int, key: str
    ) -> Done:
        self.rows = list(rows)
        done, self.does = self.does, Done()
        return done


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Table:
    made = Table()
    monkeypatch.setattr(page, "table", made)
    return made


@pytest.fixture
def finished(home: Path) -> Callable[..., FakeRun]:
    def make(epochs: int = 3) -> FakeRun:
        with FakeRun(home, epochs=epochs, batches=4) as run:
            run.train()
            run.end()
        return run

    return make


def open_page() -> AppTest:
    return opened("runs")


def tick(at: AppTest, *runs: FakeRun) -> AppTest:
    at.session_state[page.TABLE] = {"ticked": [run.id for run in runs]}
    return settled(at.run())


def test_without_runs_it_says_what_to_do_first(home: Path) -> None:
    assert "Start a training on the Train page" in texts(open_page())


def test_a_row_says_all_that_matters(
    table: Table, finished: Callable[..., FakeRun], home: Path
) -> None:
    run = finished()
    assert "<b>1 run</b>" in (words := texts(open_page()))
    assert "Tick" not in words, "there is nothing to compare it with"
    (row,) = table.rows
    assert row["id"] == run.id
    assert (row["name"], row["state"], row["level"]) == ("Small residual", "Finished", "good")
    assert (row["data"], row["params"]) == ("Handwritten digits", "298 k")
    assert row["params_exact"] == "297,697"
    assert row["time"] == "2 min 05 s"
    assert re.fullmatch(r"\d\d\.\d %", row["best"])
    assert len(row["curve"]) == 3
    assert "Adam 0.001 · 3 epochs · batch 32 · seed 0" in row["settings"]


def test_a_row_counts_the_epochs_of_a_run_that_went_on(
    table: Table, finished: Callable[..., FakeRun]
) -> None:
    run = finished()
    run.state("finished", epochs=5)
    open_page()
    (row,) = table.rows
    assert "5 epochs" in row["settings"]


def test_an_active_run_shows_how_far_it_is_and_cannot_be_deleted(home: Path, table: Table) -> None:
    with FakeRun(home, epochs=4, batches=5) as run:
        run.train(6)
        at = open_page()
        (row,) = table.rows
        assert row["state"] == "Epoch 2 of 4"
        assert row["progress"] == pytest.approx(0.3)
        assert row["active"]
        assert "1 training" in texts(at)
        table.does = Done(delete=(run.id,))
        at.run()
        assert "is still training" in at.toast[0].value.replace("\\", "")
        assert [known.id for known in list_runs(home)] == [run.id]


def test_a_damaged_run_is_listed_with_the_reason(
    home: Path, table: Table, finished: Callable[..., FakeRun]
) -> None:
    run = finished()
    (run.folder / CONFIG).write_text("{")
    open_page()
    assert (table.rows[0]["state"], table.rows[0]["level"]) == ("Damaged", "error")
    assert table.rows[0]["why"].startswith("config.json cannot be read")


def test_a_deleted_run_can_be_brought_back(
    home: Path, table: Table, finished: Callable[..., FakeRun]
) -> None:
    kept, deleted = finished(), finished()
    at = open_page()
    table.does = Done(delete=(deleted.id,))
    settled(at.run())
    assert [row["id"] for row in table.rows] == [kept.id]
    assert "Deleted <b>Small residual</b>" in texts(at)
    undo = next(b for b in at.button if b.key == "cs-deleted-undo")
    settled(undo.click().run())
    assert {row["id"] for row in table.rows} == {kept.id, deleted.id}
    assert "Deleted" not in texts(at)


def press(at: AppTest, key: str) -> AppTest:
    return settled(next(found for found in at.button if found.key == key).click().run())


def test_deleted_runs_go_for_good_one_by_one_or_all_and_say_what_they_free(
    home: Path,
    table: Table,
    finished: Callable[..., FakeRun],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(trash, "_DOUBLE_CLICK_SECONDS", 0.0)
    first, second, third = finished(), finished(), finished()
    document = DocumentStore(home).create(TEMPLATES["lenet5"].architecture)
    at = open_page()
    assert all(found.key != "cs-trash-button" for found in at.button), "it is empty"
    table.does = Done(delete=(first.id,))
    settled(at.run())
    label = next(found.label for found in at.button if found.key == "cs-deleted-purge")
    assert re.fullmatch(r"Delete for good, frees \d+ kB", label)
    press(press(at, "cs-deleted-purge"), "cs-deleted-purge-no")
    assert [item.id for item in contents(home)] == [first.id], "Keep keeps it"
    press(press(at, "cs-deleted-purge"), "cs-deleted-purge-yes")
    assert contents(home) == []
    assert "Deleted" not in texts(at)
    DocumentStore(home).delete(document.id)
    table.does = Done(delete=(second.id, third.id))
    settled(at.run())
    press(at, "cs-trash-button")
    assert "3 items. What was deleted 30 days ago is removed automatically." in texts(at)
    press(at, f"cs-restore-{second.id}")
    assert {row["id"] for row in table.rows} == {second.id}
    press(press(at, "cs-trash-empty"), "cs-trash-empty-yes")
    assert contents(home) == []
    assert "The trash is empty." in texts(at)
    assert all(found.key != "cs-deleted-undo" for found in at.button), "nothing is left to undo"


def test_a_click_on_a_row_opens_its_run(
    home: Path, table: Table, finished: Callable[..., FakeRun]
) -> None:
    run = finished()
    at = open_page()
    table.does = Done(open=run.id)
    settled(at.run())
    assert at.query_params["run"] == run.id
    assert "best validation accuracy" in texts(at)


def test_one_tick_is_not_yet_a_comparison(
    home: Path, table: Table, finished: Callable[..., FakeRun]
) -> None:
    one, _ = finished(), finished()
    assert "Tick two or more to compare them." in texts(open_page())
    at = tick(open_page(), one)
    assert "Tick one more to compare." in texts(at)
    assert "What differs" not in texts(at)


def test_two_ticks_compare_what_differs(
    home: Path, table: Table, finished: Callable[..., FakeRun]
) -> None:
    one, other = finished(3), finished(5)
    at = tick(open_page(), other, one)
    letters = {row["id"]: row["letter"] for row in table.rows}
    assert letters == {other.id: "A", one.id: "B"}
    shown = texts(at)
    assert "<td>epochs</td><td>5</td><td>3</td>" in shown
    assert "<td>best epoch</td><td>5</td><td>3 <small>−2</small></td>" in shown
    assert "<td>batch_size</td>" not in shown
    assert "<td>seed</td>" not in shown
    assert "<td>images/s</td>" not in shown, "it is not known of either"


def test_results_are_compared_with_the_baseline_that_was_chosen(
    home: Path, table: Table, finished: Callable[..., FakeRun]
) -> None:
    one, other = finished(3), finished(5)
    at = tick(open_page(), one, other)
    box = next(box for box in at.selectbox if box.label == "Baseline")
    assert box.options == ["A  Small residual", "B  Small residual"]
    shown = texts(settled(box.select_index(1).run()))
    assert "<td>best epoch</td><td>3 <small>−2</small></td><td>5</td>" in shown
    assert "B</i>Small residual<small>baseline</small></th>" in shown


def test_networks_that_differ_are_compared_node_by_node(home: Path, table: Table) -> None:
    narrow = TEMPLATES["se_residual_digits"].architecture
    wide = set_parameters(narrow, "residual_block_1", {"filters": 48})
    other = add(wide, block_type("Dropout").create({"rate": 0.25}), "residual_block_1")
    asked = (narrow, TrainingSettings(epochs=3)), (other, TrainingSettings(epochs=4))
    made = [new_run(home, architecture, settings) for architecture, settings in asked]
    at = open_page()
    at.session_state[page.TABLE] = {"ticked": [run.id for run in made]}
    shown = texts(settled(at.run()))
    settings, network = shown.index(">Settings</th>"), shown.index(">Network</th>")
    assert settings < shown.index("<td>epochs</td><td>3</td><td>4</td>") < network
    assert network < shown.index("<td>residual_block_1.filters</td><td>32</td><td>48</td>")
    assert "<td>dropout_2</td><td>–</td><td>Dropout</td>" in shown
    assert "squeeze_excitation_1.inputs</td><td>residual_block_1</td><td>dropout_2</td>" in shown


def test_data_are_compared_by_their_names(home: Path, table: Table, tmp_path: Path) -> None:
    network = TEMPLATES["se_residual_digits"].architecture
    owns = [
        kept(write_zip(tmp_path / "colors.zip", two_classes(number)), home).dataset
        for number in (6, 8)
    ]
    digits, one, other = (
        new_run(home, network, TrainingSettings(dataset=name))
        for name in ("digits", *(f"own:{own.id}" for own in owns))
    )
    at = open_page()
    at.session_state[page.TABLE] = {"ticked": [digits.id, one.id]}
    shown = texts(settled(at.run()))
    assert "<td>dataset</td><td>Handwritten digits</td><td>colors, 12 images</td>" in shown
    at.session_state[page.TABLE] = {"ticked": [one.id, other.id]}
    alike = "<td>dataset</td><td>colors, 12 images</td><td>colors, 16 images</td>"
    assert alike in texts(settled(at.run()))
    for own in owns:  # of data that are gone only the title was kept
        shelf.delete(home, own.id)
    gone = [f"<td>colors (own:{own.id})</td>" for own in owns]
    assert f"<td>dataset</td>{''.join(gone)}" in texts(settled(at.run()))


def test_equal_settings_are_said_to_be_the_same(home: Path, table: Table) -> None:
    made = [
        new_run(home, TEMPLATES["se_residual_digits"].architecture, TrainingSettings())
        for _ in range(2)
    ]
    at = open_page()
    at.session_state[page.TABLE] = {"ticked": [run.id for run in made]}
    shown = texts(settled(at.run()))
    assert "<td>settings and network</td><td>the same</td>" in shown
    assert "No epoch has ended in A, B." in shown


def test_ticks_of_runs_that_are_gone_are_forgotten(
    home: Path, table: Table, finished: Callable[..., FakeRun]
) -> None:
    one = finished()
    at = open_page()
    at.session_state[page.TABLE] = {"ticked": ["gone", one.id]}
    assert "What differs" not in texts(settled(at.run()))


@pytest.mark.parametrize("hostile", [None, 7, "x", {"ticked": 7}, {"ticked": [7, None, "a"]}])
def test_what_a_browser_sends_is_checked(hostile: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streamlit.session_state", {"t": hostile})
    assert ticked("t") == (("a",) if hostile == {"ticked": [7, None, "a"]} else ())


def test_runs_of_a_study_stand_below_its_row_which_leads_to_it(
    home: Path, table: Table, monkeypatch: pytest.MonkeyPatch, finished: Callable[..., FakeRun]
) -> None:
    stand_in(monkeypatch)
    alone = finished()
    study = ask(home, seeds=1)
    conduct(study.folder, 0)
    at = open_page()
    by_id = {row["id"]: row for row in table.rows}
    group = by_id[study.id]
    assert (group["runs"], group["state"], group["level"]) == (3, "3 of 3 finished", "good")
    members = [row["id"] for row in table.rows if row["parent"] == study.id]
    assert len(members) == 3
    place = [row["id"] for row in table.rows].index(study.id)
    assert [row["id"] for row in table.rows[place + 1 : place + 4]] == members
    assert by_id[alone.id]["parent"] == ""
    table.does = Done(open=study.id)
    settled(at.run())
    assert at.query_params["study"] == study.id


def test_runs_whose_study_is_gone_stand_by_themselves(
    home: Path, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(monkeypatch)
    study = ask(home, seeds=1)
    conduct(study.folder, 0)
    (study.folder / "study.json").write_text("{")
    open_page()
    assert [row["parent"] for row in table.rows] == ["", "", ""]
