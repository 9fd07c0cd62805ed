"""A study in a process of its own, with real trainings: killed, taken up again, and done.

`make soak` does so at many moments.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from builder.actions import studies as actions
from builder.runs.metrics import MetricsReader
from builder.runs.run_folder import list_runs
from builder.studies import study_folder
from builder.studies.study import Place
from tests.studies.real_cases import faults, is_over, planned, process_of, worker_of

pytestmark = pytest.mark.keras

PATIENCE = 240.0
T = TypeVar("T")


def until(reached: Callable[[], T | None]) -> T:
    deadline = time.monotonic() + PATIENCE
    while not (found := reached()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


def test_a_killed_study_goes_on_and_trains_nothing_twice(tmp_path: Path) -> None:
    """Its process is killed when the first training begins, and then the worker of one."""
    study = actions.start(tmp_path, planned(seeds=1, epochs=1))
    until(lambda: list_runs(tmp_path))
    until(lambda: process_of(study)).kill()
    until(lambda: not study_folder.is_conducted(study))
    assert [found.id for found in actions.revive(tmp_path)] == [study.id]
    until(lambda: worker_of(tmp_path)).kill()
    until(lambda: is_over(study))
    assert list(faults(study, tmp_path)) == []
    known = study_folder.results(study)
    assert known is not None
    for run in list_runs(tmp_path):
        place = Place.of(run)
        assert place is not None
        (epoch,) = MetricsReader(run.folder).epochs()
        assert known.variants[place.variant].runs[5].value == epoch.metrics["val_accuracy"]
