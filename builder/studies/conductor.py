"""The process of a study: it starts one training after another until all are done.

Its whole state is on disk. Killed at any moment and started again, it recognizes its runs by their
own files and goes on: nothing is lost and nothing is trained twice. Its runs are ordinary ones.
"""

import contextlib
import logging
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from builder.runs.overview import RunList
from builder.runs.run_folder import Run
from builder.runs.run_state import living_pid
from builder.runs.status import RunStatus
from builder.scheduler import hosts, launcher, queue, warm
from builder.scheduler.resuming import is_forgotten
from builder.studies.deleted import Plan, as_deleted, outcomes
from builder.studies.outcome import RunOutcome
from builder.studies.results import mean_objective, runs_of, summarize
from builder.studies.study import Standing, Study, Wanted
from builder.studies.study_folder import (
    LOCK,
    STUDIES,
    read,
    results,
    want,
    wanted,
    write_results,
)
from builder.studies.trainings import Step, Trainings
from builder.studies.variants import Variant
from builder.system.devices import devices
from builder.system.disk_errors import reason
from builder.system.locks import BusyError, locked

if TYPE_CHECKING:
    from builder.studies.searching import Search, Trained

LOOK_SECONDS = 0.25
_PATIENCE = 5.0

log = logging.getLogger("convstack.study")


def conduct(folder: Path, look_seconds: float = LOOK_SECONDS) -> bool:
    """Conducts a study until it is done, or a person wants it to pause or stop.

    Args:
        folder: The study's folder.
        look_seconds: Between two looks at its runs.

    Returns:
        Whether the study was conducted; False where another process does so already.

    Raises:
        StudyError: The study cannot be read.
    """
    try:
        with locked(folder / LOCK, _PATIENCE):
            _Conductor(folder, look_seconds).run()
    except BusyError:
        return False
    return True


class _Conductor:
    def __init__(self, folder: Path, look_seconds: float) -> None:
        if folder.parent.name != STUDIES:
            raise ValueError(f"{folder} is not in a data folder")
        self._folder = folder
        self._home = folder.parents[1]
        self._look_seconds = look_seconds
        self._runs = RunList(self._home)
        self._seen: object = None
        self._search: Search | None = None
        study = read(folder)
        before = runs_of(study, self._runs.overviews()).values()
        paused = {run.id for run in before if run.state.state is RunStatus.PAUSED}
        self._noted = outcomes(results(study))
        self._deleted: dict[Plan, RunOutcome] = {}
        self._trainings = Trainings(self._home, self._runs, list(devices()), paused)
        warm.workers.allowed = True

    def run(self) -> None:
        """Reads the state, takes one step and writes the results, again and again."""
        while True:
            study = read(self._folder)
            runs = self._look(study)
            wish = wanted(study)
            if wish in (Wanted.PAUSED, Wanted.STOPPED):
                self._end(study, runs, wish)
                return
            standing, message = self._next(study, runs)
            if standing in (Standing.DONE, Standing.LEFT) and self._search_on(study, runs):
                continue  # what was proposed is trained next
            self._note(study, runs, standing, message)
            if standing is Standing.DONE and self._is_all(study):
                return
            self._rest()

    def _look(self, study: Study) -> dict[Plan, Run]:
        """The runs of the study as they are now; notices which were deleted since the last look."""
        runs = runs_of(study, self._runs.overviews())
        self._deleted = {
            plan: as_deleted(noted) for plan, noted in self._noted.items() if plan not in runs
        }
        return runs

    def _rest(self) -> None:
        """Waits until the next look, or for the end of the training that was started last."""
        pid = living_pid(self._trainings.started.folder) if self._trainings.started else None
        if pid is None:
            time.sleep(self._look_seconds)
            return
        with contextlib.suppress(psutil.Error):  # it goes on, or has ended already
            psutil.Process(pid).wait(self._look_seconds)

    def _is_all(self, study: Study) -> bool:
        """Marks the study as done, unless a person has asked for more in the meantime."""
        want(study, Wanted.DONE)
        if read(self._folder) == study:
            return True
        want(study, Wanted.RUNNING)
        return False

    def _next(self, study: Study, runs: Mapping[Plan, Run]) -> Step:
        """Starts or resumes one training where its turn has come.

        Returns:
            How the study stands afterwards, and the reason where it is not obvious.
        """
        active = [run for run in runs.values() if run.is_active and not is_forgotten(run)]
        missing = self._missing(study, runs)
        if active and not self._takes_more(active, missing):
            if missing is not None:
                self._trainings.make_ready(missing[0])
            return Standing.RUNNING, ""
        for plan, run in runs.items():
            if self._trainings.should_go_on(run):
                return self._trainings.resume(run, plan)
        further = self._going_on(study, runs)
        if further is not None:
            plan, epochs = further
            return self._trainings.resume(runs[plan], plan, epochs)
        if missing is not None:
            step = self._trainings.start(study, *missing)
            return (Standing.RUNNING, "") if active and step[0] is Standing.WAITING else step
        if active:
            return Standing.RUNNING, ""
        paused = [run.name for run in runs.values() if run.state.state == RunStatus.PAUSED]
        return (Standing.LEFT, ", ".join(paused)) if paused else (Standing.DONE, "")

    def _takes_more(self, active: Sequence[Run], missing: tuple[Variant, int] | None) -> bool:
        """Whether another training may start beside those that are active: on a cluster only."""
        return missing is not None and len(active) < hosts.num_places(missing[0].settings.place)

    def _search_on(self, study: Study, runs: Mapping[Plan, Run]) -> bool:
        """Lets a search propose more candidates, once all of its earlier ones are trained.

        Returns:
            Whether there is something new to be trained.
        """
        if not study.is_search:
            return False
        if self._search is None:
            from builder.studies.searching import Search  # it loads Optuna

            self._search = Search(study)

        is_new = self._search.advance(study, partial(self._trained, study, runs))
        return is_new or bool(self._search.going_on)

    def _trained(self, study: Study, runs: Mapping[Plan, Run], key: str) -> "Trained":
        """The progress of a variant's trainings, without those on fresh seeds."""
        from builder.studies.searching import Trained

        plans = [(key, seed) for seed in study.seeds]
        found = [runs[plan] for plan in plans if plan in runs]
        gone = [self._deleted[plan] for plan in plans if plan in self._deleted]
        epochs = min(
            (*(run.state.epoch for run in found), *(run.epochs for run in gone)), default=0
        )
        cannot_go_on = bool(gone) and study.search.halves and epochs < study.rungs[-1]
        is_refused = any(plan in self._trainings.refused for plan in plans) or cannot_go_on
        return Trained(
            value=None if is_refused else mean_objective(study, key, runs, self._deleted),
            epochs=epochs,
            is_pending=any(run.state.state is RunStatus.PAUSED for run in found),
        )

    def _going_on(self, study: Study, runs: Mapping[Plan, Run]) -> tuple[Plan, int] | None:
        """A training that halving continues, and how many more epochs it gets; None for none."""
        wanted_epochs = self._search.going_on if self._search else {}
        for key, epochs in wanted_epochs.items():
            for seed in study.seeds:
                run = runs.get((key, seed))
                if run is None or (key, seed) in self._trainings.refused:
                    continue
                if run.state.state is RunStatus.FINISHED and run.state.epoch < epochs:
                    return (key, seed), epochs - run.state.epoch
        return None

    def _missing(self, study: Study, runs: Mapping[Plan, Run]) -> tuple[Variant, int] | None:
        """The next planned training that has had no run yet; None where all have had one."""
        left_out = runs.keys() | self._deleted.keys() | self._trainings.refused.keys()
        for variant, seed in study.plans:
            if (variant.key, seed) not in left_out:
                return variant, seed
        return None

    def _end(self, study: Study, runs: Mapping[Plan, Run], wish: Wanted) -> None:
        """Pauses or stops what trains, and waits until it has."""
        for run in runs.values():
            if not run.is_active:
                continue
            if queue.is_waiting(run):
                queue.take_out(self._home, run)
            elif wish is Wanted.PAUSED:
                launcher.pause(run)
            else:
                launcher.stop(run)
        while any(run.is_active for run in self._look(study).values()):
            time.sleep(self._look_seconds)
        runs = self._look(study)
        self._note(study, runs, Standing(wish.value), "")

    def _note(
        self, study: Study, runs: Mapping[Plan, Run], standing: Standing, message: str
    ) -> None:
        """Writes the results, where something has changed."""
        states = {plan: (run.id, run.state.state) for plan, run in runs.items()}
        seen = (study, standing, message, states, self._deleted)
        if seen == self._seen:
            return
        try:
            known = summarize(
                study, runs, standing, message, self._trainings.refused, self._deleted
            )
            write_results(study, known)
            self._seen, self._noted = seen, outcomes(known)
        except OSError as error:
            log.error("the results cannot be kept: %s", reason(error))
