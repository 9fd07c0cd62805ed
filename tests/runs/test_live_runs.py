"""The runs that are live: read once where nothing can have changed, and never missed."""

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from builder.runs import live_runs as module
from builder.runs.json_files import write_json
from builder.runs.live_runs import live_runs
from builder.runs.process_file import PROCESS
from builder.runs.run_folder import Run, list_runs, read
from builder.runs.run_state import RunState, write_state
from builder.runs.status import RunStatus
from builder.runs.ticket_file import TICKET, write_ticket
from builder.scheduler import queue
from builder.scheduler.new_run import new_run
from builder.training.settings import TrainingSettings
from tests.studies.search_cases import NETWORK

NUMBER = 6


@pytest.fixture
def waiting(tmp_path: Path) -> list[Run]:
    """Runs that wait; the first in the queue is the last that was made."""
    made = [new_run(tmp_path, NETWORK, TrainingSettings()) for _ in range(NUMBER)]
    for number, run in enumerate(made):
        write_state(run.folder, RunState(RunStatus.QUEUED))
        write_ticket(run.folder, {"number": NUMBER - number, "before": None})
        age(run)
    return made


def age(run: Run) -> None:
    """Makes as if a run's files had been written a second ago."""
    before = time.time() - 1 - read(run.folder).folder.stat().st_mtime % 1
    os.utime(run.folder, (before, before))


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The runs that are read."""
    found: list[str] = []

    def counted(folder: Path) -> Run:
        found.append(folder.name)
        return read(folder)

    monkeypatch.setattr(module, "read", counted)
    return found


def test_waiting_runs_are_read_once(tmp_path: Path, waiting: list[Run], reads: list[str]) -> None:
    for _ in range(3):
        assert [run.id for run in queue.waiting(live_runs(tmp_path))] == [
            run.id for run in reversed(waiting)
        ]
    assert sorted(reads) == sorted(run.id for run in waiting)


def test_what_was_written_is_read_anew(
    tmp_path: Path, waiting: list[Run], reads: list[str]
) -> None:
    live_runs(tmp_path)
    reads.clear()
    queue.move(tmp_path, waiting[0].id, -NUMBER)
    assert next(iter(queue.waiting(live_runs(tmp_path)))).id == waiting[0].id
    queue.take_out(tmp_path, waiting[1])
    assert waiting[1].id not in {run.id for run in live_runs(tmp_path)}
    assert set(reads) <= {run.id for run in waiting}


def test_a_run_that_trains_is_read_each_time(
    tmp_path: Path, waiting: list[Run], reads: list[str]
) -> None:
    run = waiting[0]
    (run.folder / TICKET).unlink()
    write_json(run.folder / PROCESS, {"pid": 2**22 - 1})
    age(run)
    for _ in range(2):
        live = {each.id: each for each in live_runs(tmp_path)}
        assert live[run.id].state.state is RunStatus.LOST
    assert reads.count(run.id) == 2


def test_what_has_ended_is_left_out_and_not_read_again(
    tmp_path: Path, waiting: list[Run], reads: list[str]
) -> None:
    for run in waiting:
        (run.folder / TICKET).unlink()
        write_state(run.folder, replace(read(run.folder).state, state=RunStatus.FINISHED))
        age(run)
    assert live_runs(tmp_path) == live_runs(tmp_path) == []
    assert len(reads) == NUMBER
    assert len(list_runs(tmp_path)) == NUMBER


def test_a_change_within_the_clocks_tick_is_not_missed(
    tmp_path: Path, waiting: list[Run], reads: list[str]
) -> None:
    """What was written a moment ago may be written again without a later time."""
    run = waiting[0]
    now = time.time_ns()
    os.utime(run.folder, ns=(now, now))
    assert run.id in {each.id for each in live_runs(tmp_path)}
    write_state(run.folder, RunState(RunStatus.STOPPED))
    os.utime(run.folder, ns=(now, now))
    assert run.id not in {each.id for each in live_runs(tmp_path)}


def test_no_runs_are_no_error(tmp_path: Path) -> None:
    assert live_runs(tmp_path) == []
