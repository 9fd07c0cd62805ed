"""A study in a process of its own, with real trainings: killed, taken up again, and done."""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from builder.actions import studies as actions
from builder.gallery.template import block, stack
from builder.runs.metrics import MetricsReader
from builder.runs.run_folder import list_runs
from builder.studies import study_folder
from builder.studies.asked import Place, Question, Standing, Study
from builder.training.settings import TrainingSettings

pytestmark = pytest.mark.keras

NETWORK = stack(
    "tiny",
    block("Input", shape=(8, 8, 1)),
    block("Rescaling", 1 / 16),
    block("residual_block", 4),
    block("GlobalAveragePooling2D"),
    block("Dense", 10, activation="softmax"),
)
PATIENCE = 240.0


def until(reached: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def process_of(study: Study) -> psutil.Process | None:
    for process in psutil.process_iter(["cmdline"]):
        command = process.info["cmdline"] or []
        if "builder.studies" in command and command[-1] == str(study.folder):
            return process
    return None


def is_done(study: Study) -> bool:
    known = study_folder.results(study)
    return known is not None and known.standing is Standing.DONE


def test_a_killed_study_goes_on_and_trains_nothing_twice(tmp_path: Path) -> None:
    settings = TrainingSettings(epochs=1, batch_size=128, device="cpu")
    factors = actions.ablation(NETWORK)
    planned = actions.plan(NETWORK, settings, factors, [5], question=Question.ABLATION)
    study = actions.start(tmp_path, planned)
    until(lambda: list_runs(tmp_path))
    killed = process_of(study)
    assert killed is not None
    os.kill(killed.pid, signal.SIGKILL)
    until(lambda: not study_folder.is_conducted(study))
    assert [found.id for found in actions.revive(tmp_path)] == [study.id]
    until(lambda: is_done(study))
    until(lambda: process_of(study) is None)
    runs = {place: run for run in list_runs(tmp_path) if (place := Place.of(run))}
    assert Counter(Place.of(run) for run in list_runs(tmp_path)) == {
        Place(study.id, variant.key, 5): 1 for variant in study.trained
    }
    known = study_folder.results(study)
    assert known is not None
    for place, run in runs.items():
        assert run.state.state == "finished"
        assert run.settings is not None
        assert run.settings.seed == 5
        (epoch,) = MetricsReader(run.folder).epochs()
        value = known.variants[place.variant].runs[5].value
        assert value == epoch.metrics["val_accuracy"]
