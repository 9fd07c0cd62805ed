"""One damaged run: every look at it gives an answer, and all others are as they were."""

import json
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from builder.analysis import evaluation
from builder.analysis.gradients import read_gradients
from builder.analysis.predictions import read_predictions
from builder.analysis.verdicts import judge
from builder.command_line import app
from builder.runs.metrics import MetricsReader
from builder.runs.metrics_writer import MetricsWriter
from builder.runs.overview import Overview, RunList
from builder.runs.run_folder import Run, current_settings, read
from builder.runs.run_state import CONFIG, SCRIPT, STATE, read_state
from builder.scheduler import launcher, queue
from builder.scheduler.occupancy import occupant
from builder.scheduler.starting import start_next
from builder.system.formats import NewerVersionError
from components.run_events import Cursor, Known, news
from components.runs import compare_table, words
from components.runs.rows import rows
from components.train import evaluation as evaluation_part
from components.train import gradients as gradients_part
from components.train import results
from tests.components.fake_run import FakeRun
from tests.runs import damage
from tests.runs.damage import Damage, damaged_copy, whole_run

Look = Callable[[RunList, Path], None]


def look_at_the_list(runs: RunList, damaged: Path) -> None:
    """What is asked of all runs."""
    overviews = runs.overviews()
    assert [known.run.id for known in overviews[1:]] == [damaged.name]
    sound, odd = rows(overviews, [])
    assert sound["state"] == "Finished"
    json.dumps([sound, odd], allow_nan=False).encode()
    assert odd["level"] != "error" or odd["why"], odd
    run = overviews[1].run
    words.change_line(run)
    settings = current_settings(run)
    if settings is not None:
        words.settings_line(settings)
    told, _ = news(damaged, Known(Cursor(10**30, 10**30)))
    assert told.state is not None
    occupant([run], "auto", [])


def look_everywhere(runs: RunList, damaged: Path) -> None:
    """The same, and what is asked of the one that is shown."""
    look_at_the_list(runs, damaged)
    overviews = runs.overviews()
    epochs = [MetricsReader(known.run.folder).epochs() for known in overviews]
    compared = compare_table.table(overviews, epochs, 0)
    compare_table.to_html(compared)
    compare_table.to_csv(compared).encode()
    news(damaged, Known(Cursor()))
    list(MetricsReader(damaged).batches())
    known: Overview = overviews[1]
    results.downloads(known.run)
    results._figures(known, epochs[1])
    if epochs[1]:
        results._table(epochs[1], known.outcome.best_epoch, None)
    flow = read_gradients(damaged)
    if flow is not None and len(flow.norms):
        gradients_part._heat_map(flow, judge(flow))
    look_at_the_evaluation(known.run)


def look_at_the_evaluation(run: Run) -> None:
    rows_of_images = read_predictions(run.folder)
    found = evaluation.load(run.folder)
    if found is None or not found.num_images:
        return
    names = evaluation_part.class_names(run, found.num_classes)
    evaluation_part._matrix(found, names)
    evaluation_part._classes(evaluation.class_figures(found.confusion), names)
    evaluation_part._mistakes(found, names, rows_of_images)


def problems(home: Path, kinds: Iterable[tuple[str, Damage]], whole: FakeRun, look: Look) -> str:
    """What breaks at a look at a run that is damaged in each of these ways; one after the other."""
    runs = RunList(home)
    assert rows(runs.overviews(), [])[0]["level"] == "good"
    found: list[str] = []
    for number, (name, spoil) in enumerate(kinds):
        folder = damaged_copy(whole, number, spoil)
        try:
            look(runs, folder)
        except Exception as error:  # noqa: BLE001  all of them are told at once
            found.append(f"{name}: {type(error).__name__} {str(error)[:200]}")
        shutil.rmtree(folder)
    return "\n".join(found)


def test_a_run_with_a_damaged_file_takes_nothing_else_down(home: Path) -> None:
    whole = whole_run(home)
    assert problems(home, damage.of_files(), whole, look_everywhere) == ""


def test_a_run_with_a_value_of_another_kind_takes_nothing_else_down(home: Path) -> None:
    whole = whole_run(home)
    assert problems(home, damage.of_values(whole.folder), whole, look_at_the_list) == ""


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        (CONFIG, '{"version": 0}', "configuration of a run: received version 0, expected 1 to 2"),
        (CONFIG, "", "it is empty"),
        (STATE, '{"state": "dancing"}', "state: received 'dancing', expected one of damaged, f"),
        (STATE, '{"state": "finished", "epoch": -1}', "epoch: received -1, expected a number of"),
        (STATE, '{"state": "finished", "seconds": NaN}', "a number in it is not finite"),
        (
            STATE,
            '{"state": "finished", "results": {"best": "x"}}',
            "results: best: received 'x', expected",
        ),
        (damage.CHANGES, "[]", "not a JSON object"),
    ],
)
def test_what_cannot_be_read_is_reported_with_the_file_and_the_reason(
    home: Path, name: str, content: str, why: str
) -> None:
    whole = whole_run(home)
    (whole.folder / name).write_text(content)
    run = read(whole.folder)
    assert run.state.state == "damaged"
    assert run.state.message.startswith(f"{name} cannot be read: {why}")
    told = CliRunner().invoke(app, ["runs"])
    assert told.exit_code == 0
    assert f"{run.id} is damaged: {name} cannot be read: {why}" in told.stderr
    (row,) = rows(RunList(home).overviews(), [])
    assert (row["state"], row["why"]) == ("Damaged", run.state.message)


def test_a_run_of_a_later_version_is_reported_as_such(home: Path) -> None:
    whole = whole_run(home)
    (whole.folder / CONFIG).write_text('{"version": 9}')
    told = CliRunner().invoke(app, ["runs"])
    assert f"{whole.id} is newer: {CONFIG} cannot be read: " in told.stderr
    assert "update Convstack" in told.stderr
    (row,) = rows(RunList(home).overviews(), [])
    assert (row["state"], row["level"]) == ("Newer", "error")


def test_metrics_of_a_later_version_are_reported_and_not_written_to(home: Path) -> None:
    whole = whole_run(home)
    damage._run_sql("UPDATE info SET value = 9 WHERE key = 'version'", whole.folder)
    (known,) = RunList(home).overviews()
    assert "metrics of a run: received version 9, expected 1; update Convstack" in known.damage
    assert MetricsReader(whole.folder).epochs() == ()
    with pytest.raises(NewerVersionError):
        MetricsWriter(whole.folder, num_batches=3, batch_size=1, num_images=3)


def test_an_evaluation_of_a_later_version_says_so(home: Path) -> None:
    whole = whole_run(home)
    assert evaluation.why_unreadable(whole.folder) == ""
    np.savez(whole.folder / evaluation.EVALUATION, version=np.array(9))
    assert evaluation.load(whole.folder) is None
    assert "received version 9, expected 1 to 2" in evaluation.why_unreadable(whole.folder)
    (whole.folder / evaluation.EVALUATION).write_bytes(b"PK")
    assert evaluation.why_unreadable(whole.folder) == "it is damaged or too large"


def test_metrics_that_cannot_be_read_are_reported_and_the_others_are_kept(home: Path) -> None:
    whole = whole_run(home)
    damage._run_sql("UPDATE epochs SET metrics = '[1]' WHERE epoch = 1", whole.folder)
    damage._run_sql("UPDATE batches SET metrics = '[]' WHERE step = 2", whole.folder)
    (known,) = RunList(home).overviews()
    assert known.damage == "metrics.sqlite cannot be read: epoch 1 has no metrics that are numbers"
    (row,) = rows([known], [])
    assert (row["state"], row["level"], row["why"]) == ("Finished, damaged", "error", known.damage)
    reader = MetricsReader(whole.folder)
    assert [epoch.epoch for epoch in reader.epochs()] == [2]
    assert reader.points().steps == (0, 1, 3, 4, 5)


def test_a_script_that_is_no_text_lets_the_next_run_of_the_queue_come(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = [FakeRun(home) for _ in range(2)]
    for run in runs:
        run.state("queued")
        run.vanish()
        with queue.locked(home):
            queue.join(home, read(run.folder))
    (runs[0].folder / SCRIPT).write_bytes(b"\xff\xfe")
    started: list[str] = []
    sound = launcher.start

    def start(run: Run, ended: object) -> int:
        if run.id == runs[0].id:
            return sound(run)
        started.append(run.id)
        return 0

    monkeypatch.setattr(launcher, "start", start)
    start_next(home, [])
    start_next(home, [])
    assert read_state(runs[0].folder).state == "failed"
    assert started == [runs[1].id]
