"""Starting the trainings of a study, one at a time, where a device is free for it.

A training that a person starts goes first: a study starts one only if its device is free and no run
waits for it.
"""

import logging
from dataclasses import replace
from functools import partial
from pathlib import Path

from builder.network.inference import infer
from builder.runs.overview import RunList
from builder.runs.run_folder import Run
from builder.runs.status import RunStatus
from builder.scheduler import forking, launcher, warm
from builder.scheduler.new_run import new_run
from builder.scheduler.occupancy import device_of, is_taken
from builder.scheduler.resuming import is_forgotten
from builder.scheduler.starting import begin_if_free, go_on
from builder.studies.deleted import Plan
from builder.studies.naming import variant_name
from builder.studies.study import Place, Standing, Study
from builder.studies.variants import Variant
from builder.system.devices import Device, resolved
from builder.system.disk_errors import reason
from builder.system.errors import BuilderError, Problem
from builder.system.locks import BusyError

MOST_RESUMES = 3
"""How often a lost run of a study is resumed before it counts as failed."""

Step = tuple[Standing, str]
"""How a study stands after something was done, and why where that is not plain."""

log = logging.getLogger("convstack.study")


class Trainings:
    """Starts the trainings of a study, and resumes those that were lost or paused.

    Attributes:
        refused: Why trainings could not be started.
        started: The run that was started last.

    Args:
        home: The data folder.
        runs: All runs.
        machine: The devices of this machine.
        paused_before: The ids of runs that were paused before this process started.
    """

    def __init__(
        self, home: Path, runs: RunList, machine: list[Device], paused_before: set[str]
    ) -> None:
        self._home = home
        self._runs = runs
        self._machine = machine
        self._paused_before = paused_before
        self._resumes: dict[str, int] = {}
        self.refused: dict[Plan, Problem] = {}
        self.started: Run | None = None

    def start(self, study: Study, variant: Variant, seed: int) -> Step:
        """Starts a new training, unless its device is taken or it is refused."""
        place = variant.settings.place
        if is_taken(self._runs.runs(), place, self._machine):
            return Standing.WAITING, ""
        self._forks(place)
        make = partial(_run_of, self._home, study, variant, seed)
        try:
            made = begin_if_free(self._home, make, place, self._machine)
        except BusyError:
            return Standing.WAITING, ""
        except OSError as error:
            return Standing.HELD_UP, reason(error)
        except BuilderError as error:  # the data are gone, or do not fit the network
            self.refused[variant.key, seed] = error.problem
            log.error("%s, seed %d, cannot be trained: %s", variant.title, seed, error)
            return Standing.RUNNING, ""
        self.started = made or self.started
        return (Standing.RUNNING if made else Standing.WAITING), ""

    def should_go_on(self, run: Run) -> bool:
        """Whether a run was lost, never began, or was paused before this process started."""
        if is_forgotten(run):
            return True
        if run.state.state == RunStatus.LOST:
            return self._resumes.get(run.id, 0) < MOST_RESUMES
        return run.state.state == RunStatus.PAUSED and run.id in self._paused_before

    def resume(self, run: Run, plan: Plan, more_epochs: int = 0) -> Step:
        """Lets a training go on, for more epochs than were planned perhaps."""
        place = device_of(run, self._machine)
        if is_taken(self._others(run), place, self._machine):
            return Standing.WAITING, ""
        self._forks(place)
        self._resumes[run.id] = self._resumes.get(run.id, 0) + 1
        self._paused_before.discard(run.id)
        try:
            self.started = go_on(self._home, run, self._machine, more_epochs=more_epochs)
        except OSError as error:
            log.error("%s cannot go on: %s", run.name, reason(error))
        except BuilderError as error:
            self.refused[plan] = error.problem
            log.error("%s cannot go on: %s", run.name, error)
        return Standing.RUNNING, ""

    def _others(self, run: Run) -> list[Run]:
        return [other for other in self._runs.runs() if other.id != run.id]

    def make_ready(self, variant: Variant) -> None:
        """Lets a worker import what a variant's training needs while another one trains."""
        if variant.architecture is not None and variant.settings.is_local:
            device = variant.settings.device
            if not self._forks(device):
                breaks = infer(variant.architecture).breaks_onednn
                warm.workers.prepare(launcher.environment(device, breaks_onednn=breaks))

    def _forks(self, device: str) -> bool:
        """Whether the workers of a device are forked from one that has Keras imported."""
        forking.workers.allowed = resolved(device, self._machine) == "cpu"
        return forking.workers.allowed


def _run_of(home: Path, study: Study, variant: Variant, seed: int) -> Run:
    assert variant.architecture is not None
    name = variant_name(study.architecture.name, variant.title, ": ")
    architecture = replace(variant.architecture, name=name)
    epochs = study.first_epochs(variant, seed)
    settings = replace(variant.settings, seed=seed, epochs=epochs)
    place = Place(study.id, variant.key, seed)
    return new_run(home, architecture, settings, study.document_id, place.fact())
