"""Runs that stand still: made ready to go on, as they are or changed."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from builder.runs import run_folder
from builder.runs.changes import CHANGES, read_changes
from builder.runs.json_files import write_json
from builder.runs.process_file import PROCESS
from builder.runs.run_folder import Run, current_settings, read
from builder.runs.run_state import STATE, RunState
from builder.runs.status import RunStatus
from builder.runs.ticket_file import TICKET
from builder.scheduler import resuming
from builder.system.errors import BuilderError
from builder.training.settings import TrainingSettings


def standing(home: Path, state: str = "paused", **values: Any) -> Run:
    run = run_folder.create(
        home,
        name="net",
        document_id="",
        architecture_json="{}",
        script="",
        settings=TrainingSettings(epochs=10),
        facts={},
    )
    write_json(run.folder / STATE, RunState(RunStatus(state), **values).values())
    return read(run.folder)


def test_a_run_is_queued_again_where_it_stands(tmp_path: Path) -> None:
    run = standing(tmp_path, epoch=4, epochs=10, batch=7, seconds=3.0, session=2, finished=9.0)
    write_json(run.folder / PROCESS, {"pid": 1})
    before = resuming.prepare(run)
    assert before == run.state
    state = read(run.folder).state
    assert (state.state, state.epoch, state.batch, state.seconds) == ("queued", 4, 7, 3.0)
    assert (state.session, state.finished) == (2, None)
    assert read(run.folder).changes == ()


def test_changes_are_noted_beside_what_was_asked_first(tmp_path: Path) -> None:
    run = standing(tmp_path, epoch=4, epochs=10, batch=7)
    resuming.prepare(run, more_epochs=5, learning_rate=0.01)
    write_json(run.folder / STATE, replace(run.state, epoch=6, batch=1).values())
    resuming.prepare(run, learning_rate=0.002)
    run = read(run.folder)
    assert run.settings == TrainingSettings(epochs=10)
    assert current_settings(run) == TrainingSettings(epochs=15, learning_rate=0.002)
    noted = [(c.epoch, c.batch, c.epochs, c.learning_rate) for c in run.changes]
    assert noted == [(3, 7, 15, 0.01), (5, 1, None, 0.002)]


def test_a_run_that_ended_early_gets_epochs_on_top_of_those_it_trained(tmp_path: Path) -> None:
    run = standing(tmp_path, "finished", epoch=4, epochs=10)
    resuming.prepare(run, more_epochs=2)
    assert read(run.folder).state.epochs == 6


@pytest.mark.parametrize(
    ("state", "changes", "message"),
    [
        ("queued", {}, "resume a run that stands still"),
        ("finished", {}, "ask for more epochs"),
        ("paused", {"more_epochs": -1}, "ask for more epochs"),
        ("paused", {"more_epochs": 1_000_000}, "epochs: received 1000010"),
        ("paused", {"learning_rate": 0.0}, "learning_rate: received 0.0"),
        ("paused", {"learning_rate": float("nan")}, "learning_rate: received nan"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    tmp_path: Path, state: str, changes: Any, message: str
) -> None:
    run = standing(tmp_path, state, epoch=4, epochs=10)
    write_json(run.folder / TICKET, {})
    files = {path: path.read_bytes() for path in run.folder.iterdir()}
    with pytest.raises(BuilderError) as caught:
        resuming.prepare(run, **changes)
    assert message in str(caught.value)
    assert {path: path.read_bytes() for path in run.folder.iterdir()} == files


def test_a_state_that_was_lost_in_a_power_cut_does_not_keep_a_run_from_going_on(
    tmp_path: Path,
) -> None:
    run = standing(tmp_path)
    (run.folder / STATE).write_text("")
    run = read(run.folder)
    assert run.state.state == "damaged"
    resuming.prepare(run, more_epochs=1)
    assert (read(run.folder).state.state, read(run.folder).state.epochs) == ("queued", 11)


def test_a_run_that_was_never_started_can_still_be_started(tmp_path: Path) -> None:
    run = standing(tmp_path, "queued")
    assert resuming.may_go_on(run)


@pytest.mark.parametrize("text", ["{", "[]", '{"version": 1, "changes": [{}]}'])
def test_damaged_changes_make_a_run_damaged(tmp_path: Path, text: str) -> None:
    run = standing(tmp_path)
    (run.folder / CHANGES).write_text(text)
    with pytest.raises(ValueError, match=r".+"):
        read_changes(run.folder)
    assert read(run.folder).state.state == "damaged"
    assert not resuming.may_go_on(read(run.folder))
