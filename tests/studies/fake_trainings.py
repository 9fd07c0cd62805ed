"""Studies whose trainings end at once."""

from collections.abc import Callable
from pathlib import Path

import pytest

from builder.actions import studies as actions
from builder.gallery import TEMPLATES
from builder.runs.json_files import write_json
from builder.runs.metrics_writer import MetricsWriter
from builder.runs.process_file import PROCESS
from builder.runs.run_folder import Run
from builder.runs.run_state import RunState, write_state
from builder.runs.status import RunStatus
from builder.scheduler import forking, launcher, warm
from builder.studies import conductor, study_folder
from builder.studies.factors import Without
from builder.studies.study import Place, Question, Study
from builder.system.devices import Device
from builder.training.settings import LOCAL, TrainingSettings
from builder.transforms.ablation.kinds import PartKind

NETWORK = TEMPLATES["se_residual_digits"].architecture
CPU = (Device("auto", "Automatic"), Device("cpu", "CPU"))


class KilledError(BaseException):
    """Stands for a signal that no code hears."""


class Worker:
    """Stands for the trainings: each ends at once, with an accuracy that its variant gives."""

    def __init__(self) -> None:
        self.started: list[Place] = []
        self.ends_as = RunStatus.FINISHED
        self.kills: set[str] = set()
        self.accuracy_of_training: float | None = None
        self.before: Callable[[Run], None] = lambda run: None
        self.accuracy: Callable[[Run], float] = _accuracy

    def start(self, run: Run, _ended: object = None) -> int:
        self._killed("before")
        self.before(run)
        write_json(run.folder / PROCESS, {"pid": 2**22 - 1})
        place = Place.of(run)
        if place is not None:
            self.started.append(place)
        self._killed("started")
        accuracy = self.accuracy(run)
        with MetricsWriter(run.folder, 1, 32, 32) as metrics:
            metrics.add_epoch(1, {"loss": 0.5, "val_accuracy": accuracy - 0.1})
            told = self.accuracy_of_training
            last = {"loss": 0.4, "val_accuracy": accuracy}
            metrics.add_epoch(2, last if told is None else last | {"accuracy": told})
        state = self.ends_as
        write_state(run.folder, RunState(state, epochs=2, epoch=2))
        self._killed("ended")
        return 2**22 - 1

    def _killed(self, when: str) -> None:
        if when in self.kills:
            self.kills.discard(when)
            raise KilledError


def _accuracy(run: Run) -> float:
    """0.9 of the base and 0.5 of all others, and a little more with each seed."""
    place = Place.of(run)
    accuracy = 0.9 if place and place.variant == "base" else 0.5
    return accuracy + 0.001 * (place.seed if place else 0)


def stand_in(monkeypatch: pytest.MonkeyPatch) -> Worker:
    """Has trainings end at once, in this process."""
    made = Worker()
    monkeypatch.setattr(launcher, "start", made.start)
    monkeypatch.setattr(conductor, "devices", lambda: CPU)
    monkeypatch.setattr(warm.workers, "prepare", lambda environment: None)
    for workers in (warm.workers, forking.workers):  # a conductor allows them; restored later
        monkeypatch.setattr(workers, "allowed", False)
    return made


def ask(home: Path, seeds: int = 2, run_on: str = LOCAL, **options: object) -> Study:
    factors = [Without.create({"part": kind}) for kind in (PartKind.SHORTCUT, PartKind.DROPOUT)]
    planned = actions.plan(
        NETWORK,
        TrainingSettings(epochs=2, run_on=run_on),
        factors,
        range(seeds),
        question=Question.ABLATION,
        **options,  # pyright: ignore[reportArgumentType]
    )
    return study_folder.create(home, planned)
